"""Options tried on a copy of the graph, and the best of them, of as many kinds as there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from writersroom.story.characters import Character
from writersroom.story.graph import PlotGraph
from writersroom.story.legality import strangers
from writersroom.story.moves import MoveKind
from writersroom.story.remedies.remedy import Option, Remedy
from writersroom.story.remedies.situation import WANTED
from writersroom.story.structures import Structure
from writersroom.story.weakness import Weakness, WeaknessKind
from writersroom.story.weaknesses import weaknesses

MOST = 48
"""So many options are tried at most: each takes a move, its undo, and one look at all weaknesses."""

_PRICE: dict[MoveKind, float] = {"cut": 0.4, "merge": 0.3, "unlink": 0.3}
"""What taking something out of the story counts for, in severity."""
_STOOD_FOR: Mapping[WeaknessKind, frozenset[WeaknessKind]] = MappingProxyType(
    {
        WeaknessKind.NOTHING_HAPPENS: frozenset({WeaknessKind.UNFINISHED}),
        WeaknessKind.UNFINISHED: frozenset({WeaknessKind.UNFINISHED, WeaknessKind.MISSING_POINT}),
        WeaknessKind.AND_THEN: frozenset({WeaknessKind.LOOSE, WeaknessKind.UNCAUSED}),
        WeaknessKind.UNVALUED: frozenset({WeaknessKind.MISSING_POINT, WeaknessKind.NO_TURNING_POINT}),
        WeaknessKind.FLAT_TENSION: frozenset(
            {WeaknessKind.FLAT_TENSION, WeaknessKind.FALLING_TENSION, WeaknessKind.MISSING_POINT}
        ),
    }
)
"""What the detectors keep silent about while a weakness of another kind says it all."""
_LOSSES: frozenset[MoveKind] = frozenset({"cut", "merge"})


class Trial:
    """What options would do to a graph. It works on a copy, so the graph stays as it is whatever happens."""

    def __init__(
        self,
        graph: PlotGraph,
        characters: Sequence[Character],
        structure: Structure | str,
        intended: Collection[str] = frozenset(),
        weakness: Weakness | None = None,
    ) -> None:
        self._graph = graph.copy()
        self._characters = characters
        self._structure = structure
        self._intended = intended
        self._cast = {character.name for character in characters}
        self.before = {found.key: found for found in self._look()}
        """What is weak now, by key."""
        self.weakness = None if weakness is None else self.before.get(weakness.key)
        """The weakness that is to be mended, as it is now; None where there is none (any more)."""

    def best(self, options: Iterable[Option], limit: int, *, spare: bool = False) -> tuple[Remedy, ...]:
        """At most so many of the legal options, each label once.

        First those that mend the weakness, then those that leave the plot the least weak, where what is taken
        out of the story has its price; and one of each kind of move before a second of any. With `spare` a
        story too short to cut in loses beats only where nothing else mends.
        """
        tried: list[tuple[Remedy, float]] = []
        labels: set[str] = set()
        for option in options:
            if len(tried) == MOST:
                break
            if option.label not in labels:
                found = self._try(option)
                if found is not None:
                    labels.add(option.label)
                    tried.append(found)
        if spare and len(self._graph.ids()) < WANTED:
            gentle = [found for found in tried if found[0].move.kind not in _LOSSES]
            if any(remedy.mends for remedy, _ in gentle):
                tried = gentle
        # Sorting is stable: options alike stay in the order in which they came to mind.
        tried.sort(key=lambda found: (not found[0].mends, round(found[1], 1)))
        ranked = [remedy for remedy, _ in tried]
        ranked = _varied([r for r in ranked if r.mends]) + _varied([r for r in ranked if not r.mends])
        return tuple(ranked[: max(0, limit)])

    def _look(self) -> tuple[Weakness, ...]:
        return weaknesses(self._graph, self._characters, self._structure, self._intended)

    def _try(self, option: Option) -> tuple[Remedy, float] | None:
        """What an option does, with the change in what all weaknesses weigh together; None where illegal."""
        move = option.move
        if (self._cast and strangers(move, self._cast)) or self._graph.check(move):
            return None
        diff = self._graph.apply(move)
        after = {found.key: found for found in self._look()}
        self._graph.undo(diff)
        gone = [found for key, found in self.before.items() if key not in after]
        appeared = [found for key, found in after.items() if key not in self.before]
        revealed = [found for found in appeared if any(_stood_for(was, found) for was in gone)]
        new = tuple(found for found in appeared if found not in revealed)
        target, relief, mends = self.weakness, 0.0, False
        if target is not None:
            left = after.get(target.key)
            mends = left is None and not any(_same(target, found) for found in appeared)
            relief = target.severity - (left.severity if left is not None else 0.0)
        remedy = Remedy(
            move=move,
            label=option.label,
            brief=option.brief,
            needs_sentence=option.needs_sentence,
            mends=mends,
            relief=round(relief, 3),
            mended=tuple(found.key for found in gone),
            new_weaknesses=new,
            reveals=tuple(revealed),
        )
        weight = sum(found.severity for found in after.values())
        weight -= sum(found.severity for found in (*self.before.values(), *revealed))
        return remedy, weight + _PRICE.get(move.kind, 0.0)


def _stood_for(was: Weakness, found: Weakness) -> bool:
    """Whether one weakness, now gone, had kept another silent."""
    if found.kind not in _STOOD_FOR.get(was.kind, ()):
        return False
    return was.kind is not WeaknessKind.AND_THEN or {*found.beats} <= {*was.beats}


def _same(target: Weakness, found: Weakness) -> bool:
    """Whether a new weakness is an old one that has only moved and so goes by another name."""
    return (
        found.kind is target.kind
        and found.kind is not WeaknessKind.MISSING_POINT
        and len({*found.beats} & {*target.beats}) >= 2
    )


def _varied(ranked: Sequence[Remedy]) -> list[Remedy]:
    """The best of each kind of move, then the second of each, and so on."""
    rounds: dict[MoveKind, int] = {}
    turn: list[tuple[int, Remedy]] = []
    for remedy in ranked:
        rounds[remedy.move.kind] = rounds.get(remedy.move.kind, 0) + 1
        turn.append((rounds[remedy.move.kind], remedy))
    return [remedy for _, remedy in sorted(turn, key=lambda one: one[0])]
