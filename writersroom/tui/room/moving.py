"""Through the turns of a session, and among its panels.

What panels tell ends as a wish to the player, or in another panel.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import on

from writersroom.tui.actions import app_of
from writersroom.tui.dialogs.asking import AskLine, number_in
from writersroom.tui.messages import BeatChosen, EarlierWanted, TakeChosen, TurnChosen, TurnScrubbed
from writersroom.tui.playing.player import Refused
from writersroom.tui.room.looking import Looking
from writersroom.view.resuming import debate_before

_AT_IT: Final = "This is the turn that you look at."


class Moving(Looking):
    """A session to be looked at, turn by turn and panel by panel."""

    _came_from: int | None = None
    """The turn from which one went to that of a beat."""

    # What the panels tell

    @on(BeatChosen)
    def show_beat(self, message: BeatChosen) -> None:
        """Go to the turn that made the beat, or back from there."""
        message.stop()
        made = self.player.screen.plot.made.get(message.beat)
        here = self.player.screen.turn
        if made is None:
            self.refuse("No turn up to here made this beat.")
            return
        if here == made:
            made, self._came_from = self._came_from, None
            if made is None:
                self.refuse(_AT_IT)
                return
        else:
            self._came_from = here
        self.player.seek(made)

    @on(TurnChosen)
    def show_turn(self, message: TurnChosen) -> None:
        """Go to a turn."""
        message.stop()
        if message.turn == self.player.screen.turn:
            self.refuse(_AT_IT)
            return
        self._came_from = self.player.screen.turn
        self.player.seek(message.turn)

    @on(TurnScrubbed)
    def scrub(self, message: TurnScrubbed) -> None:
        """Go to a turn; many others may come at once."""
        message.stop()
        self.player.seek(message.turn)

    @on(TakeChosen)
    def show_take(self, message: TakeChosen) -> None:
        """Show a take beside the one before it."""
        message.stop()
        self.takes.compare(message.take)
        self.action_panel("takes")

    @on(EarlierWanted)
    def fetch_earlier(self, message: EarlierWanted) -> None:
        """Read what lies further back."""
        message.stop()
        found = self.player.read(lambda: debate_before(self.player.archive, message.before, message.items))
        self.debate.earlier(found or ())

    # Through the turns

    def _through(self, move: Callable[[], None]) -> None:
        """Do what the player may refuse, and say why it does."""
        try:
            move()
        except Refused as why:
            self.refuse(str(why), held=True)

    def action_play(self) -> None:
        """Play or pause."""
        self._through(self.player.toggle)

    def action_forward(self) -> None:
        """One turn on."""
        self._through(self.player.forward)

    def action_back(self) -> None:
        """One turn back."""
        self._through(self.player.back)

    def action_faster(self, steps: int) -> None:
        """Play faster by so many steps, or more slowly."""
        self._through(lambda: self.player.faster(steps))

    def action_start(self) -> None:
        """To the beginning."""
        self.player.seek(0)

    def action_end(self) -> None:
        """To the end."""
        self.player.seek(self.player.turns)

    def action_turn(self) -> None:
        """Ask for a turn, and go there."""
        turns = self.player.turns

        def check(line: str) -> str:
            return f"Write a number from 0 to {turns}." if number_in(line, turns) is None else ""

        def go(line: str | None) -> None:
            turn = None if line is None else number_in(line, turns)
            if turn is not None:
                self.player.seek(turn)

        app_of(self).push_screen(AskLine("Go to turn", placeholder=f"0 to {turns}", check=check), go)

    # Among the panels

    def action_next_panel(self) -> None:
        """To the next panel in sight."""
        self._walk(1)

    def action_panel_before(self) -> None:
        """To the panel before."""
        self._walk(-1)

    def action_panel(self, name: str) -> None:
        """Have a panel in sight, and be in it."""
        self.mosaic.reveal(name)
        self.panels[name].focus()

    def action_alone(self) -> None:
        """Give the panel the whole screen, or end that."""
        self.mosaic.maximise("" if self.mosaic.maximised else self.here)

    def action_grow(self, steps: int) -> None:
        """Make the panel larger or smaller."""
        if not self.mosaic.grow(self.here, steps):
            self.refuse("This panel has no other beside it to take room from.")

    def action_even(self) -> None:
        """All panels as they usually are."""
        self.mosaic.even()

    def action_leave(self) -> None:
        """Back to the list of sessions."""
        self.dismiss(None)

    def _walk(self, way: int) -> None:
        seen = self.mosaic.seen
        at = seen.index(self.here) if self.here in seen else 0
        self.panels[seen[(at + way) % len(seen)]].focus()
