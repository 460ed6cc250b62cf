"""What must come before what in the story's world: a graph that stays acyclic as links come and go.

The method is incremental topological ordering as in Pearce & Kelly (2006), "A dynamic topological sort
algorithm for directed acyclic graphs" (JEA 11), with two changes. The search for a circle runs from both ends
by turns, as in Bender, Fineman, Gilbert & Tarjan (2016), "A new approach to incremental cycle detection and
related problems" (TALG 12), and stops when either end is exhausted, so that it costs no more than twice the
smaller side, or as soon as it meets the thread (`threads.Threads`) that leads to where it wants to go; a long
one goes from each end only half-way. And only what was seen gets new labels: labels are whole numbers with
wide gaps that need not differ between unrelated beats, not a permutation.
"""

from __future__ import annotations

from collections.abc import Iterable

from writersroom.story.beats import BeatId
from writersroom.story.reachability import Apart, Met, Search
from writersroom.story.threads import Threads

_GAP = 1 << 40
"""Between the labels of beats that are put one after another."""

ELLIPSIS = "…"
"""Stands in a path for beats left out."""


class Circle(Exception):
    """A link would close a circle.

    Attributes:
        path: the beats from the link's target to its source, both included; `ELLIPSIS` stands for a long
            stretch left out.
    """

    def __init__(self, path: tuple[BeatId, ...]) -> None:
        super().__init__(" → ".join(path))
        self.path = path


class Precedence:
    """Beats, which of them precede which, and a label for each that rises along every link.

    Parallel links between the same two beats are counted. The cost of adding a link is constant when it runs
    with the labels (the rule), otherwise proportional to the affected beats. Inside, a beat is a small number
    (its slot), because a search over lists is twice as fast as one over ids.
    """

    def __init__(self) -> None:
        self._slot: dict[BeatId, int] = {}
        self._beat: list[BeatId] = []
        self._free: list[int] = []
        self._label: list[int] = []
        self._after: list[dict[int, int]] = []
        self._before: list[dict[int, int]] = []
        self._threads = Threads()
        self._last_none: tuple[tuple[int, ...], tuple[int, ...], Apart] | None = None

    @classmethod
    def of(cls, beats: Iterable[BeatId], links: Iterable[tuple[BeatId, BeatId]]) -> Precedence:
        """Build from scratch in one pass (Kahn 1962).

        Raises:
            Circle: the links are not acyclic; `path` starts and ends with the same beat.
        """
        order = cls()
        for beat in beats:
            order.add_beat(beat)
        for source, target in links:
            order._count(order._slot[source], order._slot[target])
        waiting = [len(before) for before in order._before]
        ready = [slot for slot, n in enumerate(waiting) if not n]
        for slot in ready:  # grows as it is read
            for target in order._after[slot]:
                waiting[target] -= 1
                if not waiting[target]:
                    ready.append(target)
        if len(ready) < len(waiting):
            raise Circle(order._some_circle({slot for slot, n in enumerate(waiting) if n}))
        for place, slot in enumerate(ready):
            order._label[slot] = place * _GAP
        for slot in ready:
            for target in order._after[slot]:
                order._threads.join(slot, target)
        return order

    def copy(self) -> Precedence:
        """An independent copy."""
        twin = Precedence()
        twin._slot = dict(self._slot)
        twin._beat = list(self._beat)
        twin._free = list(self._free)
        twin._label = list(self._label)
        twin._after = [dict(after) for after in self._after]
        twin._before = [dict(before) for before in self._before]
        twin._threads = self._threads.copy()
        return twin

    def label(self, beat: BeatId) -> int:
        """A number that is higher than that of every beat that precedes this one."""
        return self._label[self._slot[beat]]

    def successors(self, beat: BeatId) -> set[BeatId]:
        """What it directly precedes."""
        return {self._beat[slot] for slot in self._after[self._slot[beat]]}

    def predecessors(self, beat: BeatId) -> set[BeatId]:
        """What directly precedes it."""
        return {self._beat[slot] for slot in self._before[self._slot[beat]]}

    def ancestors(self, beat: BeatId) -> set[BeatId]:
        """All that precedes it, directly or not."""
        seen: set[int] = set()
        waiting = [self._slot[beat]]
        while waiting:
            for source in self._before[waiting.pop()]:
                if source not in seen:
                    seen.add(source)
                    waiting.append(source)
        return {self._beat[slot] for slot in seen}

    def add_beat(self, beat: BeatId) -> None:
        """A beat that is linked to nothing yet."""
        self._last_none = None
        if self._free:
            slot = self._free.pop()
            self._beat[slot], self._label[slot] = beat, 0
        else:
            slot = len(self._beat)
            self._beat.append(beat)
            self._label.append(0)
            self._after.append({})
            self._before.append({})
            self._threads.add()
        self._slot[beat] = slot

    def remove_beat(self, beat: BeatId) -> None:
        """Forget a beat that is linked to nothing any more."""
        self._last_none = None
        self._free.append(self._slot.pop(beat))

    def remove(self, source: BeatId, target: BeatId) -> None:
        """Take one link out. The labels stay valid."""
        self._last_none = None
        one, other = self._slot[source], self._slot[target]
        for ends, end in ((self._after[one], other), (self._before[other], one)):
            ends[end] -= 1
            if not ends[end]:
                del ends[end]
        if other not in self._after[one]:
            self._threads.part(one, other, self._after[one], self._before[other])

    def add(self, source: BeatId, target: BeatId) -> None:
        """Put one link in.

        Raises:
            Circle: it would close one; nothing was changed.
        """
        one, other = self._slot[source], self._slot[target]
        if self._label[one] >= self._label[other]:
            found = self._search((other,), (one,))
            if isinstance(found, Met):
                raise Circle(self._named(found))
            self._relabel(found)
        self._count(one, other)
        self._threads.join(one, other)
        self._last_none = None

    def path(self, starts: Iterable[BeatId], goals: Iterable[BeatId]) -> tuple[BeatId, ...] | None:
        """Some path from one of `starts` to one of `goals`, both ends included; None if there is none.

        `ELLIPSIS` stands for a long stretch left out.
        """
        found = self._search(
            tuple(self._slot[beat] for beat in starts), tuple(self._slot[beat] for beat in goals)
        )
        return self._named(found) if isinstance(found, Met) else None

    def _count(self, source: int, target: int) -> None:
        after, before = self._after[source], self._before[target]
        after[target] = after.get(target, 0) + 1
        before[source] = before.get(source, 0) + 1

    def _search(self, starts: tuple[int, ...], goals: tuple[int, ...]) -> Met | Apart:
        # Validating a move and then making it ask the same question, so the last answer "none" is kept until
        # the graph changes.
        if self._last_none is not None and self._last_none[:2] == (starts, goals):
            return self._last_none[2]
        found = Search(self._label, self._after, self._before, self._threads, starts, goals).run()
        if isinstance(found, Apart):
            self._last_none = (starts, goals, found)
        return found

    def _named(self, met: Met) -> tuple[BeatId, ...]:
        """The path found, shortened to what a person wants to read."""
        middle = [] if met.linked else self._threads.between(met.left[-1], met.right[0], most=4)
        between = (ELLIPSIS,) if middle is None else tuple(self._beat[slot] for slot in middle)
        left, right = [self._beat[slot] for slot in met.left], [self._beat[slot] for slot in met.right]
        if left == right:
            return tuple(left)
        return (*_shortened(left), *between, *_shortened(right))

    def _relabel(self, found: Apart) -> None:
        """Give what was seen new labels, so that the link for which was searched rises."""
        label = self._label.__getitem__
        order = [*sorted(found.behind, key=label), *sorted(found.ahead, key=label)]
        room = _GAP * (len(order) + 1)
        if found.low is not None:
            low = found.low
            high = low + room if found.high is None else found.high
        else:
            high = 0 if found.high is None else found.high
            low = high - room
        while not (step := (high - low) // (len(order) + 1)):
            # No room between two labels: widen every gap. Python's integers do not overflow.
            self._label = [number << 40 for number in self._label]
            low, high = low << 40, high << 40
        for place, slot in enumerate(order, start=1):
            self._label[slot] = low + place * step

    def _some_circle(self, tangled: set[int]) -> tuple[BeatId, ...]:
        """A circle among slots each of which is preceded by another of them."""
        slot = min(tangled)
        path = [slot]
        places = {slot: 0}
        while True:
            slot = next(source for source in self._before[slot] if source in tangled)
            path.append(slot)
            if slot in places:
                return tuple(self._beat[at] for at in reversed(path[places[slot] :]))
            places[slot] = len(path) - 1


def _shortened(path: list[BeatId]) -> list[BeatId]:
    return path if len(path) <= 6 else [*path[:2], ELLIPSIS, *path[-2:]]
