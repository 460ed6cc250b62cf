"""Options for what does not hang together: see `detectors.causality`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from writersroom.story.beats import BeatId, LinkKind
from writersroom.story.moves import BeatChange
from writersroom.story.remedies.drafting import STIR, Wish
from writersroom.story.remedies.options import (
    add,
    called,
    cut,
    link,
    listed,
    merge,
    plant,
    reorder,
    revise,
    unlink,
)
from writersroom.story.remedies.remedy import Option
from writersroom.story.remedies.situation import Situation
from writersroom.story.weakness import Weakness


def and_then(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Let one of the run come of something, at best one in the middle; or let a new beat bring several."""
    run = [situation.place(id) for id in weakness.beats]
    middle = sorted(run, key=lambda place: abs(place - run[len(run) // 2]))
    for place in middle[:5]:
        yield from _links_to(situation, place, most=2)
    # With every third brought about, never are three in a row left without cause.
    yield from _brought_about(situation, run[0], run[1::3])
    yield from _brought_about(situation, run[0], run[:3])
    for place in middle[:2]:
        yield from _planted(situation, place)
    for place in middle[:3]:
        id = situation.beats[place].id
        yield merge(situation, situation.beats[place - 1].id if place else situation.beats[1].id, id)
        yield cut(situation, id)


def uncaused(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Let it come of something told before, have it prepared, or put in what leads to it."""
    place = situation.place(weakness.beats[0])
    id = situation.beats[place].id
    yield from _links_to(situation, place)
    yield from _brought_about(situation, place, [place])
    yield from _planted(situation, place)
    yield reorder(situation, id, 0)
    yield reorder(situation, id, min(2, place))
    for cause in situation.causes_for(place, most=2):
        yield merge(situation, cause, id)
    yield cut(situation, id)


def loose(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Tie it to what was before or comes after, make it part of a neighbour, or let it go."""
    place = situation.place(weakness.beats[0])
    id = situation.beats[place].id
    yield from _links_to(situation, place)
    yield from _links_from(situation, place)
    yield from _consequence(situation, place)
    yield from _brought_about(situation, place, [place])
    yield from _planted(situation, place)
    for neighbour in situation.neighbours(place)[:1] + situation.neighbours(place + 1)[1:]:
        if neighbour is not None:
            yield merge(situation, neighbour.id, id)
    yield cut(situation, id)


def dead_end(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Let something come of it: a beat there is, or a new one."""
    place = situation.place(weakness.beats[0])
    id = situation.beats[place].id
    yield from _links_from(situation, place)
    yield from _consequence(situation, place)
    for effect in situation.effects_of(place, most=2):
        yield merge(situation, effect, id)
    yield reorder(situation, id, len(situation))
    yield cut(situation, id)


def effect_before_cause(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Let the times say what the link says, tell them in that order, or part them."""
    graph = situation.graph
    cause, effect = weakness.key.split(":")[1:]
    later = _just_after(
        graph.beat(cause).time, [graph.beat(each.target).time for each in graph.outgoing(effect)]
    )
    sooner = -_just_after(
        -graph.beat(effect).time, [-graph.beat(each.source).time for each in graph.incoming(cause)]
    )
    yield revise(
        effect,
        BeatChange(time=later),
        f"let {effect} happen after {cause}",
        f"{situation.quote(effect)} happens after {situation.quote(cause)}.",
    )
    yield revise(
        cause,
        BeatChange(time=sooner),
        f"let {cause} happen before {effect}",
        f"{situation.quote(cause)} happens before {situation.quote(effect)}.",
    )
    first, last = situation.place(effect), situation.place(cause)
    if first < last:
        yield reorder(situation, effect, last + 1)
        yield reorder(situation, cause, first)
    for each in graph.outgoing(cause):
        if each.target == effect:
            yield unlink(situation, cause, effect, each.kind)
    yield merge(situation, cause, effect)
    yield merge(situation, effect, cause)
    yield cut(situation, cause)
    yield cut(situation, effect)


def _just_after(time: float, others: Sequence[float]) -> float:
    """A time soon after one, before the next of the others."""
    following = min((other for other in others if other > time), default=None)
    return time + 1 if following is None else time / 2 + following / 2


def _links_to(situation: Situation, place: int, most: int = 3) -> Iterator[Option]:
    id = situation.beats[place].id
    for cause in situation.causes_for(place, most):
        yield link(situation, cause, id, LinkKind.CAUSES)
        if situation.witnessed(cause, id):
            yield link(situation, cause, id, LinkKind.MOTIVATES)
        else:
            yield link(situation, cause, id, LinkKind.ENABLES)


def _links_from(situation: Situation, place: int, most: int = 3) -> Iterator[Option]:
    id = situation.beats[place].id
    for effect in situation.effects_of(place, most):
        yield link(situation, id, effect, LinkKind.CAUSES)
        if situation.witnessed(id, effect):
            yield link(situation, id, effect, LinkKind.MOTIVATES)
        else:
            yield link(situation, id, effect, LinkKind.ENABLES)


def _brought_about(situation: Situation, at: int, places: Sequence[int]) -> Iterator[Option]:
    """New beats that bring later ones about; from nowhere only where nothing could lead there."""
    effects = [situation.beats[place].id for place in places]
    if not effects:
        return
    concerned = [name for place in places for name in situation.beats[place].characters]
    who = situation.people(concerned, at)
    more = situation.joined_by(who, at)
    core = f"Something happens that leads to {listed([situation.quote(id) for id in effects[:3]])}"
    causes: list[tuple[BeatId, ...]] = [(id,) for id in _leading_to(situation, at, places)] or [()]
    for caused_by in causes:
        since = f"from {caused_by[0]} " if caused_by else ""
        because = f"Because of {situation.quote(caused_by[0])}, something happens" if caused_by else ""
        said = core.replace("Something happens", because, 1) if because else core
        yield add(
            situation,
            at,
            said,
            f"add a beat {since}that causes {listed(effects[:3])}",
            who=who,
            caused_by=caused_by,
            causes=effects,
        )
    if more != who:
        yield add(
            situation,
            at,
            core,
            f"add a beat with {called(more[-1:])} that causes {listed(effects[:3])}",
            who=(*more[:1], more[-1]) if len(more) > 1 else more,
            caused_by=causes[0],
            causes=effects,
        )


def _leading_to(situation: Situation, at: int, places: Sequence[int]) -> list[BeatId]:
    """What could cause a new beat at a place that leads to others."""
    return [id for id in situation.causes_for(places[0]) if situation.place(id) < at][:2]


def _consequence(situation: Situation, place: int) -> Iterator[Option]:
    """New beats that come of one: right after it on the way to a later one, or later as its payoff."""
    beat = situation.beats[place]
    who = situation.people(beat.characters, place + 1)
    more = situation.joined_by(who, place + 1)
    effects = situation.effects_of(place, most=2)
    for effect in effects:
        yield add(
            situation,
            place + 1,
            f"{situation.quote(beat.id)} has a consequence, and that leads to {situation.quote(effect)}",
            f"add a beat that leads from {beat.id} to {effect}",
            who=who,
            caused_by=(beat.id,),
            causes=(effect,),
        )
    end = len(situation)
    yield add(
        situation,
        end,
        f"{situation.quote(beat.id)} comes back with consequences",
        f"add a beat in the end that comes of {beat.id}",
        who=more,
        caused_by=(beat.id,),
        wish=Wish(turn=-STIR),
    )


def _planted(situation: Situation, place: int) -> Iterator[Option]:
    """Something shown early that prepares a beat, as early as it can be forgotten again."""
    id = situation.beats[place].id
    who = situation.people(situation.beats[place].characters, place)
    for at in dict.fromkeys((place // 2, 0, max(0, place - 1))):
        yield plant(situation, id, at, who=who)
