"""The plot as it stands, asked what a writer asks: who has been away, what could lead here, where else?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from writersroom.story.beats import Beat, BeatId, LinkKind, Status
from writersroom.story.characters import Character
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import AddLink
from writersroom.story.reading import Reading, earlier, share
from writersroom.story.structures import Structure, structure_named
from writersroom.story.text import short

LATELY = 4
"""A place seen so few beats ago was used lately."""
WANTED = 8
"""So many beats make a story worth cutting in."""


class Situation:
    """A graph, read once. Places are those of the telling, cut beats left out, from 0, as in `Reading`."""

    def __init__(
        self,
        graph: PlotGraph,
        characters: Sequence[Character],
        structure: Structure | str,
        places: Sequence[str] = (),
    ) -> None:
        self.graph = graph
        self.structure = structure_named(structure) if isinstance(structure, str) else structure
        self.reading = Reading(graph, characters, self.structure)
        self.beats = self.reading.beats
        self.cast = self.reading.cast or tuple(self.reading.appearances)
        """Who may be in a new beat: the cast, or where there is none, whoever is in the story."""
        seen = (*places, *(beat.place for beat in self.beats))
        self.places = tuple(dict.fromkeys(place for place in seen if place))
        """Where something may happen: the places of the bible, then those of the story."""

    def __len__(self) -> int:
        return len(self.beats)

    def place(self, id: BeatId) -> int:
        """The place of a beat in the telling."""
        return self.reading.at[id]

    def after(self, place: int) -> BeatId | None:
        """What a beat has to be told after to be told at a place, 0 to the number of beats."""
        return self.beats[place - 1].id if place else None

    def neighbours(self, place: int) -> tuple[Beat | None, Beat | None]:
        """The beats before and behind a new beat at a place."""
        before = self.beats[place - 1] if place else None
        return before, self.beats[place] if place < len(self.beats) else None

    def quote(self, id: BeatId) -> str:
        """A beat as a prompt names it, by what happens in it."""
        return f"“{short(self.graph.beat(id).summary, 90).rstrip('.')}”"

    def open(self, places: Iterable[int]) -> list[int]:
        """Those of some places whose beats are not locked, so that what they say may change."""
        return [place for place in places if self.beats[place].status is not Status.LOCKED]

    def within(self, start: float, end: float, *, more: int = 0) -> range:
        """The places of a range of the telling, were the story `more` beats longer: `Reading.within`."""
        return share(len(self.beats) + more, start, end)

    # -- who ----------------------------------------------------------------------------------------------

    def longest_absent(self, at: int) -> list[str]:
        """The cast, those first who were last seen longest before a place; those never seen at the front."""

        def last_seen(name: str) -> int:
            return max((place for place in self.reading.appearances.get(name, ()) if place < at), default=-1)

        return sorted(self.cast, key=last_seen)

    def people(self, concerned: Iterable[str], at: int, most: int = 2) -> tuple[str, ...]:
        """Who is in a new beat: those concerned, or where the cast knows none of them, those longest away."""
        known = [name for name in dict.fromkeys(concerned) if name in self.cast]
        return tuple((known or self.longest_absent(at)[:2])[:most])

    def joined_by(self, who: Sequence[str], at: int) -> tuple[str, ...]:
        """Some people and whoever else has been away longest, three at most."""
        others = [name for name in self.longest_absent(at) if name not in who]
        return (*who[:2], *others[:1])

    # -- where --------------------------------------------------------------------------------------------

    def where(self, place: int) -> str:
        """Where a new beat at a place happens, all else equal: where its neighbour does."""
        for neighbour in self.neighbours(place):
            if neighbour is not None and neighbour.place:
                return neighbour.place
        return self.places[0] if self.places else ""

    def elsewhere(self, at: int, most: int = 2) -> tuple[str, ...]:
        """Places not used lately, round a place of the telling; or else, on the way to the one used."""
        lately = {beat.place for beat in self.beats[max(0, at - LATELY) : at + LATELY]}
        fresh = [place for place in self.places if place not in lately]
        here = self.where(at)
        if not fresh and here:
            fresh = [short(f"on the way to {here}", 200)]
        return tuple(fresh[:most])

    # -- why ----------------------------------------------------------------------------------------------

    def causes_for(self, place: int, most: int = 3) -> list[BeatId]:
        """Beats told earlier that could cause the one at a place.

        Best first: who acts there saw it, nothing comes of it yet, it is near.
        """
        target = self.beats[place]
        found: list[tuple[float, BeatId]] = []
        for at, beat in enumerate(self.beats[:place]):
            if earlier(target, beat) or not self._may_cause(beat.id, target.id):
                continue
            shared = any(name in beat.seen_by for name in target.characters)
            idle = not self.reading.leads_on[at]
            found.append((2 * shared + 1.5 * idle - (place - at) / len(self), beat.id))
        return [id for _, id in sorted(found, key=lambda one: -one[0])[:most]]

    def effects_of(self, place: int, most: int = 3) -> list[BeatId]:
        """Beats told later that the one at a place could cause.

        Best first: those who saw it act there, nothing leads to it yet, it is near.
        """
        source = self.beats[place]
        found: list[tuple[float, BeatId]] = []
        for at, beat in enumerate(self.beats[place + 1 :], start=place + 1):
            if earlier(beat, source) or not self._may_cause(source.id, beat.id):
                continue
            shared = any(name in source.seen_by for name in beat.characters)
            idle = not self.reading.grounded[at]
            found.append((2 * shared + 1.5 * idle - (at - place) / len(self), beat.id))
        return [id for _, id in sorted(found, key=lambda one: -one[0])[:most]]

    def witnessed(self, source: BeatId, target: BeatId) -> bool:
        """Whether someone who acts in the target saw the source, so that it may be their motive."""
        return any(name in self.graph.beat(source).seen_by for name in self.graph.beat(target).characters)

    def _may_cause(self, source: BeatId, target: BeatId) -> bool:
        return not self.graph.check(AddLink(source=source, target=target, link=LinkKind.CAUSES))
