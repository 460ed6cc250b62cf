"""Old transcript was condensed."""

from __future__ import annotations

from typing import Literal

from writersroom.events.base import EventId
from writersroom.frozen import Frozen


class Condensed(Frozen):
    """What no longer fits the context is kept in these words."""

    kind: Literal["condensed"] = "condensed"
    first: EventId
    last: EventId
    """The events, both ends included, that the text stands for."""
    text: str
    scene: str = ""
