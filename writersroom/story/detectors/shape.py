"""Whether the story has the points of its structure, where they are expected. Sources: `structures`."""

from __future__ import annotations

from collections.abc import Iterator

from writersroom.story.reading import STIRS, TURNS, Reading
from writersroom.story.structures import Expectation, Point
from writersroom.story.weakness import Weakness, WeaknessKind, found

_SAME = 0.05
"""Two values of a curve closer than this count as equal."""


def unfinished(reading: Reading) -> Iterator[Weakness]:
    """Fewer beats than the structure has points to check: the story has only begun.

    It is about the next point: going on to it mends the weakness, although the one after it is then wanted.
    """
    points, n = reading.structure.checked, len(reading)
    if 0 < n < len(points) or 0 < n < 2:
        wanted = ", ".join(point.name for point in points[n:]) or "a consequence"
        yield found(
            WeaknessKind.UNFINISHED,
            (points[n].key if n < len(points) else "consequence",),
            0.9 - 0.3 * n / max(len(points), 2),
            f"The story has {n} beat{'s' * (n > 1)}, up to {reading.quote(n - 1)}; still to come: {wanted}.",
            ("add",),
            beats=reading.ids((n - 1,)),
        )


def missing_point(reading: Reading) -> Iterator[Weakness]:
    """A point of the structure of which the graph shows nothing where it is expected.

    Points that are read off the value at stake are passed over where no value was given (`unvalued` says so),
    those read off the tension where it is flat (`flat_tension`).
    """
    if len(reading) < len(reading.structure.checked):
        return
    for point in reading.structure.checked:
        lack = _lack(reading, point)
        if lack is None:
            continue
        places = reading.within(point.start, point.end)
        where = f"between {100 * point.start:.0f} and {100 * point.end:.0f} % of the story"
        yield found(
            WeaknessKind.MISSING_POINT,
            (reading.structure.key, point.key),
            point.weight,
            f"{point.name} is missing {where}, from {reading.quote(places[0])} to "
            f"{reading.quote(places[-1])}: {lack} Expected: {point.what}",
            ("add", "revise", "reorder"),
            beats=reading.ids(places if len(places) <= 12 else (places[0], places[-1])),
        )


def _lack(reading: Reading, point: Point) -> str | None:
    """What is missing at a point, as a sentence; None where it is there or cannot be told."""
    beats = reading.beats
    places = reading.within(point.start, point.end)
    match point.expects:
        case Expectation.STIR | Expectation.TURN if reading.valued:
            enough = STIRS if point.expects is Expectation.STIR else TURNS
            most = max(places, key=lambda place: abs(beats[place].turn))
            if abs(beats[most].turn) < enough:
                return f"the value at stake never moves by {enough:g} or more in one beat."
        case Expectation.LOW if reading.valued:
            lowest = min(range(len(beats)), key=lambda place: beats[place].value_after)
            here = min(beats[place].value_after for place in places)
            if here > beats[lowest].value_after + _SAME or here >= 0:
                at = beats[lowest].value_after
                return f"the value at stake is lowest at {reading.quote(lowest)} ({at:g})."
        case Expectation.OUTCOME if reading.valued:
            values = [beat.value_after for beat in beats]
            here = [values[place] for place in places]
            turned = any(abs(beats[place].turn) >= TURNS for place in places)
            if not turned and max(here) < max(values) and min(here) > min(values):
                return "the value at stake neither turns nor comes to its highest or lowest."
        case Expectation.PEAK if reading.tense:
            tensest = max(range(len(beats)), key=lambda place: beats[place].tension)
            if max(beats[place].tension for place in places) < beats[tensest].tension - _SAME:
                return f"the tension is highest at {reading.quote(tensest)} ({beats[tensest].tension:g})."
        case Expectation.TWIST:
            if not any(_comes_from_elsewhere(reading, place) for place in places):
                return "everything in it was led up to, in places and with people already known."
        case _:
            pass
    return None


def _comes_from_elsewhere(reading: Reading, place: int) -> bool:
    beat = reading.beats[place]
    if not reading.grounded[place]:
        return True
    known = reading.beats[:place]
    new_place = bool(beat.place) and all(beat.place != before.place for before in known)
    return new_place or any(reading.appearances[name][0] == place for name in beat.characters)
