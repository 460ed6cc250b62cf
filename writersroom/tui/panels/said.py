"""An item of the debate as lines: who speaks, to what; under a pitch, what the others hold of it.

Read down the left edge it is a list of names; everything said hangs below its name. The tree under a pitch
shows by sign and word what colour shows too: support, objection, amendment, ruling.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip

from writersroom.events import Body, Event, opens_turn
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.assessed import Assessed
from writersroom.events.branched import Branched
from writersroom.events.failed import Failed
from writersroom.events.game_valued import GameValued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.scored import Scored
from writersroom.events.session_started import SessionStarted
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.take_written import TakeWritten
from writersroom.events.whispered import Whispered
from writersroom.story.beats import LINK_WORDS
from writersroom.story.emotions import Emotion
from writersroom.story.moves import GraphDiff
from writersroom.tui.panels.cells import fit, line, wrap
from writersroom.tui.panels.ink import Ink
from writersroom.tui.panels.panel import Part, strip
from writersroom.view.debate import Said
from writersroom.view.wording import amendment_words, move_words, words_of

NARROW: Final = 56
"""Columns below which the numbers of turns are left out."""
TAKE_LINES: Final = 4
"""Lines of a take that the debate quotes; the script shows all of it."""
NAME: Final = 28
"""Cells of a name at most."""

STANCES: Final = {"support": ("✓", "is for it"), "object": ("✗", "is against it"), "amend": ("±", "amends")}
VERDICTS: Final = {"adopted": "●", "amended": "◐", "rejected": "○"}
_VERBS: Final = {
    "convened": "convenes the room",
    "condensed": "sums up",
    "edited": "edits",
    "cued": "cues",
    "seat_taken": "takes a seat",
}


class Told(NamedTuple):
    """An item as it is drawn."""

    lines: tuple[Strip, ...]
    starts: tuple[int, ...]
    """The first line of each of its entries: of what was said, then of each answer."""

    def of(self, entry: int) -> range:
        """The lines of one entry."""
        ends = (*self.starts[1:], len(self.lines))
        return range(self.starts[entry], ends[entry])


def entries(item: Said) -> tuple[Event, ...]:
    """What can be pointed at in an item: what was said, and every answer."""
    return (item.event, *item.answers)


class Teller:
    """Draws items at one width.

    Args:
        ink: colours.
        width: columns, the cursor's included.
        thoughts: whether to show what nobody hears.
    """

    def __init__(self, ink: Ink, width: int, *, thoughts: bool) -> None:
        self.ink, self.width, self.thoughts = ink, max(12, width), thoughts
        self.margin = 2 if width < NARROW else 7
        """Columns before the text."""
        self.room = max(8, min(self.width - self.margin - 1, 100))
        """Columns of the text."""

    def tell(self, item: Said) -> Told:
        """The lines of an item, a blank one first."""
        lines: list[Strip] = [strip((" ", self.ink.plain))]
        starts = [0]
        lines += self._numbered(item.event, self._said(item.event))
        for at, answer in enumerate(item.answers):
            starts.append(len(lines))
            last = at == len(item.answers) - 1
            rows = list(self._answer(answer, item.event.body))
            lines += [self._plain(parts) for parts in self._branch(rows, last=last)]
        return Told(tuple(lines), tuple(starts))

    def partial(self, agent: str, verb: str, about: str, text: str, most: int) -> tuple[Strip, ...]:
        """What is being said this moment, with a block where the next word will come.

        Args:
            agent: who.
            verb: what that is.
            about: on what, or of which take, if any.
            text: all of it so far.
            most: lines of it that are shown, the last ones: others speak at the same time.
        """
        ink = self.ink
        head = [
            *self._name(agent),
            (f" {verb}", ink.dim),
            *([(f"  {fit(line(about), NAME)}", ink.faint)] if about else []),
        ]
        tail = text[-(most + 1) * self.room :]
        said = [*wrap(tail, self.room - 2)]
        if len(tail) < len(text) or len(said) > most:
            said = [f"… {fit(said[-most], self.room - 4)}", *said[len(said) - most + 1 :]]
        said[-1] += "▌"
        body = ([(words, ink.plain)] for words in said)
        return (self._plain([]), self._plain(head), *(self._plain(list(parts)) for parts in body))

    def estimate(self, item: Said) -> int:
        """About how many lines an item takes, without drawing it."""
        lines = 2
        for event in entries(item):
            body = event.body
            said = sum(len(text) for text in vars(body).values() if isinstance(text, str))
            most = TAKE_LINES if body.kind == "take_written" else 40
            lines += 1 + min(most, said // self.room)
        return lines

    def _numbered(self, event: Event, rows: Iterator[list[Part]]) -> list[Strip]:
        lines: list[Strip] = []
        for at, parts in enumerate(rows):
            opens = at == 0 and opens_turn(event.body, event.agent)
            number = f" {event.turn:>5} " if opens and self.margin > 6 else " " * self.margin
            lines.append(strip((number, self.ink.faint), *parts))
        return lines

    def _plain(self, parts: Sequence[Part]) -> Strip:
        return strip((" " * self.margin, self.ink.plain), *parts)

    def _branch(self, rows: list[list[Part]], *, last: bool) -> Iterator[list[Part]]:
        """Rows under the stem that leads down from a pitch."""
        for at, parts in enumerate(rows):
            stem = ("└ " if last else "├ ") if at == 0 else ("  " if last else "│ ")
            yield [(stem, self.ink.faint), *parts]

    def _name(self, agent: str) -> list[Part]:
        return [(fit(line(agent), NAME), self.ink.agent(agent) + Style(bold=True))]

    def _text(self, text: str, style: Style, indent: int = 0) -> Iterator[list[Part]]:
        for words in wrap(text, self.room - indent):
            yield [(" " * indent + words, style)]

    def _said(self, event: Event) -> Iterator[list[Part]]:
        """What was said or done, as rows."""
        ink, body = self.ink, event.body
        match body:
            case AgendaSet():
                yield from self._head(event, "asks the room", ", ".join(body.beats))
                yield from self._text(body.question, ink.bold)
            case Pitched():
                move, _, rest = move_words(body.move).partition(": ")
                device = f" · {line(body.device)}" if body.device else ""
                yield from self._head(event, "pitches", f"{line(move).lower()}{device}")
                yield from self._proposed(rest or move, self.room)
                yield from self._text(body.reason, ink.plain)
            case StanceTaken() | Assessed() | Ruled() | MoveCommitted():
                yield from self._answer(event)
            case LineSpoken():
                yield from self._line(event, body)
            case TakeWritten():
                round = f" · round {body.round}" if body.round else ""
                yield from self._head(event, "writes a take", f"{line(body.take)}{round}")
                yield from self._quoted(body.text)
            case NoteGiven():
                yield from self._note(event, body)
            case SceneOpened():
                yield from self._rule(f"{line(body.scene)}  {line(body.heading)}")
                if body.purpose or body.synopsis:
                    yield from self._text(body.purpose or body.synopsis, ink.dim)
            case _:
                yield from self._happened(event)

    def _head(self, event: Event, verb: str, about: str = "") -> Iterator[list[Part]]:
        name = self._name(event.agent or "The room")
        used = cell_len(verb) + 3 + sum(cell_len(text) for text, _ in name)
        about = fit(about, max(0, self.room - used))
        yield [*name, (f" {verb}", self.ink.dim), *([(f"  {about}", self.ink.dim)] if about else [])]

    def _rule(self, text: str) -> Iterator[list[Part]]:
        text = fit(text, self.room - 8)
        yield [("── ", self.ink.faint), (text, self.ink.bold), (" " + "─" * 4, self.ink.faint)]

    def _answer(self, event: Event, to: Body | None = None) -> Iterator[list[Part]]:
        """What answers a pitch, as rows two columns narrower; alone where that is no longer in sight."""
        ink, body = self.ink, event.body
        inner = self.room - 4
        match body:
            case StanceTaken():
                sign, words = STANCES[body.stance]
                style = {"support": ink.good, "object": ink.bad, "amend": ink.warn}[body.stance]
                yield [(f"{sign} ", style), *self._name(event.agent), (f" {words}", style)]
                if body.amendment:
                    pitched = to.move if isinstance(to, Pitched) else body.amendment
                    for parts in self._proposed(amendment_words(body.amendment, pitched), inner):
                        yield [("  ", ink.plain), *parts]
                yield from ([("  " + text, ink.plain)] for text in wrap(body.reason, inner))
            case Ruled():
                sign = VERDICTS[body.verdict]
                style = ink.bad if body.verdict == "rejected" else ink.good
                yield [
                    (f"{sign} ", style),
                    *self._name(event.agent or "The room"),
                    (" rules: ", ink.dim),
                    (body.verdict, style + Style(bold=True)),
                ]
                yield from ([("  " + text, ink.plain)] for text in wrap(body.reason, inner))
            case Assessed():
                for problem in body.problems:
                    yield from ([("! " + text, ink.warn)] for text in wrap(f"not possible: {problem}", inner))
                for asked in body.answers:
                    says = f"{asked.question} {asked.critic}: yes at {asked.yes:.0%}"
                    for at, text in enumerate(wrap(says, inner)):
                        yield [("  " if at else "? ", ink.faint), (text, ink.dim)]
                if not body.problems and not body.answers:
                    yield [("? nothing speaks against it", ink.dim)]
            case _:
                done = changes(body.diff) if isinstance(body, MoveCommitted) else words_of(body)
                for at, text in enumerate(wrap(done, inner)):
                    yield [("  " if at else "→ ", ink.accent), (text, ink.dim)]

    def _proposed(self, text: str, room: int) -> Iterator[list[Part]]:
        """What a move would have happen, and quietly what it hangs on."""
        said, mark, causes = text.rpartition("”")
        if not mark:
            said, causes = text, ""
        said += mark
        rows = wrap(said, room)
        yield from ([(words, self.ink.bold)] for words in rows[:-1])
        last, *more = wrap(rows[-1] + " " + causes.lstrip(", "), room) if causes else (rows[-1],)
        yield [(rows[-1], self.ink.bold), (last[len(rows[-1]) :], self.ink.dim)]
        yield from ([(words, self.ink.dim)] for words in more)

    def _line(self, event: Event, body: LineSpoken) -> Iterator[list[Part]]:
        ink = self.ink
        feels = "" if body.emotion is Emotion.CALM else f" ({body.emotion.value.replace('_', ' ')})"
        to = f" to {fit(line(body.to), NAME)}" if body.to else ""
        name = fit(line(body.character).upper(), NAME)
        parts: list[Part] = [(name, ink.agent(body.character) + Style(bold=True)), (feels + to, ink.dim)]
        yield [*parts, (f"  {line(body.take)}", ink.faint)]
        if body.action:
            yield from self._text(body.action, ink.dim + Style(italic=True))
        if body.parenthetical:
            yield from self._text(f"({body.parenthetical})", ink.dim, 2)
        if body.line:
            yield from self._text(body.line, ink.plain)
        if body.thought and self.thoughts:
            for at, text in enumerate(wrap(body.thought, self.room - 4)):
                yield [("    " if at else "  ∘ ", ink.faint), (text, ink.dim + Style(italic=True))]

    def _quoted(self, text: str) -> Iterator[list[Part]]:
        """The beginning of a take."""
        said = [words for words in wrap(text[: TAKE_LINES * 4 * self.room], self.room - 2) if words]
        for words in said[:TAKE_LINES]:
            yield [("┊ ", self.ink.faint), (words, self.ink.plain)]
        if len(said) > TAKE_LINES:
            count = sum(1 for words in text.splitlines() if words.strip())
            yield [
                ("┊ ", self.ink.faint),
                (f"… {count:,} lines in all; the script shows them", self.ink.faint),
            ]

    def _note(self, event: Event, body: NoteGiven) -> Iterator[list[Part]]:
        ink = self.ink
        answered = " · the next takes answer this" if body.adopted else ""
        yield from self._head(event, "notes", f"{line(body.take)} · {severity(body.severity)}{answered}")
        if body.quote:
            yield from self._text(f"“{' '.join(body.quote.split())}”", ink.dim + Style(italic=True), 2)
        yield from self._text(body.problem, ink.plain)
        if body.advice:
            yield from self._text(f"→ {body.advice}", ink.plain)

    def _happened(self, event: Event) -> Iterator[list[Part]]:
        """What the room did, or a person: a quiet line."""
        ink, body = self.ink, event.body
        style = ink.dim
        match body:
            case Failed():
                style = ink.bad + Style(bold=True)
            case Scored() | GameValued():
                style = ink.dim
            case SessionStarted() | Branched():
                style = ink.dim + Style(italic=True)
            case Whispered():
                style = ink.plain + Style(italic=True)
            case _:
                pass
        if event.agent:
            yield from self._head(event, _VERBS.get(body.kind, ""))
        yield from self._text(words_of(body), style)


def changes(diff: GraphDiff) -> str:
    """What a move did, without the words that the pitch above it has said already."""
    before = {placed.beat.id for placed in diff.before}
    beats = [f"{p.beat.id} {'changed' if p.beat.id in before else 'added'}" for p in diff.after]
    links = [f"{link.source} {LINK_WORDS[link.kind]} {link.target}" for link in diff.links_added]
    links += [f"{link.source} no longer {LINK_WORDS[link.kind]} {link.target}" for link in diff.links_removed]
    return "; ".join(beats + links) or "nothing changed"


def severity(value: float) -> str:
    """How severe a note is, in words."""
    return "a matter of taste" if value < 0.34 else "it hurts" if value < 0.67 else "the scene fails by it"
