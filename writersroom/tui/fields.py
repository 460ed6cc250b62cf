"""Fields to write in. What they are given is a session's text, so it is shown as harmlessly as anywhere else.

The text itself stays as it is, character by character: what a person does not touch is not changed.
"""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, TextArea

from writersroom.view.printable import without_teeth


def harmless(line: Strip) -> Strip:
    """The line with a dot in each column that something took which a terminal might obey."""
    made = [without_teeth(segment.text, lambda odd: "·" * cell_len(odd)) for segment in line]
    if all(new == segment.text for new, segment in zip(made, line, strict=True)):
        return line
    segments = [Segment(new, segment.style, segment.control) for new, segment in zip(made, line, strict=True)]
    return Strip(segments)


class Area(TextArea):
    """A field of several lines."""

    def render_line(self, y: int) -> Strip:
        """A line in sight."""
        return harmless(super().render_line(y))


class Line(Input):
    """A field of one line."""

    def render_line(self, y: int) -> Strip:
        """A line in sight."""
        return harmless(super().render_line(y))


def written_in(field: Widget) -> str:
    """What is written in a field, or chosen; empty where nothing is."""
    if isinstance(field, TextArea):
        return field.text
    value: object = getattr(field, "value", "")
    return value if isinstance(value, str) else ""
