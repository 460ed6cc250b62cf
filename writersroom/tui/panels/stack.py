"""Items one over the other, most of them never drawn: where each begins, and what is drawn on a line.

An item is drawn when it comes into sight and kept for a while. Of the others only a height is known,
estimated until it is measured, so that ten thousand cost little more than the few in sight.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from itertools import accumulate
from typing import Final, NamedTuple

from writersroom.events import Event, EventId
from writersroom.tui.panels.said import Teller, Told, entries
from writersroom.view.debate import Debate, Said

KEPT: Final = 400
"""Items that stay drawn."""


class Spot(NamedTuple):
    """Something that the cursor can be on."""

    item: int
    """Its index."""
    entry: int = 0
    """0 is what was said, 1 the first answer to it, and so on."""


class Stack:
    """The items of a debate, as one teller draws them."""

    def __init__(self) -> None:
        self.items: Debate = ()
        self.teller: Teller | None = None
        self._told: OrderedDict[EventId, tuple[Said, Told]] = OrderedDict()
        self._heights: list[int] = []
        self._tops: list[int] = [0]
        """The first line of every item, and the line past the last."""

    @property
    def height(self) -> int:
        """Lines of all items."""
        return self._tops[-1]

    def retell(self, teller: Teller | None) -> None:
        """Draw all items anew, by another teller; None: as soon as there is one."""
        self.teller = teller
        self._told.clear()
        self._heights = [self._height(item) for item in self.items]
        self._retop()

    def join(self, debate: Debate, *, keep: int) -> int | None:
        """Take over a window.

        Args:
            debate: the window.
            keep: how many of the items held from before it stay at most, where the window goes on from them.

        Returns:
            How many lines went from the beginning; None where nothing that was held is of use any more.
        """
        first = debate[0].event.id if debate else 0
        at = next((n for n, item in enumerate(self.items) if item.event.id == first), None)
        start = len(self.items) if at is None else max(0, at - keep)
        held, heights, gone = self.items[start:], self._heights[start:], self._tops[start]
        items = (*held[: 0 if at is None else at - start], *debate)
        same = 0
        for old, new in zip(held, items, strict=False):
            if old is not new:
                break
            same += 1
        self.items = items
        self._heights = heights[:same] + [self._height(item) for item in items[same:]]
        self._retop()
        return None if at is None else gone

    def prepend(self, items: Debate) -> tuple[int, int]:
        """Put items before the first; how many were new, and how many lines they take."""
        known = {item.event.id for item in self.items}
        fresh = tuple(item for item in items if item.event.id not in known)
        heights = [self._height(item) for item in fresh]
        self.items = (*fresh, *self.items)
        self._heights[:0] = heights
        self._retop()
        return len(fresh), sum(heights)

    def told(self, index: int) -> Told:
        """The lines of an item."""
        item = self.items[index]
        known = self._told.get(item.event.id)
        if known is not None and known[0] is item:
            self._told.move_to_end(item.event.id)
            return known[1]
        assert self.teller is not None
        told = self.teller.tell(item)
        self._told[item.event.id] = (item, told)
        if len(self._told) > KEPT:
            self._told.popitem(last=False)
        return told

    def measure(self, index: int) -> bool:
        """Draw an item; whether it is of another height than was thought."""
        height = len(self.told(index).lines)
        wrong = height != self._heights[index]
        if wrong:
            self._heights[index] = height
            self._retop(index)
        return wrong

    def measure_end(self, room: int) -> None:
        """Draw the last items, as many as fit into so many lines."""
        for index in range(len(self.items) - 1, -1, -1):
            self.measure(index)
            room -= self._heights[index]
            if room < 0:
                break

    def measure_from(self, row: int, room: int) -> int:
        """Draw the items from a line on, as many as fit; where that line is then.

        The item on that line keeps its place.
        """
        if not self.items:
            return row
        first = self.index_at(row)
        into = row - self._tops[first]
        left, index = room + into, first
        while index < len(self.items) and left > 0:
            self.measure(index)
            left -= self._heights[index]
            index += 1
        return self._tops[first] + min(into, self._heights[first] - 1)

    def measure_above(self, row: int, room: int) -> int:
        """Draw the items over a line, as many as fit into so many lines; where that line is then."""
        if not self.items:
            return row
        index = self.index_at(row)
        into = row - self._tops[index]
        below, left = index, room - into
        while index > 0 and left > 0:
            index -= 1
            self.measure(index)
            left -= self._heights[index]
        return self._tops[below] + into

    def index_at(self, row: int) -> int:
        """The item that is drawn on a line; the last where it is past all."""
        return min(max(0, bisect_right(self._tops, row) - 1), max(0, len(self.items) - 1))

    def top(self, index: int) -> int:
        """The first line of an item."""
        return self._tops[min(index, len(self.items))]

    def span(self, spot: Spot) -> range:
        """The lines of an entry."""
        lines = self.told(spot.item).of(spot.entry)
        top = self._tops[spot.item]
        return range(top + lines.start, top + lines.stop)

    def at(self, row: int) -> Spot | None:
        """What is drawn on a line."""
        if not 0 <= row < self.height:
            return None
        index = self.index_at(row)
        starts = self.told(index).starts
        return Spot(index, max(0, bisect_right(starts, row - self._tops[index]) - 1))

    def event(self, spot: Spot) -> Event:
        """What is at a spot."""
        return entries(self.items[spot.item])[spot.entry]

    def holds(self, spot: Spot) -> bool:
        """Whether there is anything at a spot."""
        return spot.item < len(self.items) and spot.entry <= len(self.items[spot.item].answers)

    @property
    def last(self) -> Spot | None:
        """The end of the debate."""
        return Spot(len(self.items) - 1, len(self.items[-1].answers)) if self.items else None

    def before(self, spot: Spot) -> Spot:
        """What was said before; the same at the beginning."""
        if spot.entry:
            return Spot(spot.item, spot.entry - 1)
        return Spot(spot.item - 1, len(self.items[spot.item - 1].answers)) if spot.item else spot

    def after(self, spot: Spot) -> Spot | None:
        """What was said next; None past the end."""
        following = Spot(spot.item, spot.entry + 1)
        if not self.holds(following):
            following = Spot(spot.item + 1)
        return following if self.holds(following) else None

    def find(self, event: EventId) -> Spot | None:
        """Where an event is, looked for from the end."""
        for index in range(len(self.items) - 1, -1, -1):
            for entry, found in enumerate(entries(self.items[index])):
                if found.id == event:
                    return Spot(index, entry)
        return None

    def _height(self, item: Said) -> int:
        known = self._told.get(item.event.id)
        if known is not None and known[0] is item:
            return len(known[1].lines)
        return self.teller.estimate(item) if self.teller else 2

    def _retop(self, start: int = 0) -> None:
        self._tops[start:] = accumulate(self._heights[start:], initial=self._tops[start] if start else 0)
