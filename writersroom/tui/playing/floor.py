"""The room behind a live session. Importing this takes seconds, for it loads the room: do it in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from writersroom.archive import Archive
from writersroom.critic.opening import open_game
from writersroom.engine.errors import EngineError
from writersroom.engine.files.default_model import NAME
from writersroom.engine.interface import Engine
from writersroom.engine.opening import open_engine
from writersroom.engine.settings import EngineSettings
from writersroom.events import Event, EventId
from writersroom.events.failed import Failed
from writersroom.events.session_started import SessionStarted
from writersroom.resources import room_of_session
from writersroom.room.forks import NothingToDo, editable, last_before, rewritten
from writersroom.room.forms import BadAnswer
from writersroom.room.plan import Plan
from writersroom.room.session import Session, begin, checked_note
from writersroom.room.spoken import Piece
from writersroom.room.stepper import Stepper
from writersroom.tui.playing.metering import metered
from writersroom.tui.playing.wanted import Beginning


class Floor:
    """A session, its stepper, and the meter on its model."""

    BadAnswer = BadAnswer
    EngineError = EngineError

    def __init__(
        self,
        archive: Archive,
        engine: Engine,
        *,
        heard: Callable[[Event], None],
        streaming: Callable[[Piece], None],
        room: Path | None = None,
    ) -> None:
        """Read the session; of a long one that takes a while.

        Args:
            archive: the session, open to write.
            engine: the model.
            heard: called with each event once it is kept.
            streaming: called with the words of turns as they are written.
            room: the folder of the room whose critic judges; None: the one that the session lies in, else
                the current one.
        """
        self.meter = metered(engine)
        self.session = Session(archive, self.meter, heard=heard, streaming=streaming)
        self.stepper = Stepper(self.session)
        self.notices: tuple[str, ...] = ()
        """What a person is to know of the critic: that it does not judge, or what was left out of it."""
        self._room = room
        self._critic = AsyncExitStack()

    async def seat_critic(self) -> None:
        """Let the critic judge what is written from now on, where there is one that can."""
        room = self._room or room_of_session(self.session.archive.path)
        told: list[str] = []
        game = open_game(self.meter, room=room, tell=told.append)
        self.session.judge_by(await self._critic.enter_async_context(game))
        self.notices = tuple(told)

    @property
    def ended(self) -> bool:
        """Whether nobody has another turn."""
        return self.session.coming() is None

    def editable(self, event: Event) -> str | None:
        """The text of an event that a person may write otherwise; None where there is none."""
        found = editable(event.body) if event.agent else None
        return None if found is None else found[1]

    def wrong_edit(self, event: Event, text: str) -> str:
        """Why a text cannot stand in the place of an event's; nothing where it can."""
        try:
            rewritten(event, text)
        except NothingToDo as error:
            return str(error)
        return ""

    def wrong_note(self, text: str) -> str:
        """Why a note cannot be whispered; nothing where it can."""
        try:
            checked_note(text)
        except BadAnswer as error:
            return error.problem
        return ""

    async def check_retake(self, event: EventId) -> None:
        """Look whether an event is of a turn that can be spoken again; in a thread, for it reads the line.

        Raises:
            NothingToDo, NoSuchEvent: it is not.
        """
        await asyncio.to_thread(last_before, self.session.archive, event)

    def failed(self, error: Exception) -> None:
        """Keep in the session that a turn failed."""
        self.session.note(Failed(where="turn", message=str(error) or type(error).__name__))

    async def close(self) -> None:
        """Stop what is being written; the file and the model stay open."""
        await self.session.close()
        await self._critic.aclose()


async def open_model(name: str | None, settings: EngineSettings, archive: Archive | None = None) -> Engine:
    """Open a model.

    Args:
        name: what a person calls it; None: the one that the session was played with, else the built-in one.
        settings: how to run it.
        archive: the session.
    """
    if name is None and archive is not None:
        first = archive.event(1).body
        name = first.opened_by if isinstance(first, SessionStarted) else None
    opened = await open_engine(name or NAME, settings)
    return await opened.__aenter__()


async def begin_session(path: Path, wanted: Beginning, engine: Engine) -> Archive:
    """Make the file of a new session.

    Raises:
        BadLogline, CastError, ArchiveError: before a turn is taken.
    """
    plan = Plan.model_validate(dict(wanted.plan))
    return await asyncio.to_thread(
        begin,
        path,
        wanted.room,
        wanted.logline,
        plan=plan,
        seed=wanted.seed,
        structure=wanted.structure,
        engine=engine,
    )
