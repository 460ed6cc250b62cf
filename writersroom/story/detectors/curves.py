"""How the value at stake and the tension run, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from writersroom.story.reading import TURNS, Reading
from writersroom.story.text import short
from writersroom.story.weakness import Weakness, WeaknessKind, found

_LEVEL = 0.1
"""A stretch of the tension curve whose highest and lowest beat lie no further apart is level."""


def unvalued(reading: Reading) -> Iterator[Weakness]:
    """No beat says what it does to the value at stake, so that nothing can be said of turns. See the next."""
    if len(reading) >= 3 and not reading.valued:
        yield found(
            WeaknessKind.UNVALUED,
            (),
            0.5,
            f"None of the {len(reading)} beats says how things stand before and after; nothing is at stake.",
            ("revise",),
        )


def no_turning_point(reading: Reading) -> Iterator[Weakness]:
    """An act of three beats or more in which no beat turns the value at stake.

    Robert McKee, Story (1997): an act is a series of sequences that peaks in a scene which causes a major
    reversal of values. Silent where no value was given anywhere: `unvalued` says so once.
    """
    if not reading.valued:
        return
    for act, places in reading.acts():
        if len(places) < 3 or any(abs(reading.beats[place].turn) >= TURNS for place in places):
            continue
        net = reading.beats[places[-1]].value_after - reading.beats[places[0]].value_before
        if round(abs(net), 6) >= TURNS:
            continue
        yield found(
            WeaknessKind.NO_TURNING_POINT,
            (f"act{act}",),
            0.55,
            f"Act {act} has no turning point: in its {len(places)} beats, from {reading.quote(places[0])} to "
            f"{reading.quote(places[-1])}, the value at stake never moves by {TURNS:g} or more.",
            ("revise", "add"),
            beats=reading.ids((places[0], places[-1])),
        )


def flat_tension(reading: Reading) -> Iterator[Weakness]:
    """A tension curve that is flat, wholly or over a long stretch.

    Gustav Freytag, Die Technik des Dramas (1863): the action rises by degrees; William Archer, Play-Making
    (1912), "Tension and its suspension". A stretch is a fifth of the story, at least six beats. Silent for
    structures that ask for no rise.
    """
    n = len(reading)
    if reading.structure.rises_to is None or n < 4:
        return
    tension = [beat.tension for beat in reading.beats]
    if not reading.tense:
        yield found(
            WeaknessKind.FLAT_TENSION,
            (),
            0.6,
            f"The tension hardly moves: it is {min(tension):g} to {max(tension):g} in all {n} beats.",
            ("revise", "add"),
            beats=reading.ids((0, n - 1)),
        )
        return
    for places in _level_stretches(tension, longest := max(6, n // 5)):
        low, high = min(tension[p] for p in places), max(tension[p] for p in places)
        yield found(
            WeaknessKind.FLAT_TENSION,
            (reading.beats[places[0]].id,),
            0.35 + min(0.2, 0.2 * (len(places) - longest) / longest),
            f"The tension stays between {low:g} and {high:g} for {len(places)} beats, from "
            f"{reading.quote(places[0])} to {reading.quote(places[-1])}.",
            ("revise", "cut", "merge", "add"),
            beats=reading.ids(places),
        )


def falling_tension(reading: Reading) -> Iterator[Weakness]:
    """A tension that is lower where it should be highest than at the start. Source as for `flat_tension`."""
    rises_to, n = reading.structure.rises_to, len(reading)
    if rises_to is None or n < 4 or not reading.tense:
        return
    start, goal = reading.within(0.0, 0.25), reading.within(*rises_to)
    first, later = _mean(reading, start), _mean(reading, goal)
    if later < first - 0.05:
        yield found(
            WeaknessKind.FALLING_TENSION,
            (),
            0.5 + min(0.2, (first - later) / 2),
            f"The tension falls: {first:.2f} on average from {reading.quote(start[0])} to "
            f"{reading.quote(start[-1])}, but {later:.2f} from {reading.quote(goal[0])} to "
            f"{reading.quote(goal[-1])}, where it should be highest.",
            ("reorder", "revise", "add"),
            beats=reading.ids((start[0], goal[-1])),
        )


def one_place(reading: Reading) -> Iterator[Weakness]:
    """Too many beats in a row in one place.

    A rule of the screen: show, and move (McKee, Story, 1997, on setting). The stage likes one place
    (Castelvetro's unities, 1570), so where two thirds of the story have one home, that is only mentioned. Too
    many: three in ten, at least eight and no more than twenty-five.
    """
    n = len(reading)
    most = min(25, max(8, (3 * n + 9) // 10))
    said: set[str] = set()
    run: list[int] = []
    for place in range(n + 1):
        where = reading.beats[place].place if place < n else None
        if run and where != reading.beats[run[0]].place:
            if len(run) >= most and reading.beats[run[0]].place:
                stay = _stay(reading, run)
                if stay.key not in said:  # a home is named once, however often the story comes back to it
                    said.add(stay.key)
                    yield stay
            run = []
        run.append(place)


def _stay(reading: Reading, run: Sequence[int]) -> Weakness:
    where = reading.beats[run[0]].place
    at_home = sum(beat.place == where for beat in reading.beats)
    home = 3 * at_home >= 2 * len(reading)
    if home:
        evidence = (
            f"{at_home} of {len(reading)} beats are at “{short(where)}”; "
            "if this is a chamber piece, call it intended."
        )
    else:
        evidence = (
            f"{len(run)} beats in a row are at “{short(where)}”, from {reading.quote(run[0])} to "
            f"{reading.quote(run[-1])}."
        )
    return found(
        WeaknessKind.ONE_PLACE,
        (where,) if home else (reading.beats[run[0]].id, where),
        0.15 if home else 0.2 + 0.25 * len(run) / len(reading),
        evidence,
        ("revise", "add", "reorder"),
        beats=reading.ids(run),
    )


def _mean(reading: Reading, places: Sequence[int]) -> float:
    return sum(reading.beats[place].tension for place in places) / max(1, len(places))


def _level_stretches(tension: Sequence[float], least: int) -> Iterator[range]:
    """Stretches of at least so many beats within `_LEVEL`, one after another."""
    start = 0
    low = high = tension[0]
    for place, value in enumerate((*tension[1:], float("inf")), start=1):
        if round(max(high, value) - min(low, value), 6) > _LEVEL:
            if place - start >= least:
                yield range(start, place)
            start, low, high = place, value, value
        else:
            low, high = min(low, value), max(high, value)
