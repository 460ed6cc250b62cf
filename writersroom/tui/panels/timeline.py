"""The timeline: all turns in a row, scenes above them, rulings on them, and a handle to drag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final, NamedTuple

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.strip import Strip

from writersroom.tui.actions import Group
from writersroom.tui.messages import TurnScrubbed
from writersroom.tui.panels.cells import fit, line
from writersroom.tui.panels.marks import Marks, marks_of
from writersroom.tui.panels.panel import EMPTY, Panel, Part, strip
from writersroom.tui.panels.said import VERDICTS, entries
from writersroom.view.screen import Screen

_WEIGHT: Final = {"rejected": 1, "amended": 2, "adopted": 3}
"""Which ruling is seen where several share a column."""


class _Places(NamedTuple):
    """What is drawn in which column."""

    scenes: Mapping[int, str]
    locks: frozenset[int]
    rulings: Mapping[int, str]


class Timeline(Panel, can_focus=False):
    """Two lines: scenes, and turns with their rulings."""

    DEFAULT_CSS = """
    Timeline { height: 2; overflow: hidden hidden; }
    """

    ACTIONS: ClassVar[Group] = Group(
        name="timeline",
        title="Timeline",
        about=(
            "All turns from left to right. Above: where scenes begin, ▪ where one was locked. On the line: "
            "what was ruled, adopted ●, amended ◐, rejected ○. Drag the handle █ with the mouse, or click."
        ),
    )

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.marks = Marks()
        self._placed: tuple[tuple[object, ...], _Places] | None = None
        self._lines: tuple[Strip, ...] = ()
        self._held: int | None = None
        """The turn over which the mouse holds the handle."""

    def parts(self, screen: Screen) -> tuple[object, ...]:
        """What of a screen the panel draws."""
        return (screen.event, screen.turn)

    def mark(self, marks: Marks) -> None:
        """Show the marks of a whole session, of which the screen is at some turn."""
        self.marks = marks
        self.changed()

    def changed(self, before: Screen | None = None) -> None:
        """Note what the screen knows and the marks do not yet."""
        debate = self.value.debate
        if self.value.event > self.marks.event:
            fresh = (event for item in debate for event in entries(item))
            self.marks = marks_of(sorted(fresh, key=lambda event: event.id), self.marks)
        super().changed(before)

    @property
    def turn(self) -> int:
        """Where the handle is."""
        return self.value.turn if self._held is None else self._held

    @property
    def turns(self) -> int:
        """How many there are."""
        return max(1, self.marks.turns, self.value.turn)

    # Drawing.

    def draw(self) -> None:
        """Scenes above, turns below."""
        self.stretch(self.size)
        self._lines = (self._scenes(), self._turns())

    @property
    def _left(self) -> int:
        """Columns before the line."""
        return len(self._label()) + 2

    def _label(self) -> str:
        if not max(self.marks.turns, self.value.turn):
            return "no turn yet"
        return f"{self.turn:>{len(str(self.turns))}}/{self.turns}"

    @property
    def _room(self) -> int:
        return max(2, self.size.width - self._left - 1)

    def column(self, turn: int) -> int:
        """Where a turn is drawn."""
        return self._left + round(min(turn, self.turns) / self.turns * (self._room - 1))

    def turn_at(self, column: int) -> int:
        """The turn that is drawn at a column, or nearest to it."""
        share = (column - self._left) / max(1, self._room - 1)
        return round(min(1.0, max(0.0, share)) * self.turns)

    def render_line(self, y: int) -> Strip:
        """Scenes, or turns."""
        return self.on_base(self._lines[y] if y < len(self._lines) else EMPTY)

    def _places(self) -> _Places:
        """Where the marks are drawn; of a long session there are thousands."""
        made_of = (self.marks, self._left, self._room, self.turns)
        if self._placed is None or self._placed[0] != made_of:
            marks, left, last, turns = self.marks, self._left, self._room - 1, self.turns

            def at(turn: int) -> int:
                return left + round(min(turn, turns) / turns * last)

            best: dict[int, str] = {}
            for turn, verdict in marks.rulings:
                x = at(turn)
                if _WEIGHT.get(verdict, 0) >= _WEIGHT.get(best.get(x, ""), 0):
                    best[x] = verdict
            scenes = {at(turn): line(scene) for turn, scene in marks.scenes}
            locks = frozenset(at(turn) for turn, _ in marks.locks)
            self._placed = (made_of, _Places(scenes, locks, best))
        return self._placed[1]

    def _scenes(self) -> Strip:
        ink, width = self.ink, self.size.width
        names, locks, _ = self._places()
        starts = iter([*sorted(names), width])
        following = next(starts)
        parts: list[Part] = []
        x = 0
        while x < width:
            name = ""
            if x == following:
                following = next(starts)
                name = fit(names[x], max(0, following - x - 1))
            if name:
                parts.append((name, ink.dim))
                x += cell_len(name)
                continue
            parts.append(("▪", ink.good) if x in locks else (" ", ink.plain))
            x += 1
        return strip(*parts).simplify()

    def _turns(self) -> Strip:
        ink = self.ink
        starts, _, best = self._places()
        left, here = self._left, self.column(self.turn)
        travelled = ink.accent + Style(bold=False)
        parts: list[Part] = [(f" {self._label()} ", ink.dim)]
        for x in range(left, left + self._room):
            past = x <= here
            if x == here:
                parts.append(("█", ink.accent))
            elif x in best:
                style = ink.bad if best[x] == "rejected" else ink.good
                parts.append((VERDICTS.get(best[x], "●"), style if past else ink.dim))
            elif x in starts:
                parts.append(("┿" if past else "┼", ink.dim))
            else:
                parts.append(("━", travelled) if past else ("─", ink.faint))
        return strip(*parts).simplify()

    # The mouse.

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the handle."""
        self.capture_mouse()
        self._hold(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag it."""
        if self._held is not None:
            self._hold(event.x)

    def on_mouse_up(self, _event: events.MouseUp) -> None:
        """Let it go."""
        self.release_mouse()
        self._held = None
        super().changed()

    def _hold(self, x: int) -> None:
        turn = self.turn_at(x)
        if turn != self._held:
            self._held = turn
            super().changed()
            self.post_message(TurnScrubbed(turn))
