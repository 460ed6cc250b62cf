"""The plot graph as rows of cells: made when it changes, drawn row by row as rows come into sight."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import Final

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from writersroom.story.beats import BeatId, LinkKind
from writersroom.tui.panels.boxes import State, box
from writersroom.tui.panels.ink import Ink
from writersroom.tui.panels.panel import Part
from writersroom.tui.panels.routes import ZOOMS, Grid, Mark, Route, Router, Zoom, drawn, grid
from writersroom.view.plot import Plot

_HUES: Final = {
    LinkKind.CAUSES: (30, "red"),
    LinkKind.ENABLES: (230, "blue"),
    LinkKind.MOTIVATES: (320, "magenta"),
    LinkKind.SETS_UP: (150, "green"),
}


def hand(kind: LinkKind, ink: Ink) -> Style:
    """The colour of a kind of link."""
    return ink.hue(*_HUES[kind]) if kind in _HUES else ink.dim


class PlotMap:
    """Boxes and lines of one plot at one zoom."""

    def __init__(self) -> None:
        self.plot = Plot()
        self.grid: Grid = grid({}, ZOOMS[0])
        self.in_row: list[list[BeatId]] = []
        """The beats of every row, from left to right."""
        self._routes: tuple[Route, ...] = ()
        self._lines: Mapping[int, Mapping[int, Mark]] = {}
        """All links, by line and column."""
        self._near: Mapping[int, Mapping[int, Mark]] = {}
        """Those of one beat."""
        self._bands: dict[int, int] = {}
        """The act whose name is on a line."""
        self._known: dict[int, Strip] = {}
        """Rows that were drawn, but for those in which something moves."""
        self._boxes: dict[tuple[BeatId, State], list[list[Part]]] = {}
        """Boxes that were drawn."""
        self._looked_at: BeatId = ""
        self._window = range(0)

    def lay(self, plot: Plot, zoom: Zoom) -> None:
        """Place boxes and lead lines."""
        self.plot = plot
        self.grid = grid(plot.places, zoom)
        self._routes = Router(self.grid).routes(plot.links)
        self._lines = drawn(self._routes)
        self._bands = {row: act for act, row in self.grid.bands.items()}
        self.in_row = [[] for _ in self.grid.tops]
        boxes = self.grid.boxes
        for beat in sorted(boxes, key=lambda beat: boxes[beat]):
            self.in_row[self.grid.rows[beat]].append(beat)
        self._near = {}
        self.forget()

    def look_at(self, beat: BeatId) -> None:
        """Bring out the links of a beat."""
        near = [route for route in self._routes if beat in (route.link.source, route.link.target)]
        before, self._near = self._near, drawn(near) if near else {}
        was, self._looked_at = self._looked_at, beat
        if bool(before) != bool(self._near):
            self.forget()  # Every other line is drawn brighter, or fainter.
            return
        changed = {*before, *self._near}
        for end in (was, beat):
            if end in self.grid.boxes:
                top = self.grid.boxes[end][1]
                changed.update(range(top, top + self.grid.zoom.height))
        for row in changed:
            self._known.pop(row, None)

    def forget(self) -> None:
        """Draw rows anew."""
        self._known.clear()
        self._boxes.clear()

    def others(self, beat: BeatId, *, forward: bool) -> list[BeatId]:
        """Where links of a beat lead, or come from, from left to right."""
        links = (self.plot.outgoing if forward else self.plot.incoming).get(beat, ())
        ends = dict.fromkeys(link.target if forward else link.source for link in links)
        boxes = self.grid.boxes
        return sorted((end for end in ends if end in boxes), key=lambda end: boxes[end])

    def beat_at(self, x: int, y: int) -> BeatId | None:
        """The beat whose box covers a cell."""
        zoom = self.grid.zoom
        for beat, (left, top) in self.grid.boxes.items():
            if left <= x < left + zoom.width and top <= y < top + zoom.height:
                return beat
        return None

    def row(self, y: int, window: range, state: Callable[[BeatId], State], ink: Ink) -> Strip:
        """A line of the map, from one column to another.

        Args:
            y: which.
            window: the columns.
            state: what is the matter with a beat; one that pulses is drawn each time.
            ink: colours.
        """
        if window != self._window:
            self._window = window
            self._known.clear()
        known = self._known.get(y)
        if known is not None:
            return known
        index = bisect_right(self.grid.tops, y) - 1
        inside = index >= 0 and y < self.grid.tops[index] + self.grid.zoom.height
        lasting = True
        parts: list[Part] = []
        x = window.start
        for beat in self.in_row[index] if inside else ():
            left, top = self.grid.boxes[beat]
            right = left + self.grid.zoom.width
            if right <= window.start or left >= window.stop:
                continue
            now = state(beat)
            lasting = lasting and now.pulse is None
            parts += self._gap(y, x, left, ink)
            cells = self._box(beat, now, ink)[y - top]
            parts += cells if left >= x else _from(cells, x - left)
            x = right
        parts += self._gap(y, x, window.stop, ink)
        line = Strip([Segment(text, style) for text, style in parts])
        if lasting:
            self._known[y] = line
        return line

    def _box(self, beat: BeatId, state: State, ink: Ink) -> list[list[Part]]:
        known = self._boxes.get((beat, state))
        if known is None:
            known = self._boxes[beat, state] = box(self.plot.beats[beat], self.grid.zoom, state, ink)
        return known

    def _gap(self, y: int, start: int, end: int, ink: Ink) -> list[Part]:
        """What runs between boxes, from one column to another."""
        cells, near = self._lines.get(y, {}), self._near.get(y, {})
        act = self._bands.get(y)
        blank, quiet = (" ", ink.plain) if act is None else ("─", ink.faint)
        parts: list[Part] = []
        x = start
        label = f"── Act {act} " if act is not None else ""
        if start < len(label):
            parts.append((label[start:end], ink.dim))
            x = min(end, len(label))
        run, style = "", quiet
        for at in sorted(at for at in {*cells, *near} if x <= at < end):
            mark = near.get(at) or cells[at]
            hands = ink.faint if self._near else hand(mark.kind, ink)
            wanted = hand(mark.kind, ink) + _BOLD if at in near else hands
            gap = blank * (at - x)
            if gap and act is None:
                run += gap  # A blank has no colour.
            elif gap:
                parts += [(run, style), (gap, quiet)]
                run = ""
            if wanted is not style and run.strip():
                parts.append((run, style))
                run = ""
            run, style, x = run + mark.character, wanted, at + 1
        parts += [(run, style), (blank * (end - x), quiet)]
        return [part for part in parts if part[0]]


_BOLD: Final = Style(bold=True)


def _from(cells: list[Part], column: int) -> list[Part]:
    """What of a line of a box lies from a column on."""
    line = Strip([Segment(text, style) for text, style in cells]).crop(column)
    return [(segment.text, segment.style or Style()) for segment in line]
