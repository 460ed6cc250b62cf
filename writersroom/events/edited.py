"""A person changed a text."""

from __future__ import annotations

from typing import Literal

from writersroom.events.base import EventId
from writersroom.frozen import Frozen


class Edited(Frozen):
    """A person rewrote part of an earlier event; the branch goes on from the new text."""

    kind: Literal["edited"] = "edited"
    target: EventId
    field: str
    """The changed field of the target's body, such as `line` or `text`."""
    text: str
