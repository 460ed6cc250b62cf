"""The real program in a real terminal: it works there, and leaves the terminal as it was."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.screens import recorded_file
from tests.tui.terminal import TMUX, Terminal
from writersroom.archive import Archive
from writersroom.events.edited import Edited
from writersroom.resources import repository

pytestmark = [
    pytest.mark.skipif(TMUX is None, reason="tmux is not installed; it holds the terminal"),
    pytest.mark.usefixtures("model_path"),
]

SLOW = 120.0
"""Seconds that a model may take over a turn where everything else on the machine is busy, too."""

PROGRAM = (sys.executable, "-m", "writersroom")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with Terminal(tmp_path, columns=100, rows=30) as opened:
        opened.until(lambda seen: bool(seen.strip()))  # a prompt, whichever
        yield opened


def assert_restored(terminal: Terminal) -> None:
    """The shell has its terminal again: its own screen, echo, line editing, no mouse, a cursor."""
    terminal.until(lambda _: terminal.flags()["pane_current_command"] == "sh")
    terminal.line("stty -a; echo all\\ done")
    seen = terminal.until("all done")
    assert re.search(r"(?<!-)\bicanon\b", seen)
    assert re.search(r"(?<!-)\becho\b", seen)
    flags = terminal.flags()
    assert flags["alternate_on"] == "0"
    assert flags["mouse_any_flag"] == "0"
    assert flags["cursor_flag"] == "1"


def child_of(pid: str) -> int:
    """The program that a shell runs."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", pid], check=True, capture_output=True, text=True)
    return int(found.stdout.split()[0])


def test_a_replay_is_left_with_q_and_the_terminal_is_restored(terminal: Terminal, tmp_path: Path) -> None:
    recorded_file(tmp_path / "played.room")
    terminal.run(*PROGRAM, "replay", "played.room", "--at", "40")
    terminal.until("turn 40/")
    assert terminal.flags()["alternate_on"] == "1"
    terminal.press("Left")
    terminal.until("turn 39/")
    terminal.press("q")
    terminal.until("finds words in all sessions")
    terminal.press("q")
    assert_restored(terminal)


def test_a_session_in_use_is_refused_on_the_shell(terminal: Terminal, tmp_path: Path) -> None:
    with Archive.open(recorded_file(tmp_path / "played.room"), write=True):
        terminal.run(*PROGRAM, "resume", "played.room")
        seen = terminal.until(f"by process {os.getpid()}")
        assert "fault" not in seen
        terminal.line("echo code $?")
        terminal.until("code 4")
    assert_restored(terminal)


def test_the_terminal_is_restored_after_sigterm(terminal: Terminal, tmp_path: Path) -> None:
    recorded_file(tmp_path / "played.room")
    terminal.run(*PROGRAM, "replay", "played.room")
    terminal.until("turn ")
    os.kill(child_of(terminal.flags()["pane_pid"]), signal.SIGTERM)
    terminal.until(lambda seen: "turn " not in seen)
    terminal.line("echo code $?")
    terminal.until("code 143")
    assert_restored(terminal)


BROKEN = """
from writersroom.tui.room.screen import RoomScreen
def action_why(self):
    raise RuntimeError("something nobody thought of")
RoomScreen.action_why = action_why
from writersroom.cli import main
main()
"""


def test_the_terminal_is_restored_after_a_fault_of_the_program(terminal: Terminal, tmp_path: Path) -> None:
    recorded_file(tmp_path / "played.room")
    (tmp_path / "broken.py").write_text(BROKEN)
    terminal.run(sys.executable, "broken.py", "replay", "played.room", "--at", "20")
    terminal.until("turn 20/")
    terminal.press("i")
    seen = terminal.until("something nobody")
    assert "RuntimeError" in seen
    assert "Traceback" not in seen
    assert_restored(terminal)


def test_without_a_terminal_it_says_how_it_is_used() -> None:
    ran = subprocess.run(PROGRAM, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert ran.returncode == 2
    assert "Usage" in ran.stdout + ran.stderr


def test_a_session_from_its_logline_to_its_replay_with_the_real_model(
    terminal: Terminal, tmp_path: Path
) -> None:
    """New session, three steps, an edit, a branch, a replay, quit."""
    terminal.run(*PROGRAM)
    terminal.until("There are no sessions here yet")
    terminal.press("n")
    terminal.until("what is the story about?")
    terminal.write("A radio tells tomorrow.")
    terminal.until("tells tomorrow.")
    terminal.press("C-s")
    terminal.until("no turn yet", SLOW)
    terminal.press("Space")  # It plays at once; pause, then step by hand.
    terminal.until("paused", SLOW)
    turn = turn_of(terminal)
    while turn < 3:
        terminal.press(".")
        terminal.until(lambda seen, was=turn: f"paused  turn {was + 1}/" in seen, SLOW)
        turn = turn_of(terminal)
    terminal.press("e")
    terminal.until("Edit what")
    terminal.write("The sea is calm. ")
    terminal.press("C-s")
    terminal.until("branch 2/2", SLOW)
    terminal.press("g")
    terminal.until("Go to turn")
    terminal.write("1")
    terminal.press("Enter")
    terminal.until("turn 1/")
    terminal.press("b")
    terminal.until("branch 3/3", SLOW)
    terminal.press("q")
    terminal.until("finds words in all sessions")
    terminal.press("p")
    terminal.until("replay, no model")
    terminal.press("End")
    terminal.until("turn 1/1")
    terminal.press("C-q")
    assert_restored(terminal)
    path = tmp_path / "a-radio-tells-tomorrow.room"
    with Archive.open(path) as archive:
        assert len(archive.branches()) == 3
        archive.switch(archive.branches()[1])
        assert any(isinstance(event.body, Edited) for event in archive.events())


def turn_of(terminal: Terminal) -> int:
    """Where one looks, as the status line says it."""
    seen = terminal.seen()
    found = re.search(r"turn (\d+)/", seen)
    assert found is not None or "no turn yet" in seen
    return int(found.group(1)) if found is not None else 0


def test_the_repository_is_a_room() -> None:
    assert (repository() / "agents").is_dir()
