"""The cast: what each character feels and why, what they are after, and who knows what.

The matrix below the faces is read at one point of the telling: the beat under the cursor, or the end. What
the audience has been shown and a character does not know is irony; what a character knows and the audience
has not been shown is mystery (`story.knowledge`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip

from writersroom.story.affect import described
from writersroom.story.beats import Beat
from writersroom.story.characters import Feeling, Mood
from writersroom.story.emotions import Emotion
from writersroom.story.knowledge import Awareness, awareness
from writersroom.tui.actions import Action, Group
from writersroom.tui.messages import BeatChosen
from writersroom.tui.panels.boxes import HEIGHTS
from writersroom.tui.panels.cells import filled, fit, line, wrap
from writersroom.tui.panels.face import HEIGHT, WIDTH, face, features, small
from writersroom.tui.panels.panel import CURSOR, TALL, Lines, Part, Sheet, strip
from writersroom.view.cast import Member
from writersroom.view.screen import Screen

CARD: Final = 50
"""Columns of a card at least, where two stand side by side."""
SAW, TOLD, IRONY, MYSTERY, NEITHER = "●", "◐", "○", "▲", "·"
_KEY: Final = f"{SAW} knows  {TOLD} was told  {IRONY} only the audience knows  {MYSTERY} only they know"


class CastPanel(Lines):
    """Cards with faces, and the matrix of who knows what."""

    ACTIONS: ClassVar[Group] = Group(
        name="cast",
        title="Cast",
        about=(
            "Who is in the story: a face that shows what they feel, why they feel it, their mood, what they "
            "are after and what they know. Below, who knows what: a row for each beat, a column for the "
            "audience and for each character. Go down to a beat to see who knows what when it has just been "
            "told: ● knows, ◐ was told, ○ is dramatic irony (the audience knows, the character does not), "
            "▲ is mystery (the character knows, the audience does not)."
        ),
        actions=(
            *CURSOR,
            Action(
                name="open",
                keys=("enter",),
                label="Beat",
                help="See the turn that made this beat, or the one that stirred this feeling.",
                footer=True,
            ),
            Action(name="matrix", keys=("w",), label="Who knows", help="Go to who knows what.", footer=True),
        ),
    )
    BINDINGS = ACTIONS.bindings()

    cursor: reactive[str] = reactive("")
    """A character's name after `@`, or a beat's id; empty: neither."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._spans: dict[str, range] = {}

    def parts(self, screen: Screen) -> tuple[object, ...]:
        """What of a screen the panel draws."""
        return (screen.cast, screen.plot)

    # Drawing.

    def lines(self, size: Size) -> Sheet:
        """Cards, then the matrix."""
        ink = self.ink
        if not self.value.cast:
            return Sheet([strip((" The room has not said yet who is in the story.", ink.dim))])
        self._spans = {}
        body: list[Strip] = []
        members = list(self.value.cast.values())
        across = 2 if size.width >= 2 * CARD else 1
        width = (size.width - 2) // across
        tiny = size.width < 34 or size.height < 2 * HEIGHT
        for at in range(0, len(members), across):
            beside = [self._card(member, width - 1, tiny=tiny) for member in members[at : at + across]]
            tallest = max(map(len, beside))
            start = len(body)
            for row in range(tallest):
                parts: list[Part] = [(" ", ink.plain)]
                for card in beside:
                    cells = card[row] if row < len(card) else []
                    used = sum(cell_len(text) for text, _ in cells)
                    parts += [*cells, (" " * max(0, width - used), ink.plain)]
                body.append(strip(*parts))
            body.append(strip((" ", ink.plain)))
            for member in members[at : at + across]:
                self._spans[f"@{member.character.name}"] = range(start, start + tallest)
        body += self._matrix(size, len(body))
        return Sheet(body, marked=self._spans.get(self.cursor, range(0)))

    def _card(self, member: Member, width: int, *, tiny: bool) -> list[list[Part]]:
        """A face, and beside it what is behind it."""
        ink, state = self.ink, member.state
        moves = features(state.feeling, state.mood)
        name = member.character.name
        style = ink.agent(name)
        if tiny:
            head: list[Part] = [
                (small(moves) + " ", style),
                (fit(line(name), width - 8), style + Style(bold=True)),
            ]
            return [head, *self._told(member, width)]
        drawn = face(moves, style, ink.accent)
        told = [
            [(fit(line(name), width - WIDTH - 2), style + Style(bold=True))],
            *self._told(member, width - WIDTH - 2),
        ]
        rows: list[list[Part]] = []
        for row in range(max(HEIGHT, len(told))):
            left = drawn[row] if row < HEIGHT else [(" " * WIDTH, ink.plain)]
            rows.append([*left, ("  ", ink.plain), *(told[row] if row < len(told) else [])])
        return rows

    def _told(self, member: Member, width: int) -> list[list[Part]]:
        ink, state, who = self.ink, member.state, member.character
        rows: list[list[Part]] = []
        feeling = state.feeling
        if feeling.emotion is Emotion.CALM:
            rows.append([("calm", ink.bold)])
        else:
            strength = "▮" * max(1, round(feeling.intensity * 5))
            rows.append(
                [(feeling.emotion.value.replace("_", " "), ink.bold), (f" {strength:▯<5}", ink.accent)]
            )
            cause = self._words(feeling.cause or member.cause)
            rows += [[(text, ink.plain)] for text in wrap(f"because {cause}", width)[:2]] if cause else []
        mood: list[Part] = [(described(state.mood), ink.dim)]
        if len(member.moods) > 1:
            mood.append((" " + curve(member.moods, max(4, width - 24)), ink.dim))
        rows.append(mood)
        goal = line(state.goal or who.want)
        if goal:
            said = goal if goal.lower().startswith("to ") else f"wants {goal}"
            rows += [[(text, ink.plain)] for text in wrap(f"→ {said}", width)[:2]]
        rows += [[(text, ink.dim)] for text in self._prospects(state.prospects, width)]
        known = self._awareness(who.name, "")
        if self.value.plot.beats:
            rows.append([(f"knows {len(known.character)} of {len(self.value.plot.beats)} beats", ink.dim)])
        return rows

    def _prospects(self, prospects: tuple[Feeling, ...], width: int) -> Iterator[str]:
        """Hopes and fears that are not settled, the last few."""
        for feeling in prospects[-2:]:
            verb = "hopes for" if feeling.emotion is Emotion.HOPE else "fears"
            yield fit(f"{verb} {self._words(feeling.cause)}", width)

    def _words(self, cause: str) -> str:
        """A cause as a person reads it: a beat's summary rather than its number."""
        beat = self.value.plot.beats.get(cause)
        return f"{line(cause)}: {line(beat.summary)}" if beat else line(cause)

    def _awareness(self, name: str, until: str) -> Awareness:
        member = self.value.cast.get(name)
        beliefs = member.state.beliefs if member else frozenset[str]()
        return awareness(self.value.plot.told, name, until=until or None, beliefs=beliefs)

    def _matrix(self, size: Size, start: int) -> list[Strip]:
        """A row for each beat, a column for each who may know of it."""
        told = self.value.plot.told
        if not told:
            return []
        ink = self.ink
        everyone = list(self.value.cast)
        names = everyone[: max(1, (size.width - 24) // 4)]
        until = self.cursor if self.cursor in self.value.plot.beats else ""
        known = {name: self._awareness(name, until) for name in names}
        shown = frozenset(known[names[0]].audience)
        widest = max(3, min(9, (size.width // 2) // (len(names) + 1) - 1))
        heads = [filled(fit(line(name), widest), widest) for name in ("audience", *names)]
        left = max(8, size.width - 3 - sum(cell_len(head) + 1 for head in heads))
        key = wrap(_KEY, size.width - 3)
        left_out = f"; no room for {len(everyone) - len(names)} of them" if len(names) < len(everyone) else ""
        body = [
            strip(
                (" who knows what", ink.bold),
                (f"  when {line(until)} has been told" if until else "", ink.dim),
                (left_out, ink.warn),
            ),
            *(strip((f" {text}", ink.dim)) for text in key if len(key) == 1 or size.height >= TALL),
            strip(
                (" " * (left + 2), ink.plain),
                (f"{heads[0]} ", ink.bold),
                *((f"{head} ", ink.agent(name)) for head, name in zip(heads[1:], names, strict=True)),
            ),
        ]
        now = self.value.plot.beats[until].time if until else float("inf")
        # What is told later and happens at the same time has not happened yet, as far as anyone can say.
        ahead = {beat.id for beat in told if beat.id not in shown and beat.time >= now}
        sets = {name: frozenset(one.character) - ahead for name, one in known.items()}
        for beat in told:
            self._spans[beat.id] = range(start + len(body), start + len(body) + 1)
            face_of = ink.plain if beat.id in shown else ink.dim
            parts: list[Part] = [(" ", ink.plain), (f"{filled(line(beat.id), 4)} ", ink.dim)]
            parts.append((filled(fit(line(beat.summary), left - 5), left - 5) + " ", face_of))
            parts.append((filled(SAW if beat.id in shown else NEITHER, widest) + " ", ink.plain))
            for name in names:
                sign = self._sign(beat, name, knows=beat.id in sets[name], shown=beat.id in shown)
                style = {IRONY: ink.warn + Style(bold=True), MYSTERY: ink.accent}.get(sign, ink.agent(name))
                parts.append((filled(sign, widest) + " ", ink.faint if sign == NEITHER else style))
            body.append(strip(*parts))
        sums = [str(len(known[name].irony)) for name in names]
        body.append(
            strip(
                (" " + filled("irony: beats they do not know", left + widest + 2), ink.dim),
                *((filled(number, widest) + " ", ink.warn) for number in sums),
            )
        )
        return body

    def _sign(self, beat: Beat, name: str, *, knows: bool, shown: bool) -> str:
        if knows and not shown:
            return MYSTERY
        if knows:
            return SAW if name in beat.seen_by else TOLD
        return IRONY if shown else NEITHER

    # Moving about.

    def watch_cursor(self) -> None:
        """Show what the cursor is on."""
        if self.is_attached and self.size.width:
            self.changed()
            self.reveal(self._spans.get(self.cursor, range(0)))

    def _step(self, by: int) -> None:
        keys = list(self._spans)
        if not keys:
            return
        if self.cursor not in keys:
            self.cursor = keys[0]
            return
        at = min(len(keys) - 1, max(0, keys.index(self.cursor) + by))
        self.cursor = keys[at]

    def action_up(self) -> None:
        """Go up."""
        self._step(-1)

    def action_down(self) -> None:
        """Go down."""
        self._step(1)

    def action_page_up(self) -> None:
        """Go up by ten."""
        self._step(-10)

    def action_page_down(self) -> None:
        """Go down by ten."""
        self._step(10)

    def action_matrix(self) -> None:
        """Go to the last beat of the matrix."""
        beats = [key for key in self._spans if not key.startswith("@")]
        if beats:
            self.cursor = beats[-1]
        else:
            self.refuse("There is nothing to know yet: no beat has been told.")

    def action_open(self) -> None:
        """See where the beat under the cursor, or the cause of a feeling, comes from."""
        beat = self.cursor
        if beat.startswith("@"):
            member = self.value.cast.get(beat[1:])
            beat = (member.state.feeling.cause or member.cause) if member else ""
        if beat in self.value.plot.beats:
            self.post_message(BeatChosen(beat))
        elif self.cursor:
            self.refuse("No beat of the story stirred this feeling.")
        else:
            self.refuse("Go to a character or a beat first, with the arrows.")

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where one clicks; a second click opens."""
        row = self.line_at(event.y)
        found = [key for key, span in self._spans.items() if row is not None and row in span]
        if found:
            self.cursor = found[-1 if event.x > self.size.width // 2 else 0]
            if event.chain == 2:
                self.action_open()


def curve(moods: tuple[Mood, ...], room: int) -> str:
    """How pleasure has gone, oldest first, as blocks from -1 to 1."""
    return "".join(HEIGHTS[min(7, max(0, round((mood.pleasure + 1) / 2 * 7)))] for mood in moods[-room:])
