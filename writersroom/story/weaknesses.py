"""What is weak in a plot: the room's agenda, found by code before any model is asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeAlias

from writersroom.story.characters import Character
from writersroom.story.detectors import causality, curves, people, setups, shape
from writersroom.story.graph import PlotGraph
from writersroom.story.reading import Reading
from writersroom.story.structures import Structure, structure_named
from writersroom.story.weakness import Weakness, WeaknessKind

__all__ = ["DETECTORS", "Detector", "Weakness", "WeaknessKind", "weaknesses"]

Detector: TypeAlias = Callable[[Reading], Iterator[Weakness]]

DETECTORS: tuple[Detector, ...] = (
    causality.nothing_happens,
    causality.and_then,
    causality.uncaused,
    causality.loose,
    causality.dead_end,
    causality.effect_before_cause,
    setups.unpaid_setup,
    setups.paid_too_soon,
    people.unchanged,
    people.absent,
    people.unwitnessed,
    curves.unvalued,
    curves.no_turning_point,
    curves.flat_tension,
    curves.falling_tension,
    curves.one_place,
    shape.unfinished,
    shape.missing_point,
)
"""Each says in its docstring what it finds and after whom."""


def weaknesses(
    graph: PlotGraph,
    characters: Sequence[Character],
    structure: Structure | str,
    intended: Collection[str] = frozenset(),
) -> tuple[Weakness, ...]:
    """What is weak in the plot as it stands, the severest first.

    Args:
        graph: the plot; cut beats are not looked at.
        characters: the cast; may be empty.
        structure: what the story is held against, or its key.
        intended: keys of weaknesses that a person wants so; they stay silent.

    Raises:
        ValueError: there is no structure with this key.
    """
    held_against = structure_named(structure) if isinstance(structure, str) else structure
    reading = Reading(graph, characters, held_against)
    found = (weakness for detector in DETECTORS for weakness in detector(reading))
    return tuple(
        sorted(
            (weakness for weakness in found if weakness.key not in intended),
            key=lambda weakness: (-weakness.severity, weakness.key),
        )
    )
