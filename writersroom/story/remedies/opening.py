"""How a story may begin."""

from __future__ import annotations

from collections.abc import Iterator

from writersroom.story.remedies.drafting import STIR, TURN, Wish
from writersroom.story.remedies.options import add, called, titled
from writersroom.story.remedies.remedy import Option
from writersroom.story.remedies.situation import Situation
from writersroom.story.structures import Expectation, Point
from writersroom.story.weakness import Weakness


def nothing_happens(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Begin."""
    yield from first_beats(situation)


def first_beats(situation: Situation) -> Iterator[Option]:
    """First beats, told before whatever there is: an image, what upsets a life, the points that come first.

    Beginning in the middle of things: Horace, Ars poetica 148.
    """
    leads = situation.cast[:3]
    pairs = [(name,) for name in leads[:2]] + ([leads[:2]] if len(leads) > 1 else []) or [()]
    first = situation.structure.points[0] if situation.structure.points else None
    for point in _early(situation):
        for who in pairs[:: len(pairs) if point is not first else 1]:
            yield _point(situation, point, who)
    for who in pairs:
        whose = f"{who[0]}'s life" if who else "a life"
        whom = f", with {called(who)}" if who else ""
        yield add(
            situation,
            0,
            f"What upsets {whose}: it happens at once, and nothing is as before",
            f"begin with what upsets {called(who[:1])}'s life{whom}"
            if who
            else "begin with what upsets a life",
            who=who,
            wish=Wish(turn=-STIR, tension=0.0),
        )
        yield add(
            situation,
            0,
            f"An ordinary moment of {whose} that shows what is wanted and what is wrong",
            f"begin with an ordinary moment{whom}",
            who=who,
            wish=Wish(turn=STIR, tension=-0.4, plants=True),
        )
    yield add(
        situation,
        0,
        "In the middle of things: something is already going wrong",
        "begin in the middle of things",
        who=pairs[-1],
        wish=Wish(turn=-TURN, tension=0.2),
    )


def _early(situation: Situation) -> list[Point]:
    """What comes first in the structure: its first two points, and the first that stirs or turns anything."""
    points = situation.structure.points
    stirring = (p for p in points if p.expects in (Expectation.STIR, Expectation.TURN))
    found = [*points[:2], *list(stirring)[:1]]
    return [point for i, point in enumerate(found) if point not in found[:i]]


def _point(situation: Situation, point: Point, who: tuple[str, ...]) -> Option:
    return add(
        situation,
        0,
        f"{point.name}: {point.what}",
        f"begin with “{titled(point)}”" + (f", with {called(who)}" if who else ""),
        who=who,
        wish=Wish(point=point),
    )
