"""A person changed a text."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from writersroom.events.base import EventId
from writersroom.frozen import Frozen

_Body = TypeVar("_Body", bound=BaseModel)


class Edited(Frozen):
    """A person rewrote part of an earlier event; the branch goes on from the new text."""

    kind: Literal["edited"] = "edited"
    target: EventId
    field: str
    """The changed field of the target's body, such as `line` or `text`; dots lead into it, as in
    `move.beat.summary`."""
    text: str
    stale: tuple[tuple[EventId, EventId], ...] = ()
    """What depended on the old text, as runs of events of the line it was left on, both ends included."""


def text_at(body: BaseModel, field: str) -> str | None:
    """The text of a body that a field names; None where there is none."""
    found: object = body
    for name in field.split("."):
        found = getattr(found, name, None)
    return found if isinstance(found, str) else None


def with_text(body: _Body, field: str, text: str) -> _Body:
    """The body with another text in a field; unchanged where it has no such text or may not have it so."""
    if text_at(body, field) is None:
        return body
    content: dict[str, Any] = body.model_dump()
    *path, last = field.split(".")
    inner = content
    for name in path:
        inner = inner[name]
    inner[last] = text
    try:
        return type(body).model_validate(content)
    except ValidationError:
        return body
