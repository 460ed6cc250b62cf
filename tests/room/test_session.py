"""Sessions on the real small model: begun, stopped, taken up again, and the same twice."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.room.scripted_rooms import told
from writersroom.archive import Archive
from writersroom.cast.errors import BadCast
from writersroom.engine.interface import Engine
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.settings import EngineSettings
from writersroom.events import Event
from writersroom.events.cued import Cued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.seat_taken import SeatTaken
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.take_written import TakeWritten
from writersroom.resources import repository
from writersroom.room.plan import Plan
from writersroom.room.session import LONGEST_LOGLINE, BadLogline, Session, begin
from writersroom.room.spoken import Entry, Piece, Spoken
from writersroom.room.standing import Standing
from writersroom.room.stepper import Stepper
from writersroom.script.reading import from_fountain

LOGLINE = "A lighthouse keeper's radio receives tomorrow's news."
SHORT = Plan(rounds=1, scenes=1, takes=2, pitches=2, stances=1, lines=2, notes=0)
SETTINGS = EngineSettings(n_ctx=4096)


def begun(path: Path, engine: Engine, *, logline: str = LOGLINE, room: Path | None = None) -> Archive:
    return begin(
        path,
        room or repository(),
        logline,
        plan=SHORT,
        seed=3,
        structure="three_act",
        engine=engine,
    )


async def test_a_session_goes_from_a_logline_to_a_page_and_is_the_same_twice(
    model_path: Path, tmp_path: Path
) -> None:
    stories: list[list[str]] = []
    pieces: list[Piece] = []
    # To listen to what is being written changes nothing of it.
    for name, ear in (("a.room", None), ("b.room", pieces.append)):
        async with await LlamaEngine.open(model_path, SETTINGS) as engine:
            with begun(tmp_path / name, engine) as archive:
                heard: list[Event] = []
                stepper = Stepper(Session(archive, engine, heard=heard.append, streaming=ear))
                assert await stepper.play() is None
                assert [event.id for event in heard] == list(range(2, len(heard) + 2))
                stories.append(told(archive.events()))
    assert stories[0] == stories[1]
    assert pieces
    with Archive.open(tmp_path / "a.room") as archive:
        events = list(archive.events())
    bodies = [event.body for event in events]
    assert sum(isinstance(body, Pitched) for body in bodies) == 2
    assert sum(isinstance(body, StanceTaken) for body in bodies) == 2
    assert len({body.pitch for body in bodies if isinstance(body, Ruled)}) >= SHORT.rounds
    assert any(isinstance(body, MoveCommitted) for body in bodies)
    assert isinstance(next(body for body in bodies if isinstance(body, SceneLocked)), SceneLocked)
    pages = [body.text for body in bodies if isinstance(body, TakeWritten)]
    assert len(pages) == 2
    assert all(from_fountain(page).scenes for page in pages)
    lines = [body for body in bodies if isinstance(body, LineSpoken)]
    assert all(line.line and line.character for line in lines)
    traced = [event for event in events if event.trace is not None]
    assert all(event.trace and event.trace.tokens_out > 0 for event in traced)


async def test_a_session_is_stepped_stopped_and_taken_up_again(model_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.room"
    async with await LlamaEngine.open(model_path, SETTINGS) as engine:
        with begun(path, engine) as archive:
            stepper = Stepper(Session(archive, engine))
            await stepper.step()
            assert archive.turn == 1
            await stepper.play(turns=2)
            assert archive.turn == 3
            speaking = asyncio.create_task(stepper.play())
            await asyncio.sleep(0.02)
            stepper.stop()
            assert await speaking is None
            stopped_at = archive.turn
        with Archive.open(path, write=True) as archive:
            assert archive.turn == stopped_at
            session = Session(archive, engine)
            assert session.standing.turn == stopped_at
            await Stepper(session).step("Iris")
            assert Cued(to="Iris") in [event.body for event in archive.events()]
            assert archive.turn == stopped_at + 1


async def test_a_person_takes_a_seat_and_is_waited_for(model_path: Path, tmp_path: Path) -> None:
    async with await LlamaEngine.open(model_path, SETTINGS) as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            stepper = Stepper(session)
            await stepper.play(turns=2)
            agenda = session.standing.agenda
            assert agenda is not None
            session.note(SeatTaken(seat=agenda.agents[0], by="person"))
            waiting = await stepper.play()
            assert waiting is not None
            assert waiting.agent == agenda.agents[0]
            offered = Pitched.model_validate(
                {
                    "move": {"kind": "add", "beat": {"summary": "Mara drowns the radio."}},
                    "reason": "It tells the truth.",
                }
            )
            await session.hear(
                waiting, Spoken(entries=(Entry(body=offered, agent=waiting.agent),)).model_dump()
            )
            assert session.standing.proposals[0].body == offered


async def test_what_no_session_can_be_about_is_refused_before_a_file_is_made(
    model_path: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.room"
    without_director = tmp_path / "room"
    shutil.copytree(repository() / "agents", without_director / "agents")
    shutil.copytree(repository() / "prompts", without_director / "prompts")
    (without_director / "agents" / "director.toml").unlink()
    async with await LlamaEngine.open(model_path, EngineSettings(n_ctx=256, sequences=1)) as engine:
        for logline in ("", " \n ", "A \x07 radio.", "A \x1b[31mradio.", "x" * (LONGEST_LOGLINE + 1)):
            with pytest.raises(BadLogline):
                begun(path, engine, logline=logline)
        with pytest.raises(BadCast, match="director"):
            begun(path, engine, room=without_director)
        assert not path.exists()
        with begun(path, engine, logline="A radio\n\ttells\u202e tomorrow.") as archive:
            started = Standing(archive.events()).started
            assert started is not None
            assert started.logline == "A radio tells tomorrow."
