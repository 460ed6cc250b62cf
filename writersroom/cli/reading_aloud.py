"""Events as a person reads them in a terminal: one paragraph each, headed by the turn and who speaks."""

from __future__ import annotations

import shutil

import click

from writersroom.events import Event
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.failed import Failed
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.stance_taken import StanceTaken
from writersroom.view.printable import one_line, wrapped
from writersroom.view.wording import words_of

_COLOURS = ("cyan", "yellow", "green", "magenta", "blue", "bright_red", "bright_cyan", "bright_yellow")
"""For agents, in the order in which they are first heard."""

_VERBS = {
    "pitched": "pitches",
    "ruled": "rules",
    "agenda_set": "asks",
    "line_spoken": "plays",
    "note_given": "notes",
    "take_written": "writes",
    "move_committed": "changes the plot",
    "whispered": "whispers",
    "edited": "edits",
}

_STANCES = {"support": "is for it", "object": "is against it", "amend": "would amend it"}


class Reader:
    """Reads a session aloud, event by event.

    Args:
        colours: whether the text may hold ANSI colours.
        width: columns; None is that of the terminal, at most 100.
    """

    def __init__(self, *, colours: bool, width: int | None = None) -> None:
        self._colours = colours
        self._width = max(40, width or min(100, shutil.get_terminal_size().columns))
        self._turn = -1
        self._agents: dict[str, str] = {}

    def read(self, event: Event) -> str:
        """The paragraph of one event, without a newline at its end. A terminal obeys only colours in it."""
        number = "" if event.turn == self._turn else str(event.turn)
        self._turn = event.turn
        body = event.body
        lead = f"{number:>5}  "
        reply = isinstance(body, StanceTaken | Ruled)
        indent = len(lead) + (4 if reply else 2)
        lines = [self._head(event)] if event.agent else []
        text = wrapped(words_of(body), self._width - indent)
        if not event.agent and text:
            lines = [self._styled(text[0], event)]
            text = text[1:]
        lines += [" " * (indent - len(lead)) + self._styled(line, event) for line in text]
        blank = "\n" if isinstance(body, AgendaSet | SceneOpened) else ""
        return blank + "\n".join(
            (lead if at == 0 else " " * len(lead)) + line for at, line in enumerate(lines)
        )

    def _head(self, event: Event) -> str:
        """Who speaks, and to what end."""
        body = event.body
        verb = _STANCES[body.stance] if isinstance(body, StanceTaken) else _VERBS.get(body.kind, "")
        name = one_line(event.agent, 40)
        if self._colours:
            name = click.style(name, fg=self._colour(event.agent), bold=True)
        reply = "  " if isinstance(body, StanceTaken | Ruled) else ""
        return f"{reply}{name}{f' {verb}' if verb else ''}"

    def _colour(self, agent: str) -> str:
        if len(self._agents) > 200:
            self._agents.clear()  # A file that names ever new agents shall not fill the memory.
        return self._agents.setdefault(agent, _COLOURS[len(self._agents) % len(_COLOURS)])

    def _styled(self, line: str, event: Event) -> str:
        if not self._colours or not line:
            return line
        match event.body:
            case Failed():
                return click.style(line, fg="red", bold=True)
            case SceneOpened() | AgendaSet():
                return click.style(line, bold=True)
            case Pitched() | StanceTaken() | Ruled() | LineSpoken():
                return line
            case _:
                return click.style(line, dim=True)
