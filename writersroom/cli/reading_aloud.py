"""Events as a person reads them in a terminal: one paragraph each, headed by the turn and who speaks."""

from __future__ import annotations

import shutil

import click

from writersroom.events import Body, Event, EventId
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.assessed import Assessed
from writersroom.events.failed import Failed
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.stance_taken import StanceTaken
from writersroom.view.printable import columns, one_line, wrapped
from writersroom.view.wording import amendment_words, words_of

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

_LEAD = 7
"""Columns of a turn's number and the gap after it."""

_STANCES = {"support": "is for", "object": "is against", "amend": "would amend"}


class Reader:
    """Reads a session aloud, event by event; answers and rulings say whose pitch they are about.

    Args:
        colours: whether the text may hold ANSI colours.
        width: columns; None is that of the terminal, at most 100.
    """

    def __init__(self, *, colours: bool, width: int | None = None) -> None:
        self._colours = colours
        self._width = max(40, width or min(100, shutil.get_terminal_size().columns))
        self._turn = -1
        self._agents: dict[str, str] = {}
        self._pitches: dict[EventId, Event] = {}
        """Of the round."""

    def read(self, event: Event) -> str:
        """The paragraph of one event, without a newline at its end. A terminal obeys only colours in it."""
        number = "" if event.turn == self._turn else str(event.turn)
        self._turn = event.turn
        body = event.body
        if isinstance(body, AgendaSet):
            self._pitches.clear()
        elif isinstance(body, Pitched):
            self._pitches[event.id] = event
        lead = f"{number:>{_LEAD - 2}}  "
        reply = isinstance(body, StanceTaken | Ruled)
        indent = len(lead) + (4 if reply else 2)
        lines = [self._head(event)] if event.agent else []
        text = wrapped(self._words(body), self._width - indent)
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
        name, body = one_line(event.agent, 40), event.body
        reply = "  " if isinstance(body, StanceTaken | Ruled) else ""
        verb, about = self._verb(body)
        if columns(f"{reply}{name} {verb}{about}") > self._width - _LEAD:
            about = ""
        if isinstance(body, StanceTaken):
            about = about or " it"
        if self._colours:
            name = click.style(name, fg=self._colour(event.agent), bold=True)
        return f"{reply}{name}{f' {verb}' if verb else ''}{about}"

    def _verb(self, body: Body) -> tuple[str, str]:
        """What somebody does, and what about, where there is room to say so."""
        verb = _VERBS.get(body.kind, "")
        match body:
            case StanceTaken():
                whose = self._whose(body.pitch)
                return _STANCES[body.stance], f" {whose}" if whose else ""
            case Ruled() if whose := self._whose(body.pitch):
                return verb, f" on {whose}"
            case LineSpoken():
                return verb, f", {one_line(body.take, 40)}"
            case _:
                return verb, ""

    def _words(self, body: Body) -> str:
        """What happened; of an amendment what it changes, of questions whose pitch they are about."""
        match body:
            case StanceTaken() if body.amendment and (pitch := self._pitches.get(body.pitch)):
                assert isinstance(pitch.body, Pitched)
                return f"{amendment_words(body.amendment, pitch.body.move)} - {body.reason}"
            case Assessed() if whose := self._whose(body.pitch):
                return f"On {whose}: {words_of(body)}"
            case _:
                return words_of(body)

    def _whose(self, pitch: EventId) -> str:
        """As in "Mara's", if the pitch was read aloud in this round."""
        event = self._pitches.get(pitch)
        return f"{one_line(event.agent, 40)}'s" if event else ""

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
