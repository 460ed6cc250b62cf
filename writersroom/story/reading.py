"""One reading of a plot graph from its first beat to its last, which all detectors share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from writersroom.story.beats import Beat, BeatId, Link, LinkKind
from writersroom.story.characters import Character
from writersroom.story.graph import PlotGraph
from writersroom.story.legality import quoted
from writersroom.story.structures import Structure

STIRS = 0.2
"""A beat that moves the value at stake by this much stirs it. The scale runs from -1 to 1."""
RUN = 3
"""So many beats in a row without cause are a chain of "and then"."""
TURNS = 0.3
"""A beat that moves the value at stake by this much turns it."""
FLAT = 0.2
"""A tension curve whose highest and lowest beat lie closer together is flat. The scale runs from -1 to 1."""
_WORD = re.compile(r"\w+")


class Reading:
    """The beats that are not cut, in telling order, with what leads to and from each.

    Beats are named by their place in the telling, from 0.
    """

    def __init__(self, graph: PlotGraph, characters: Sequence[Character], structure: Structure) -> None:
        self.structure = structure
        self.cast = tuple(dict.fromkeys(character.name for character in characters))
        self.beats = graph.beats()
        self.links = graph.links()
        self.at = {beat.id: place for place, beat in enumerate(self.beats)}
        self.incoming: list[list[Link]] = [[] for _ in self.beats]
        self.outgoing: list[list[Link]] = [[] for _ in self.beats]
        self.grounded = [False] * len(self.beats)
        """Of each beat, whether something leads to it: a cause, a motive, or a setup that it pays off."""
        self.leads_on = [False] * len(self.beats)
        """Of each beat, whether it leads to something."""
        for link in self.links:
            source, target = self.at[link.source], self.at[link.target]
            self.incoming[target].append(link)
            self.outgoing[source].append(link)
            if link.kind is not LinkKind.PRECEDES:
                self.leads_on[source] = self.grounded[target] = True
        self._quotes: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self.beats)

    @cached_property
    def from_nowhere(self) -> list[bool]:
        """Of each beat, whether nothing leads to it, though something should.

        The opening gives without reason what later leads on; so does what happened before it and is told
        later. A setup is there for the sake of its payoff, and some structures want a beat without cause. Who
        was spoken of may come: an entrance that was announced is prepared (William Archer, Play-Making, 1912,
        "Preparation: the finger-post").
        """
        welcome = self.structure.welcomes_twist
        twist = self.within(*welcome) if welcome is not None else range(0)
        found: list[bool] = []
        for place, beat in enumerate(self.beats):
            given = place < self.opening or earlier(beat, self.beats[0])
            found.append(
                not self.grounded[place]
                and not (given and self.leads_on[place])
                and place not in twist
                and not any(link.kind is LinkKind.SETS_UP for link in self.outgoing[place])
                and not (self.leads_on[place] and self._announced(place))
            )
        return found

    @cached_property
    def and_thens(self) -> list[list[int]]:
        """Stretches of neighbours in the telling that come from nowhere: three, or two put in order."""
        runs: list[list[int]] = [[]]
        for place, lost in enumerate(self.from_nowhere):
            if lost:
                runs[-1].append(place)
            elif runs[-1]:
                runs.append([])
        return [run for run in runs if len(run) >= RUN or (len(run) == 2 and self._ordered(*run))]

    @cached_property
    def appearances(self) -> dict[str, list[int]]:
        """By character, the places of the beats they are in."""
        found: dict[str, list[int]] = {}
        for place, beat in enumerate(self.beats):
            for name in beat.characters:
                found.setdefault(name, []).append(place)
        return found

    @cached_property
    def opening(self) -> int:
        """How many beats are exposition, where things are given and not caused: a sixth, at least three."""
        return max(3, len(self) // 6)

    @cached_property
    def forgotten_after(self) -> int:
        """So many beats on, an audience has forgotten a setup: a twelfth, one to three."""
        return min(3, max(1, len(self) // 12))

    @cached_property
    def valued(self) -> bool:
        """Whether any beat says what it does to the value at stake."""
        return any(beat.value_before or beat.value_after for beat in self.beats)

    @cached_property
    def tense(self) -> bool:
        """Whether the tension runs in a curve at all: it is not flat."""
        tensions = [beat.tension for beat in self.beats] or [0.0]
        return round(max(tensions) - min(tensions), 6) >= FLAT

    def _announced(self, place: int) -> bool:
        """Whether somebody enters for the first time of whom an earlier beat speaks."""
        return any(
            self.appearances[name][0] == place and self._spoken_of(name) < place
            for name in self.beats[place].characters
        )

    def _spoken_of(self, name: str) -> int:
        """The place of the first beat that speaks of somebody; one past the last where none does.

        By the name as it is written, or in capitals: not every "will" is Will.
        """
        first = len(self.beats)
        for form in {name, name.upper()}:
            word = _WORD.search(form)
            places = self._words.get(word.group(), ()) if word else ()
            speaks = (at for at in places if any(names(text, form) for text in _told(self.beats[at])))
            first = min(first, next(speaks, first))
        return first

    @cached_property
    def _words(self) -> dict[str, list[int]]:
        """By word, the places of the beats that have it."""
        found: dict[str, list[int]] = {}
        for place, beat in enumerate(self.beats):
            for word in {word for text in _told(beat) for word in _WORD.findall(text)}:
                found.setdefault(word, []).append(place)
        return found

    def _ordered(self, one: int, other: int) -> bool:
        """Whether a link says that one beat precedes the other, and no more."""
        return any(self.at[link.target] == other for link in self.outgoing[one])

    def position(self, place: int) -> float:
        """Where a beat lies in the telling, the middle of its share: 0..1."""
        return (place + 0.5) / len(self.beats)

    def within(self, start: float, end: float) -> range:
        """The places of the beats whose share of the telling overlaps a range."""
        return share(len(self.beats), start, end)

    def quote(self, place: int) -> str:
        """A beat as evidence names it."""
        if place not in self._quotes:
            self._quotes[place] = quoted(self.beats[place])
        return self._quotes[place]

    def quotes(self, places: Sequence[int], most: int = 3) -> str:
        """Some beats as evidence names them, the first few and the last."""
        if len(places) > most:
            head = ", ".join(self.quote(place) for place in places[: most - 1])
            return f"{head} … {self.quote(places[-1])}"
        return " and ".join(
            filter(None, (", ".join(self.quote(p) for p in places[:-1]), self.quote(places[-1])))
        )

    def ids(self, places: Iterable[int]) -> tuple[BeatId, ...]:
        """The ids of beats by their places."""
        return tuple(self.beats[place].id for place in places)

    def acts(self) -> Iterator[tuple[int, list[int]]]:
        """Each act with the places of its beats, by number."""
        found: dict[int, list[int]] = {}
        for place, beat in enumerate(self.beats):
            found.setdefault(beat.act, []).append(place)
        yield from sorted(found.items())

    def by_time(self) -> list[int]:
        """The places in the order in which the beats happen; those at one time as told."""
        return sorted(range(len(self.beats)), key=lambda place: (self.beats[place].time, place))


def share(n: int, start: float, end: float) -> range:
    """The places of those of `n` beats whose share of the telling overlaps a range (0..1)."""
    first = min(int(start * n), max(n - 1, 0))
    return range(first, min(n, max(-int(-end * n // 1), first + 1)))


def _told(beat: Beat) -> tuple[str, ...]:
    """What a beat says in words."""
    return beat.summary, beat.plants, beat.stakes


def names(text: str, name: str) -> bool:
    """Whether a text has a name in it, as whole words."""
    return name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def earlier(one: Beat, other: Beat) -> bool:
    """Whether one beat happens before another in the story's world, as far as their times say."""
    return one.time < other.time
