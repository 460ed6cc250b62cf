"""The director decides."""

from __future__ import annotations

from typing import Literal

from writersroom.events.base import EventId
from writersroom.frozen import Frozen


class Ruled(Frozen):
    """The director adopts, amends or rejects a pitch, and says why."""

    kind: Literal["ruled"] = "ruled"
    pitch: EventId
    verdict: Literal["adopted", "amended", "rejected"]
    reason: str
    stance: EventId | None = None
    """With `amended`: the stance whose amendment was taken."""
