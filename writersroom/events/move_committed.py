"""The plot graph changed."""

from __future__ import annotations

from typing import Literal

from writersroom.events.base import EventId
from writersroom.frozen import Frozen
from writersroom.story.moves import GraphDiff, Move


class MoveCommitted(Frozen):
    """A validated move was applied. Folding the diffs of these events gives the graph."""

    kind: Literal["move_committed"] = "move_committed"
    move: Move
    diff: GraphDiff
    ruling: EventId | None = None
    """None where a person made the move outside the debate."""
