"""The critic: how well it tells human writing from the room's, round by round, and what it says of each take.

Two curves of D and two of the losses (Goodfellow et al. 2014) stand still above; below them scroll the scores
of every take and the notes. D, C and J are never added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.reactive import reactive

from writersroom.events import EventId
from writersroom.events.game_valued import GameValued
from writersroom.tui.actions import Action, Group
from writersroom.tui.messages import TakeChosen
from writersroom.tui.panels.cells import filled, line, wrap
from writersroom.tui.panels.curves import Curve, Frame, chart, point_at, under
from writersroom.tui.panels.panel import CURSOR, TALL, Lines, Part, Sheet, strip
from writersroom.tui.panels.said import severity
from writersroom.view.criticism import Note, Round, Score
from writersroom.view.screen import Screen

GOES_ON, ENDS = "▸", "▪"
"""Under a round: another follows; it was the last."""
BAR: Final = 20
"""Cells of the scale from 0 to 1."""


class CriticPanel(Lines):
    """The game as curves, the scores as bars, the notes with what they quote."""

    ACTIONS: ClassVar[Group] = Group(
        name="critic",
        title="Critic",
        about=(
            "D is the probability that a text reads as written by a person. The upper chart shows it for "
            "human passages (●, line) and for the room's takes (○, dots): the room does well as they "
            "meet. The lower one shows what the critic (■) and the room (□) have to lose; under a round "
            "of criticism, ▸ another follows, ▪ it ends. Below are the scores of every take, D with the "
            "interval it lies in, C for coherence, J for the judge and R for what a large model prefers, "
            "and the notes. Between them stands how the story is built, each figure nearer 1 where "
            "generated stories are. Left and right go along the rounds, up and down through scores and "
            "notes."
        ),
        actions=(
            *CURSOR,
            Action(
                name="left", keys=("left", "h"), label="Round", help="Go to the round before.", palette=False
            ),
            Action(
                name="right", keys=("right", "l"), label="Round", help="Go to the next round.", palette=False
            ),
            Action(
                name="open",
                keys=("enter",),
                label="Take",
                help="See the take that this is about beside the one before it.",
                footer=True,
            ),
        ),
    )
    BINDINGS = ACTIONS.bindings()

    round: reactive[int] = reactive(-1)
    """Event of the round under the cursor; -1: the last."""
    row: reactive[int] = reactive(-1)
    """Event of the score or note under the cursor; -1: none, the cursor is on the chart."""

    notices: reactive[tuple[str, ...]] = reactive(())
    """Why the critic does not judge, or what was left out of it; each a sentence."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._spans: dict[int, range] = {}
        """The lines of every score and note, by their event."""

    def parts(self, screen: Screen) -> tuple[object, ...]:
        """What of a screen the panel draws."""
        return (screen.criticism,)

    @property
    def _rounds(self) -> tuple[Round, ...]:
        return self.value.criticism.rounds

    @property
    def _at(self) -> int:
        """Index of the round under the cursor; -1 where there is none."""
        found = next((n for n, point in enumerate(self._rounds) if point.event == self.round), None)
        return len(self._rounds) - 1 if found is None else found

    # Drawing.

    def lines(self, size: Size) -> Sheet:
        """Charts above, scores and notes below."""
        ink = self.ink
        told = [[(text, ink.warn)] for one in self.notices for text in wrap(one, size.width - 2)]
        head = [strip((" ", ink.plain), *parts) for parts in (*told, *self._charts(size))]
        body = [strip((" ", ink.plain), (text, ink.dim)) for text in self._built(size, still=False)]
        self._spans = {}
        for title, event, rows in self._listed(size.width - 2):
            if title:
                body += [strip((" ", ink.plain)), strip((f" {title}", ink.dim))]
            start = len(body)
            body += [strip((" ", ink.plain), *parts) for parts in rows]
            if event:
                self._spans[event] = range(start, len(body))
        return Sheet(body, head, marked=self._spans.get(self.row, range(0)))

    def _charts(self, size: Size) -> list[list[Part]]:
        ink, rounds = self.ink, self._rounds
        if not rounds:
            return [] if self.notices else [[("The critic has read no take yet.", ink.dim)]]
        width = size.width - 2
        games = [point.game for point in rounds]
        wide = width >= 96
        tall = max(3, min(9, size.height // 3 if wide else size.height // 4))
        short = tall if wide else max(2, tall - 2)
        across = width // 2 - 1 if wide else width
        worst = max(1.0, *(max(game.loss_d, game.loss_g) for game in games))
        upper = [
            Curve("human", [game.d_human for game in games], ink.hue(220, "cyan")),
            Curve("take", [game.d_take for game in games], ink.hue(60, "yellow"), every=2, point="○"),
        ]
        lower = [
            Curve("critic", [game.loss_d for game in games], ink.hue(300, "magenta"), point="■"),
            Curve("room", [game.loss_g for game in games], ink.hue(150, "green"), every=2, point="□"),
        ]
        cursor = self._at
        above = chart(upper, Frame(across, tall, 0.0, 1.0), cursor, ink)
        below = chart(lower, Frame(across, short, 0.0, worst), cursor, ink)
        game = games[cursor]
        said = flowed(
            (
                (f"{line(game.scene)}, round {game.round}", ink.bold),
                (f"● human {game.d_human:.2f}", upper[0].style),
                (f"○ take {game.d_take:.2f}", upper[1].style),
                (f"■ critic loses {game.loss_d:.2f}", lower[0].style),
                (f"□ room {game.loss_g:.2f}", lower[1].style),
            ),
            width,
        )
        verdict = [[(text, ink.plain)] for text in wrap(verdict_words(game), width)[:2]]
        built = [[(text, ink.dim)] for text in self._built(size, still=True)]
        signs = under([GOES_ON if g.goes_on else ENDS for g in games], across, ink)
        drawn = (
            [*([*left, ("  ", ink.plain), *right] for left, right in zip(above, below, strict=True)), signs]
            if wide
            else [*above, signs, *below]
        )
        return [*said, *drawn, *verdict, *built, [("─" * width, ink.faint)]]

    def _built(self, size: Size, *, still: bool) -> list[str]:
        """How the story is built: with the charts, which stand still, where there is room, else below."""
        if not self._rounds or still != (size.height >= TALL):
            return []
        rows = wrap(built_words(self._rounds[self._at].game), size.width - 2)
        return [text for text in (rows[:2] if still else rows) if text]

    def _listed(self, width: int) -> Iterator[tuple[str, int, list[list[Part]]]]:
        """Heading or nothing, event, and rows of each thing in the list; the newest first."""
        criticism = self.value.criticism
        scores = criticism.scores[::-1]
        for at, score in enumerate(scores):
            before = next(
                (s for s in scores[at + 1 :] if s.scored.take.rpartition(".")[0] == _scene(score)), None
            )
            yield ("scores" if at == 0 else ""), score.event, self._score(score, before, width)
        for at, note in enumerate(criticism.notes[::-1]):
            yield ("notes" if at == 0 else ""), note.event, list(self._note(note, width))

    def _score(self, score: Score, before: Score | None, width: int) -> list[list[Part]]:
        ink, scored = self.ink, score.scored
        name = filled(line(scored.take), 9)
        if scored.d is None:
            first: list[Part] = [(name, ink.bold), ("D not measured", ink.dim)]
        else:
            low = scored.d if scored.d_low is None else scored.d_low
            high = scored.d if scored.d_high is None else scored.d_high
            spread = f" [{low:.2f}, {high:.2f}]" if high > low else ""
            more = ""
            if before is not None and before.scored.d is not None:
                more = f" {scored.d - before.scored.d:+.2f}"
            bar = scale(scored.d, low, high) if width >= 62 else ""
            style = ink.hue(60, "yellow")
            first = [
                (name, ink.bold),
                (bar, style),
                (f" D {scored.d:.2f}", ink.bold),
                (spread, ink.dim),
                (more, ink.good if more.startswith(" +") else ink.bad),
            ]
        heads: list[Part] = [
            (f"  {title} {value:.2f}", ink.plain)
            for title, value in (("C", scored.c), ("J", scored.j), ("R", scored.rubric))
            if value is not None
        ]
        rows = [[*first, *heads]]
        if width < 54 and heads:
            rows = [first, [(" " * 8, ink.plain), *heads]]
        if score.event == self.row:
            rows += [
                [(f"  · {text}", ink.plain)] for reason in scored.reasons for text in wrap(reason, width - 4)
            ]
            for sentence, machine in scored.sentences[:6]:
                rows += [
                    [(f"  {machine:4.0%} " if at == 0 else " " * 7, ink.warn), (text, ink.plain)]
                    for at, text in enumerate(wrap(sentence, width - 8))
                ]
        return rows

    def _note(self, note: Note, width: int) -> Iterator[list[Part]]:
        ink, said = self.ink, note.note
        yield [
            (line(note.agent) or "The room", ink.agent(note.agent) + Style(bold=True)),
            (f" on {line(said.take)} · {severity(said.severity)}", ink.dim),
            (" · the next takes answer this" if said.adopted else "", ink.good),
        ]
        for text in wrap(f"“{' '.join(said.quote.split())}”", width - 4)[:3] if said.quote else ():
            yield [("┊ ", ink.faint), (text, ink.dim + Style(italic=True))]
        for text in wrap(said.problem, width - 2):
            yield [("  " + text, ink.plain)]
        for text in wrap(f"→ {said.advice}", width - 2) if said.advice else ():
            yield [("  " + text, ink.plain)]

    # Moving about.

    def watch_round(self) -> None:
        """Show the round."""
        self._moved()

    def watch_notices(self) -> None:
        """Say what is to be known."""
        if self.is_attached and self.size.width:
            self.draw()

    def watch_row(self) -> None:
        """Show the score or note."""
        self._moved()

    def _moved(self) -> None:
        if self.is_attached and self.size.width:
            self.changed()
            self.reveal(self._spans.get(self.row, range(0)))

    def _step(self, by: int) -> None:
        events_ = list(self._spans)
        if not events_:
            return
        if self.row not in events_:
            self.row = events_[0] if by > 0 else -1
        else:
            at = events_.index(self.row) + by
            self.row = events_[min(at, len(events_) - 1)] if at >= 0 else -1

    def action_up(self) -> None:
        """Go to the score or note above, or to the chart."""
        self._step(-1)

    def action_down(self) -> None:
        """Go to the score or note below."""
        self._step(1)

    def action_page_up(self) -> None:
        """Go up by five."""
        self._step(-5)

    def action_page_down(self) -> None:
        """Go down by five."""
        self._step(5)

    def action_left(self) -> None:
        """Go to the round before."""
        self._along(-1)

    def action_right(self) -> None:
        """Go to the next round."""
        self._along(1)

    def _along(self, by: int) -> None:
        at = self._at + by
        if 0 <= at < len(self._rounds):
            self.row = -1
            self.round = self._rounds[at].event

    @property
    def pointed(self) -> EventId:
        """The score, the note or the round that the cursor is on."""
        return max(0, self.row) or max(0, self.round)

    @property
    def take(self) -> str:
        """The take under the cursor: that of a score or note, or the one that a round was about."""
        criticism = self.value.criticism
        found = next((s.scored.take for s in criticism.scores if s.event == self.row), "")
        found = found or next((n.note.take for n in criticism.notes if n.event == self.row), "")
        if found or not self._rounds:
            return found
        game = self._rounds[self._at]
        if game.game.best:
            return game.game.best
        page = self.value.script.pages.get(game.game.scene)
        drafts = [draft for draft in page.drafts if draft.round == game.game.round] if page else []
        if drafts:
            return drafts[-1].take
        before = [s for s in criticism.scores if s.event <= game.event and _scene(s) == game.game.scene]
        return before[-1].scored.take if before else ""

    def action_open(self) -> None:
        """See the take."""
        if self.take:
            self.post_message(TakeChosen(self.take))
        else:
            self.refuse("The critic has said nothing of a take yet.")

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where one clicks; a second click opens."""
        row = self.line_at(event.y)
        if row is None:
            width = self.size.width - 2
            wide = width >= 96
            across = width // 2 - 1 if wide else width
            column = event.x - 1
            at = point_at(column - (across + 2 if wide and column > across else 0), len(self._rounds), across)
            if at is not None:
                self.row = -1
                self.round = self._rounds[at].event
        else:
            for found, span in self._spans.items():
                if row in span:
                    self.row = found
        if event.chain == 2:
            self.action_open()


def verdict_words(game: GameValued) -> str:
    """What the loop did after a round, and why."""
    sign = GOES_ON if game.goes_on else ENDS
    words = [game.verdict or ("It goes on." if game.goes_on else "It ends here.")]
    if game.trained:
        words.append("The critic learns these takes when the scene is locked.")
    if game.accuracy is not None:
        words.append(f"The critic was right about {game.accuracy:.0%} of texts it had not learned.")
    return f"{sign} {' '.join(words)}"


def built_words(game: GameValued) -> str:
    """How the story is built, feature by feature; empty where it was not measured."""
    measured = " · ".join(f"{name.replace('_', ' ')} {value:.2f}" for name, value in game.narrative.items())
    return f"The story: {measured}" if measured else ""


def flowed(parts: Iterable[Part], width: int) -> list[list[Part]]:
    """Parts beside each other, two blanks apart, in as many lines as they take."""
    lines: list[list[Part]] = [[]]
    used = 0
    for text, style in parts:
        if used and used + 2 + cell_len(text) > width:
            lines.append([])
            used = 0
        gap = "  " if used else ""
        lines[-1].append((gap + text, style))
        used += len(gap) + cell_len(text)
    return lines


def _scene(score: Score) -> str:
    return score.scored.take.rpartition(".")[0]


def scale(value: float, low: float, high: float) -> str:
    """A value between 0 and 1 on a scale, with the interval it lies in.

    >>> scale(0.5, 0.25, 0.75)
    '·····├────●────┤····'
    """
    cells = ["·"] * BAR

    def at(share: float) -> int:
        return min(BAR - 1, max(0, round(share * (BAR - 1))))

    for cell in range(at(low), at(high) + 1):
        cells[cell] = "─"
    if high > low:
        cells[at(low)], cells[at(high)] = "├", "┤"
    cells[at(value)] = "●"
    return "".join(cells)
