"""How far a session has come, how fast it goes and how long it will take: the line of progress."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from writersroom.room.plan import Plan
from writersroom.room.standing import Standing

_FEWEST: Final = 3
"""Turns to have been taken before anything is said of the time left."""
_REVISED: Final = 3
"""Turns of a revision: the line that was quoted, the one that answers it, and the take."""


def planned_turns(plan: Plan) -> int:
    """About how many turns a session of this plan has: it may end before all its rounds.

    As many as with a critic and where most second pitches are ruled on too: rather too many are counted than
    too few. What opens, judges and locks a scene and ends the session is part of another turn.
    """
    round_of_argument = 1 + plan.pitches * (1 + plan.stances) + min(plan.pitches, 2)
    critique = 1 + plan.revisions * _REVISED
    scene = plan.takes * (plan.lines + 1) + plan.notes * critique
    condensed = max(plan.scenes - 1, 0)  # Each scene, once the next one is to be written.
    return 1 + plan.rounds * round_of_argument + plan.scenes * scene + condensed


class Progress:
    """Reckons with the turns and tokens of this run.

    Args:
        plan: how long the session is meant to be.
        turn: the turn from which this run goes on.
        clock: seconds, from any beginning.
    """

    def __init__(self, plan: Plan, turn: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._plan = plan
        self._first = turn
        self._clock = clock
        self._began = clock()
        self._tokens = 0

    def add(self, tokens: int) -> None:
        """So many tokens were generated and kept."""
        self._tokens += tokens

    def line(self, standing: Standing) -> str:
        """Round or scene, turn, tokens per second, time left."""
        seconds = max(self._clock() - self._began, 1e-3)
        parts = [self._where(standing), f"turn {standing.turn}", f"{self._tokens / seconds:.0f} tok/s"]
        taken = standing.turn - self._first
        left = planned_turns(self._plan) - standing.turn
        if taken >= _FEWEST and left > 0:
            parts.append(f"about {_duration(left * seconds / taken)} left")
        return ", ".join(parts)

    def _where(self, standing: Standing) -> str:
        if standing.scenes:
            return f"scene {len(standing.scenes)}/{max(self._plan.scenes, len(standing.scenes))}"
        return f"round {min(standing.rounds + 1, self._plan.rounds)}/{self._plan.rounds}"


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
