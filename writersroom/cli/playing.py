"""What `run`, `step` and `resume` share: a model is opened, turns are taken, and each is told as it comes."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import click

from writersroom.archive import Archive
from writersroom.cast.cards import same_name
from writersroom.cli.progress import Progress
from writersroom.cli.reading_aloud import Reader
from writersroom.cli.terminal import Refused, coloured, narrate, write_json_line
from writersroom.critic.opening import open_game
from writersroom.engine.files.catalogue import is_server
from writersroom.engine.files.default_model import NAME
from writersroom.engine.interface import Engine
from writersroom.engine.opening import open_engine
from writersroom.engine.settings import EngineSettings
from writersroom.events import Event, event_to_json
from writersroom.events.line_spoken import LineSpoken
from writersroom.exits import Exit
from writersroom.resources import room_of_session
from writersroom.room.nobody import Nobody
from writersroom.room.order import Turn
from writersroom.room.session import NoSuchAgent, Session, room_of
from writersroom.room.spoken import Piece
from writersroom.room.standing import Standing
from writersroom.room.stepper import Stepper
from writersroom.view.printable import columns, one_line

_MILESTONES: Final = ("ruled", "scene_locked")
"""Kinds of events at which a round or a scene ends."""
_STOPPING: Final = ("SIGINT", "SIGTERM")
"""Signals that end a run after what was said is safe, where the system has them."""


class Teller:
    """Tells events on stdout as they come, and progress on stderr."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._reader = Reader(colours=coloured())
        self._on_terminal = sys.stderr.isatty()
        self._session: Session | None = None
        self._progress: Progress | None = None
        self._writing = ""

    @property
    def ear(self) -> Callable[[Piece], None] | None:
        """What hears words while they are being written; None where nobody would see them."""
        return self._overhear if self._on_terminal else None

    def hear(self, event: Event) -> None:
        """One more event; what a revision keeps of its take is not told again."""
        self._writing = ""
        if isinstance(event.body, LineSpoken) and not event.agent and not self._as_json:
            return
        self.clear()  # It would stand before the event, and the rest of it would be left after it.
        if self._as_json:
            write_json_line(event_to_json(event))
        else:
            click.echo(self._reader.read(event))
        sys.stdout.flush()
        if event.trace is not None and self._progress is not None:
            self._progress.add(sum(text.tokens_out for text in event.trace.texts))
        if event.body.kind in _MILESTONES and not self._on_terminal:
            self._tell()

    def begin(self, session: Session) -> None:
        """Time runs from now."""
        self._session = session
        self._progress = Progress(session.plan, session.standing.turn)

    def progress(self) -> None:
        """Where the session is and what is being written, on a line of the terminal that the next overwrites.

        Where stderr is none, round, turn, speed and time left are told as each round and scene ends.
        """
        if self._on_terminal:
            self._tell()

    def clear(self) -> None:
        """Take the line of progress away."""
        if self._on_terminal:
            click.echo("\r\033[K", nl=False, err=True)

    def _overhear(self, piece: Piece) -> None:
        self._writing = f"{piece.agent}: {piece.text}" if piece.text else ""

    def _tell(self) -> None:
        if self._progress is None or self._session is None:
            return
        line = self._progress.line(self._session.standing)
        if self._on_terminal:
            room = shutil.get_terminal_size().columns - len(line) - 4
            click.echo(f"\r\033[K{line}{_tail(self._writing, room)}", nl=False, err=True)
        else:
            narrate(line)


def _tail(words: str, room: int) -> str:
    """The last of the words that fit into so many columns."""
    words = one_line(words)
    while columns(words) > max(room, 0):
        words = words[1:]
    return f" | {words}" if words else ""


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
        room: the folder of the room, whose critic it is and whose `reference/` that learns from; None: the
            one that the session lies in, else the current one.
        as_json: one event a line on stdout.

    Raises:
        Refused: Ctrl+C, or it is a person's turn; everything said is kept.
    """
    if begin is None:
        # What cannot be played is refused before a model is loaded, and what has ended needs none.
        last, agent, ended = _taken_up(path, agent)
        model = model or last
        if ended:
            narrate(
                f"{path}: The session has ended. `writersroom branch` goes on from an earlier turn of it."
            )
            return
    interrupted = asyncio.run(_play(path, model, settings, begin, turns, agent, room, as_json))
    if interrupted:
        raise Refused(
            f"Stopped; all that was said is kept. Go on with `writersroom resume {shlex.quote(str(path))}`.",
            Exit.INTERRUPTED,
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
    teller, name = Teller(as_json=as_json), model or NAME
    if is_server(name) and settings != EngineSettings():
        narrate("Note: A server runs as it was started; the options for model files change nothing there.")
    async with (
        await open_engine(name, settings) as engine,
        open_game(engine, room=room or room_of_session(path), tell=narrate) as game,
    ):
        narrate(f"{engine.info.model}, {engine.info.threads} threads, {engine.info.gpu_layers} layers on GPU")
        with begin(engine) if begin is not None else Archive.open(path, write=True) as archive:
            session = Session(archive, engine, heard=teller.hear, streaming=teller.ear, game=game)
            teller.begin(session)
            stepper = Stepper(session)
            interrupted = _stopped_by_signals(stepper)
            first = session.standing.turn + 1
            waiting = await _take_turns(stepper, teller, turns, agent)
            teller.clear()
            if waiting is not None:
                raise Refused(
                    f"It is {waiting.agent}'s turn ({waiting.kind}), whose seat a person has taken; take it "
                    f"on the screen: `writersroom resume {shlex.quote(str(path))}` in a terminal.",
                    Exit.WAITING,
                )
            if agent and session.standing.spoke.get(agent, 0) < first:
                narrate(f"{agent} had no turn yet, for the round went its way; it is cued for the next one.")
            elif session.coming() is None:
                told = shlex.quote(str(path))
                narrate(
                    f"{path}: {session.standing.turn} turns. `writersroom export {told}` writes the script."
                )
            return interrupted.is_set()


def _stopped_by_signals(stepper: Stepper) -> asyncio.Event:
    """Let a signal stop the playing; the event is set then. A second one ends the program as usual."""
    interrupted, loop = asyncio.Event(), asyncio.get_running_loop()
    signals = [getattr(signal, name) for name in _STOPPING if hasattr(signal, name)]

    def stop() -> None:
        interrupted.set()
        stepper.stop()
        for one in signals:
            loop.remove_signal_handler(one)

    with suppress(NotImplementedError):  # Windows: Ctrl+C then ends the program, with nothing lost.
        for one in signals:
            loop.add_signal_handler(one, stop)
    return interrupted


async def _take_turns(stepper: Stepper, teller: Teller, turns: int | None, agent: str) -> Turn | None:
    if agent:
        stepper.session.cue(agent)
    telling = asyncio.ensure_future(_keep_telling(teller))
    try:
        return await stepper.play(turns)
    finally:
        telling.cancel()
        await stepper.session.close()


async def _keep_telling(teller: Teller) -> None:
    while True:
        await asyncio.sleep(0.5)
        teller.progress()


def _taken_up(path: Path, agent: str) -> tuple[str | None, str, bool]:
    """The model that a session was played with, an agent's name as its card has it, and if it has ended.

    Raises:
        ArchiveError, CastError: the file cannot be written, or holds no session that could go on.
        Refused: there is no such agent in it.
    """
    with Archive.open(path, write=True) as archive:
        standing = Standing(archive.events())
    started = standing.started
    assert started is not None  # an archive has no other first event
    names = list(room_of(started, Nobody()).company.by_name)
    if agent:
        known = [name for name in names if same_name(name) == same_name(agent)]
        if not known:
            raise Refused(str(NoSuchAgent(agent, tuple(names))), Exit.USAGE)
        agent = known[0]
    return started.opened_by or None, agent, standing.wrapped is not None
