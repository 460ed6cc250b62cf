"""Playing a session: what the room's screen asks for, whether a record or a model is behind it.

A player says "look again" (`changed`) and is looked at; it knows no widget. It runs on the app's event loop.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ClassVar, Final, TypeVar

from writersroom.archive import Archive, ArchiveError, Branch
from writersroom.frozen import Frozen
from writersroom.tui.playing.looks import Looks
from writersroom.tui.playing.typing_out import Words
from writersroom.view.screen import Screen

T = TypeVar("T")

SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


_STAYS: Final = "What was read before stays on the screen."


class Trouble(Frozen):
    """Something went wrong that a person should read."""

    what: str
    """One sentence."""
    todo: str = ""
    """What to do about it, in one sentence."""


class Refused(Exception):
    """What was asked for cannot be done, or not now: one sentence says why. Nothing was changed."""


class Player(ABC):
    """A session, and where in it one looks.

    Attributes:
        archive: the session's file.
        screen: the session as it stands where one looks.
        turns: how many turns its current branch has.
        lines: how often it has gone on along another line: a branch was begun, or gone to.
        speed: how fast it plays.
        playing: whether turns follow each other by themselves.
        pieces: what is being said and is no event yet, by whoever says it.
        trouble: what went wrong last, until somebody clears it.
    """

    live: ClassVar[bool]

    def __init__(self, archive: Archive, changed: Callable[[], None]) -> None:
        self.archive = archive
        self.turns = archive.turn
        self.lines = 0
        self.playing = False
        self.speed = 1.0
        self.pieces: Mapping[str, Words] = {}
        self.trouble: Trouble | None = None
        self.screen = Screen()
        self._changed = changed
        self._looks = Looks(archive)
        self._wanted: int | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def following(self) -> bool:
        """Whether one looks at the last turn there is."""
        return self.screen.turn >= self.turns

    @property
    def saying(self) -> str:
        """One or two words on what it does at the moment."""
        return "playing" if self.playing else "paused"

    @abstractmethod
    def play(self) -> None:
        """Go on by itself from here."""

    @abstractmethod
    def pause(self) -> None:
        """Stop going on by itself."""

    @abstractmethod
    async def go_to(self, branch: Branch) -> None:
        """Go on along another branch.

        Raises:
            Refused: that cannot be done now.
            ArchiveError: the branch cannot be read.
        """

    @property
    def goes_on(self) -> bool:
        """Whether it goes on by itself, or is to as soon as it can: `toggle` pauses it then."""
        return self.playing

    def toggle(self) -> None:
        """Play or pause; where it is to play once it can, it no longer is.

        Raises:
            Refused: it cannot play now.
        """
        if self.goes_on:
            self.pause()
        else:
            self.play()

    def forward(self) -> None:
        """One turn on.

        Raises:
            Refused: there is none.
        """
        self._step(1, "This is the last turn there is.")

    def back(self) -> None:
        """One turn back.

        Raises:
            Refused: there is none.
        """
        self._step(-1, "This is the beginning: nothing was said before.")

    def _step(self, way: int, none: str) -> None:
        turn = (self.screen.turn if self._wanted is None else self._wanted) + way
        if not 0 <= turn <= self.turns:
            raise Refused(none)
        self.seek(turn)

    def faster(self, steps: int) -> None:
        """Change the speed by so many steps of `SPEEDS`.

        Raises:
            Refused: there is none beyond the one that is set.
        """
        at = min(range(len(SPEEDS)), key=lambda index: abs(SPEEDS[index] - self.speed))
        speed = SPEEDS[min(len(SPEEDS) - 1, max(0, at + steps))]
        if speed == self.speed:
            raise Refused(f"{speed:g}x is the {'fastest' if steps > 0 else 'slowest'} there is.")
        self.speed = speed
        self._changed()

    def seek(self, turn: int) -> None:
        """Look at the session as it was after a turn, or at the end nearest to it.

        The last of many wins: those that came too fast are never looked at.
        """
        turn = min(self.turns, max(0, turn))
        kept = self._looks.kept(turn)
        if kept is not None and self._wanted is None:
            self._look(kept)
        elif self._wanted is not None:
            self._wanted = turn
        else:
            self._wanted = turn
            self.do(self._seek())

    def refresh(self) -> None:  # noqa: B027  # most have nothing to do: nobody else writes to their file
        """See what another process has written to the file since."""

    def clear_trouble(self) -> None:
        """The person has read it."""
        self.trouble = None
        self._changed()

    def read(self, get: Callable[[], T]) -> T | None:
        """What is read from the file at once; None where it cannot be read, which is said on the screen."""
        try:
            return get()
        except ArchiveError as error:
            self._fail(str(error), _STAYS)
            return None

    def do(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something beside the screen; what goes wrong with it is said on the screen."""
        task = asyncio.ensure_future(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # A task that is cancelled before it began would leave what it was to do never awaited.
        task.add_done_callback(lambda _: work.close())
        return task

    async def settled(self) -> None:
        """Wait until everything that was asked for has been done."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Stop everything and let go of the file."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.archive.close()

    def _look(self, screen: Screen) -> None:
        self.screen = screen
        self._changed()

    async def _seek(self) -> None:
        try:
            while (wanted := self._wanted) is not None:
                now = (wanted, self.lines)
                screen = await asyncio.to_thread(
                    self._looks.at, wanted, lambda now=now: (self._wanted, self.lines) != now
                )
                if (self._wanted, self.lines) == now:  # Else it is of a line that was left meanwhile.
                    self._wanted = None
                    if screen is not None:
                        self._look(screen)
        finally:
            self._wanted = None

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except ArchiveError as error:
            self._fail(str(error), _STAYS)
        except Refused as why:
            self._fail(str(why), "Nothing was changed.")
        except Exception as error:  # noqa: BLE001  # the top level of all that is done beside the screen
            said = f"A fault of writersroom itself ({type(error).__name__}: {error})."
            self._fail(said, "All that was said is kept.")

    def _fail(self, what: str, todo: str) -> None:
        self.playing = False
        self.trouble = Trouble(what=what, todo=todo)
        self._changed()
