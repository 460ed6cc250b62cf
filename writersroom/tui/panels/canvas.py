"""Drawing in dots: two across and four down in every cell (Braille patterns, U+2800)."""

from __future__ import annotations

from rich.style import Style

from writersroom.tui.panels.panel import Part

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bit of a dot by its row and column in the cell."""


class Canvas:
    """A field of dots, `2 * width` by `4 * height`; the origin is the upper left corner.

    Dots out of the field are not drawn. A cell has the style it was drawn in last, and may hold a character
    in place of dots.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._bits = [[0] * width for _ in range(height)]
        self._styles = [[Style()] * width for _ in range(height)]
        self._characters: dict[tuple[int, int], tuple[str, Style]] = {}

    def dot(self, x: int, y: int, style: Style) -> None:
        """Set one dot."""
        if 0 <= x < 2 * self.width and 0 <= y < 4 * self.height:
            self._bits[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
            self._styles[y // 4][x // 2] = style

    def line(self, x: int, y: int, to_x: int, to_y: int, style: Style, *, every: int = 1) -> None:
        """A straight line; with `every` 2 or more, a dotted one."""
        steps = max(abs(to_x - x), abs(to_y - y))
        for step in range(steps + 1):
            if step % every == 0:
                share = step / steps if steps else 0
                self.dot(round(x + (to_x - x) * share), round(y + (to_y - y) * share), style)

    def put(self, column: int, row: int, character: str, style: Style) -> None:
        """A character of one cell, over any dots."""
        if 0 <= column < self.width and 0 <= row < self.height:
            self._characters[column, row] = (character, style)

    def blank(self, column: int, row: int) -> bool:
        """Whether nothing is drawn in a cell."""
        return (column, row) not in self._characters and not self._bits[row][column]

    def row(self, row: int) -> list[Part]:
        """The cells of a row, in as few parts as their styles allow."""
        parts: list[Part] = []
        for column in range(self.width):
            bits = self._bits[row][column]
            at_rest = (chr(0x2800 + bits) if bits else " ", self._styles[row][column])
            character, style = self._characters.get((column, row), at_rest)
            if parts and parts[-1][1] == style:
                parts[-1] = (parts[-1][0] + character, style)
            else:
                parts.append((character, style))
        return parts
