"""What a new beat is like before anyone has written it: time, act, value, tension, from where it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from writersroom.story.beats import BeatId
from writersroom.story.moves import BeatDraft, NewBeat
from writersroom.story.remedies.situation import WANTED, Situation
from writersroom.story.structures import Expectation, Point, Structure

STIR, TURN = 0.25, 0.5
"""By how much a new beat moves the value at stake where it is to stir or to turn it: enough for `Reading`."""
NUDGE = 0.15
"""By how much any other beat moves it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a new beat should be, beyond what follows from where it is told. None: as fits there."""

    point: Point | None = None
    """The point of the structure it is to be."""
    turn: float | None = None
    """By how much it moves the value at stake."""
    tension: float | None = None
    where: str | None = None
    act: int | None = None
    plants: bool = False
    """Whether what happens is planted, to matter later."""


ANY = Wish()


def drafted(
    situation: Situation,
    place: int,
    sentence: str,
    *,
    who: Sequence[str],
    caused_by: Sequence[BeatId] = (),
    causes: Sequence[BeatId] = (),
    wish: Wish = ANY,
) -> BeatDraft:
    """A beat to be told at a place, with a sentence to stand in until there is a better one."""
    position = position_of(situation, place, wish.point)
    before, after = values(situation, place, wish)
    tension = _tension(situation, place, position, wish)
    return BeatDraft(
        summary=sentence,
        characters=tuple(who),
        place=situation.where(place) if wish.where is None else wish.where,
        act=_act(situation, place, position) if wish.act is None else wish.act,
        time=time_at(situation, place, caused_by, causes),
        value_before=bounded(before),
        value_after=bounded(after),
        tension=bounded(tension),
    )


def redrafted(move: NewBeat, **changes: object) -> NewBeat:
    """The same move with other values in its draft, which are taken as they are."""
    return move.model_copy(update={"beat": move.beat.model_copy(update=changes)})


def bounded(value: float) -> float:
    """A figure of a beat: -1 to 1, two digits."""
    return round(min(1.0, max(-1.0, value)), 2)


def position_of(situation: Situation, place: int, point: Point | None = None) -> float:
    """Where in the finished story a new beat will lie, 0 to 1: at its point, or as it is told now.

    A beat at the end of a story with fewer beats than are wanted is not yet its ending.
    """
    if point is not None:
        return (point.start + point.end) / 2
    n = len(situation) + 1
    return (place + 0.5) / (max(n, WANTED) if place == len(situation) else n)


def peak_of(structure: Structure) -> float | None:
    """Where the tension of a structure is highest; None where it need not rise."""
    if structure.rises_to is None:
        return None
    for point in structure.checked:
        if point.expects is Expectation.PEAK:
            return (point.start + point.end) / 2
    return sum(structure.rises_to) / 2


def level(situation: Situation, place: int) -> float:
    """How things stand when a new beat at a place begins."""
    before, behind = situation.neighbours(place)
    if before is not None:
        return before.value_after
    return behind.value_before if behind is not None else 0.0


def values(situation: Situation, place: int, wish: Wish) -> tuple[float, float]:
    """The value at stake before and after a new beat. A turn that has no room one way goes the other."""
    before = level(situation, place)
    turn = _turn(situation, before, wish.point) if wish.turn is None else wish.turn
    after = min(1.0, max(-1.0, before + turn))
    if abs(after - before) < abs(turn) - 0.1:
        after = min(1.0, max(-1.0, before - turn))
    return before, after


def lowest(situation: Situation) -> float:
    """The lowest the value at stake gets in the story so far."""
    return min((beat.value_after for beat in situation.beats), default=0.0)


def time_at(situation: Situation, place: int, caused_by: Sequence[BeatId], causes: Sequence[BeatId]) -> float:
    """When a new beat happens: between its neighbours in the telling, causes before and effects behind."""
    before, behind = situation.neighbours(place)
    if before is None:
        time = behind.time if behind is not None else 0.0
    elif behind is None:
        # After a last beat that looks back the story comes back to its present.
        time = max(beat.time for beat in situation.beats) + 1
    elif before.time < behind.time:
        time = before.time / 2 + behind.time / 2
    else:
        time = before.time
    time = max((time, *(situation.graph.beat(id).time for id in caused_by)))
    return min((time, *(situation.graph.beat(id).time for id in causes)))


def _turn(situation: Situation, before: float, point: Point | None) -> float:
    away = -1 if before > 0 else 1
    match point.expects if point is not None else None:
        case Expectation.STIR:
            return away * STIR
        case Expectation.TURN | Expectation.OUTCOME:
            return away * TURN
        case Expectation.LOW:
            return min(lowest(situation) - 0.1, -TURN) - before
        case Expectation.PEAK:
            return away * 0.6 - before
        case _:
            # A small step down, unless that made a new lowest point: the structure keeps that for later.
            return -NUDGE if before - NUDGE > max(lowest(situation), -0.9) or not situation.beats else NUDGE


def _tension(situation: Situation, place: int, position: float, wish: Wish) -> float:
    if wish.tension is not None:
        return wish.tension
    tensions = [beat.tension for beat in situation.beats]
    if wish.point is not None and wish.point.expects is Expectation.PEAK:
        return max((*tensions, 0.6)) + 0.1
    expected, peak = _expected(situation.structure, position), peak_of(situation.structure)
    before, behind = situation.neighbours(place)
    if before is None and behind is None:
        return expected
    if behind is None:
        last = tensions[-1]
        if peak is None:
            return expected
        return max(expected, last + 0.05) if position <= peak else min(expected, last - 0.1)
    between = behind.tension if before is None else (before.tension + behind.tension) / 2
    fitting = (between + expected) / 2
    # What is told in between does not outdo the peak there is.
    return min(fitting, max(tensions) - 0.1) if situation.reading.tense else fitting


def _expected(structure: Structure, position: float) -> float:
    """A curve that rises evenly to the peak of the structure and falls from there."""
    peak = peak_of(structure)
    if peak is None:
        return 0.3 * position - 0.1
    if position <= peak:
        return -0.4 + 1.2 * position / peak
    return 0.8 - 0.6 * (position - peak) / (1 - peak)


def _act(situation: Situation, place: int, position: float) -> int:
    act = 1 + sum(position > end for end in situation.structure.act_ends)
    before, behind = situation.neighbours(place)
    if before is not None:
        act = max(act, before.act)
    if behind is not None:
        act = min(act, max(behind.act, before.act if before is not None else 1))
    return act
