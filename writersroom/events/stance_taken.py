"""An agent answers a pitch."""

from __future__ import annotations

from typing import Literal

from writersroom.events.base import EventId
from writersroom.frozen import Frozen
from writersroom.story.moves import Move


class StanceTaken(Frozen):
    """Support, objection or amendment, with a reason that names something."""

    kind: Literal["stance_taken"] = "stance_taken"
    pitch: EventId
    stance: Literal["support", "object", "amend"]
    reason: str
    amendment: Move | None = None
    """With `amend`: the move as this agent would have it."""
    cites: tuple[str, ...] = ()
    """The beats (ids), characters or facts that the reason names."""
