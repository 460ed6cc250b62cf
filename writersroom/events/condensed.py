"""Old transcript was condensed."""

from __future__ import annotations

from typing import Literal

from writersroom.events.base import EventId
from writersroom.frozen import Frozen
from writersroom.story.beats import BeatId


class Condensed(Frozen):
    """What no longer fits the context is kept in these words."""

    kind: Literal["condensed"] = "condensed"
    first: EventId
    last: EventId
    """The events, both ends included, that the text stands for."""
    text: str
    scene: str = ""
    beats: tuple[BeatId, ...] = ()
    """Beats that prompts no longer list one by one, because the text tells of them."""
