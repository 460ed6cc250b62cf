"""The plot graph in cells: where boxes stand, and the lines that lead from one to another around them.

Time goes down. A layer is a row of boxes, a slot is a column, an act a band of rows. Between rows lie gaps,
between columns gutters; a line runs only in these, so it crosses lines but never a box. Where each beat
stands comes from `view.layout`, which moves nobody that need not move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

from writersroom.story.beats import BeatId, Link, LinkKind
from writersroom.view.layout import Place

Cell: TypeAlias = tuple[int, int]
"""Column and line."""


class Zoom(NamedTuple):
    """How large things are drawn, in cells."""

    name: str
    width: int
    height: int
    across: int
    """Of a gutter."""
    down: int
    """Of a gap."""


ZOOMS: Final = (Zoom("cards", 26, 4, 4, 3), Zoom("titles", 15, 2, 3, 2), Zoom("marks", 5, 1, 2, 2))
LEAST, MOST = 24, 34
"""Columns of a card."""
LEFT: Final = 2
"""Columns before the first box."""


def scale(zoom: Zoom, width: int, height: int) -> Zoom:
    """The zoom for a panel of this size: as many cards side by side as fit, and those as wide as they may be.

    It does not hang on what is drawn, so that no box changes when a beat is added.
    """
    if zoom.name != "cards":
        return zoom
    room = width - LEFT - 1 + zoom.across
    count = max(1, room // (LEAST + zoom.across))
    wide = min(MOST, max(LEAST, room // count - zoom.across))
    return zoom._replace(width=wide, height=5 if wide < 30 and height >= 44 else zoom.height)


class Grid(NamedTuple):
    """Where everything stands."""

    zoom: Zoom
    boxes: Mapping[BeatId, Cell]
    """The upper left corner of every box."""
    rows: Mapping[BeatId, int]
    """Which row of boxes each is in, counted over all acts."""
    tops: tuple[int, ...]
    """The first line of each row of boxes."""
    bands: Mapping[int, int]
    """The line with the name of each act."""
    width: int
    height: int


def grid(places: Mapping[BeatId, Place], zoom: Zoom) -> Grid:
    """Boxes for places."""
    keys = sorted({(place.act, place.layer) for place in places.values()})
    tops: list[int] = []
    bands: dict[int, int] = {}
    y = 0
    for act, _ in keys:
        if act not in bands:
            bands[act] = y
            y += 2
        tops.append(y)
        y += zoom.height + zoom.down
    row_of = {key: row for row, key in enumerate(keys)}
    rows = {beat: row_of[place.act, place.layer] for beat, place in places.items()}
    step = zoom.width + zoom.across
    boxes = {beat: (LEFT + place.slot * step, tops[rows[beat]]) for beat, place in places.items()}
    widest = max((place.slot for place in places.values()), default=0) + 1
    return Grid(zoom, boxes, rows, tuple(tops), bands, LEFT + widest * step, y)


UP, RIGHT, DOWN, ACROSS_LEFT = 1, 2, 4, 8

_LIGHT = "?╵╶╰╷│╭├╴╯─┴╮┤┬┼"
_HEAVY = "?╹╺┗╻┃┏┣╸┛━┻┓┫┳╋"
_DOUBLE = "?║═╚║║╔╠═╝═╩╗╣╦╬"


def _broken(across: str, down: str) -> str:
    return "".join({"─": across, "│": down}.get(character, character) for character in _LIGHT)


PENS: Final[Mapping[LinkKind, str]] = {
    LinkKind.CAUSES: _HEAVY,
    LinkKind.ENABLES: _LIGHT,
    LinkKind.MOTIVATES: _broken("╌", "╎"),
    LinkKind.PRECEDES: _broken("┈", "┊"),
    LinkKind.SETS_UP: _DOUBLE,
}
"""Characters of a line by the sides it leaves a cell on (1 up, 2 right, 4 down, 8 left, added up)."""

HEADS: Final = "▼"
"""Where a line arrives."""


class Route(NamedTuple):
    """A link as it is drawn."""

    link: Link
    sides: Mapping[Cell, int]
    """The sides on which it leaves each cell that it passes."""
    head: Cell
    """Where it arrives."""


class Router:
    """Leads lines through gaps and gutters.

    Two lines keep apart where there is room; where there is none they run over each other, and the cursor
    brings out the ones that matter. Lines of one kind out of one beat share their beginning.
    """

    def __init__(self, where: Grid) -> None:
        self.grid = where
        self._tracks: dict[tuple[int, int], list[tuple[int, int, str]]] = {}
        """By gap and track: what runs there, from, to, and out of which beat."""
        self._lanes: dict[int, list[tuple[int, int, str]]] = {}
        """By column of cells: the same."""
        self._outs: dict[BeatId, list[LinkKind]] = {}
        self._ins: dict[BeatId, int] = {}

    def routes(self, links: Iterable[Link]) -> tuple[Route, ...]:
        """Every link between two boxes."""
        boxes = self.grid.boxes
        wanted = [link for link in links if link.source in boxes and link.target in boxes]
        for link in wanted:
            kinds = self._outs.setdefault(link.source, [])
            if link.kind not in kinds:
                kinds.append(link.kind)
        arriving: dict[BeatId, list[Link]] = {}
        for link in wanted:
            arriving.setdefault(link.target, []).append(link)
        for target in arriving.values():
            target.sort(key=lambda link: boxes[link.source][0])
        return tuple(self._route(link, arriving[link.target]) for link in wanted)

    def _port(self, beat: BeatId, at: int, of: int) -> int:
        """The column of one of several lines at an edge of a box."""
        width = self.grid.zoom.width
        return self.grid.boxes[beat][0] + min(width - 2, max(1, width * (at + 1) // (of + 1)))

    def _route(self, link: Link, arriving: list[Link]) -> Route:
        boxes, rows, zoom = self.grid.boxes, self.grid.rows, self.grid.zoom
        kinds = self._outs[link.source]
        start = self._port(link.source, kinds.index(link.kind), len(kinds))
        end = self._port(link.target, arriving.index(link), len(arriving))
        leaves, arrives = rows[link.source], rows[link.target] - 1
        net = f"{link.source} {link.kind}"
        first = boxes[link.source][1] + zoom.height
        last = boxes[link.target][1] - 1
        points: list[Cell] = [(start, first - 1)]
        if leaves == arrives:
            y = first + (zoom.down - 1 if start == end else self._track(leaves, start, end, net))
            points += [(start, y), (end, y)]
        else:
            lane = self._lane(link, start, end, first, last, net)
            out = first + self._track(leaves, start, lane, net)
            into = last - zoom.down + 1 + self._track(arrives, lane, end, net)
            points += [(start, out), (lane, out), (lane, into), (end, into)]
        points.append((end, last))
        return Route(link, _sides(points), (end, last))

    def _track(self, gap: int, start: int, end: int, net: str) -> int:
        """The line of a gap that is free from one column to another, else the last that is not the lowest."""
        low, high = min(start, end), max(start, end)
        most = max(1, self.grid.zoom.down - 1)
        for track in range(most):
            taken = self._tracks.setdefault((gap, track), [])
            if all(other == net or high < left or low > right for left, right, other in taken):
                taken.append((low, high, net))
                return track
        return most - 1

    def _lane(self, link: Link, start: int, end: int, first: int, last: int, net: str) -> int:
        """The column of a gutter that is free from one line to another, beside the target as a rule."""
        zoom = self.grid.zoom
        x = self.grid.boxes[link.target][0]
        beside = x - zoom.across if start < end else x + zoom.width
        beside = max(0, beside)
        low, high = min(first, last), max(first, last)
        columns = list(range(beside, beside + zoom.across)) if beside else list(range(LEFT))
        if beside:  # The middle first, so that a line does not cling to a box.
            columns.sort(key=lambda column: abs(column - beside - (zoom.across - 1) / 2))
        for column in columns:
            taken = self._lanes.setdefault(column, [])
            if all(other == net or high < top or low > bottom for top, bottom, other in taken):
                taken.append((low, high, net))
                return column
        return columns[len(self._lanes.get(columns[0], ())) % len(columns)]


def _sides(points: list[Cell]) -> dict[Cell, int]:
    """The sides on which a line through these corners leaves each cell; its first cell is not drawn."""
    sides: dict[Cell, int] = {}
    for (x, y), (to_x, to_y) in pairwise(points):
        if to_x != x:
            ahead, back = (RIGHT, ACROSS_LEFT) if to_x > x else (ACROSS_LEFT, RIGHT)
            step = 1 if to_x > x else -1
            cells = [(column, y) for column in range(x, to_x + step, step)]
        else:
            ahead, back = (DOWN, UP) if to_y > y else (UP, DOWN)
            step = 1 if to_y > y else -1
            cells = [(x, row) for row in range(y, to_y + step, step)]
        if len(cells) < 2:
            continue
        sides[cells[0]] = sides.get(cells[0], 0) | ahead
        for cell in cells[1:-1]:
            sides[cell] = sides.get(cell, 0) | ahead | back
        sides[cells[-1]] = sides.get(cells[-1], 0) | back
    sides.pop(points[0], None)
    return sides


class Mark(NamedTuple):
    """A cell of a line."""

    character: str
    kind: LinkKind


_MARKS: Final = {kind: tuple(Mark(character, kind) for character in pen) for kind, pen in PENS.items()}
"""By kind, and by the sides that a line leaves its cell on."""
_ARRIVALS: Final = {kind: Mark(HEADS, kind) for kind in PENS}


def drawn(routes: Iterable[Route]) -> dict[int, dict[int, Mark]]:
    """Lines as characters, by line and column; where two cross, the one that goes down is seen."""
    taken: dict[Cell, tuple[int, int, tuple[Mark, ...]]] = {}
    nets: dict[tuple[BeatId, LinkKind], int] = {}
    arrived: dict[Cell, Mark] = {}
    straight = UP | DOWN
    for route in routes:
        link = route.link
        net = nets.setdefault((link.source, link.kind), len(nets))
        marks = _MARKS[link.kind]
        for cell, mine in route.sides.items():
            there = taken.get(cell)
            if there is None:
                taken[cell] = (mine, net, marks)
            elif there[1] == net:
                taken[cell] = (there[0] | mine, net, marks)
            elif there[0] != straight:
                taken[cell] = (mine, net, marks)
        arrived[route.head] = _ARRIVALS[link.kind]
    out: dict[int, dict[int, Mark]] = {}
    for (x, y), (mine, _, marks) in taken.items():
        row = out.get(y)
        if row is None:
            row = out[y] = {}
        row[x] = marks[mine]
    for (x, y), mark in arrived.items():
        out[y][x] = mark
    return out
