"""Two curves over the rounds of the game, told apart by their hand as well as their colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.style import Style

from writersroom.tui.panels.canvas import Canvas
from writersroom.tui.panels.ink import Ink
from writersroom.tui.panels.panel import Part

AXIS = 4
"""Columns of the numbers at the left."""
LABEL = 9
"""Columns of the names at the right."""
SPREAD = 9
"""Columns between two points at most."""


class Curve(NamedTuple):
    """A series of values, one for each round."""

    name: str
    values: Sequence[float]
    style: Style
    every: int = 1
    """1: a line; more: a dotted one."""
    point: str = "●"


class Frame(NamedTuple):
    """Where a curve is drawn."""

    width: int
    """Columns in all."""
    height: int
    """Lines in all."""
    low: float
    high: float


def shown(count: int, width: int) -> range:
    """Which of so many points fit into a width, the last ones."""
    room = max(1, width - AXIS - LABEL)
    return range(max(0, count - room), count)


def spacing(count: int, width: int) -> int:
    """Columns from one point to the next."""
    room = max(1, width - AXIS - LABEL)
    return max(1, min(SPREAD, (room - 1) // max(1, count - 1)))


def point_at(column: int, count: int, width: int) -> int | None:
    """The point that is drawn nearest to a column of the chart."""
    points = shown(count, width)
    at = round((column - AXIS) / spacing(len(points), width))
    return points[at] if 0 <= at < len(points) else None


def under(signs: Sequence[str], width: int, ink: Ink) -> list[Part]:
    """A line of signs, one below each point in sight; none where points are too near to each other."""
    points = shown(len(signs), width)
    step = spacing(len(points), width)
    cells = [" "] * max(1, width - AXIS - LABEL)
    for at, index in enumerate(points):
        cells[at * step] = signs[index]
    return [(" " * AXIS + "".join(cells), ink.dim), (" " * LABEL, ink.plain)]


def chart(curves: Sequence[Curve], frame: Frame, cursor: int | None, ink: Ink) -> list[list[Part]]:
    """The lines of a chart.

    Args:
        curves: of equal length.
        frame: its size, and the values at its lower and upper edge.
        cursor: the point that is looked at.
        ink: colours.
    """
    width, height, low, high = frame
    inner = max(1, width - AXIS - LABEL)
    canvas = Canvas(inner, height)
    count = len(curves[0].values)
    points, step = shown(count, width), spacing(len(shown(count, width)), width)
    span = (high - low) or 1.0

    def dots(value: float) -> int:
        share = min(1.0, max(0.0, (value - low) / span))
        return round((1 - share) * (4 * height - 1))

    names: dict[int, Part] = {}
    for curve in curves:
        previous: tuple[int, int] | None = None
        for at, index in enumerate(points):
            x, y = 2 * at * step, dots(curve.values[index])
            if previous is not None:
                canvas.line(*previous, x, y, curve.style, every=curve.every)
            previous = (x, y)
        if previous is not None:
            row = previous[1] // 4
            while row in names and row + 1 < height:
                row += 1
            while row in names and row > 0:
                row -= 1
            names[row] = (f" {curve.point} {curve.name}"[:LABEL].ljust(LABEL), curve.style)
    for at, index in enumerate(points):
        here = index == cursor
        for row in range(height if here else 0):
            if canvas.blank(at * step, row):
                canvas.put(at * step, row, "│", ink.accent)
        if step > 1 or here or len(points) == 1:
            for curve in curves:
                style = curve.style + Style(bold=True, reverse=here)
                canvas.put(at * step, dots(curve.values[index]) // 4, curve.point, style)
    rows: list[list[Part]] = []
    for row in range(height):
        value = f"{high:.1f}" if row == 0 else f"{low:.1f}" if row == height - 1 else ""
        edge = "┤" if value else "│"
        rows.append(
            [
                (f"{value:>3}", ink.dim),
                (edge, ink.faint),
                *canvas.row(row),
                names.get(row, (" " * LABEL, ink.plain)),
            ]
        )
    return rows
