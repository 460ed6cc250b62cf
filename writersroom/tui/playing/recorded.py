"""A recorded session played again: read from its file, at the pace at which it happened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from writersroom.archive import Archive, Branch, current
from writersroom.events import Event
from writersroom.tui.playing.player import Player
from writersroom.tui.playing.typing_out import typed_out
from writersroom.view.pacing import Clock, Pace, WallClock
from writersroom.view.screen import Screen, fold


class Recorded(Player):
    """Plays a file as far as it is written when playing begins; `refresh` sees what was written since."""

    live: ClassVar[bool] = False

    def __init__(
        self,
        archive: Archive,
        changed: Callable[[], None],
        *,
        speed: float = 1.0,
        typing: bool = True,
        clock: Clock | None = None,
    ) -> None:
        """Open at the beginning.

        Args:
            archive: open to read.
            changed: called when there is something new to look at.
            speed: how many times faster than it happened.
            typing: whether texts appear word by word, as they did when they were written.
            clock: by which it is paced.
        """
        super().__init__(archive, changed)
        self.speed = speed
        self._typing = typing
        self._clock = clock or WallClock()
        self._running: asyncio.Task[None] | None = None
        self._resuming = False
        """Whether it plays on once the turn that was gone to is there."""
        self._line = current(archive.branches()).id

    def begin(self, turn: int, *, playing: bool) -> None:
        """Look at a turn at once; play on from it, if that is wanted."""
        self.screen = self._looks.at(min(turn, self.turns)) or self.screen
        if playing and not self._over:
            self.play()

    @property
    def _over(self) -> bool:
        """Whether nothing is left to play: in the last turn something may be."""
        return self.screen.event >= self.archive.head

    @property
    def goes_on(self) -> bool:
        """Whether it plays, or is to once the turn that was gone to is there."""
        return self.playing or self._resuming

    def play(self) -> None:
        """Go on by itself from where one looks, or goes to; from the beginning where that is the end."""
        if self.playing:
            return
        if self._wanted is not None:
            self._resume()
            return
        if self._over:
            self._looks.forget()
            self.screen = self._looks.at(0) or self.screen
        self.playing = True
        self._running = self.do(self._run())
        self._changed()

    def pause(self) -> None:
        """Stay where one looks."""
        self.playing = self._resuming = False
        self.pieces = {}
        if self._running is not None:
            self._running.cancel()
            self._running = None
        self._changed()

    def faster(self, steps: int) -> None:
        """Change the speed; what is playing goes on with the new one.

        Raises:
            Refused: as with any player.
        """
        super().faster(steps)
        if self.playing:
            self.pause()
            self.play()

    def seek(self, turn: int) -> None:
        """Look elsewhere; what is playing goes on from there."""
        goes_on = self.goes_on
        if self.playing:
            self.pause()
        super().seek(turn)
        if goes_on:
            self._resume()

    async def go_to(self, branch: Branch) -> None:
        """Look at another branch, where it leaves the one it goes on from.

        Raises:
            ArchiveError: it cannot be read.
        """
        self.pause()
        self.archive.switch(branch)
        self._line = branch.id
        self.lines += 1
        self._looks.forget()
        self.turns = self.archive.turn
        self.screen = Screen()
        super().seek(branch.fork_turn or 0)

    def refresh(self) -> None:
        """See what another process has written to the file since."""
        if not self.archive.changed():
            return
        self.turns = self.archive.turn
        self.lines += 1  # Perhaps; whoever shows them looks.
        line = current(self.archive.branches()).id
        if line != self._line:
            self._line = line
            self._looks.forget()
            self.seek(min(self.screen.turn, self.turns))
        self._changed()

    def _resume(self) -> None:
        if not self._resuming:
            self._resuming = True
            self.do(self._go_on())
            self._changed()

    async def _go_on(self) -> None:
        while self._wanted is not None and self._resuming:
            await asyncio.sleep(0.01)
        if self._resuming:
            self._resuming = False
            if not self._over:
                self.play()
            self._changed()

    async def _run(self) -> None:
        pace = Pace(self._clock, self.speed)
        for event in self.archive.events(after=self.screen.event or None):
            await self._wait(event, pace.wait(event))
            if event.turn > self.screen.turn and self.screen.event:
                self._looks.keep(self.screen)
            self.screen = fold(self.screen, event)
            self._changed()
        self.playing = False
        self._changed()

    async def _wait(self, event: Event, seconds: float) -> None:
        if not self._typing or seconds < 0.15:
            await asyncio.sleep(seconds)
            return
        for pieces, pause in typed_out(event, seconds):
            self.pieces = pieces
            self._changed()
            await asyncio.sleep(pause)
        self.pieces = {}
