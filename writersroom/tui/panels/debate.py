"""The debate: who says what to what, and what came of it.

One widget, however long the session: items are drawn when they come into sight and kept for a while; of the
others only a height is known, estimated until it is measured. Where an estimate was wrong, the lines in sight
stay where they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import ClassVar, Final, Protocol

from textual import events
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.strip import Strip

from writersroom.events import Event, EventId
from writersroom.tui.actions import Action, Group
from writersroom.tui.messages import BeatChosen, EarlierWanted, EventMarked, TurnChosen
from writersroom.tui.panels.panel import CURSOR, Panel, marked, strip
from writersroom.tui.panels.said import Teller, Told, entries
from writersroom.view.debate import Debate, Said
from writersroom.view.screen import Screen
from writersroom.view.wording import beats_of

KEPT: Final = 400
"""Items that stay drawn."""
REACH: Final = 200
"""Items that are asked for at once when someone scrolls back."""

SPEAKS: Mapping[str, str] = {
    "convene": "convenes the room",
    "agenda": "asks the room",
    "pitch": "pitches",
    "stance": "answers",
    "rule": "rules",
    "open_scene": "opens a scene",
    "line": "speaks",
    "take": "writes a take",
    "note": "notes",
    "lock": "chooses a take",
    "wrap": "ends the session",
}

Spot = tuple[int, int]
"""Index of an item, and which of its entries."""


class Partial(Protocol):
    """Text that is being said: a `room.spoken.Piece`, named here so that the room need not be loaded."""

    @property
    def kind(self) -> str:
        """Which kind of turn it is."""
        ...

    @property
    def take(self) -> str:
        """The take it is for, if any."""
        ...

    @property
    def text(self) -> str:
        """Everything of this turn so far."""
        ...


class DebatePanel(Panel):
    """The items of the debate, the newest at the end, and what is being said this moment after them."""

    ACTIONS: ClassVar[Group] = Group(
        name="debate",
        title="Debate",
        about=(
            "Everything said in the room. A pitch has under it who is for it (✓), who is against it (✗), who "
            "would amend it (±), and the ruling: adopted (●), amended (◐) or rejected (○). It follows the "
            "end until you go up; go down past the last line, or press G, to follow again."
        ),
        actions=(
            *CURSOR,
            Action(name="latest", keys=("G",), label="Latest", help="Go to the end and follow it."),
            Action(
                name="open",
                keys=("enter",),
                label="Turn",
                help="See the session as it was after this turn.",
                footer=True,
            ),
            Action(
                name="beat",
                keys=("p",),
                label="In plot",
                help="Show the beat that this is about in the plot graph.",
                footer=True,
            ),
            Action(
                name="thoughts",
                keys=("T",),
                label="Thoughts",
                help="Show or hide what characters think and nobody hears.",
                footer=True,
            ),
        ),
    )
    BINDINGS = ACTIONS.bindings()

    thoughts: reactive[bool] = reactive(False)
    """Whether what nobody hears is shown."""

    def __init__(
        self,
        *,
        earlier: Callable[[EventId, int], Debate] | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Make the panel.

        Args:
            earlier: fetches so many items before an event, fewer where the session begins; without it
                `EarlierWanted` is posted, and whoever hears it calls `self.earlier`.
            id: the widget's.
            classes: the widget's.
        """
        super().__init__(id=id, classes=classes)
        self.items: Debate = ()
        self.cursor: Spot | None = None
        """None while the end is followed."""
        self._fetch = earlier
        self._asked: EventId = 0
        """Before which event items were last asked for."""
        self._told: OrderedDict[EventId, tuple[Said, Told]] = OrderedDict()
        self._heights: list[int] = []
        self._tops: list[int] = [0]
        """The first line of every item, and the line past the last."""
        self._teller: Teller | None = None
        self._pieces: dict[str, Partial] = {}
        self._partial: tuple[Strip, ...] = ()

    # What is shown.

    def parts(self, screen: Screen) -> tuple[object, ...]:
        """What of a screen the panel draws."""
        return (screen.debate, screen.masthead)

    def changed(self, before: Screen | None = None) -> None:
        """Take over the items; those that were fetched from further back stay."""
        self._join(self.value.debate)
        super().changed(before)

    def stream(self, pieces: Mapping[str, Partial]) -> None:
        """Show at the end what is being said, by agent; nothing where nobody is speaking."""
        if pieces != self._pieces:
            self._pieces = dict(pieces)
            self._stale = True
            if self.is_attached and self.size.width:
                self.draw_now()

    def earlier(self, items: Debate) -> None:
        """Put items before the first that is held. None: the session begins with it."""
        if not items:
            return
        known = {item.event.id for item in self.items}
        fresh = tuple(item for item in items if item.event.id not in known)
        self.items = (*fresh, *self.items)
        heights = [self._height(item) for item in fresh]
        self._heights[:0] = heights
        self._retop()
        if self.cursor is not None:
            self.cursor = (self.cursor[0] + len(fresh), self.cursor[1])
        if not self.following:
            self._scroll(self.scroll_offset.y + sum(heights))
        self.refresh()

    @property
    def following(self) -> bool:
        """Whether the panel stays at the end of the debate."""
        return self._follow

    _follow = True

    @property
    def marked_event(self) -> Event | None:
        """What the cursor is on."""
        if self.cursor is None:
            return None
        item, entry = self.cursor
        return entries(self.items[item])[entry]

    def words(self) -> str:
        """What the cursor is on, or else everything in sight, as plain text."""
        if self.cursor is not None:
            item, entry = self.cursor
            told = self._drawn(item)
            return "\n".join(told.lines[line].text.strip() for line in told.of(entry)).strip()
        return "\n".join(self.render_line(y).text.rstrip() for y in range(self.size.height))

    # Layout.

    def _join(self, debate: Debate) -> None:
        """Take over the window of a screen; what was fetched stays where the window goes on from it."""
        first = debate[0].event.id if debate else 0
        at = next((n for n, item in enumerate(self.items) if item.event.id == first), None)
        kept = self.items[:at] if at is not None and debate else ()
        items = (*kept, *debate)
        same = 0
        for old, new in zip(self.items, items, strict=False):
            if old is not new:
                break
            same += 1
        self.items = items
        self._heights = self._heights[:same] + [self._height(item) for item in items[same:]]
        self._retop()
        if self.cursor is not None and (
            self.cursor[0] >= len(items) or self.cursor[1] >= len(entries(items[self.cursor[0]]))
        ):
            self._leave()
        if at is None:
            self._asked = 0

    def _retop(self) -> None:
        self._tops = list(accumulate(self._heights, initial=0))

    def _height(self, item: Said) -> int:
        known = self._told.get(item.event.id)
        if known is not None and known[0] is item:
            return len(known[1].lines)
        return self._teller.estimate(item) if self._teller else 2

    def _drawn(self, index: int) -> Told:
        """The lines of an item."""
        item = self.items[index]
        known = self._told.get(item.event.id)
        if known is not None and known[0] is item:
            self._told.move_to_end(item.event.id)
            return known[1]
        assert self._teller is not None
        told = self._teller.tell(item)
        self._told[item.event.id] = (item, told)
        if len(self._told) > KEPT:
            self._told.popitem(last=False)
        return told

    def forget(self) -> None:
        """Draw all items anew."""
        self._told.clear()
        self._teller = None
        self._partial = ()

    def draw(self) -> None:
        """Measure what comes into sight, and stand where one stood."""
        width = self.size.width
        if self._teller is None or self._teller.width != width:
            anchor = self._anchor()
            self._told.clear()
            self._teller = Teller(self.ink, width, thoughts=self.thoughts)
            self._heights = [self._teller.estimate(item) for item in self.items]
            self._retop()
            if not self._follow:
                self._scroll(self._tops[min(anchor, len(self.items))])
        self._draw_partial()
        if self._follow:
            self._measure_up_from_end()
            self._resize()
            self._scroll(self._total - self.size.height)
        else:
            self._measure_in_sight()
            self._resize()

    def _draw_partial(self) -> None:
        assert self._teller is not None
        lines: list[Strip] = []
        for agent, piece in self._pieces.items():
            lines += self._teller.partial(agent, SPEAKS.get(piece.kind, "speaks"), piece.take, piece.text)
        self._partial = (*lines, strip((" ", self.ink.plain)))

    def _anchor(self) -> int:
        """The first item in sight."""
        return max(0, bisect_right(self._tops, self.scroll_offset.y) - 1)

    def _measure(self, index: int) -> int:
        """Draw an item; how much taller it is than was thought."""
        height = len(self._drawn(index).lines)
        more = height - self._heights[index]
        self._heights[index] = height
        return more

    def _measure_up_from_end(self) -> None:
        room = self.size.height + 1 - len(self._partial)
        for index in range(len(self.items) - 1, -1, -1):
            self._measure(index)
            room -= self._heights[index]
            if room < 0:
                break
        self._retop()

    def _measure_in_sight(self) -> None:
        """Draw the items in sight; the first keeps its place."""
        if not self.items:
            return
        first = self._anchor()
        into = self.scroll_offset.y - self._tops[first]
        room, index, changed = self.size.height + into, first, 0
        while index < len(self.items) and room > 0:
            changed += abs(self._measure(index))
            room -= self._heights[index]
            index += 1
        if changed:
            self._retop()
            self._scroll(self._tops[first] + min(into, self._heights[first] - 1))

    @property
    def _total(self) -> int:
        return self._tops[-1] + len(self._partial)

    def _resize(self) -> None:
        size = Size(self.size.width, self._total)
        if self.virtual_size != size:
            self.virtual_size = size

    def _scroll(self, y: float) -> None:
        self.scroll_to(y=max(0, y), animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Measure what comes into sight; ask for what lies before the beginning."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value) and self._teller is not None:
            self._stale = True
            self.call_next(self.draw_now)
            if new_value < self.size.height:
                self.call_next(self._reach_back)

    def _reach_back(self) -> None:
        if self._follow or not self.items or self._asked == (first := self.items[0].event.id):
            return
        self._asked = first
        if self._fetch is not None:
            self.earlier(self._fetch(first, REACH))
        elif first > 1:
            self.post_message(EarlierWanted(first, REACH))

    def render_line(self, y: int) -> Strip:
        """One line in sight."""
        row = y + self.scroll_offset.y
        index = bisect_right(self._tops, row) - 1
        if index >= len(self.items):
            row -= self._tops[-1]
            return self.on_base(self._partial[row] if row < len(self._partial) else Strip([]))
        told = self._drawn(index)
        row -= self._tops[index]
        if row >= len(told.lines):
            return self.on_base(Strip([]))
        line = told.lines[row]
        if row and self.cursor is not None and self.cursor[0] == index and row in told.of(self.cursor[1]):
            line = marked(line, self.size.width, self.ink)
        return self.on_base(line)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines in sight."""
        if self._teller is None:
            self._stale = True
            self.draw_now()
        return super().render_lines(crop)

    # Moving about.

    def go_to_turn(self, turn: int) -> bool:
        """Put the cursor on what was said at a turn; False where that is not held."""
        for index in range(len(self.items) - 1, -1, -1):
            for entry, event in enumerate(entries(self.items[index])):
                if event.turn == turn:
                    self._stand((index, entry))
                    return True
        return False

    def go_to_event(self, event: EventId) -> bool:
        """Put the cursor on an event; False where it is not held."""
        for index in range(len(self.items) - 1, -1, -1):
            for entry, other in enumerate(entries(self.items[index])):
                if other.id == event:
                    self._stand((index, entry))
                    return True
        return False

    def _leave(self) -> None:
        """Follow the end."""
        was, self.cursor, self._follow = self.cursor, None, True
        if was is not None:
            self.post_message(EventMarked(0))

    def _stand(self, spot: Spot) -> None:
        self._follow = False
        self.cursor = spot
        index, entry = spot
        told = self._drawn(index)
        if self._measure(index):
            self._retop()
        self._resize()
        top = self._tops[index] + told.of(entry).start
        bottom = self._tops[index] + told.of(entry).stop
        y = self.scroll_offset.y
        if bottom > y + self.size.height:
            y = bottom - self.size.height
        self._scroll(min(y, top))
        self.refresh()
        event = self.marked_event
        assert event is not None
        self.post_message(EventMarked(event.id))

    def _last(self) -> Spot | None:
        return (len(self.items) - 1, len(self.items[-1].answers)) if self.items else None

    def _spot_at(self, row: int) -> Spot | None:
        """What is drawn on a line of the whole."""
        index = bisect_right(self._tops, row) - 1
        if not 0 <= index < len(self.items):
            return None
        starts = self._drawn(index).starts
        return index, max(0, bisect_right(starts, row - self._tops[index]) - 1)

    def action_up(self) -> None:
        """Go to what was said before."""
        if self.cursor is None:
            spot = (
                self._last() if self._follow else self._spot_at(self.scroll_offset.y + self.size.height - 1)
            )
            spot = spot or self._last()
        else:
            index, entry = self.cursor
            if entry:
                spot = (index, entry - 1)
            elif index:
                spot = (index - 1, len(self.items[index - 1].answers))
            else:
                spot = self.cursor
        if spot is not None:
            self._stand(spot)

    def action_down(self) -> None:
        """Go to what was said next; past the last, follow the end."""
        if self.cursor is None:
            spot = None if self._follow else self._spot_at(self.scroll_offset.y + 1)
        else:
            index, entry = self.cursor
            spot = (index, entry + 1) if entry < len(self.items[index].answers) else (index + 1, 0)
        if spot is None or spot[0] >= len(self.items):
            self.action_latest()
        else:
            self._stand(spot)

    def action_page_up(self) -> None:
        """Go a page up."""
        self._page(-1)

    def action_page_down(self) -> None:
        """Go a page down."""
        self._page(1)

    def _page(self, way: int) -> None:
        step = max(1, self.size.height - 2)
        y = self.scroll_offset.y + way * step
        if y + self.size.height >= self._total and way > 0:
            self.action_latest()
            return
        self._follow = False
        self._scroll(y)
        self._stale = True
        self.draw_now()
        spot = self._spot_at(self.scroll_offset.y + (1 if way < 0 else self.size.height // 2))
        if spot is not None:
            self._stand(spot)

    def action_latest(self) -> None:
        """Go to the end and stay there."""
        self._leave()
        self.changed()

    def action_open(self) -> None:
        """See the session as it was after this turn."""
        event = self.marked_event
        if event is not None:
            self.post_message(TurnChosen(event.turn))

    def action_beat(self) -> None:
        """Show in the plot graph what this is about."""
        event = self.marked_event or (self.items[-1].event if self.items else None)
        beats = beats_in(event) if event is not None else ()
        if beats:
            self.post_message(BeatChosen(beats[0]))

    def action_thoughts(self) -> None:
        """Show or hide thoughts."""
        self.thoughts = not self.thoughts

    def watch_thoughts(self) -> None:
        """Draw with thoughts, or without."""
        self.forget()
        self.changed()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where one clicks; a second click opens."""
        spot = self._spot_at(event.y + self.scroll_offset.y)
        if spot is None:
            return
        self._stand(spot)
        if event.chain == 2:
            self.action_open()

    def _wheeled(self, up: bool) -> None:
        if up:
            self._follow = False
        elif self.scroll_offset.y + self.size.height + 3 >= self._total:
            self._leave()

    def on_mouse_scroll_up(self, _event: events.MouseScrollUp) -> None:
        """Stop following the end."""
        self._wheeled(up=True)

    def on_mouse_scroll_down(self, _event: events.MouseScrollDown) -> None:
        """Follow the end again where one gets there."""
        self._wheeled(up=False)


def beats_in(event: Event) -> tuple[str, ...]:
    """The beats that an event is about, the foremost first."""
    body = event.body
    diff = getattr(body, "diff", None)
    if diff is not None:
        return tuple(placed.beat.id for placed in diff.after) or tuple(
            end for link in (*diff.links_added, *diff.links_removed) for end in (link.source, link.target)
        )
    move = getattr(body, "move", None) or getattr(body, "amendment", None)
    if move is not None:
        return beats_of(move)
    return tuple(getattr(body, "beats", ()))
