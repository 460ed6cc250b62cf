"""Beats came further: drafted, locked, or unlocked again."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen
from writersroom.story.beats import Status
from writersroom.story.moves import GraphDiff


class StatusSet(Frozen):
    """The status of beats changed, which is no move. Its diff is folded as those of committed moves are."""

    kind: Literal["status_set"] = "status_set"
    status: Status
    diff: GraphDiff
    """What `PlotGraph.set_status` gave."""
    reason: str = ""
