"""What `run`, `step` and `resume` share: a model is opened, turns are taken, and each is told as it comes."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from writersroom.archive import Archive
from writersroom.cli.progress import Progress
from writersroom.cli.reading_aloud import Reader
from writersroom.cli.terminal import Refused, coloured, narrate
from writersroom.critic.opening import open_game
from writersroom.critic.reference import FOLDER
from writersroom.engine.files.default_model import NAME
from writersroom.engine.interface import Engine
from writersroom.engine.opening import open_engine
from writersroom.engine.settings import EngineSettings
from writersroom.events import Event, event_to_json
from writersroom.events.line_spoken import LineSpoken
from writersroom.exits import Exit
from writersroom.resources import find_room
from writersroom.room.order import Turn
from writersroom.room.session import Session
from writersroom.room.stepper import Stepper
from writersroom.view.printable import json_safe


class Teller:
    """Tells events on stdout as they come, and progress on stderr."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._reader = Reader(colours=coloured())
        self._on_terminal = sys.stderr.isatty()
        self._progress: Progress | None = None

    def hear(self, event: Event) -> None:
        """One more event; what a revision keeps of its take is not told again."""
        if isinstance(event.body, LineSpoken) and not event.agent and not self._as_json:
            return
        click.echo(json_safe(event_to_json(event)) if self._as_json else self._reader.read(event))
        sys.stdout.flush()
        if event.trace is not None and self._progress is not None:
            self._progress.add(event.trace.tokens_out)

    def begin(self, session: Session) -> None:
        """Time runs from now."""
        self._progress = Progress(session.plan, session.standing.turn)

    def progress(self, session: Session) -> None:
        """Round, turn, speed and time left: on a terminal one line that the next one overwrites."""
        if self._progress is not None and self._on_terminal:
            click.echo(f"\r\033[K{self._progress.line(session.standing)}", nl=False, err=True)

    def milestone(self, session: Session) -> None:
        """The same as a line of its own at the end of a round or a scene, where there is no terminal."""
        if self._progress is not None and not self._on_terminal:
            narrate(self._progress.line(session.standing))

    def clear(self) -> None:
        """Take the line of progress away."""
        if self._on_terminal:
            click.echo("\r\033[K", nl=False, err=True)


def play(
    path: Path,
    model: str | None,
    settings: EngineSettings,
    *,
    begin: Callable[[Engine], Archive] | None = None,
    turns: int | None = None,
    agent: str = "",
    room: Path | None = None,
    as_json: bool,
) -> None:
    """Take turns of a session until it ends.

    Args:
        path: its file.
        model: what the model is called; None: the one the session was played with, else the built-in one.
        settings: how to run it.
        begin: makes the file, where it is a new session.
        turns: the most turns to take; None: all.
        agent: who is to speak first, if it may.
        room: the folder of the room, whose `reference/` the critic learns from; None: the current one.
        as_json: one event a line on stdout.

    Raises:
        Refused: Ctrl+C; everything said is kept.
    """
    interrupted = asyncio.run(_play(path, model, settings, begin, turns, agent, room, as_json))
    if interrupted:
        raise Refused(
            f"Stopped; all that was said is kept. Go on with `writersroom resume {path}`.", Exit.INTERRUPTED
        )


async def _play(
    path: Path,
    model: str | None,
    settings: EngineSettings,
    begin: Callable[[Engine], Archive] | None,
    turns: int | None,
    agent: str,
    room: Path | None,
    as_json: bool,
) -> bool:
    if begin is None:
        # A file that cannot be played is refused before a model is loaded.
        with Archive.open(path, write=True) as archive:
            model = model or _model_of(archive)
    teller = Teller(as_json=as_json)
    reference = (room or find_room().root) / FOLDER
    async with (
        await open_engine(model or NAME, settings) as engine,
        open_game(engine, reference=reference, tell=narrate) as game,
    ):
        narrate(f"{engine.info.model}, {engine.info.threads} threads, {engine.info.gpu_layers} layers on GPU")
        with begin(engine) if begin is not None else Archive.open(path, write=True) as archive:
            session = Session(archive, engine, heard=teller.hear, game=game)
            if agent:
                _require_agent(session, agent)
            stepper = Stepper(session)
            interrupted = asyncio.Event()

            def stop() -> None:
                interrupted.set()
                stepper.stop()

            with suppress(NotImplementedError):  # Windows: Ctrl+C then ends the program, with nothing lost.
                asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop)
            waiting = await _take_turns(stepper, teller, turns, agent)
            teller.clear()
            if waiting is not None:
                narrate(f"It is {waiting.agent}'s turn ({waiting.kind}), whose seat a person has taken.")
            elif session.coming() is None:
                narrate(
                    f"{path}: {session.standing.turn} turns. `writersroom export {path}` writes the script."
                )
            return interrupted.is_set()


async def _take_turns(stepper: Stepper, teller: Teller, turns: int | None, agent: str) -> Turn | None:
    if agent:
        stepper.session.cue(agent)
    telling = asyncio.ensure_future(_keep_telling(stepper.session, teller))
    try:
        return await stepper.play(turns)
    finally:
        telling.cancel()
        await stepper.session.close()


async def _keep_telling(session: Session, teller: Teller) -> None:
    while True:
        await asyncio.sleep(0.5)
        teller.progress(session)


def _model_of(archive: Archive) -> str | None:
    started: Any = next(iter(archive.events())).body
    return started.model or None


def _require_agent(session: Session, agent: str) -> None:
    names = session.names
    if agent not in names:
        raise Refused(
            f"There is no agent {agent!r} in this session; there are {', '.join(names)}.", Exit.USAGE
        )
