"""What all panels share: one way in, the ink of the theme, and lines drawn only where they are seen.

A panel is one widget whatever its length: mounting a widget for each line costs 50 ms at twenty lines.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar, Final, NamedTuple, Self, TypeAlias, cast
from weakref import WeakKeyDictionary

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App
from textual.geometry import Offset, Region, Size
from textual.reactive import Reactive, reactive
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

from writersroom.events import EventId
from writersroom.tui.actions import VIM, Action, Group
from writersroom.tui.messages import NothingToDo
from writersroom.tui.panels.ink import Ink
from writersroom.view.screen import Screen

Part: TypeAlias = tuple[str, Style]
"""Some text, safe already, and how it looks."""

_inks: WeakKeyDictionary[App[object], tuple[str, Ink]] = WeakKeyDictionary()
"""One for each app, so that an agent has one colour in all panels; with the theme it was made for."""

CURSOR = (
    Action(name="up", keys=VIM["up"], label="Up", help="Go up.", palette=False),
    Action(name="down", keys=VIM["down"], label="Down", help="Go down.", palette=False),
    Action(name="page_up", keys=VIM["page_up"], label="Page up", help="Go up a page.", palette=False),
    Action(name="page_down", keys=VIM["page_down"], label="Page down", help="Go down a page.", palette=False),
)
"""What moves through every panel."""


EMPTY: Final = Strip([])
"""A line with nothing on it."""


def strip(*parts: Part) -> Strip:
    """A line of text in one or more styles."""
    return Strip([Segment(text, style) for text, style in parts if text])


def marked(line: Strip, width: int, ink: Ink) -> Strip:
    """The line as the cursor stands on it: a bar before it, for what colour cannot say, and a wash."""
    return Strip([Segment("▌", ink.accent), *line.crop_extend(1, width, Style()).apply_style(ink.wash)])


def seen(widget: Widget, lines: Iterable[Strip], crop: Region) -> list[Strip]:
    """Lines of a widget as they are composed: through the app's filters, cropped to what is asked for."""
    _, background = widget.background_colors
    for effect in widget.get_line_filters():
        lines = [line.apply_filter(effect, background) for line in lines]
    if crop.column_span != (0, widget.outer_size.width):
        lines = [line.crop(crop.x, crop.right) for line in lines]
    return list(lines)


class Bar(ScrollBar):
    """A scroll bar that is drawn when it would look different, not whenever what it measures changes.

    Textual sends every one through Rich's console, line by line, which costs more than a panel of text.
    """

    _cells: Sequence[Segment] = ()
    _lines: Sequence[Strip] = ()

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Draw it, if it would look different."""
        if not self.is_attached or layout or recompose or self._changed():
            super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        return self

    def _changed(self) -> bool:
        """Take its cells, one under the other, as they ought to be; whether they were not."""
        bar = cast("ScrollBarRender", self.render())
        style = cast("Style", bar.style)
        assert style.bgcolor is not None
        assert style.color is not None
        cells = bar.render_bar(
            self.size.height,
            bar.virtual_size,
            bar.window_size,
            bar.position,
            back_color=style.bgcolor,
            bar_color=style.color,
        ).segments
        if cells == self._cells:
            return False
        made = {cell: Strip([cell], 1) for cell in cells}
        self._cells, self._lines = cells, [made[cell] for cell in cells]
        return True

    def render_lines(self, crop: Region) -> list[Strip]:
        """Its cells."""
        if len(self._cells) != self.size.height:
            self._changed()
        return seen(self, self._lines[crop.y : crop.bottom], crop)


TALL: Final = 30
"""Rows from which on a panel has room for what F1 explains as well, or what can be scrolled to."""


class Panel(ScrollView, can_focus=True, inherit_bindings=False):
    """A part of the screen: `show` gives it the value to draw, and it draws that and nothing else."""

    DEFAULT_CSS = """
    Panel {
        background: $background;
        color: $foreground;
        scrollbar-size: 1 1;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
        scrollbar-corner-color: $background;
        overflow-x: hidden;
        overflow-y: auto;
    }
    """

    ACTIONS: ClassVar[Group]

    still: reactive[bool] = reactive(False)
    """Whether nothing may move by itself (reduced motion)."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.value = Screen()
        """What is shown."""
        self._stale = True
        self._base = Style()
        self._extent, self._scrolled = Size(), Offset()
        """While lines are made: how large the panel is, how far it is scrolled. Textual works both out anew
        each time it is asked."""

    @property
    def host(self) -> App[object]:
        """The app that the panel is in."""
        return cast(
            "App[object]",
            self.app,  # pyright: ignore[reportUnknownMemberType]  # Textual leaves the type of its result open.
        )

    @property
    def ink(self) -> Ink:
        """The styles under the theme in force."""
        app = self.host
        known = _inks.get(app)
        if known is None or known[0] != app.theme:
            ink = Ink(app.theme_variables, high_contrast="contrast" in app.theme)
            if known is not None:
                ink.know(known[1])
            known = _inks[app] = (app.theme, ink)
        return known[1]

    def show(self, screen: Screen) -> None:
        """Draw this value. Costs next to nothing where what the panel shows has not changed."""
        before, self.value = self.value, screen
        if all(old is new for old, new in zip(self.parts(before), self.parts(screen), strict=True)):
            return
        self.changed(before)

    @property
    def pointed(self) -> EventId:
        """What the cursor is on, which `e`, `r`, `i` and `y` then are about; 0 where it is on nothing."""
        return 0

    def copied(self) -> str:
        """What the cursor is on, as plain text; empty where it is on nothing."""
        return ""

    def refuse(self, why: str) -> None:
        """Say why a key does nothing here, in one sentence."""
        self.post_message(NothingToDo(why))

    @abstractmethod
    def parts(self, screen: Screen) -> tuple[object, ...]:
        """What of a screen the panel draws; while all of these are the same objects, nothing is drawn."""

    @abstractmethod
    def draw(self) -> None:
        """Make anew what the lines are taken from, for the size and the value as they are."""

    def changed(self, before: Screen | None = None) -> None:
        """The value or something else that is drawn is another than it was."""
        self._stale = True
        if self.is_attached and self.size.width and self.is_on_screen:
            self.draw_now()

    def draw_now(self) -> None:
        """Draw, if anything has changed since it was last done."""
        if self._stale:
            self._stale = False
            self.ink.meet(self.value)
            self.draw()
            self.refresh()

    def on_mount(self) -> None:
        """Hear of a new theme."""
        super().on_mount()
        self.host.theme_changed_signal.subscribe(self, self._themed)

    def _themed(self, _theme: Theme) -> None:
        self.forget()
        self.changed()

    def forget(self) -> None:
        """Throw away what was drawn under another theme or for another size."""

    def on_resize(self, _event: events.Resize) -> None:
        """Draw for the new size."""
        self.forget()
        self._stale = True
        self.draw_now()

    def on_show(self, _event: events.Show) -> None:
        """Draw what was not worth drawing while nobody saw it."""
        self.draw_now()

    def stretch(self, size: Size) -> None:
        """Be so large inside.

        Setting `virtual_size` would have the whole screen laid out and drawn again, though nothing but this
        panel's bar depends on it; where the bar comes or goes, that asks for a layout by itself.
        """
        if size != self.virtual_size:
            # Textual types what is a descriptor on the class as what it gives.
            self.set_reactive(cast("Reactive[Size]", Widget.virtual_size), size)
            self._scroll_update(size)

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """The bar, made when it is first needed."""
        if self._vertical_scrollbar is None:
            bar = self._vertical_scrollbar = Bar(name="vertical")
            bar.display = False
            # As Textual does it; there is no public way to say which bar a widget shall have.
            self.host._start_widget(self, bar)  # pyright: ignore[reportPrivateUsage]
        return self._vertical_scrollbar

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines in sight, over the panel's own background.

        Not by way of Textual's cache, which makes a line anew wherever it has moved to: lines here keep what
        was made of them, and a panel has no border or padding to be added.
        """
        self._base, self._extent, self._scrolled = self.rich_style, self.size, self.scroll_offset
        return seen(self, [self.render_line(y) for y in crop.line_range], crop)

    def on_base(self, line: Strip, start: int = 0) -> Strip:
        """The part of a line that is in sight, from a column on, over the panel's own background."""
        # A strip keeps what was made of it, so a line that is drawn again costs next to nothing.
        return line.apply_style(self._base).crop_extend(start, start + self.outer_size.width, self._base)


class Sheet(NamedTuple):
    """What a panel of lines shows: a body that scrolls between lines that stay."""

    body: Sequence[Strip]
    head: Sequence[Strip] = ()
    foot: Sequence[Strip] = ()
    marked: range = range(0)
    """Lines of the body on which the cursor stands."""


class Lines(Panel):
    """A panel that is made of lines."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.sheet = Sheet(())

    @abstractmethod
    def lines(self, size: Size) -> Sheet:
        """What to show at a size. Every line of the body keeps its first column free for the cursor."""

    def draw(self) -> None:
        """Make the lines anew."""
        self.sheet = self.lines(self.size)
        height = sum(map(len, self.sheet[:3]))
        self.stretch(Size(self.size.width, height))

    def render_line(self, y: int) -> Strip:
        """One line in sight."""
        body, head, foot, cursor = self.sheet
        bottom = self._extent.height - len(foot)
        if y < len(head):
            return self.on_base(head[y])
        if y >= bottom:
            return self.on_base(foot[y - bottom])
        index = y - len(head) + self._scrolled.y
        if index >= len(body):
            return self.on_base(EMPTY)
        line = body[index]
        return self.on_base(marked(line, self._extent.width, self.ink) if index in cursor else line)

    def line_at(self, y: int) -> int | None:
        """Which line of the body is drawn on a row of the panel."""
        index = y - len(self.sheet.head) + self.scroll_offset.y
        inside = len(self.sheet.head) <= y < self.size.height - len(self.sheet.foot)
        return index if inside and index < len(self.sheet.body) else None

    def reveal(self, rows: range) -> None:
        """Scroll no further than is needed to have these lines of the body in sight."""
        room = self.size.height - len(self.sheet.head) - len(self.sheet.foot)
        top = self.scroll_offset.y
        if not rows or room <= 0:
            return
        if rows.stop > top + room:
            top = rows.stop - room
        self.scroll_to(y=min(top, rows.start), animate=False, force=True)

    def copied(self) -> str:
        """The lines that the cursor is on, as plain text; empty where it is on none."""
        lines = [self.sheet.body[row].text.strip() for row in self.sheet.marked if row < len(self.sheet.body)]
        return "\n".join(lines).strip()
