"""What a weakness of the plot is."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from pydantic import Field

from writersroom.frozen import Frozen
from writersroom.story.beats import BeatId
from writersroom.story.moves import MoveKind


class WeaknessKind(StrEnum):
    """What can be weak. The detector of each says by which rule, and whose."""

    NOTHING_HAPPENS = "nothing_happens"
    UNFINISHED = "unfinished"
    UNCAUSED = "uncaused"
    LOOSE = "loose"
    DEAD_END = "dead_end"
    AND_THEN = "and_then"
    EFFECT_BEFORE_CAUSE = "effect_before_cause"
    UNPAID_SETUP = "unpaid_setup"
    PAID_TOO_SOON = "paid_too_soon"
    UNCHANGED = "unchanged"
    ABSENT = "absent"
    UNWITNESSED = "unwitnessed"
    UNVALUED = "unvalued"
    NO_TURNING_POINT = "no_turning_point"
    FLAT_TENSION = "flat_tension"
    FALLING_TENSION = "falling_tension"
    ONE_PLACE = "one_place"
    MISSING_POINT = "missing_point"


class Weakness(Frozen):
    """Something in the plot that an audience may stumble over."""

    key: str
    """The same as long as the same weakness persists: its kind and what it is about. A person may mark it
    intended by this key."""
    kind: WeaknessKind
    severity: float = Field(ge=0, le=1)
    """0 a matter of taste, 1 there is no story."""
    beats: tuple[BeatId, ...] = ()
    """In telling order."""
    characters: tuple[str, ...] = ()
    evidence: str
    """A sentence that a writer understands, quoting the beats."""
    suggests: tuple[MoveKind, ...] = ()
    """Kinds of move that may mend it, likeliest first."""


def found(
    kind: WeaknessKind,
    about: Iterable[str],
    severity: float,
    evidence: str,
    suggests: tuple[MoveKind, ...],
    *,
    beats: Iterable[BeatId] = (),
    characters: Iterable[str] = (),
) -> Weakness:
    """A weakness whose key is its kind and what it is about."""
    return Weakness(
        key=":".join((kind.value, *about)),
        kind=kind,
        severity=round(min(1.0, max(0.0, severity)), 3),
        beats=tuple(beats),
        characters=tuple(characters),
        evidence=evidence,
        suggests=suggests,
    )
