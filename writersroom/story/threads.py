"""Threads: an acyclic graph strung into paths, so that most questions "does this lead to that?" end early.

A chain of causes is one thread, and within a thread the earlier beat leads to the later: no search is needed.
This is the path decomposition of Jagadish (1990), "A compression technique to materialize transitive closure"
(TODS 15), kept up as links come and go; only the paths are kept, never the closure.
"""

from __future__ import annotations

from collections.abc import Iterable


class Threads:
    """Every slot lies on one thread. Places rise along a thread by one and may be negative.

    Joining and parting two threads renumbers the shorter one.
    """

    def __init__(self) -> None:
        self.thread: list[int] = []
        """Of each slot, the number of its thread."""
        self.place: list[int] = []
        """Of each slot, where on its thread it lies."""
        self._next: list[int | None] = []
        self._last: list[int | None] = []
        self._ends: dict[int, tuple[int, int]] = {}
        """Of each thread, the first and the last place."""
        self._fresh = 0

    def copy(self) -> Threads:
        """An independent copy."""
        twin = Threads()
        twin.thread, twin.place = list(self.thread), list(self.place)
        twin._next, twin._last = list(self._next), list(self._last)
        twin._ends, twin._fresh = dict(self._ends), self._fresh
        return twin

    def add(self) -> None:
        """One more slot, on a thread of its own."""
        self.thread.append(self._new_thread((0, 0)))
        self.place.append(0)
        self._next.append(None)
        self._last.append(None)

    def leads(self, one: int, other: int) -> bool:
        """Whether a thread leads from one slot to another. False decides nothing."""
        return self.thread[one] == self.thread[other] and self.place[one] < self.place[other]

    def between(self, one: int, other: int, most: int) -> list[int] | None:
        """The slots of their thread strictly between one and a later other; None where they exceed `most`."""
        if self.place[other] - self.place[one] > most + 1:
            return None
        path: list[int] = []
        slot = self._next[one]
        while slot is not None and slot != other:
            path.append(slot)
            slot = self._next[slot]
        return path

    def join(self, source: int, target: int) -> None:
        """There is a link from `source` to `target`: string them together, if that makes a longer thread."""
        if self._next[source] is not None:
            return
        former = self._last[target]
        if former is not None:
            # The target hangs on another thread; take it over from one that is much shorter up to there.
            if self._length_up_to(source) <= 2 * self._length_up_to(former):
                return
            self._cut(former, target)
        self._next[source], self._last[target] = target, source
        ours, theirs = self.thread[source], self.thread[target]
        (first, last), (begin, end) = self._ends[ours], self._ends[theirs]
        if last - first < end - begin:
            self._renumber_back(source, theirs, begin - 1)
            self._ends[theirs] = (begin - (last - first + 1), end)
            del self._ends[ours]
        else:
            self._renumber_on(target, ours, last + 1)
            self._ends[ours] = (first, last + (end - begin + 1))
            del self._ends[theirs]

    def part(
        self, source: int, target: int, others_after: Iterable[int], others_before: Iterable[int]
    ) -> None:
        """No link leads from `source` to `target` any more; string each to another neighbour that is free."""
        if self._next[source] != target:
            return
        self._cut(source, target)
        for other in others_after:
            if self._last[other] is None:
                self.join(source, other)
                break
        for other in others_before:
            if self._next[other] is None:
                self.join(other, target)
                break

    def _length_up_to(self, slot: int) -> int:
        return self.place[slot] - self._ends[self.thread[slot]][0] + 1

    def _new_thread(self, ends: tuple[int, int]) -> int:
        self._fresh += 1
        self._ends[self._fresh] = ends
        return self._fresh

    def _cut(self, source: int, target: int) -> None:
        self._next[source] = self._last[target] = None
        thread = self.thread[source]
        first, last = self._ends[thread]
        at, after = self.place[source], self.place[target]
        if at - first < last - after:
            self._ends[thread] = (after, last)
            self._renumber_back(source, self._new_thread((first, at)), at)
        else:
            self._ends[thread] = (first, at)
            self._renumber_on(target, self._new_thread((after, last)), after)

    def _renumber_on(self, slot: int | None, thread: int, place: int) -> None:
        while slot is not None:
            self.thread[slot], self.place[slot] = thread, place
            slot, place = self._next[slot], place + 1

    def _renumber_back(self, slot: int | None, thread: int, place: int) -> None:
        while slot is not None:
            self.thread[slot], self.place[slot] = thread, place
            slot, place = self._last[slot], place - 1
