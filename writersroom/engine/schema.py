"""What a reply must look like: from a pydantic model, or a JSON Schema, to a schema document and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError

from writersroom.engine.errors import ReplyInvalid

ReplySchema: TypeAlias = type[BaseModel] | Mapping[str, Any]


def json_schema(schema: ReplySchema) -> dict[str, Any]:
    """The JSON Schema document of a reply."""
    return dict(schema) if isinstance(schema, Mapping) else schema.model_json_schema()


def parse_reply(schema: ReplySchema, text: str) -> Any:
    """Read a reply: a validated model, or decoded JSON where `schema` is a mapping.

    Raises:
        ReplyInvalid: it is no JSON, or the model refuses it.
    """
    try:
        return json.loads(text) if isinstance(schema, Mapping) else schema.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the reply"
        raise ReplyInvalid(text, f"{where}: {first['msg']}") from error
    except ValueError as error:
        raise ReplyInvalid(text, str(error)) from error
