"""What may be done about a weakness of the plot: moves that are legal now, to choose among.

A room of small models never invents the structure of a move. It is offered remedies, chooses one, and writes
the one sentence that a new beat needs:

    weakness = weaknesses(graph, cast, "three_act")[0]
    offered = remedies(graph, weakness, cast, "three_act") or growth(graph, cast, "three_act")
    remedy = offered[choose([each.label for each in offered])]
    move = with_summary(remedy, write(remedy.brief)).move if remedy.needs_sentence else remedy.move
    graph.apply(move)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from writersroom.story.characters import Character
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import Move
from writersroom.story.remedies import causality, curves, people, setups, shape
from writersroom.story.remedies.amending import variations
from writersroom.story.remedies.growing import going_on
from writersroom.story.remedies.opening import first_beats, nothing_happens
from writersroom.story.remedies.remedy import Option, Remedy, with_summary
from writersroom.story.remedies.situation import Situation
from writersroom.story.remedies.trial import Trial
from writersroom.story.structures import NONE, Structure
from writersroom.story.weakness import Weakness, WeaknessKind

__all__ = ["Remedy", "amendments", "growth", "opening", "remedies", "with_summary"]

Thoughts: TypeAlias = Callable[[Situation, Weakness], Iterator[Option]]
"""What comes to mind about a weakness, the likeliest first; not all of it need be legal."""

_ABOUT: Mapping[WeaknessKind, Thoughts] = MappingProxyType(
    {
        WeaknessKind.NOTHING_HAPPENS: nothing_happens,
        WeaknessKind.UNFINISHED: shape.unfinished,
        WeaknessKind.UNCAUSED: causality.uncaused,
        WeaknessKind.LOOSE: causality.loose,
        WeaknessKind.DEAD_END: causality.dead_end,
        WeaknessKind.AND_THEN: causality.and_then,
        WeaknessKind.EFFECT_BEFORE_CAUSE: causality.effect_before_cause,
        WeaknessKind.UNPAID_SETUP: setups.unpaid_setup,
        WeaknessKind.PAID_TOO_SOON: setups.paid_too_soon,
        WeaknessKind.UNCHANGED: people.unchanged,
        WeaknessKind.ABSENT: people.absent,
        WeaknessKind.UNWITNESSED: people.unwitnessed,
        WeaknessKind.UNVALUED: curves.unvalued,
        WeaknessKind.NO_TURNING_POINT: curves.no_turning_point,
        WeaknessKind.FLAT_TENSION: curves.flat_tension,
        WeaknessKind.FALLING_TENSION: curves.falling_tension,
        WeaknessKind.ONE_PLACE: curves.one_place,
        WeaknessKind.MISSING_POINT: shape.missing_point,
    }
)


def remedies(
    graph: PlotGraph,
    weakness: Weakness,
    characters: Sequence[Character],
    structure: Structure | str,
    *,
    limit: int = 12,
    intended: Collection[str] = frozenset(),
    places: Sequence[str] = (),
) -> tuple[Remedy, ...]:
    """Moves that are legal now and might mend a weakness, each tried on a copy of the graph.

    Those that mend it come first, those that do the plot the least harm before others, and one of each kind
    of move before a second of any. The order depends on nothing but the arguments.

    Args:
        graph: the plot; it is not changed.
        weakness: one that `weaknesses` found; by its key it is looked up as it is now.
        characters: the cast; nobody else is put into a new beat. Where it is empty, whoever is in the story.
        structure: what the story is held against, or its key.
        limit: how many at most.
        intended: keys of weaknesses that a person wants so; they count for no harm.
        places: where something may happen, besides the places of the story.

    Returns:
        Nothing where the weakness is gone, or where what it is about is locked.

    Raises:
        ValueError: there is no structure with this key.
    """
    situation = Situation(graph, characters, structure, places)
    trial = Trial(graph, characters, situation.structure, frozenset(intended) - {weakness.key}, weakness)
    if trial.weakness is None:
        return ()
    return trial.best(_ABOUT[trial.weakness.kind](situation, trial.weakness), limit, spare=True)


def growth(
    graph: PlotGraph,
    characters: Sequence[Character],
    structure: Structure | str,
    *,
    limit: int = 12,
    intended: Collection[str] = frozenset(),
    places: Sequence[str] = (),
) -> tuple[Remedy, ...]:
    """New beats that carry a story on; arguments and order as for `remedies`.

    While the story has fewer beats than its structure has points to check, they are the next point. Then they
    complicate the way between two beats, pay off what was planted, bring back whoever has been away, plant
    what the climax hangs on, or follow the last beat. Each is caused by a beat there is. With no beat yet,
    `opening` is asked.

    Raises:
        ValueError: there is no structure with this key.
    """
    if not graph.ids():
        return opening(graph, characters, structure, limit=limit, intended=intended, places=places)
    situation = Situation(graph, characters, structure, places)
    trial = Trial(graph, characters, situation.structure, intended)
    return trial.best(going_on(situation), limit)


def opening(
    graph: PlotGraph,
    characters: Sequence[Character],
    structure: Structure | str,
    *,
    limit: int = 12,
    intended: Collection[str] = frozenset(),
    places: Sequence[str] = (),
) -> tuple[Remedy, ...]:
    """First beats for a story, by the points of its structure; arguments as for `remedies`.

    In a graph that has beats they are told before those.

    Raises:
        ValueError: there is no structure with this key.
    """
    situation = Situation(graph, characters, structure, places)
    trial = Trial(graph, characters, situation.structure, intended)
    return trial.best(first_beats(situation), limit)


def amendments(
    graph: PlotGraph,
    move: Move,
    characters: Sequence[Character],
    *,
    structure: Structure | str = NONE,
    weakness: Weakness | None = None,
    limit: int = 8,
    intended: Collection[str] = frozenset(),
    places: Sequence[str] = (),
) -> tuple[Remedy, ...]:
    """What another agent may propose in place of a pitched move: legal variations of it.

    A new beat told elsewhere, with someone else there or looking on, with more to fear, caused by an earlier
    beat too; another word or another end for a link; a merging in place of a cut. What was pitched keeps its
    sentence, so that most variations need none.

    Args:
        graph: the plot; it is not changed.
        move: as it was pitched, with its sentence.
        characters: the cast.
        structure: what the story is held against, or its key, to say what is weak after each.
        weakness: what the pitch is for, so that those that mend it come first.
        limit: how many at most.
        intended: keys of weaknesses that a person wants so.
        places: where something may happen, besides the places of the story.

    Raises:
        ValueError: there is no structure with this key.
    """
    situation = Situation(graph, characters, structure, places)
    trial = Trial(graph, characters, situation.structure, intended, weakness)
    others = (option for option in variations(situation, move) if option.move != move)
    return trial.best(others, limit)
