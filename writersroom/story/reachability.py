"""Whether one of some slots leads to one of others, searched from both ends by turns. See `precedence`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from writersroom.story.threads import Threads


@dataclass(frozen=True, kw_only=True, slots=True)
class Met:
    """A path was found: from a start to `left[-1]`, by a link or a thread to `right[0]`, on to a goal.

    Where a start is itself a goal, both hold just that slot.
    """

    left: list[int]
    right: list[int]
    linked: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Exhausted:
    """There is no path: one end of the search has seen all there is within the labels of the two ends."""

    slots: set[int]
    ahead: bool
    """True: `slots` are the starts and what follows them. False: the goals and what leads to them."""
    beyond: int | None
    """The nearest slot linked to `slots` outside those labels: the lowest above, or the highest below."""


class Search:
    """One search. Labels rise along every link, so nothing outside the labels of the two ends matters."""

    def __init__(
        self,
        label: Sequence[int],
        after: Sequence[Mapping[int, int]],
        before: Sequence[Mapping[int, int]],
        threads: Threads,
        starts: tuple[int, ...],
        goals: tuple[int, ...],
    ) -> None:
        self._label, self._after, self._before = label, after, before
        self._thread, self._place = threads.thread, threads.place
        self._starts, self._goals = starts, goals
        self._lowest = min((label[slot] for slot in starts), default=0)
        self._highest = max((label[slot] for slot in goals), default=0)
        self._towards = self._by_thread(goals, max)
        self._away = self._by_thread(starts, min)
        # From where each slot was reached; what was seen from the goals holds the complement, below zero.
        self._seen = {slot: slot for slot in starts} | {slot: ~slot for slot in goals}
        self._front, self._back = list(starts), list(goals)
        self._above: int | None = None
        self._below: int | None = None

    def run(self) -> Met | Exhausted:
        """Search until the ends meet or one is exhausted; each turn takes twice as many steps as the last."""
        at_once = self._meet_at_once()
        if at_once is not None:
            return at_once
        patience = 16
        while self._front and self._back:
            met = self._look_ahead(patience)
            if met is None and self._front:
                met = self._look_behind(patience)
            if met is not None:
                return self._path(*met)
            patience *= 2
        ahead = not self._front
        return Exhausted(
            slots={slot for slot, by in self._seen.items() if (by >= 0) is ahead},
            ahead=ahead,
            beyond=self._above if ahead else self._below,
        )

    def _by_thread(
        self, slots: tuple[int, ...], best: Callable[[tuple[int, int], tuple[int, int]], tuple[int, int]]
    ) -> dict[int, tuple[int, int]]:
        """By thread, the (place, slot) of the slot that is easiest to meet."""
        found: dict[int, tuple[int, int]] = {}
        for slot in slots:
            thread, at = self._thread[slot], (self._place[slot], slot)
            found[thread] = best(found[thread], at) if thread in found else at
        return found

    def _meet_at_once(self) -> Met | None:
        for slot in self._starts:
            if self._seen[slot] < 0:
                return Met(left=[slot], right=[slot], linked=True)
            goal = self._towards.get(self._thread[slot])
            if goal is not None and self._place[slot] < goal[0]:
                return Met(left=[slot], right=[goal[1]], linked=goal[1] in self._after[slot])
        return None

    def _look_ahead(self, patience: int) -> tuple[int, int] | None:
        """Visit up to `patience` slots, depth first: the two slots by which the ends meet, if they do."""
        # This loop and the next are the whole cost of a large search, hence plain locals and no shared body.
        label, neighbours, seen, waiting = self._label, self._after, self._seen, self._front
        thread, place, towards, highest, above = (
            self._thread,
            self._place,
            self._towards,
            self._highest,
            self._above,
        )
        while waiting and patience:
            patience -= 1
            slot = waiting.pop()
            for near in neighbours[slot]:
                if near in seen:
                    if seen[near] < 0:
                        return slot, near
                elif label[near] <= highest:
                    seen[near] = slot
                    if thread[near] in towards and place[near] < towards[thread[near]][0]:
                        return near, towards[thread[near]][1]
                    waiting.append(near)
                elif above is None or label[near] < label[above]:
                    above = near
        self._above = above
        return None

    def _look_behind(self, patience: int) -> tuple[int, int] | None:
        """The same from the goals, against the links."""
        label, neighbours, seen, waiting = self._label, self._before, self._seen, self._back
        thread, place, away, lowest, below = (
            self._thread,
            self._place,
            self._away,
            self._lowest,
            self._below,
        )
        while waiting and patience:
            patience -= 1
            slot = waiting.pop()
            for near in neighbours[slot]:
                if near in seen:
                    if seen[near] >= 0:
                        return near, slot
                elif label[near] >= lowest:
                    seen[near] = ~slot
                    if thread[near] in away and place[near] > away[thread[near]][0]:
                        return away[thread[near]][1], near
                    waiting.append(near)
                elif below is None or label[near] > label[below]:
                    below = near
        self._below = below
        return None

    def _path(self, met: int, other: int) -> Met:
        left, right = [met], [other]
        while self._seen[left[-1]] != left[-1]:
            left.append(self._seen[left[-1]])
        left.reverse()
        while ~self._seen[right[-1]] != right[-1]:
            right.append(~self._seen[right[-1]])
        return Met(left=left, right=right, linked=other in self._after[met])
