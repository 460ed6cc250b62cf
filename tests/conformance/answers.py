"""What the scripted engine answers to the questions of the suite."""

from __future__ import annotations

from tests.scripted import as_json
from writersroom.engine.interface import Request
from writersroom.engine.schema import json_schema

_STORY = (
    "The fox, who had been awake all night, went down to the river; there it met a heron and was afraid. "
)


def answer(request: Request, take: int) -> str:
    """A reply that fits the request's schema, or a long story, another for each take."""
    if request.reply_schema is None:
        return f"Story number {take + request.sampling.seed}. " + _STORY * 20
    properties = json_schema(request.reply_schema).get("properties", {})
    values: dict[str, object] = {"colour": "red", "count": 3, "names": [f"name {n}" for n in range(40)]}
    return as_json({name: values[name] for name in properties})
