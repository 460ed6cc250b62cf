"""What code and critics found about a pitch before the ruling."""

from __future__ import annotations

from typing import Literal

from writersroom.events.base import EventId
from writersroom.frozen import Frozen


class YesNo(Frozen):
    """A question a critic answered, read as a token probability."""

    critic: str
    question: str
    yes: float
    """Probability of yes, 0..1."""
    unbalanced: float | None = None
    """The same before what this question's earlier answers leaned to was taken off."""


class Assessed(Frozen):
    """Validators and critics have looked at a pitch."""

    kind: Literal["assessed"] = "assessed"
    pitch: EventId
    problems: tuple[str, ...] = ()
    """What the validators found; any problem makes the pitch inadmissible."""
    answers: tuple[YesNo, ...] = ()
