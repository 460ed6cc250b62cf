"""The way over the map of the plot: along its links, and among the beats that lie beside."""

from __future__ import annotations

from writersroom.story.beats import BeatId
from writersroom.tui.panels.plot_map import PlotMap


class Walk:
    """Where the next step leads, and where the last one came from."""

    def __init__(self, map: PlotMap) -> None:
        self._map = map
        self._trail: tuple[BeatId, bool] | None = None
        """Where one came from along a link, and whether forwards: left and right go among its others."""

    def leave(self) -> None:
        """One went elsewhere, by no link."""
        self._trail = None

    def along(self, here: BeatId, *, forward: bool) -> BeatId | None:
        """The end of the link that leads most nearly straight on; or else the nearest in the next row."""
        boxes, rows = self._map.grid.boxes, self._map.grid.rows
        ends = self._map.others(here, forward=forward)
        x = boxes[here][0]
        if ends:
            self._trail = (here, forward)
            return min(ends, key=lambda end: (abs(boxes[end][0] - x), abs(rows[end] - rows[here])))
        self._trail = None
        row = rows[here] + (1 if forward else -1)
        if not 0 <= row < len(self._map.in_row):
            return None
        return min(self._map.in_row[row], key=lambda beat: abs(boxes[beat][0] - x))

    def aside(self, here: BeatId, step: int) -> BeatId | None:
        """Another end of the links one came by, round and round; without any, the beat beside."""
        ring = self._map.others(self._trail[0], forward=self._trail[1]) if self._trail else []
        if len(ring) > 1 and here in ring:
            return ring[(ring.index(here) + step) % len(ring)]
        self._trail = None
        row = self._map.in_row[self._map.grid.rows[here]]
        at = row.index(here) + step
        return row[at] if 0 <= at < len(row) else None

    def told(self, here: BeatId, step: int) -> BeatId | None:
        """The beat told so many after this one."""
        self._trail = None
        told = [beat.id for beat in self._map.plot.told]
        at = told.index(here) + step if here in told else -1
        return told[at] if 0 <= at < len(told) else None
