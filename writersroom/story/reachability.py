"""Whether one of some slots leads to one of others, searched from both ends by turns. See `precedence`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from writersroom.story.threads import Threads

_BRIEF = 256
"""After a turn of so many steps a search starts again, from each end only as far as the middle."""
_FIRST_TURN = 16
"""Steps of the first turn."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Met:
    """A path was found: from a start to `left[-1]`, by a link or a thread to `right[0]`, on to a goal.

    Where a start is itself a goal, both hold just that slot.
    """

    left: list[int]
    right: list[int]
    linked: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Apart:
    """There is no path, so a link from the goal to the start may be put in (where there is one of each).

    It will run with the labels as soon as those of `behind`, which lead to the goal, and then those of
    `ahead`, which follow the start, lie between the labels `low` and `high`, both in their old order. None:
    no bound.
    """

    behind: list[int]
    ahead: list[int]
    low: int | None
    high: int | None


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
        self._towards = self._by_thread(goals, max)
        self._away = self._by_thread(starts, min)
        lowest = min((label[slot] for slot in starts), default=0)
        highest = max((label[slot] for slot in goals), default=0)
        self._set_out(lowest, highest)

    def _set_out(self, lowest: int, highest: int) -> None:
        """Begin, with nothing seen that is labelled below `lowest` or above `highest`."""
        self._lowest, self._highest = lowest, highest
        # From where each slot was reached; what was seen from the goals holds the complement, below zero.
        self._seen = {slot: slot for slot in self._starts} | {slot: ~slot for slot in self._goals}
        self._front, self._back = list(self._starts), list(self._goals)
        self._above: int | None = None
        self._below: int | None = None

    def run(self) -> Met | Apart:
        """Search until the ends meet or one is exhausted; each turn takes twice as many steps as the last."""
        at_once = self._meet_at_once()
        if at_once is not None:
            return at_once
        patience = _FIRST_TURN
        while self._front and self._back:
            met = self._look_ahead(patience)
            if met is None and self._front:
                met = self._look_behind(patience)
            if met is not None:
                return self._path(*met)
            patience *= 2
            # The first turn has ended every search between two equal labels, which have no middle.
            if patience > _BRIEF and self._front and self._back:
                return self._run_to_the_middle()
        ahead, behind = self._seen_by_ends()
        if not self._front:
            low = self._label[self._goals[0]] if self._goals else None
            return Apart(behind=[], ahead=ahead, low=low, high=self._label_of(self._above))
        high = self._label[self._starts[0]] if self._starts else None
        return Apart(behind=behind, ahead=[], low=self._label_of(self._below), high=high)

    def _run_to_the_middle(self) -> Met | Apart:
        """Search from each end only as far as the label half-way: a path has one link across it.

        Two long lines of the plot that have nothing to do with each other are then seen by halves.
        """
        label = self._label
        middle = (self._lowest + self._highest) // 2
        self._set_out(middle + 1, middle)
        # Looking ahead goes up to `_highest`, looking behind down to `_lowest`. A start beyond the middle is
        # met from behind, a goal before it from ahead.
        self._front = [slot for slot in self._front if label[slot] <= middle]
        self._back = [slot for slot in self._back if label[slot] > middle]
        patience = _BRIEF
        while self._front or self._back:
            met = self._look_ahead(patience) or self._look_behind(patience)
            if met is not None:
                return self._path(*met)
            patience *= 2
        ahead, behind = self._seen_by_ends()
        low, high = max(map(label.__getitem__, ahead)), min(map(label.__getitem__, behind))
        if self._below is not None:
            low = max(low, label[self._below])
        if self._above is not None:
            high = min(high, label[self._above])
        return Apart(behind=behind, ahead=ahead, low=low, high=high)

    def _seen_by_ends(self) -> tuple[list[int], list[int]]:
        """What was seen from the starts, and what from the goals."""
        ahead: list[int] = []
        behind: list[int] = []
        for slot, by in self._seen.items():
            (ahead if by >= 0 else behind).append(slot)
        return ahead, behind

    def _label_of(self, slot: int | None) -> int | None:
        return None if slot is None else self._label[slot]

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
        thread, place, towards = self._thread, self._place, self._towards
        highest, above = self._highest, self._above
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
        thread, place, away = self._thread, self._place, self._away
        lowest, below = self._lowest, self._below
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
