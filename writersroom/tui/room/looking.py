"""A session on the screen, to be looked at: its panels, and the way through its turns.

The screen looks at its player when that says so, at most sixteen times a second, and gives each panel the
same value. What panels tell it ends as a wish to the player. Live and recorded sessions are the same here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final, TypeAlias, TypedDict, Unpack

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import Screen as TextualScreen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from writersroom.archive import ArchiveError, current
from writersroom.events import Event, EventId, opens_turn
from writersroom.events.edited import Edited
from writersroom.events.take_written import TakeWritten
from writersroom.tui.actions import groups_from
from writersroom.tui.footer import KeyLine, keys_shown
from writersroom.tui.messages import NothingToDo
from writersroom.tui.mosaic.mosaic import Mosaic
from writersroom.tui.panels.cast import CastPanel
from writersroom.tui.panels.critic import CriticPanel
from writersroom.tui.panels.debate import DebatePanel
from writersroom.tui.panels.marks import Marks, marks_of
from writersroom.tui.panels.panel import Panel
from writersroom.tui.panels.plot import PlotPanel
from writersroom.tui.panels.script import ScriptPanel
from writersroom.tui.panels.takes import TakesDiff
from writersroom.tui.panels.timeline import Timeline
from writersroom.tui.playing.player import Player
from writersroom.tui.room.agents import AgentLine
from writersroom.tui.room.doing import ROOM
from writersroom.tui.room.lines import StatusLine, TitleLine, standing_of
from writersroom.tui.room.trouble import TroublePanel
from writersroom.view.screen import Screen

FRAME: Final = 0.06
"""Seconds between two looks at the player."""

GAUGING: Final = 0.5
"""Seconds between two looks at what the model does."""

TITLES: Final = {
    "debate": "Debate",
    "plot": "Plot",
    "script": "Script",
    "takes": "Takes",
    "cast": "Cast",
    "critic": "Critic",
}
"""What stands over each panel; F1 says more."""

SAID_AGAIN: Final = 2.0
"""Seconds after which the same is said once more of a key that is held down."""

PAUSES: Final = {"room.play": "Pause"}
"""What the key that plays does while the session goes on by itself."""

MARKED: Final = ("scene_opened", "scene_locked", "ruled")
"""Kinds of event that the timeline marks."""


Making: TypeAlias = Callable[[Callable[[], None]], Player]
"""Makes a player, given what to call when there is something new to look at."""


class Given(TypedDict, total=False):
    """How a session is shown."""

    shares: Mapping[str, float]
    """How far along the seams between panels lie that were moved."""
    keys: Mapping[str, str]
    """Keys that the config file gives to ids of actions."""
    still: bool
    """Nothing may move by itself."""
    thoughts: bool
    """Whether thoughts are shown from the start."""


class Looking(TextualScreen[None]):
    """A session in panels, and where in it one looks.

    Attributes:
        player: what plays it.
    """

    DEFAULT_CSS = "Looking { layout: vertical; overflow: hidden; }"

    # As Textual declares it, but that not all the screen is drawn anew: who gains or loses the focus is.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    class Changed(Message):
        """The player has something new to look at."""

        def can_replace(self, message: Message) -> bool:
            """One look is enough for many changes."""
            return isinstance(message, Looking.Changed)

    class Marked(Message):
        """The timeline's marks were read."""

        def __init__(self, branch: int, marks: Marks) -> None:
            super().__init__()
            self.branch, self.marks = branch, marks

    def __init__(self, making: Making, **given: Unpack[Given]) -> None:
        """Show a session.

        Args:
            making: makes its player.
            given: how it is shown.
        """
        super().__init__()
        self.player = making(self._tell)
        self.debate = DebatePanel(id="debate")
        self.debate.thoughts = given.get("thoughts", True)
        self.critic = CriticPanel(id="critic")
        self.takes = TakesDiff(text_of=self._text_of, id="takes")
        self.timeline = Timeline(id="timeline")
        self.panels: dict[str, Panel] = {
            "debate": self.debate,
            "plot": PlotPanel(id="plot"),
            "script": ScriptPanel(text_of=self._text_of, id="script"),
            "takes": self.takes,
            "cast": CastPanel(id="cast"),
            "critic": self.critic,
        }
        for panel in self.panels.values():
            panel.still = given.get("still", False)
        self.mosaic = Mosaic(tuple(self.panels.values()), TITLES, given.get("shares", {}))
        self._keys = dict(given.get("keys", {}))
        self._shown: Screen | None = None
        self._branches = (0, 0)
        self._known = (-1, -1)
        self._looked = 0.0
        self._gauged = 0.0
        self._waiting = False
        self._refused = ("", 0.0)

    def _text_of(self, event: EventId) -> str | None:
        """The text that an event gave a take, from the file."""
        with suppress(ArchiveError):
            body = self.player.archive.event(event).body
            if isinstance(body, TakeWritten | Edited):
                return body.text
        return None

    def _tell(self) -> None:
        self.post_message(self.Changed())

    def compose(self) -> ComposeResult:
        """Title, panels, timeline, what is wrong, who is there, how it stands, keys."""
        yield TitleLine()
        yield self.mosaic
        yield self.timeline
        yield TroublePanel()
        yield from self.below()
        yield AgentLine()
        yield StatusLine()
        yield KeyLine()

    def below(self) -> ComposeResult:
        """What is between the panels and the lines at the foot."""
        yield from ()

    def on_mount(self) -> None:
        """Show what there is, and begin where the debate is."""
        self.debate.focus()
        self.look()
        self.set_interval(1.0, self.watch_file)

    async def on_unmount(self) -> None:
        """Let go of the session."""
        await self.player.close()

    @property
    def subject(self) -> Event | None:
        """What the keys are about that are about something said: what the cursor is on, or what came last."""
        pointed = self.panels[self.here].pointed
        if pointed:
            return self.player.read(lambda: self.player.archive.event(pointed))
        spoken = (
            event
            for said in self.player.screen.debate
            for event in (said.event, *said.answers)
            if opens_turn(event.body, event.agent)
        )
        return max(spoken, key=lambda event: event.id, default=None)

    @property
    def here(self) -> str:
        """The name of the panel in use."""
        return next((name for name, panel in self.panels.items() if panel.has_focus), "debate")

    # What is seen

    @on(Changed)
    def changed(self) -> None:
        """Look now, or when the next frame is due."""
        left = self._looked + FRAME - time.monotonic()
        if left <= 0.001:  # A timer that is over before it has begun is never heard of.
            self.look()
        elif not self._waiting:
            self._waiting = True
            self.set_timer(left, self.look)

    def look(self) -> None:
        """Show the session as its player has it now."""
        self._looked, self._waiting = time.monotonic(), False
        player = self.player
        screen = player.screen
        if screen is not self._shown:
            self._shown = screen
            for panel in self.panels.values():
                panel.show(screen)
            self.query_one(TitleLine).say(screen)
        pieces = player.pieces.values() if player.following or not player.live else ()
        self.debate.stream(tuple(pieces))
        if (player.turns, player.lines) != self._known:
            # A branch that leaves the last turn has as many turns as the line it leaves.
            self._known = (player.turns, player.lines)
            self.mark_turns()
        self.timeline.show(screen)
        self.query_one(TroublePanel).say(player.trouble)
        self.glance()

    def refuse(self, why: str, *, held: bool = False) -> None:
        """Say why something cannot be done.

        Args:
            why: one sentence.
            held: whether the key may be held down: the same is then said once in a while only.
        """
        now = time.monotonic()
        before, then = self._refused
        if held and why == before and now < then + SAID_AGAIN:
            return
        self._refused = (why, now)
        self.notify(why, severity="warning", markup=False)

    @on(NothingToDo)
    def nothing_to_do(self, message: NothingToDo) -> None:
        """A panel's key had nothing to do."""
        message.stop()
        self.refuse(message.why, held=True)

    def watch_file(self) -> None:
        """See what another process has written, and what the model does."""
        with suppress(ArchiveError):  # Whoever reads the file next says what is wrong with it.
            self.player.refresh()
        self.glance()

    def glance(self) -> None:
        """Show what changes without the session changing: speed, state, keys."""
        screen = self.player.screen
        standing = standing_of(self.player, *self._branches)
        now, was = time.monotonic(), self.query_one(StatusLine).standing
        if was is not None and was.live and was.saying == standing.saying and now < self._gauged + GAUGING:
            # What changes at once is drawn with all that lies between, and this line lies at the foot.
            standing = standing.model_copy(update={"gauges": was.gauges})
        else:
            self._gauged = now
        self.query_one(StatusLine).say(standing)
        names = screen.masthead.agents if self.player.live else ()
        self.query_one(AgentLine).say(names, screen.seats, screen.speaker, self.debate.ink)
        groups = groups_from(self.focused or self)
        if isinstance(self.focused, Input | TextArea):  # Where one writes, letters are letters.
            groups = tuple(group for group in groups if group is not ROOM)
        now = PAUSES if self.player.goes_on else {}
        self.query_one(KeyLine).say(keys_shown(groups, self._keys, live=self.player.live, now=now))

    def mark_turns(self) -> None:
        """Tell the timeline how long the session is, and where something happened."""
        turns = self.player.turns
        branches = self.player.read(self.player.archive.branches)
        if branches is None:
            return
        here = current(branches)
        if (here.id, len(branches)) != self._branches or turns > self.timeline.marks.turns + 1:
            self._branches = (here.id, len(branches))
            self.timeline.mark(Marks(turns=turns, event=here.head))
            self._read_marks(here.id)

    @work(thread=True, exclusive=True)
    def _read_marks(self, branch: int) -> None:
        try:
            archive = self.player.archive
            marks = marks_of(archive.of_kinds(*MARKED))
            found = marks.model_copy(update={"turns": archive.turn, "event": archive.head})
        except ArchiveError:
            return  # The player says what is wrong with the file.
        self.post_message(self.Marked(branch, found))

    @on(Marked)
    def show_marks(self, message: Marked) -> None:
        """Show what was found along the branch, if one still looks at it."""
        if message.branch == self._branches[0]:
            self.timeline.mark(message.marks)

    def on_descendant_focus(self) -> None:
        """Other keys matter now."""
        self.glance()
