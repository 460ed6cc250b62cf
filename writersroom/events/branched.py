"""A new line begins."""

from __future__ import annotations

from typing import Literal

from writersroom.events.base import EventId
from writersroom.frozen import Frozen


class Branched(Frozen):
    """From here on the story goes another way; the old line stays whole. First event of every branch."""

    kind: Literal["branched"] = "branched"
    fork: EventId
    """The last event the two lines share."""
    source: str = ""
    """Name of the session file the shared part was copied from; empty within one file."""
    reason: str = ""
