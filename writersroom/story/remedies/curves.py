"""Options for the curves of value, tension and place: see `detectors.curves`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from writersroom.story.remedies.drafting import TURN, Wish
from writersroom.story.remedies.options import add, called, cut, merge, moved, reorder, tightened, turned
from writersroom.story.remedies.remedy import Option
from writersroom.story.remedies.situation import Situation
from writersroom.story.structures import Expectation
from writersroom.story.weakness import Weakness

_STEP = 0.4
"""By how much a tension is raised or eased: more than twice what counts as flat."""


def unvalued(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Let a beat turn things where the structure wants a turn, or in the middle and the end."""
    places: list[int] = []
    for point in situation.structure.checked:
        if point.expects in (Expectation.TURN, Expectation.STIR, Expectation.LOW):
            spot = situation.within(point.start, point.end)
            places.append(spot[len(spot) // 2])
    places += [len(situation) // 2, len(situation) - 1]
    yield from _turns(situation, list(dict.fromkeys(situation.open(places)))[:4])
    yield from _new_turns(situation, len(situation))


def no_turning_point(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Let a beat of the act turn things, a late one first; or put in one that does."""
    act = int(weakness.key.removeprefix("no_turning_point:act"))
    places = dict(situation.reading.acts())[act]
    late = sorted(places, key=lambda place: abs(places.index(place) - 2 * len(places) / 3))
    yield from _turns(situation, situation.open(late)[:4])
    for at in dict.fromkeys((places[-1] + 1, places[len(places) // 2])):
        yield from _new_turns(situation, at, act)


def flat_tension(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Raise it where it should be high, ease it where it should be low, or shorten the stretch."""
    whole = weakness.key == weakness.kind.value
    n = len(situation)
    stretch = list(range(n)) if whole else [situation.place(id) for id in weakness.beats]
    middle = stretch[len(stretch) // 2]
    goal = situation.within(*(situation.structure.rises_to or (0.6, 0.95)))
    places = dict.fromkeys((goal[len(goal) // 2], goal[-1], middle) if whole else (middle, stretch[-1]))
    for place in situation.open(places):
        yield tightened(situation, place, _otherwise(situation.beats[place].tension, up=True))
    for place in situation.open(dict.fromkeys((stretch[0], middle))):
        yield tightened(situation, place, _otherwise(situation.beats[place].tension, up=False))
    high = _otherwise(max(beat.tension for beat in situation.beats), up=True)
    for at in dict.fromkeys((goal[len(goal) // 2] + 1, goal[-1] + 1) if whole else (middle, middle + 1)):
        yield from _tense(situation, at, high)
        if not whole:
            yield from _tense(situation, at, _otherwise(situation.beats[middle].tension, up=False))
    if not whole:
        for one, other in pairwise(stretch[2:5]):
            yield merge(situation, situation.beats[one].id, situation.beats[other].id)
        yield cut(situation, situation.beats[middle].id)


def falling_tension(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Tell the tensest beat of the start late; raise the tension late, ease it at the start."""
    n, tension = len(situation), [beat.tension for beat in situation.beats]
    start = situation.within(0.0, 0.25)
    goal = situation.within(*(situation.structure.rises_to or (0.6, 0.95)))
    tensest = sorted(start, key=lambda place: -tension[place])
    calmest = sorted(goal, key=lambda place: tension[place])
    everywhere = sorted(range(n), key=lambda place: tension[place])
    early = [place for place in everywhere[::-1] if place < goal[0]]
    for place in dict.fromkeys((*tensest[:2], *early[:1])):
        for at in dict.fromkeys((goal[-1] + 1, goal[len(goal) // 2] + 1, n)):
            yield reorder(situation, situation.beats[place].id, at)
    for place in dict.fromkeys((*calmest[:2], *everywhere[:1])):
        yield reorder(situation, situation.beats[place].id, 0)
    # What is enough; and where nothing is, as much as can be.
    for place in situation.open(calmest)[:2]:
        for high in dict.fromkeys((max(0.8, max(tension)), 1.0)):
            yield tightened(situation, place, high)
    for place in situation.open(tensest)[:2]:
        for low in dict.fromkeys((min(-0.5, min(tension)), -1.0)):
            yield tightened(situation, place, low)
    for at in dict.fromkeys((goal[len(goal) // 2] + 1, goal[-1] + 1)):
        yield from _tense(situation, at, 1.0)
    yield from _tense(situation, 0, -1.0)
    yield cut(situation, situation.beats[tensest[0]].id)


def one_place(situation: Situation, weakness: Weakness) -> Iterator[Option]:
    """Let one of the run happen somewhere else, put such a beat in, or tell one from elsewhere in between."""
    run = [situation.place(id) for id in weakness.beats]
    middle = run[len(run) // 2]
    away = situation.elsewhere(middle)
    for place in situation.open(dict.fromkeys((middle, middle - 1, run[-2], run[-1]))):
        for where in away:
            yield moved(situation, place, where)
    before, behind = situation.beats[middle - 1], situation.beats[middle]
    who = situation.people((*before.characters, *behind.characters), middle)
    for where in away:
        for people in dict.fromkeys((who, situation.joined_by(who, middle))):
            yield add(
                situation,
                middle,
                f"{situation.quote(before.id)} leads elsewhere, and then to {situation.quote(behind.id)}",
                f"add a beat elsewhere between {before.id} and {behind.id}"
                + (f" with {called(people[-1:])}" if people else ""),
                who=people,
                caused_by=(before.id,),
                causes=(behind.id,),
                wish=Wish(where=where),
            )
    others = [place for place in range(len(situation)) if place not in run]
    for place in sorted(others, key=lambda place: abs(place - middle))[:3]:
        yield reorder(situation, situation.beats[place].id, middle)


def _turns(situation: Situation, places: Sequence[int]) -> Iterator[Option]:
    for place in places:
        for turn in (-TURN, TURN):
            option = turned(situation, place, turn)
            if option is not None:
                yield option


def _new_turns(situation: Situation, at: int, act: int | None = None) -> Iterator[Option]:
    """New beats at a place that turn things, joined to what is told before and behind."""
    before, behind = situation.neighbours(at)
    concerned = before.characters if before is not None else ()
    who = situation.people(concerned, at)
    caused_by = (before.id,) if before is not None else ()
    causes = (behind.id,) if behind is not None else ()
    because = f"Because of {situation.quote(before.id)}, e" if before is not None else "E"
    for turn, way in ((-TURN, "worse"), (TURN, "better")):
        yield add(
            situation,
            at,
            f"{because}verything changes",
            f"add a turn for the {way} {_told(before.id if before is not None else None)}",
            who=who,
            caused_by=caused_by,
            causes=causes,
            wish=Wish(turn=turn, act=act),
        )


def _tense(situation: Situation, at: int, tension: float) -> Iterator[Option]:
    """A new beat of a given tension, joined to what is told before and behind."""
    before, behind = situation.neighbours(at)
    concerned = before.characters if before is not None else ()
    who = situation.people(concerned, at)
    told = _told(before.id if before is not None else None)
    core, label = ("Nobody can bear to wait for how it ends", f"add a tense beat {told}")
    if tension < 0:
        core, label = ("A moment of rest, in which nobody fears anything", f"add a calm beat {told}")
    yield add(
        situation,
        at,
        core,
        label,
        who=who,
        caused_by=(before.id,) if before is not None else (),
        causes=(behind.id,) if behind is not None else (),
        wish=Wish(tension=tension),
    )


def _told(after: str | None) -> str:
    return f"after {after}" if after is not None else "at the start"


def _otherwise(tension: float, *, up: bool) -> float:
    """A tension clearly above one, or below it; the other way where there is no room."""
    step = _STEP if up else -_STEP
    return tension + step if abs(tension + step) <= 1 else tension - step
