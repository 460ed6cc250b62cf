"""The plot graph as rows of cells: made when it changes, drawn row by row as rows come into sight."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
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
        self.look_at("")

    def look_at(self, beat: BeatId) -> None:
        """Bring out the links of a beat."""
        near = [route for route in self._routes if beat in (route.link.source, route.link.target)]
        self._near = drawn(near) if near else {}
        self.forget()

    def forget(self) -> None:
        """Draw rows anew."""
        self._known.clear()

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

    def row(self, y: int, state: Callable[[BeatId], State], ink: Ink) -> Strip:
        """A line of the map.

        Args:
            y: which.
            state: what is the matter with a beat; one that pulses is drawn each time.
            ink: colours.
        """
        known = self._known.get(y)
        if known is not None:
            return known
        index = bisect_right(self.grid.tops, y) - 1
        inside = index >= 0 and y < self.grid.tops[index] + self.grid.zoom.height
        lasting = True
        parts: list[Part] = []
        x = 0
        for beat in self.in_row[index] if inside else ():
            left, top = self.grid.boxes[beat]
            parts += self._gap(y, x, left, ink)
            now = state(beat)
            lasting = lasting and now.pulse is None
            parts += box(self.plot.beats[beat], self.grid.zoom, now, ink)[y - top]
            x = left + self.grid.zoom.width
        parts += self._gap(y, x, max(x, self.grid.width), ink)
        line = Strip([Segment(text, style) for text, style in parts])
        if lasting:
            self._known[y] = line
        return line

    def _gap(self, y: int, start: int, end: int, ink: Ink) -> list[Part]:
        """What runs between boxes, from one column to another."""
        cells, near = self._lines.get(y, {}), self._near.get(y, {})
        act = self._bands.get(y)
        label = f"── Act {act} " if act is not None else ""
        parts: list[Part] = []
        for x in range(start, end):
            if x < len(label):
                parts.append((label[x], ink.dim))
            elif x in near:
                parts.append((near[x].character, hand(near[x].kind, ink) + _BOLD))
            elif x in cells:
                style = ink.faint if self._near else hand(cells[x].kind, ink)
                parts.append((cells[x].character, style))
            elif act is not None:
                parts.append(("─", ink.faint))
            else:
                parts.append((" ", ink.plain))
        return joined(parts)


_BOLD: Final = Style(bold=True)


def joined(parts: Sequence[Part]) -> list[Part]:
    """The same text in as few parts as its styles allow."""
    out: list[Part] = []
    for text, style in parts:
        if out and (out[-1][1] is style or out[-1][1] == style):
            out[-1] = (out[-1][0] + text, style)
        else:
            out.append((text, style))
    return out
