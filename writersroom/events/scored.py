"""The critic measured a take."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen


class Scored(Frozen):
    """D, C and J of a take; see `writersroom.critic`. None where a head was not asked."""

    kind: Literal["scored"] = "scored"
    take: str
    d: float | None = None
    """Probability that it reads as human-written."""
    d_low: float | None = None
    d_high: float | None = None
    c: float | None = None
    """Coherence."""
    j: float | None = None
    """Quality."""
    rubric: float | None = None
    """How likely the session's model finds it better than an average one of the takes it was put beside; None
    where the model is too small to be asked."""
    reasons: tuple[str, ...] = ()
    sentences: tuple[tuple[str, float], ...] = ()
    """Sentences with how machine-like each is, most so first."""
