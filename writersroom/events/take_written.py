"""A candidate draft of a scene."""

from __future__ import annotations

from typing import Literal

from writersroom.events.base import EventId
from writersroom.frozen import Frozen


class TakeWritten(Frozen):
    """A take is complete. Its text is Fountain, one scene with its heading."""

    kind: Literal["take_written"] = "take_written"
    scene: str
    take: str
    """`s1.t1`, …"""
    text: str
    round: int = 0
    """0 is the first draft; n answers the critique of round n."""
    answers: EventId | None = None
    """The note this take answers."""
    outline: tuple[str, ...] = ()
