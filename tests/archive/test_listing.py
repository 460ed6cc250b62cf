"""A list of sessions says what each is, and of a bad file why it cannot be read."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.archive.conftest import STARTED, ticking
from writersroom.archive import Archive, list_sessions, search_sessions, summary
from writersroom.events import Body
from writersroom.events.convened import Convened
from writersroom.events.edited import Edited
from writersroom.events.game_valued import GameValued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.scored import Scored
from writersroom.events.session_started import SessionStarted
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.take_written import TakeWritten
from writersroom.events.whispered import Whispered
from writersroom.story.moves import CutBeat


def test_a_session_is_summed_up(session: Archive) -> None:
    session.append(Convened(title="The Keeper"), agent="director")
    session.append(LineSpoken(take="s1.t1", character="MARA", line="Light it."), agent="actor")
    session.append(Scored(take="s1.t1", d=0.25))
    session.append(Whispered(to="MARA", text="Louder."), agent="person")
    session.branch(1)
    session.switch(5)
    told = summary(session)
    assert told.model_dump() == {
        "path": session.path,
        "modified": datetime(2026, 3, 1, 0, 0, 4, tzinfo=UTC),
        "problem": "",
        "title": "The Keeper",
        "logline": STARTED.logline,
        "turns": 2,
        "branches": 2,
        "last_speaker": "MARA",
        "last_line": "Light it.",
        "last_score": 0.25,
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (Pitched(move=CutBeat(beat="b1"), reason="It drags."), "It drags."),
        (StanceTaken(pitch=1, stance="object", reason="It holds."), "It holds."),
        (Ruled(pitch=1, verdict="rejected", reason="It stays."), "It stays."),
        (LineSpoken(take="s1.t1", character="x", action="She leaves."), "She leaves."),
    ],
)
def test_what_was_said_last(session: Archive, body: Body, said: str) -> None:
    session.append(body, agent="x")
    assert (summary(session).last_speaker, summary(session).last_line) == ("x", said)


@pytest.mark.parametrize(
    ("text", "speaker", "line"),
    [
        ("INT. LAMP\n\nMARA\nYes.\nNo.\n \n", "MARA", "No."),
        ("INT. LAMP\n\nMARA (V.O.)\n(low)\nNo.\n\nShe goes.", "MARA", "No."),
        ("INT. LAMP\n\nJON\nYes.\n\n@McKay (off) ^\nNo.\n(beat)", "McKay", "No."),
        ("INT. LAMP - NIGHT\n\nShe goes.", "", "She goes."),
        ("", "", ""),
    ],
)
def test_a_take_that_nobody_voiced_ends_with_its_last_speech(
    session: Archive, text: str, speaker: str, line: str
) -> None:
    session.append(TakeWritten(scene="s1", take="s1.t1", text=text), agent="director")
    assert (summary(session).last_speaker, summary(session).last_line) == (speaker, line)


def drafted(session: Archive, scene: str, takes: dict[str, tuple[str, float]]) -> None:
    """A scene whose takes have these last lines, and D."""
    session.append(SceneOpened(scene=scene, heading="INT. LAMP", beats=()))
    for take, (line, _) in takes.items():
        session.append(LineSpoken(take=take, character="MARA", line=line), agent="actor")
    for take, (line, d) in takes.items():
        session.append(
            TakeWritten(scene=scene, take=take, text=f"INT. LAMP\n\nMARA\n{line}"), agent="director"
        )
        session.append(Scored(take=take, d=d))


def shown(session: Archive) -> tuple[str, str, float | None]:
    told = summary(session)
    return told.last_speaker, told.last_line, told.last_score


def test_the_list_shows_the_take_that_was_kept(session: Archive) -> None:
    drafted(session, "s1", {"s1.t1": ("Yes.", 0.75), "s1.t2": ("No.", 0.5), "s1.t3": ("Maybe.", 0.25)})
    assert shown(session) == ("MARA", "Maybe.", 0.25)  # Nothing leads yet.
    values = {"d_human": 1.0, "d_take": 0.5, "value": 0.0, "loss_d": 0.0, "loss_g": 0.0}
    session.append(GameValued.model_validate({"scene": "s1", "round": 0, "best": "s1.t1", **values}))
    assert shown(session) == ("MARA", "Yes.", 0.75)
    session.append(NoteGiven(take="s1.t1", quote="Yes.", problem="Too short."), agent="critic")
    session.append(SceneLocked(scene="s1", take="s1.t2"), agent="director")
    assert shown(session) == ("MARA", "No.", 0.5)
    drafted(session, "s2", {"s2.t1": ("Then go.", 0.125)})
    assert shown(session) == ("MARA", "Then go.", 0.125)
    session.append(SceneOpened(scene="s2", heading="INT. LAMP", beats=()))
    session.append(LineSpoken(take="s2.t2", character="JON", line="I stay."), agent="actor")
    assert shown(session) == ("JON", "I stay.", 0.125)


def test_the_last_line_reads_as_a_person_left_it(session: Archive) -> None:
    drafted(session, "s1", {"s1.t1": ("Yes.", 0.75)})
    line, take = session.last("line_spoken"), session.last("take_written")
    assert line is not None
    assert take is not None
    session.append(Edited(target=line.id, field="line", text="Yes, and no."), agent="person")
    assert shown(session)[:2] == ("MARA", "Yes, and no.")
    session.append(Edited(target=take.id, field="text", text="INT. LAMP\n\nJON\nEnough."), agent="person")
    assert shown(session)[:2] == ("JON", "Enough.")


def test_a_session_in_which_nothing_was_said(session: Archive) -> None:
    told = summary(session)
    assert (told.turns, told.last_speaker, told.last_line, told.last_score) == (0, "", "", None)
    assert told.title == "The Lamp"


def test_sessions_are_listed_by_what_happened_last_and_bad_files_with_the_reason(tmp_path: Path) -> None:
    clock = ticking()
    for name in ("old", "new"):
        with Archive.create(tmp_path / f"{name}.room", SessionStarted(logline=name), clock=clock):
            pass
    (tmp_path / "text.room").write_text("INT. LIGHTHOUSE - NIGHT\n" * 100)
    (tmp_path / "empty.room").touch()
    (tmp_path / "folder.room").mkdir()
    (tmp_path / "gone.room").symlink_to(tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("not listed")
    whole = (tmp_path / "new.room").read_bytes()
    (tmp_path / "cut.room").write_bytes(whole[: len(whole) // 2])
    for file in tmp_path.iterdir():
        if file.is_file():
            os.utime(file, (0, 0))

    listed = list_sessions(tmp_path)
    assert [session.logline for session in listed if not session.problem] == ["new", "old"]
    problems = {session.path.name: session.problem for session in listed if session.problem}
    assert set(problems) == {"text.room", "empty.room", "folder.room", "gone.room", "cut.room"}
    assert "its contents are something else" in problems["text.room"]
    assert "it is empty" in problems["empty.room"]
    assert "it is a folder" in problems["folder.room"]
    assert "no session file" in problems["gone.room"]
    assert "damaged" in problems["cut.room"]
    assert {session.path.name for session in search_sessions(tmp_path, "old") if session.problem} == set(
        problems
    )
    assert [session.modified for session in listed if session.path.name == "text.room"] == [
        datetime(1970, 1, 1, tzinfo=UTC)
    ]


def test_looking_leaves_no_trace(session: Archive, path: Path) -> None:
    session.close()
    before = path.read_bytes()
    assert len(list_sessions(path.parent)) == 1
    assert search_sessions(path.parent, "keeper")[0].hits
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_has_no_sessions(tmp_path: Path) -> None:
    assert list_sessions(tmp_path / "nowhere") == ()
