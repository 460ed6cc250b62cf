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
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
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
        (LineSpoken(take="s1.t1", character="x", action="She leaves."), "She leaves."),
        (TakeWritten(scene="s1", take="s1.t1", text="INT. LAMP\n\nMARA\nNo.\n \n"), "No."),
        (TakeWritten(scene="s1", take="s1.t1", text=""), ""),
        (Pitched(move=CutBeat(beat="b1"), reason="It drags."), "It drags."),
        (StanceTaken(pitch=1, stance="object", reason="It holds."), "It holds."),
        (Ruled(pitch=1, verdict="rejected", reason="It stays."), "It stays."),
        (NoteGiven(take="s1.t1", quote="No.", problem="Too short."), "Too short."),
    ],
)
def test_what_was_said_last(session: Archive, body: Body, said: str) -> None:
    session.append(body, agent="x")
    assert (summary(session).last_speaker, summary(session).last_line) == ("x", said)


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
