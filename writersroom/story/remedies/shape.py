"""Options for a story that is not finished or lacks a point of its structure: see `detectors.shape`."""

from __future__ import annotations

from collections.abc import Iterator

from writersroom.story.beats import Beat
from writersroom.story.moves import BeatChange
from writersroom.story.reading import STIRS, TURNS
from writersroom.story.remedies.drafting import STIR, TURN, Wish, lowest
from writersroom.story.remedies.options import (
    add,
    called,
    joined,
    moved,
    reorder,
    revise,
    tightened,
    titled,
    turned,
    unlink,
)
from writersroom.story.remedies.remedy import Option
from writersroom.story.remedies.situation import Situation
from writersroom.story.structures import Expectation, Point
from writersroom.story.weakness import Weakness


def missing_point(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Let a beat where it is expected be it, put in one that is, or tell one there that could be."""
    key = weakness.key.split(":")[-1]
    point = next((point for point in situation.structure.checked if point.key == key), None)
    if point is None:
        return
    here = situation.within(point.start, point.end)
    middle = here[len(here) // 2]
    spots = list(dict.fromkeys(situation.open((middle, *here))))[:4]
    for place in spots:
        yield from _become(situation, place, point)
    yield from _put_in(situation, point)
    for beat in _candidates(situation, point, here):
        for at in dict.fromkeys((middle, here[-1] + 1)):
            yield reorder(situation, beat.id, at)
    if point.expects is Expectation.TWIST:
        for place in spots[:2]:
            for each in situation.reading.incoming[place]:
                yield unlink(situation, each.source, each.target, each.kind)


def next_point(situation: Situation) -> Point | None:
    """The first point that a story so short cannot have yet; None where it could have them all."""
    points, n = situation.structure.checked, len(situation)
    return points[n] if n < len(points) else None


def unfinished(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Go on to the next point of the structure."""
    yield from to_next_point(situation)


def to_next_point(situation: Situation) -> Iterator[Option]:
    """New beats in the end that are the next point of the structure; just consequences, where it has none."""
    n, point = len(situation), next_point(situation)
    if not n:
        return
    last = situation.beats[-1]
    because = f"Because of {situation.quote(last.id)}: "
    what = "something happens that nobody can take back" if point is None else point.what
    name = "a consequence" if point is None else titled(point)
    who = situation.people(last.characters, n)
    alone = tuple(situation.longest_absent(n)[:1])
    more = situation.joined_by(who, n)
    ways = {alone: f", with {called(alone)} alone", more: f", with {called(more[-1:])} too", who: ""}
    for people in dict.fromkeys((who, more, alone)):
        yield add(
            situation,
            n,
            because + what,
            f"go on from {last.id} to: {name}{ways[people]}",
            who=people,
            caused_by=(last.id,),
            wish=Wish(point=point),
        )
    for turn, way in ((-TURN, "badly"), (TURN, "well")):
        yield add(
            situation,
            n,
            because + what,
            f"go on from {last.id} to: {name}, and it goes {way}",
            who=who,
            caused_by=(last.id,),
            wish=Wish(point=point, turn=turn),
        )
    for beat in [
        beat for place, beat in enumerate(situation.beats[:-1]) if not situation.reading.leads_on[place]
    ][-2:]:
        yield add(
            situation,
            n,
            f"Because of {situation.quote(beat.id)} and of {situation.quote(last.id)}: {what}",
            f"let {beat.id} and {last.id} lead to: {name}",
            who=situation.people((*beat.characters[:1], *last.characters), n),
            caused_by=(beat.id, last.id),
            wish=Wish(point=point),
        )


def _become(situation: Situation, place: int, point: Point) -> Iterator[Option]:
    """Let the beat at a place be what is expected at a point."""
    beat = situation.beats[place]
    match point.expects:
        case Expectation.STIR | Expectation.TURN | Expectation.OUTCOME:
            size = STIR if point.expects is Expectation.STIR else TURN
            for turn in (-size, size):
                option = _turned_by(situation, place, turn)
                if option is not None:
                    yield option
        case Expectation.LOW:
            depth = round(max(-1.0, min(lowest(situation) - 0.1, -TURN)), 2)
            yield revise(
                beat.id,
                BeatChange(value_after=depth),
                f"let {beat.id} be the lowest point",
                f"In {situation.quote(beat.id)} everything falls apart.",
            )
        case Expectation.PEAK:
            yield tightened(situation, place, max(each.tension for each in situation.beats) + 0.1)
        case Expectation.TWIST:
            for where in situation.elsewhere(place):
                yield moved(situation, place, where)
            for name in _strange(situation, place)[:2]:
                yield joined(situation, place, name)
        case None:
            pass


def _turned_by(situation: Situation, place: int, turn: float) -> Option | None:
    """As `options.turned`, but a stir is enough where only a stir is asked for."""
    if abs(turn) >= TURNS:
        return turned(situation, place, turn)
    beat = situation.beats[place]
    after = round(beat.value_before + turn, 2)
    if abs(after) > 1:
        return None
    way = "better" if turn > 0 else "worse"
    return revise(
        beat.id,
        BeatChange(value_after=after),
        f"let {beat.id} stir things for the {way}",
        f"In {situation.quote(beat.id)} something begins, for the {way}.",
    )


def _put_in(situation: Situation, point: Point) -> Iterator[Option]:
    """New beats where a point is expected, once they are there."""
    here = situation.within(point.start, point.end, more=1)
    for at in dict.fromkeys((here[len(here) // 2], here[-1])):
        before, behind = situation.neighbours(at)
        concerned = before.characters if before is not None else ()
        who = situation.people(concerned, at)
        told = f"after {before.id}" if before is not None else "at the start"
        causes = (behind.id,) if behind is not None else ()
        if point.expects is Expectation.TWIST:
            yield from _twists(situation, at, point, told, causes)
            continue
        caused_by = (before.id,) if before is not None else ()
        wishes = [("", Wish(point=point))]
        if point.expects in (Expectation.STIR, Expectation.TURN, Expectation.OUTCOME):
            size = STIR if point.expects is Expectation.STIR else TURN
            wishes = [(" for the worse", Wish(turn=-size)), (" for the better", Wish(turn=size))]
        for way, wish in wishes:
            for people in dict.fromkeys((who, situation.joined_by(who, at))):
                yield add(
                    situation,
                    at,
                    f"{point.name}: {point.what}",
                    f"add “{titled(point)}” {told}{way}"
                    + (f", with {called(people[-1:])}" if people else ""),
                    who=people,
                    caused_by=caused_by,
                    causes=causes,
                    wish=wish,
                )


def _twists(
    situation: Situation, at: int, point: Point, told: str, causes: tuple[str, ...]
) -> Iterator[Option]:
    """What nothing led to: with someone new, or somewhere else."""
    for name in _strange(situation, at)[:2] or situation.longest_absent(at)[:1]:
        yield add(
            situation,
            at,
            f"{point.name}: {point.what}",
            f"add “{titled(point)}” {told}, with {called([name])}",
            who=(name,),
            causes=causes,
            wish=Wish(point=point),
        )
    for where in situation.elsewhere(at)[:1]:
        yield add(
            situation,
            at,
            f"{point.name}: {point.what}",
            f"add “{titled(point)}” {told}, in another place",
            who=situation.people((), at),
            causes=causes,
            wish=Wish(point=point, where=where),
        )


def _strange(situation: Situation, place: int) -> list[str]:
    """The people who have not been seen before a place."""
    known = {name for beat in situation.beats[:place] for name in beat.characters}
    return [name for name in situation.cast if name not in known]


def _candidates(situation: Situation, point: Point, here: range) -> list[Beat]:
    """Beats told elsewhere that show what is expected here, the clearest first."""
    others = [beat for place, beat in enumerate(situation.beats) if place not in here]
    match point.expects:
        case Expectation.STIR | Expectation.TURN | Expectation.OUTCOME:
            enough = STIRS if point.expects is Expectation.STIR else TURNS
            return sorted((b for b in others if abs(b.turn) >= enough), key=lambda b: -abs(b.turn))[:2]
        case Expectation.LOW:
            return sorted((b for b in others if b.value_after < 0), key=lambda b: b.value_after)[:2]
        case Expectation.PEAK:
            return sorted(others, key=lambda beat: -beat.tension)[:2]
        case _:
            return [beat for beat in others if not situation.reading.grounded[situation.place(beat.id)]][:2]
