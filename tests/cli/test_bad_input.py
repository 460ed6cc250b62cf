"""Files that are not what they should be: one clear sentence, the right code, and nothing lost."""

from __future__ import annotations

import importlib
import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Writersroom, record
from tests.view.playing import session
from writersroom.archive import Archive
from writersroom.events.session_started import SessionStarted
from writersroom.exits import Exit

Spoil = Callable[[Path], None]

READING = [
    ["show"],
    ["show", "--json"],
    ["show", "--turn", "2"],
    ["replay"],
    ["replay", "--json"],
    ["graph"],
    ["export"],
    ["export", "--format", "jsonl"],
]
WRITING = [["branch", "--at", "2"]]


def text(path: Path) -> None:
    path.write_text("This is a letter to my mother.\n" * 100)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def other_database(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()


def newer(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()


def newer_events(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE session SET events_version = 999")
    connection.commit()
    connection.close()


def cut_short(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])


def overwritten(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[8192:] = bytes(len(data) - 8192)
    path.write_bytes(bytes(data))


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def gone(path: Path) -> None:
    path.unlink()


SPOILS: list[Spoil] = [
    text,
    empty,
    other_database,
    newer,
    newer_events,
    cut_short,
    overwritten,
    directory,
    gone,
]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("good") / "good.room", session(2, 120))


@pytest.mark.parametrize("command", [*READING, *WRITING], ids=" ".join)
@pytest.mark.parametrize("spoil", SPOILS, ids=lambda spoil: spoil.__name__)
def test_a_file_that_is_no_whole_session_of_ours_is_refused_and_left_alone(
    writersroom: Writersroom, good: Path, tmp_path: Path, spoil: Spoil, command: list[str]
) -> None:
    path = Path(shutil.copy(good, tmp_path / "bad.room"))
    spoil(path)
    before = path.read_bytes() if path.is_file() else None
    ran = writersroom(command[0], path, *command[1:])
    assert ran.code == Exit.INPUT
    assert str(path) in ran.err
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err
    assert (path.read_bytes() if path.is_file() else None) == before
    assert os.listdir(tmp_path) == (["bad.room"] if path.exists() else [])


def test_a_session_open_elsewhere_can_be_read_but_not_branched(
    writersroom: Writersroom, played: Path
) -> None:
    with Archive.open(played, write=True) as archive:
        head = archive.head
        for command in READING:
            assert writersroom(command[0], played, *command[1:]).code == Exit.OK, command
        ran = writersroom("branch", played, "--at", "2")
        assert ran.code == Exit.BUSY
        assert "open for writing" in ran.err
        assert archive.head == head
    assert writersroom("branch", played, "--at", "2").code == Exit.OK


def test_a_read_only_session_can_be_read_and_branched_into_a_new_file(
    writersroom: Writersroom, played: Path, tmp_path: Path
) -> None:
    before = played.read_bytes()
    played.chmod(stat.S_IREAD)
    for command in READING:
        assert writersroom(command[0], played, *command[1:]).code == Exit.OK, command
    ran = writersroom("branch", played, "--at", "2")
    assert ran.code == Exit.OUTPUT
    assert "cannot be written to" in ran.err
    assert played.read_bytes() == before
    assert writersroom("branch", played, "--at", "2", "--session", tmp_path / "new.room").code == Exit.OK


@pytest.mark.parametrize("target", ["missing/deep/out", "folder"])
@pytest.mark.parametrize(
    "command", [["graph"], ["export", "--format", "jsonl"]], ids=lambda command: command[0]
)
def test_a_place_that_cannot_be_written_to_is_named(
    writersroom: Writersroom, played: Path, tmp_path: Path, command: list[str], target: str
) -> None:
    (tmp_path / "folder").mkdir()
    ran = writersroom(command[0], played, *command[1:], "-o", tmp_path / target)
    assert ran.code == Exit.OUTPUT
    assert "Traceback" not in ran.err
    assert target in ran.err


@pytest.mark.parametrize("command", [["graph"], ["export", "--format", "jsonl"]], ids=lambda c: c[0])
def test_a_session_is_never_written_over(
    writersroom: Writersroom, played: Path, tmp_path: Path, command: list[str]
) -> None:
    before = played.read_bytes()
    link = tmp_path / "link"
    link.symlink_to(played)
    for target in (played, link):
        ran = writersroom(command[0], played, *command[1:], "-o", target, "--force")
        assert ran.code == Exit.OUTPUT
        assert "is a session" in ran.err
    assert played.read_bytes() == before


@pytest.mark.parametrize(
    "command",
    [
        ["graph", "played.room"],
        ["export", "played.room", "--format", "jsonl"],
        ["critic", "train", "--human", "human", "--machine", "machine"],
    ],
    ids=lambda command: command[0],
)
def test_a_file_is_not_written_over_unless_that_is_said(
    writersroom: Writersroom, played: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(played.parent)
    out = played.parent / "mine.txt"
    out.write_text("mine")
    ran = writersroom(*command, "-o", "mine.txt")
    assert ran.code == Exit.OUTPUT
    assert ran.out == ""
    assert ran.err == "Error: mine.txt exists and is left alone; choose another name, or give --force.\n"
    assert out.read_text() == "mine"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("doctor --n-ctx 0 --sequences 900", "--n-ctx 0: Input should be greater than or equal to 256."),
        ("doctor --threads 513", "--threads 513: Input should be less than or equal to 512."),
        ("doctor --timeout nan", "Invalid value for '--timeout': nan is no number to reckon with."),
        ("doctor --timeout inf", "Invalid value for '--timeout': inf is no number to reckon with."),
        ("replay a.room --speed nan", "Invalid value for '--speed': nan is no number to reckon with."),
        ("demo --speed inf", "Invalid value for '--speed': inf is no number to reckon with."),
    ],
)
def test_a_number_that_cannot_be_used_is_named_in_one_line(
    writersroom: Writersroom, command: str, said: str
) -> None:
    ran = writersroom(*command.split())
    assert ran.code == Exit.USAGE
    assert ran.err.splitlines()[-1] == f"Error: {said}"
    assert ran.err.count("Error") == 1


def test_weights_that_could_not_be_written_are_not_trained(writersroom: Writersroom, tmp_path: Path) -> None:
    ran = writersroom(
        "critic", "train", "--human", tmp_path, "--machine", tmp_path, "-o", tmp_path / "no" / "own.npz"
    )
    assert ran.code == Exit.OUTPUT
    assert f"there is no folder {tmp_path / 'no'}" in ran.err


def test_an_output_is_replaced_whole_and_keeps_its_permissions(
    writersroom: Writersroom, played: Path, tmp_path: Path
) -> None:
    out = tmp_path / "graph.mmd"
    out.write_text("old " * 10_000)
    out.chmod(0o640)
    assert writersroom("graph", played, "-o", out, "--force").code == Exit.OK
    assert out.read_text().startswith("flowchart")
    assert stat.S_IMODE(out.stat().st_mode) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["graph.mmd", "played.room"]
    assert writersroom("graph", played, "-o", "/dev/null").code == Exit.OK


SCRIPTS = {
    "no scene": (b"He walks in.\n\nMARA\nHello.\n", "has no scene"),
    "empty": (b"", "has no scene"),
    "long name": (b"INT. A - DAY\n\n@" + b"M" * 10_000 + b"\nYes.\n", "Line 3"),
    "long heading": (b"INT. " + b"A" * 10_000 + b"\n\nRain.\n", "Line 1"),
    "latin-1": b"INT. CAF\xc9 - DAY\n\nRain.\n",
    "binary": bytes(range(256)) * 40,
    "session": b"SQLite format 3\x00" + bytes(100),
    "huge": b"INT. A - DAY\n\n" + b"Rain. Rain.\n\n" * 800_000,
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_that_cannot_be_read_is_refused_and_no_session_made(
    writersroom: Writersroom, tmp_path: Path, name: str
) -> None:
    given = SCRIPTS[name]
    data, said = given if isinstance(given, tuple) else (given, "bad.fountain")
    path = tmp_path / "bad.fountain"
    path.write_bytes(data)
    ran = writersroom("import", path, "--session", tmp_path / "new.room")
    assert ran.code == Exit.INPUT
    assert said in ran.err
    assert str(path) in ran.err
    assert ran.err.count("\n") == 1
    assert os.listdir(tmp_path) == ["bad.fountain"]


def test_a_script_that_is_not_there_is_named(writersroom: Writersroom, tmp_path: Path) -> None:
    ran = writersroom("import", tmp_path / "no.fountain", "--session", tmp_path / "new.room")
    assert ran.code == Exit.INPUT
    assert "no.fountain: No such file" in ran.err


def test_an_import_writes_over_nothing(writersroom: Writersroom, tmp_path: Path, played: Path) -> None:
    script = tmp_path / "a.fountain"
    script.write_text("INT. A - DAY\n\nRain.\n")
    before = played.read_bytes()
    ran = writersroom("import", script, "--session", played)
    assert ran.code == Exit.OUTPUT
    assert played.read_bytes() == before
    assert writersroom("import", script, "--session", tmp_path / "no" / "x.room").code == Exit.OUTPUT


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not limit the size of files.")
def test_an_import_that_breaks_off_leaves_no_half_session(writersroom: Writersroom, tmp_path: Path) -> None:
    script = tmp_path / "a.fountain"
    script.write_text(
        "".join(f"INT. ROOM {number} - DAY\n\nRain, {number} drops.\n\n" for number in range(400))
    )
    resource = importlib.import_module("resource")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, usual[1]))
    try:
        ran = writersroom("import", script, "--session", tmp_path / "new.room")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert ran.code == Exit.OUTPUT, ran
    assert "new.room cannot be written" in ran.err
    assert os.listdir(tmp_path) == ["a.fountain"]
    assert writersroom("import", script, "--session", tmp_path / "new.room").code == Exit.OK
    assert (tmp_path / "new.room").stat().st_size > 200_000


@pytest.mark.parametrize(
    "name", ["Z" * 10_000, "\x1b[2J\x07", "\u202edrowssap", "a\x01b", "a\nb", "\udc80"], ids=range(6)
)
def test_odd_names_of_files_and_people_are_shown_harmlessly(
    writersroom: Writersroom, tmp_path: Path, name: str
) -> None:
    ran = writersroom("show", tmp_path / name)
    assert ran.code == Exit.INPUT
    assert "Traceback" not in ran.err
    assert ran.err.count("\n") == 1
    assert not set(ran.err) & set("\x1b\x07\u202e\x00")
    path = tmp_path / "x.room"
    with Archive.create(path, SessionStarted(logline=name, title=name, model=name)) as archive:
        archive.append(SessionStarted(logline=name), agent=name)
    for command in READING[:6]:
        shown = writersroom(command[0], path, *(["show", "--turn", "0"] if "2" in command else command)[1:])
        assert shown.code == Exit.OK, shown.err
        assert not set(shown.out + shown.err) & set("\x1b\x07\u202e\x00")
