"""Who sits in the room: a line with the number that cues each agent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget

from writersroom.tui.panels.cells import fit, line
from writersroom.tui.panels.ink import Ink

LONGEST = 14
"""Cells of a name."""


class AgentLine(Widget):
    """`1 Ada  2 Vera  …`; a seat that a person has taken is marked."""

    DEFAULT_CSS = "AgentLine { height: 1; padding: 0 1; background: $background; }"

    class Cued(Message):
        """A name was clicked."""

        def __init__(self, agent: str) -> None:
            super().__init__()
            self.agent = agent

    names: Sequence[str] = ()
    seats: Mapping[str, str] = {}
    speaker = ""
    _ink: Ink | None = None

    def say(self, names: Sequence[str], seats: Mapping[str, str], speaker: str, ink: Ink) -> None:
        """Show these agents, in this order."""
        said = (tuple(names), dict(seats), speaker)
        if said != (tuple(self.names), dict(self.seats), self.speaker) or ink is not self._ink:
            self.names, self.seats, self.speaker = said
            self._ink = ink
            self.display = bool(names)
            self.refresh()

    def render(self) -> Text:
        """As many as there is room for."""
        text = Text(end="", no_wrap=True)
        ink = self._ink
        if ink is None:
            return text
        for number, name in enumerate(self.names, 1):
            label = self._label(number, name)
            if text.cell_len + cell_len(label) > self.size.width:
                break
            digits = f"{number} " if number < 10 else ""
            style = ink.agent(name)
            text.append(digits, ink.faint)
            text.append(label[len(digits) :], style.chain(style, ink.bold) if name == self.speaker else style)
            text.append("  ")
        return text

    def on_click(self, event: events.Click) -> None:
        """Cue the agent under the mouse."""
        at = 1
        for number, name in enumerate(self.names, 1):
            end = at + cell_len(self._label(number, name))
            if at <= event.x < end:
                event.stop()
                self.post_message(self.Cued(name))
            at = end + 2

    def _label(self, number: int, name: str) -> str:
        seat = "*" if self.seats.get(name) == "person" else ""
        return f"{f'{number} ' if number < 10 else ''}{fit(line(name), LONGEST)}{seat}"
