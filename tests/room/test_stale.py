"""An edit marks what depended on the old text, and nothing else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.room.scripted_rooms import SHORT, begun, scripted
from writersroom.events import Event
from writersroom.events.edited import Edited
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.note_given import NoteGiven
from writersroom.events.ruled import Ruled
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.take_written import TakeWritten
from writersroom.room.session import Session
from writersroom.room.stale import depending, runs
from writersroom.room.stepper import Stepper


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    """Rounds of argument and two scenes of two takes each."""
    plan = SHORT.model_copy(update={"rounds": 6, "scenes": 2})

    async def play(path: Path) -> list[Event]:
        async with scripted() as engine:
            with begun(path, engine, plan=plan) as archive:
                await Stepper(Session(archive, engine)).play()
                return list(archive.events())

    return asyncio.run(play(tmp_path_factory.mktemp("stale") / "a.room"))


def of(events: list[Event], kind: str) -> list[Event]:
    return [event for event in events if event.body.kind == kind]


def test_all_depends_on_the_bible(played: list[Event]) -> None:
    convened = of(played, "convened")[0]
    assert depending(played, convened.id) == tuple(e.id for e in played if e.id > convened.id)


def test_a_line_leaves_the_other_take_alone(played: list[Event]) -> None:
    line = of(played, "line_spoken")[0]
    assert isinstance(line.body, LineSpoken)
    stale = {event.id: event for event in played if event.id in depending(played, line.id)}
    for event in played:
        body = event.body
        if isinstance(body, LineSpoken | TakeWritten | NoteGiven) and event.id > line.id:
            assert (event.id in stale) == (body.take == line.body.take)
    assert not any(event.scene == "s2" for event in stale.values())


def test_what_answers_a_pitch_and_the_scene_of_its_beat_depend_on_it(played: list[Event]) -> None:
    ruling = next(
        e for e in of(played, "ruled") if isinstance(e.body, Ruled) and e.body.verdict != "rejected"
    )
    assert isinstance(ruling.body, Ruled)
    pitch = ruling.body.pitch
    stale = set(depending(played, pitch))
    assert ruling.id in stale
    for event in of(played, "stance_taken"):
        assert isinstance(event.body, StanceTaken)
        assert (event.body.pitch == pitch) <= (event.id in stale)
    commit = next(e for e in of(played, "move_committed") if e.id > ruling.id)
    assert commit.id in stale
    assert isinstance(commit.body, MoveCommitted)
    added = {placed.beat.id for placed in commit.body.diff.after}
    for event in of(played, "scene_opened"):
        assert isinstance(event.body, SceneOpened)
        assert event.id in stale or not added & set(event.body.beats)
    # A pitch that nobody took up concerns its own round alone.
    rejected = [e.body.pitch for e in of(played, "ruled") if isinstance(e.body, Ruled)]
    loose = next(e for e in of(played, "pitched") if e.id not in rejected)
    end = next(e.id for e in of(played, "ruled") if e.id > loose.id)
    assert all(id < end for id in depending(played, loose.id))


def test_a_round_hangs_on_its_agenda(played: list[Event]) -> None:
    first, second = of(played, "agenda_set")[:2]
    between = [e for e in played if first.id < e.id < second.id and e.body.kind in ("pitched", "ruled")]
    assert {e.id for e in between} <= set(depending(played, first.id))


def test_an_edit_keeps_what_it_made_stale_as_runs(tmp_path: Path) -> None:
    assert runs((), (1, 2)) == ()
    assert runs((2, 3, 7, 9), (1, 2, 3, 5, 7, 9)) == ((2, 3), (7, 9))

    async def edited() -> None:
        async with scripted() as engine:
            with begun(tmp_path / "a.room", engine) as archive:
                session = Session(archive, engine)
                await Stepper(session).play()
                events = list(archive.events())
                line = of(events, "line_spoken")[0]
                await session.edit(line.id, "Nobody asked you to keep the lamp.")
                found = archive.last("edited")
                assert found is not None
                assert isinstance(found.body, Edited)
                stale = {e.id for e in events for a, b in found.body.stale if a <= e.id <= b}
                assert stale == set(depending(events, line.id))
                assert stale

    asyncio.run(edited())
