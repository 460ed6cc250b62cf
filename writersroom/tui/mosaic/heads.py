"""The line above a tile, with the names of its panels; and the line between two tiles."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.widget import Widget


class SeamLine(Widget):
    """An upright line between two tiles; it can be dragged."""

    DEFAULT_CSS = """
    SeamLine { width: 1; color: $line; }
    SeamLine:hover, SeamLine.-held { color: $accent; }
    """

    class Dragged(Message):
        """It was dragged to a cell of the screen."""

        def __init__(self, seam: str, x: int, y: int) -> None:
            super().__init__()
            self.seam, self.x, self.y = seam, x, y

    seam: str = ""
    """Its name."""

    def render(self) -> Text:
        """A rule from top to bottom."""
        return Text("\n".join("│" * self.size.height))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold."""
        if self.seam:
            event.stop()
            self.capture_mouse()
            self.add_class("-held")

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go."""
        event.stop()
        self.release_mouse()
        self.remove_class("-held")

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse."""
        if self.has_class("-held"):
            event.stop()
            self.post_message(self.Dragged(self.seam, int(event.screen_x), int(event.screen_y)))


class HeadLine(SeamLine):
    """A level line with names in it. Click one to see it, twice to have it alone; drag the line itself."""

    DEFAULT_CSS = """
    HeadLine { width: 1fr; height: 1; color: $line; }
    HeadLine:hover, HeadLine.-held { color: $line; }
    HeadLine > .head--in-use { color: $accent; text-style: bold; }
    HeadLine > .head--seen { color: $foreground; }
    HeadLine > .head--other { color: $faint; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"head--in-use", "head--seen", "head--other"}

    class Chosen(Message):
        """A panel's name was clicked."""

        def __init__(self, panel: str) -> None:
            super().__init__()
            self.panel = panel

    class Maximised(Chosen):
        """A panel's name was clicked twice."""

    _names: tuple[tuple[str, str], ...] = ()
    _seen: str = ""
    _in_use: bool = False

    def say(self, names: tuple[tuple[str, str], ...], seen: str, seam: str, *, in_use: bool) -> None:
        """Show these panels' ids and titles, one of them in sight and perhaps in use."""
        if (names, seen, seam, in_use) != (self._names, self._seen, self.seam, self._in_use):
            self._names, self._seen, self._in_use = names, seen, in_use
            self.seam = seam
            self.refresh()

    def render(self) -> Text:
        """`─ Debate ─────`."""
        rule = "━" if self._in_use else "─"
        line = Text(f"{rule} ", end="", no_wrap=True)
        for name, title in self._fitting():
            kind = "other" if name != self._seen else "in-use" if self._in_use else "seen"
            line.append(title, self.get_component_rich_style(f"head--{kind}", partial=True)).append("  ")
        line.right_crop(1)
        line.append(rule * max(0, self.size.width - line.cell_len))
        if self._in_use:
            line.stylize_before(self.get_component_rich_style("head--in-use", partial=True))
        line.truncate(self.size.width)
        return line

    def on_click(self, event: events.Click) -> None:
        """See the panel whose name this is; alone, if clicked twice."""
        name = self.name_at(event.offset)
        if name:
            event.stop()
            self.post_message((self.Maximised if event.chain > 1 else self.Chosen)(name))

    def name_at(self, offset: Offset) -> str:
        """The panel whose name stands at a cell."""
        start = 2
        for name, title in self._fitting():
            end = start + cell_len(title)
            if start <= offset.x < end:
                return name
            start = end + 2
        return ""

    def _fitting(self) -> tuple[tuple[str, str], ...]:
        """The names, the others' shortened where all would not fit."""
        if 1 + sum(cell_len(title) + 2 for _, title in self._names) <= self.size.width:
            return self._names
        return tuple((name, title if name == self._seen else title[:3]) for name, title in self._names)
