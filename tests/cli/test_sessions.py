"""`sessions` lists those of the room, also the ones that cannot be read, and finds words in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Writersroom, record
from tests.view.playing import session
from writersroom.archive import Archive
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.session_started import SessionStarted
from writersroom.exits import Exit


@pytest.fixture
def a_room(tmp_path: Path) -> Path:
    """A room with two sessions and a file that is none."""
    for folder in ("agents", "prompts", "sessions"):
        (tmp_path / folder).mkdir()
    record(tmp_path / "sessions" / "played.room", session(2, 60))
    logline = "A lift \x1b[31mstops\u202e between floors."
    with Archive.create(tmp_path / "sessions" / "lift.room", SessionStarted(logline=logline)) as archive:
        archive.append(LineSpoken(take="s1.t1", character="Bo", line="Who pressed pause?"), agent="Bo")
    (tmp_path / "sessions" / "letter.room").write_text("Dear diary")
    return tmp_path


def test_sessions_are_listed_with_what_is_known_of_them(writersroom: Writersroom, a_room: Path) -> None:
    told = writersroom("sessions", "--room", a_room, "--json").json
    by_name = {Path(session["file"]).name: session for session in told}
    assert set(by_name) == {"played.room", "lift.room", "letter.room"}
    assert by_name["lift.room"]["turns"] == 1
    assert by_name["lift.room"]["last"] == {"speaker": "Bo", "line": "Who pressed pause?"}
    assert by_name["played.room"]["title"] == "The Light"
    assert 0 <= by_name["played.room"]["d"] <= 1
    assert "not a session" in by_name["letter.room"]["problem"]


def test_the_list_for_a_person_is_safe_to_show(writersroom: Writersroom, a_room: Path) -> None:
    ran = writersroom("sessions", "--room", a_room)
    assert ran.code == Exit.OK
    assert "A lift ␛[31mstops<U+202E> between floors." in ran.out
    assert "Bo: Who pressed pause?" in ran.out
    assert "cannot be read" in ran.out
    assert "\x1b" not in ran.out


def test_words_are_found_wherever_they_were_said(writersroom: Writersroom, a_room: Path) -> None:
    told = writersroom("sessions", "--room", a_room, "--search", "pressed pause", "--json").json
    found = {Path(session["file"]).name: session for session in told}
    (hit,) = found["lift.room"]["hits"]
    assert hit["turn"] == 1
    assert hit["agent"] == "Bo"
    shown = writersroom("sessions", "--room", a_room, "--search", "pressed pause")
    assert "turn 1 Bo:" in shown.out
    assert "letter.room was not searched" in shown.err


def test_what_is_not_found_is_said(writersroom: Writersroom, a_room: Path) -> None:
    ran = writersroom("sessions", "--room", a_room, "--search", "xylophone\x1b")
    assert ran.code == Exit.OK
    assert ran.out == ""
    assert "xylophone" in ran.err
    assert "\x1b" not in ran.err


def test_a_room_without_sessions_has_none(
    writersroom: Writersroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRITERSROOM_SESSIONS", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    ran = writersroom("sessions")
    assert ran.code == Exit.OK
    assert "There are no sessions" in ran.err
    assert writersroom("sessions", "--json").json == []


def test_a_folder_that_is_no_room_is_refused(writersroom: Writersroom, tmp_path: Path) -> None:
    ran = writersroom("sessions", "--room", tmp_path)
    assert ran.code == Exit.INPUT
    assert "is no room" in ran.err
