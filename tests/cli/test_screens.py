"""When commands open a screen, and what those that do nothing else say where there is none."""

from __future__ import annotations

import functools
import stat
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Writersroom
from writersroom.archive import Archive
from writersroom.cli import screens
from writersroom.cli.screens import screen_wanted
from writersroom.exits import Exit
from writersroom.tui.app import WritersRoom


def test_a_screen_is_opened_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    assert not screen_wanted(headless=False, as_json=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    assert screen_wanted(headless=False, as_json=False)
    assert not screen_wanted(headless=True, as_json=False)
    assert not screen_wanted(headless=False, as_json=True)
    monkeypatch.setenv("TERM", "dumb")
    assert not screen_wanted(headless=False, as_json=False)


def test_without_a_command_and_a_terminal_it_says_how_it_is_used(writersroom: Writersroom) -> None:
    ran = writersroom()
    assert ran.code == Exit.USAGE
    assert "Usage" in ran.out + ran.err


def test_demo_prints_the_sample_where_there_is_no_terminal(
    writersroom: Writersroom, played: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens, "sample_session", lambda: played)
    ran = writersroom("demo")
    assert ran.code == Exit.OK
    assert "Director" in ran.out
    monkeypatch.setattr(screens, "sample_session", lambda: None)
    ran = writersroom("demo")
    assert ran.code == Exit.INPUT
    assert "missing" in ran.err


def _wanted(*, headless: bool, as_json: bool) -> bool:
    return not headless and not as_json


@pytest.fixture
def on_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands open the screen, which nobody sees."""
    monkeypatch.setenv("WRITERSROOM_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("WRITERSROOM_STATE", str(tmp_path / "state.json"))
    monkeypatch.setattr("writersroom.cli.replay.screen_wanted", _wanted)
    monkeypatch.setattr("writersroom.cli.resume.screen_wanted", _wanted)
    monkeypatch.setattr(WritersRoom, "run", functools.partialmethod(WritersRoom.run, headless=True))


@pytest.mark.usefixtures("on_screen")
def test_a_file_that_is_no_session_is_refused_before_a_screen_is_opened(
    writersroom: Writersroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WritersRoom, "run", None)  # To open one would be a fault.
    (tmp_path / "a.room").write_text("not a session")
    for command in ("replay", "resume", "step"):
        ran = writersroom(command, tmp_path / "a.room")
        assert ran.code == Exit.INPUT
        assert "a.room" in ran.err


@pytest.mark.usefixtures("on_screen")
def test_a_session_that_the_screen_cannot_open_ends_the_command_with_its_own_code(
    writersroom: Writersroom, played: Path
) -> None:
    with Archive.open(played, write=True):
        for command in ("resume", "step"):
            ran = writersroom(command, played)
            assert ran.code == Exit.BUSY
            assert "is open for writing" in ran.err
            assert "fault" not in ran.err
    ran = writersroom("replay", played, "--at", "99999")
    assert ran.code == Exit.USAGE
    assert "has no turn 99999" in ran.err
    played.chmod(stat.S_IREAD)
    ran = writersroom("resume", played)
    assert ran.code == Exit.OUTPUT
    assert "cannot be written to" in ran.err
