"""The debate: who says what to what, and what came of it.

One widget, however long the session: items are drawn when they come into sight and kept for a while; of the
others only a height is known, estimated until it is measured. Where an estimate was wrong, the lines in sight
stay where they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from textual import events
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.strip import Strip

from writersroom.events import Event, EventId
from writersroom.tui.actions import Action, Group
from writersroom.tui.messages import BeatChosen, EarlierWanted, TurnChosen
from writersroom.tui.panels.panel import CURSOR, EMPTY, Panel, marked, strip
from writersroom.tui.panels.said import Teller
from writersroom.tui.panels.stack import Spot, Stack
from writersroom.tui.playing.typing_out import Words
from writersroom.view.debate import Debate
from writersroom.view.screen import Screen
from writersroom.view.wording import beats_of

REACH: Final = 200
"""Items that are asked for at once when someone scrolls back."""
KEPT_BACK: Final = 10 * REACH
"""Items from before the window that stay while one looks back; further back they are fetched again."""

NOTHING_SAID: Final = "Nothing has been said yet."

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
                label="Its beat",
                help="See the turn that made the beat this is about; once more, to come back.",
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
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Make the panel.

        Args:
            id: the widget's.
            classes: the widget's.
        """
        super().__init__(id=id, classes=classes)
        self.stack = Stack()
        self.cursor: Spot | None = None
        """None where nothing is pointed at."""
        self.following = True
        """Whether the panel stays at the end of the debate."""
        self._asked: EventId = 0
        """Before which event items were last asked for."""
        self._pieces: tuple[Words, ...] = ()
        self._partial: tuple[Strip, ...] = ()

    # What is shown.

    def parts(self, screen: Screen) -> tuple[object, ...]:
        """What of a screen the panel draws."""
        return (screen.debate, screen.masthead)

    def changed(self, before: Screen | None = None) -> None:
        """Take over the items; while one looks back, those that were fetched from further back stay."""
        on = self.pointed
        gone = self.stack.join(self.value.debate, keep=0 if self.following else KEPT_BACK)
        if gone is None:
            self._asked = 0
        elif gone and not self.following:
            self._scroll(self.scroll_offset.y - gone)
        if on:
            self.cursor = self.stack.find(on)
            self.following = self.cursor is None
        super().changed(before)

    def stream(self, pieces: tuple[Words, ...]) -> None:
        """Show at the end what is being said; nothing where nobody is speaking."""
        if pieces != self._pieces:
            self._pieces = pieces
            super().changed()

    def earlier(self, items: Debate) -> None:
        """Put items before the first that is held. None: the session begins with it."""
        count, lines = self.stack.prepend(items)
        if not count:
            return
        if self.cursor is not None:
            self.cursor = Spot(self.cursor.item + count, self.cursor.entry)
        self._resize()
        if not self.following:
            self._scroll(self.scroll_offset.y + lines)
        super().changed()

    @property
    def pointed(self) -> EventId:
        """What the cursor is on."""
        return 0 if self.cursor is None else self.stack.event(self.cursor).id

    def copied(self) -> str:
        """What the cursor is on, as plain text; empty where it is on nothing."""
        if self.cursor is None:
            return ""
        told = self.stack.told(self.cursor.item)
        return "\n".join(told.lines[row].text.strip() for row in told.of(self.cursor.entry)).strip()

    # Drawing.

    def forget(self) -> None:
        """Draw all items anew."""
        self._anchor = self.stack.index_at(self.scroll_offset.y)
        self.stack.teller = None

    _anchor = 0

    def draw(self) -> None:
        """Measure what comes into sight, and stand where one stood."""
        if self.stack.teller is None:
            self.stack.retell(Teller(self.ink, self.size.width, thoughts=self.thoughts))
            if not self.following:
                self._resize()
                self._scroll(self.stack.top(self._anchor))
        self._draw_partial()
        if self.following:
            self.stack.measure_end(self.size.height)
            self._resize()
            self._scroll(self._total - self.size.height)
        else:
            y = self.stack.measure_from(self.scroll_offset.y, self.size.height)
            self._resize()
            if y != self.scroll_offset.y and self.scroll_offset.y < self.stack.height:
                self._scroll(y)

    def _draw_partial(self) -> None:
        teller = self.stack.teller
        assert teller is not None
        lines: list[Strip] = []
        most = max(2, (self.size.height - 1) // max(1, len(self._pieces)) - 2)
        for piece in self._pieces:
            verb = SPEAKS.get(piece.kind, "speaks")
            pitch = self.stack.find(piece.pitch) if piece.pitch else None
            about = f"on {self.stack.event(pitch).agent}'s pitch" if pitch is not None else piece.take
            lines += teller.partial(piece.agent, verb, about, piece.text, most)
        self._partial = (*lines, strip((" ", self.ink.plain)))

    @property
    def _total(self) -> int:
        return self.stack.height + len(self._partial)

    def _resize(self) -> None:
        self.stretch(Size(self.size.width, self._total))

    def _scroll(self, y: float) -> None:
        self.scroll_to(y=max(0, y), animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Measure what comes into sight; ask for what lies before the beginning."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value) and self.stack.teller is not None:
            self._stale = True
            self.call_next(self.draw_now)
            if new_value < self.size.height:
                self.call_next(self._reach_back)

    def _reach_back(self) -> None:
        items = self.stack.items
        if self.following or not items or self.scroll_offset.y >= self.size.height:
            return
        first = items[0].event.id
        if self._asked == first:
            return
        self._asked = first
        if first > 1:
            self.post_message(EarlierWanted(first, REACH))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines in sight."""
        if self.stack.teller is None:
            self._stale = True
            self.draw_now()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line in sight."""
        row = y + self._scrolled.y
        past = row - self.stack.height
        if past >= 0:
            return self.on_base(self._partial[past] if past < len(self._partial) else EMPTY)
        index = self.stack.index_at(row)
        told = self.stack.told(index)
        row -= self.stack.top(index)
        if row >= len(told.lines):
            return self.on_base(EMPTY)
        line = told.lines[row]
        here = self.cursor
        if row and here is not None and here.item == index and row in told.of(here.entry):
            line = marked(line, self._extent.width, self.ink)
        return self.on_base(line)

    # Moving about.

    def _leave(self) -> None:
        """Follow the end."""
        self.cursor, self.following = None, True

    def _stand(self, spot: Spot | None) -> bool:
        """Put the cursor somewhere, and have that in sight."""
        if spot is None or self.stack.teller is None:
            return False
        self.following, self.cursor = False, spot
        self.stack.measure(spot.item)
        self._resize()
        span, y = self.stack.span(spot), self.scroll_offset.y
        if span.stop > y + self.size.height:
            y = span.stop - self.size.height
        self._scroll(min(y, span.start))
        self.refresh()
        return True

    def action_up(self) -> None:
        """Go to what was said before."""
        if self.cursor is not None:
            self._stand(self.stack.before(self.cursor))
        else:
            bottom = self.scroll_offset.y + self.size.height - 1
            self._stand((None if self.following else self.stack.at(bottom)) or self.stack.last)

    def action_down(self) -> None:
        """Go to what was said next; past the last, follow the end."""
        if self.cursor is not None:
            spot = self.stack.after(self.cursor)
        else:
            spot = None if self.following else self.stack.at(self.scroll_offset.y + 1)
        if not self._stand(spot):
            self.action_latest()

    def action_page_up(self) -> None:
        """Go a page up."""
        self._page(-1)

    def action_page_down(self) -> None:
        """Go a page down."""
        self._page(1)

    def _page(self, way: int) -> None:
        step = max(1, self.size.height - 2)
        y = self.scroll_offset.y
        if way < 0:
            y = self.stack.measure_above(y, step)
            self._resize()
        y += way * step
        if way > 0 and y + self.size.height >= self._total:
            self.action_latest()
            return
        self.following = False
        self._scroll(y)
        super().changed()
        into = 1 if way < 0 else self.size.height // 2
        self._stand(self.stack.at(self.scroll_offset.y + into))

    def action_latest(self) -> None:
        """Go to the end and stay there."""
        self._leave()
        super().changed()

    def action_open(self) -> None:
        """See the session as it was after this turn."""
        if self.cursor is not None:
            self.post_message(TurnChosen(self.stack.event(self.cursor).turn))
        else:
            self.refuse("Go up to what was said first." if self.stack.items else NOTHING_SAID)

    def action_beat(self) -> None:
        """See the turn that made the beat that this is about."""
        items = self.stack.items
        spot = self.cursor or (Spot(len(items) - 1) if items else None)
        beats = beats_in(self.stack.event(spot)) if spot is not None else ()
        if beats:
            self.post_message(BeatChosen(beats[0]))
        else:
            self.refuse("This is about no beat." if items else NOTHING_SAID)

    def action_thoughts(self) -> None:
        """Show or hide thoughts."""
        self.thoughts = not self.thoughts
        if not any(getattr(item.event.body, "thought", "") for item in self.stack.items):
            self.refuse(f"Thoughts are {'shown' if self.thoughts else 'hidden'}; here nobody has any yet.")

    def watch_thoughts(self) -> None:
        """Draw with thoughts, or without."""
        self.forget()
        super().changed()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where one clicks; a second click opens."""
        if self._stand(self.stack.at(event.y + self.scroll_offset.y)) and event.chain == 2:
            self.action_open()

    def on_mouse_scroll_up(self, _event: events.MouseScrollUp) -> None:
        """Stop following the end."""
        self.following = False

    def on_mouse_scroll_down(self, _event: events.MouseScrollDown) -> None:
        """Follow the end again where one gets there."""
        if self.scroll_offset.y + self.size.height + 3 >= self._total:
            self._leave()


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
