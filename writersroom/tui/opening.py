"""How sessions come onto the screen: read from a file, taken up with a model, or begun."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeAlias, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen as TextualScreen
from textual.widgets import LoadingIndicator, Static

from writersroom.archive import Archive, ArchiveError
from writersroom.events import EventId
from writersroom.tui.actions import Action, Group
from writersroom.tui.config import Config, Remembered
from writersroom.tui.dialogs.dialog import plain
from writersroom.tui.playing.live import Live
from writersroom.tui.playing.player import Player
from writersroom.tui.playing.recorded import Recorded
from writersroom.tui.playing.wanted import Beginning, Model
from writersroom.tui.room.looking import Given
from writersroom.tui.room.screen import RoomScreen

if TYPE_CHECKING:
    from writersroom.engine.interface import Engine
    from writersroom.engine.settings import EngineSettings

    _Opening: TypeAlias = Callable[[str | None, EngineSettings, Archive | None], Awaitable[Engine]]
    _Beginning: TypeAlias = Callable[[Path, Beginning, Engine], Awaitable[Archive]]

OpenModel = Callable[[Model, Archive | None], Awaitable["Engine"]]
"""Opens a model for a session."""


async def _open_model(model: Model, archive: Archive | None) -> Engine:
    opened = cast("_Opening", await _of_the_room("open_model"))
    return await opened(model.name, model.settings, archive)


async def _of_the_room(name: str) -> object:
    """Something of the module that loads the room: that takes seconds, so it is done in a thread."""
    module = await asyncio.to_thread(importlib.import_module, "writersroom.tui.playing.floor")
    return getattr(module, name)


class Opener:
    """Makes the room's screens.

    Args:
        config: what the person's config file says.
        chosen: what was chosen in the app, as it is now.
        still: nothing may move by itself.
        open_model: how models are opened.
    """

    def __init__(
        self,
        config: Config,
        chosen: Callable[[], Remembered],
        *,
        still: bool = False,
        open_model: OpenModel = _open_model,
    ) -> None:
        self._config, self._chosen, self._still = config, chosen, still
        self._open_model = open_model

    def replayed(
        self,
        path: Path,
        *,
        at: int | None = None,
        event: EventId | None = None,
        speed: float | None = None,
        playing: bool = True,
    ) -> RoomScreen:
        """A session played again.

        Args:
            path: its file.
            at: the turn to begin with; None: the first.
            event: begin with the turn of this event instead, on a branch that it lies on.
            speed: how many times faster than it happened.
            playing: whether it plays at once.

        Raises:
            ArchiveError: it cannot be read, or has no such turn or event.
        """
        archive = Archive.open(path)
        try:
            if event is not None:
                archive.switch(archive.holding(event))
                at = archive.event(event).turn
            elif at is not None:
                archive.at_turn(at)
        except ArchiveError:
            archive.close()
            raise

        def making(changed: Callable[[], None]) -> Player:
            player = Recorded(archive, changed, speed=speed or self._config.speed, typing=not self._still)
            player.begin(at or 0, playing=playing)
            return player

        return self._screen(making)

    def resumed(
        self, path: Path, model: Model, *, playing: bool = False, turns: int | None = None, agent: str = ""
    ) -> RoomScreen:
        """A session taken up where it is.

        Args:
            path: its file.
            model: what plays it.
            playing: whether it plays as soon as there is a model.
            turns: turns that it plays then; None is all.
            agent: who speaks first, if it may.

        Raises:
            ArchiveError: it cannot be written to.
        """
        archive = Archive.open(path, write=True)

        def making(changed: Callable[[], None]) -> Player:
            player = Live(archive, changed, opening=lambda: self._open_model(model, archive))
            player.start(playing=playing, turns=turns, agent=agent)
            return player

        return self._screen(making)

    async def begun(self, path: Path, beginning: Beginning, model: Model) -> RoomScreen:
        """A new session, which plays at once.

        Raises:
            Exception: whatever keeps a model or a room from being used; nothing has been made then.
        """
        engine = await self._open_model(model, None)
        try:
            begin = cast("_Beginning", await _of_the_room("begin_session"))
            archive = await begin(path, beginning, engine)
        except BaseException:
            await engine.close()
            raise

        first: list[Engine] = [engine]

        async def opening() -> Engine:
            return first.pop() if first else await self._open_model(model, archive)

        def making(changed: Callable[[], None]) -> Player:
            player = Live(archive, changed, opening=opening, room=beginning.room)
            player.start(playing=True)
            return player

        return self._screen(making)

    def _screen(self, making: Callable[[Callable[[], None]], Player]) -> RoomScreen:
        given = Given(
            shares=self._chosen().shares,
            keys=self._config.keys,
            still=self._still,
            thoughts=self._config.thoughts,
        )
        return RoomScreen(making, editor=self._config.editor, **given)


class OpeningScreen(TextualScreen["RoomScreen | None"]):
    """What is seen while a model is loaded for a new session. It leaves the room's screen behind."""

    ACTIONS: ClassVar[Group] = Group(
        name="opening",
        title="Opening",
        about="The model is being loaded. The first time, that takes a while.",
        actions=(
            Action(name="leave", keys=("escape", "q"), label="Leave", help="Open nothing.", footer=True),
        ),
    )
    BINDINGS = ACTIONS.bindings()
    DEFAULT_CSS = """
    OpeningScreen { align: center middle; }
    OpeningScreen > Vertical { width: 72; max-width: 94%; height: auto; }
    OpeningScreen Static { height: auto; text-align: center; }
    OpeningScreen #what { text-style: bold; }
    OpeningScreen #more { color: $faint; margin: 1 0 0 0; }
    OpeningScreen LoadingIndicator { height: 3; color: $accent; }
    """

    def __init__(self, opening: Callable[[], Awaitable[RoomScreen]], logline: str) -> None:
        """Open a room.

        Args:
            opening: does it.
            logline: what the session is to be about.
        """
        super().__init__()
        self._opening, self._logline = opening, logline

    def compose(self) -> ComposeResult:
        """What is being done, and for what."""
        with Vertical():
            yield Static("The room takes its seats", id="what", markup=False)
            yield LoadingIndicator()
            yield Static(plain(self._logline), id="more")

    def on_mount(self) -> None:
        """Begin."""
        self.run_worker(self._open(), exclusive=True)

    async def _open(self) -> None:
        try:
            room = await self._opening()
            self.pop_until_active()  # Help may have been asked for meanwhile.
            self.dismiss(room)
        except Exception as error:  # noqa: BLE001  # the model: whatever it is, it is said and nothing is lost
            self.query_one("#what", Static).update(plain(f"✗ {error}"))
            self.query_one("#more", Static).update("Esc goes back. `writersroom doctor` says what is wrong.")
            self.query_one(LoadingIndicator).display = False

    def action_leave(self) -> None:
        """Open nothing."""
        self.workers.cancel_all()
        self.dismiss(None)
