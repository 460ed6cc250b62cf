"""Sessions on the screen, in this process: recorded ones, and live ones with a scripted engine."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from unittest.mock import Mock, patch

from textual.pilot import Pilot
from textual.worker_manager import WorkerManager

from tests.cli.conftest import record
from tests.scripted import ScriptedEngine
from tests.view.playing import session
from writersroom.archive import Archive
from writersroom.engine.interface import Engine, Request
from writersroom.resources import Room, repository
from writersroom.room.plan import Plan
from writersroom.room.session import begin
from writersroom.tui.app import WritersRoom
from writersroom.tui.config import Config
from writersroom.tui.home.screen import HomeScreen
from writersroom.tui.opening import Opener
from writersroom.tui.panels.plot import PlotPanel
from writersroom.tui.playing.live import Live
from writersroom.tui.playing.recorded import Recorded
from writersroom.tui.playing.wanted import Model
from writersroom.tui.room.screen import RoomScreen

WHO = ("Mara", "Iris", "Tobias", "Anselm")
DOES = (
    "hides",
    "breaks",
    "finds",
    "sells",
    "burns",
    "repairs",
    "forgets",
    "carries",
    "returns",
    "betrays",
    "counts",
)
WHAT = (
    "the radio",
    "the lamp",
    "a letter",
    "the harbour key",
    "a debt",
    "the notebook",
    "the boat",
    "the flare",
)
PLAN = Plan(rounds=2, scenes=1, takes=2, stances=1, lines=3, notes=1)
LOGLINE = "A lighthouse keeper's radio receives tomorrow's news."


def says(request: Request, take: int) -> str:
    """A sentence that is another for every prompt, seed and take, and always the same for these."""
    told = repr((request.prompt, take, request.sampling.seed)).encode("utf-8", "replace")
    at = hashlib.sha256(told).digest()
    when = ("nights", "tides", "winters")[at[4] % 3]
    return f"{WHO[at[0] % 4]} {DOES[at[1] % 11]} {WHAT[at[2] % 8]} before the storm of {at[3]} {when} ends."


def scripted(*, tokens_per_second: float | None = None) -> ScriptedEngine:
    """An engine that says such sentences."""
    return ScriptedEngine(says, context=8192, tokens_per_second=tokens_per_second)


def begun(path: Path, *, plan: Plan = PLAN, logline: str = LOGLINE) -> Path:
    """A session that nobody has spoken in yet."""
    begin(path, repository(), logline, plan=plan, seed=3, structure="three_act", engine=scripted()).close()
    return path


def recorded_file(path: Path, *, events: int = 200, awkward: bool = False) -> Path:
    """A session of some hundred turns that was played."""
    return record(path, session(2, events, awkward=awkward))


class OnScreen:
    """A session on the screen of an app that a pilot drives."""

    def __init__(self, app: WritersRoom, pilot: Pilot[None], notify: Mock) -> None:
        self.app = app
        self.pilot = pilot
        self._notify = notify

    @property
    def notes(self) -> Sequence[str]:
        """What the app has told the person in passing, also what has gone from the screen since."""
        return [call.args[0] for call in self._notify.call_args_list]

    @property
    def room(self) -> RoomScreen:
        """The room's screen, wherever it lies."""
        return next(screen for screen in reversed(self.app.screen_stack) if isinstance(screen, RoomScreen))

    @property
    def live(self) -> Live:
        """Its player."""
        player = self.room.player
        assert isinstance(player, Live)
        return player

    @property
    def recorded(self) -> Recorded:
        """Its player."""
        player = self.room.player
        assert isinstance(player, Recorded)
        return player

    @property
    def turn(self) -> int:
        """Where one looks."""
        return self.room.player.screen.turn

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until all that they ask for is done."""
        await self.pilot.press(*keys)
        await self.settle()

    async def write(self, text: str) -> None:
        """Press the keys of a text."""
        names = {" ": "space", ".": "full_stop", ",": "comma", "'": "apostrophe", "/": "slash", "-": "minus"}
        await self.pilot.press(*(names.get(character, character) for character in text))
        await self.pilot.pause()

    async def becomes(self, done: Callable[[], bool]) -> None:
        """Wait until something is so, whatever may still go on."""
        for _ in range(3000):
            if done():
                return
            await self.pilot.pause(0.01)
        raise AssertionError("it never came; there was:\n" + "\n".join(cells(self.app)))

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait for something that begins by itself a moment after a key, and for all that it asks for."""
        await self.becomes(done)
        await self.settle()

    async def until_state(self, state: str, done: Callable[[], bool] = lambda: True) -> None:
        """Wait until the live player is in a state in which it may stay for long."""
        await self.becomes(lambda: self.live.state == state and done())

    def sees(self, text: str) -> bool:
        """Whether a text is in one of the terminal's rows."""
        return any(text in row for row in cells(self.app))

    async def settle(self) -> None:
        """Wait until nothing goes on any more."""
        await self.pilot.pause()
        for screen in self.app.screen_stack:
            if isinstance(screen, HomeScreen):
                await self.becomes(lambda home=screen: not home.looking)
            if isinstance(screen, RoomScreen):
                await screen.player.settled()
                # Weaknesses are looked for only when the plot has been the same for a moment.
                while any(panel.searching for panel in screen.query(PlotPanel)):
                    await self.pilot.pause(0.05)
        workers: WorkerManager = self.app.workers
        await workers.wait_for_complete()  # pyright: ignore[reportUnknownMemberType]  # Textual leaves it open
        await self.pilot.pause()
        for screen in self.app.screen_stack:
            if isinstance(screen, RoomScreen):
                screen.look()
        await self.pilot.pause()


def opener_of(app: WritersRoom, engine: Engine | None = None) -> Opener:
    """Opens sessions with this engine the first time, and with a scripted one ever after."""
    first = [engine] if engine is not None else []

    async def opened(_model: Model, _archive: Archive | None) -> Engine:
        return first.pop() if first else scripted()

    return Opener(app.config, lambda: app.chosen, still=app.still, open_model=opened)


def room_at(sessions: Path) -> Room:
    """The repository's room, with its sessions elsewhere."""
    root = repository()
    return Room(
        root=root, agents=root / "agents", prompts=root / "prompts", sessions=sessions, packaged=False
    )


def home_app(sessions: Path, *, engine: Engine | None = None, config: Config | None = None) -> WritersRoom:
    """The app on the list of sessions."""

    def home(app: WritersRoom) -> HomeScreen:
        return HomeScreen(room_at(sessions), opener_of(app, engine), Model())

    return WritersRoom(home, home, config=config)


def replay_app(path: Path, *, at: int | None = 0, config: Config | None = None) -> WritersRoom:
    """The app on a recorded session."""
    return WritersRoom(
        lambda app: opener_of(app).replayed(path, at=at, playing=at is None),
        lambda app: HomeScreen(room_at(path.parent), opener_of(app), Model()),
        config=config or STILL,
    )


def live_app(
    path: Path, *, engine: Engine | None = None, playing: bool = False, config: Config | None = None
) -> WritersRoom:
    """The app on a live session."""
    return WritersRoom(
        lambda app: opener_of(app, engine).resumed(path, Model(), playing=playing),
        lambda app: HomeScreen(room_at(path.parent), opener_of(app, engine), Model()),
        config=config or STILL,
    )


STILL = Config(motion="reduced")


@asynccontextmanager
async def shown(app: WritersRoom, size: tuple[int, int] = (120, 40)) -> AsyncGenerator[OnScreen]:
    """Run an app with a pilot, from its first moment on."""
    with patch.object(app, "notify", wraps=app.notify) as notify:
        async with app.run_test(size=size, notifications=True) as pilot:
            yield OnScreen(app, pilot, notify)


@asynccontextmanager
async def driven(app: WritersRoom, size: tuple[int, int] = (120, 40)) -> AsyncGenerator[OnScreen]:
    """Run an app with a pilot, once it has nothing to do."""
    async with shown(app, size) as on:
        await on.settle()
        yield on


def cells(app: WritersRoom) -> list[str]:
    """What every row of the terminal holds."""
    # There is no public way to the cells.
    strips = app.screen._compositor.render_strips()  # pyright: ignore[reportPrivateUsage]
    return [strip.text for strip in strips]
