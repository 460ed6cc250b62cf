"""A file that cannot be opened is refused in one clear sentence, and left exactly as it was."""

from __future__ import annotations

import errno
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.archive.conftest import STARTED, written
from writersroom.archive import Archive, errors
from writersroom.archive.schema import FORMAT, PAGE_SIZE
from writersroom.events import VERSION, Event
from writersroom.events.cued import Cued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.session_started import SessionStarted


def refused(path: Path, *, write: bool) -> errors.ArchiveError:
    """The error, after checking that it is one sentence and that nothing beside the file was made."""
    beside = sorted(os.listdir(path.parent)) if path.parent.is_dir() else []
    with pytest.raises(errors.ArchiveError) as caught:
        Archive.open(path, write=write)
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith(".")
    assert said.startswith(str(path)) or str(path) in said
    assert (sorted(os.listdir(path.parent)) if path.parent.is_dir() else []) == beside
    return caught.value


def database(path: Path, *statements: str) -> None:
    """Change a file without the archive."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for statement in statements:
            file.execute(statement)


BOTH = pytest.mark.parametrize("write", [False, True], ids=["read", "write"])


@BOTH
@pytest.mark.parametrize(
    ("contents", "why"),
    [
        (b"", "it is empty"),
        (b"\x00" * 8192, "its contents are something else"),
        (b"INT. LIGHTHOUSE - NIGHT\n\nMARA\nNo.\n" * 400, "its contents are something else"),
        (b"SQLite format 3\x00", "its contents are something else"),
        (random.Random(1).randbytes(50_000), "its contents are something else"),
    ],
    ids=["empty", "zeros", "text", "short", "noise"],
)
def test_what_is_not_a_session(path: Path, contents: bytes, why: str, write: bool) -> None:
    path.write_bytes(contents)
    error = refused(path, write=write)
    assert isinstance(error, errors.NotASession)
    assert str(error) == f"{path} is not a session file: {why}; name a file that writersroom wrote."
    assert path.read_bytes() == contents


@BOTH
def test_a_database_of_another_program(path: Path, write: bool) -> None:
    database(path, "CREATE TABLE session (x)", "INSERT INTO session VALUES (1)", "PRAGMA user_version = 2")
    before = path.read_bytes()
    assert "a database of another program" in str(refused(path, write=write))
    assert path.read_bytes() == before


@BOTH
def test_what_is_no_file(tmp_path: Path, write: bool) -> None:
    folder = tmp_path / "folder.room"
    folder.mkdir()
    assert "it is a folder" in str(refused(folder, write=write))
    assert isinstance(refused(tmp_path / "nothing.room", write=write), errors.SessionMissing)
    assert isinstance(refused(tmp_path / "nowhere" / "nothing.room", write=write), errors.SessionMissing)
    assert isinstance(refused(tmp_path / "a\x00b.room", write=write), errors.NotASession)
    assert isinstance(refused(tmp_path / ("x" * 10_000), write=write), errors.CannotRead)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes among its files.")
def test_a_pipe_is_refused_rather_than_waited_for(path: Path) -> None:
    os.mkfifo(path)
    assert "it is not a regular file" in str(refused(path, write=False))


@BOTH
def test_a_later_format_is_refused_with_both_versions_named(path: Path, write: bool) -> None:
    written(path)
    database(path, f"PRAGMA user_version = {FORMAT + 3}")
    before = path.read_bytes()
    error = refused(path, write=write)
    assert isinstance(error, errors.NewerSession)
    assert (error.found, error.known) == (FORMAT + 3, FORMAT)
    assert str(error) == (
        f"{path} has format version {FORMAT + 3}, but this program knows versions up to {FORMAT}; "
        "update writersroom to open it."
    )
    assert path.read_bytes() == before


@BOTH
def test_events_of_a_later_format_are_refused_as_the_file_opens(path: Path, write: bool) -> None:
    written(path)
    database(path, f"UPDATE session SET events_version = {VERSION + 1}")
    before = path.read_bytes()
    error = refused(path, write=write)
    assert isinstance(error, errors.NewerSession)
    assert (error.found, error.known) == (VERSION + 1, VERSION)
    assert path.read_bytes() == before


def test_a_file_cut_short_anywhere_is_refused_and_left_alone(path: Path, tmp_path: Path) -> None:
    whole = written(path)
    cut = tmp_path / "cut.room"
    rng = random.Random(5)
    lengths = {1, 15, 16, 99, 100, 511, 512, 4096, 8191, 8192, len(whole) - 8192, len(whole) - 1}
    lengths |= {rng.randrange(1, len(whole)) for _ in range(30)}
    for length in sorted(lengths):
        cut.write_bytes(whole[:length])
        for write in (False, True):
            error = refused(cut, write=write)
            assert isinstance(error, errors.DamagedSession | errors.NotASession), length
            if length >= 512:
                assert isinstance(error, errors.DamagedSession), length
                assert "bytes" in str(error), length
        assert cut.read_bytes() == whole[:length]


def test_damage_anywhere_is_never_written_over_and_never_read_as_something_else(
    path: Path, tmp_path: Path
) -> None:
    whole = written(path)
    with Archive.open(path) as archive:
        events = list(archive.events())
    hurt = tmp_path / "hurt.room"
    rng = random.Random(9)
    found = 0
    for _ in range(40):
        place = rng.randrange(100, len(whole) - 64)
        contents = whole[:place] + rng.randbytes(64) + whole[place + 64 :]
        hurt.write_bytes(contents)
        try:
            with Archive.open(hurt) as archive:
                read = list(archive.events())
        except (errors.DamagedSession, errors.NotASession, errors.NewerSession):
            found += 1
        else:
            assert read == events  # It hit the index of words, or room that nothing uses.
        assert hurt.read_bytes() == contents
    assert found > 10


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE texts SET text = replace(text, 'Line 3.', 'Line 4.')", "is not what was written"),
        ("DELETE FROM texts", "a text of event 2 is missing"),
        ("UPDATE events SET agent = 'ELIAS' WHERE id = 3", "event 3 is not what was written"),
        ("DELETE FROM events WHERE id = 3", "event 3 is missing"),
        ("UPDATE texts SET text = CAST(x'fffe' AS TEXT)", "UTF-8"),
        ("DROP TABLE texts", "no such table"),
    ],
)
def test_rows_that_contradict_each_other_are_found_as_they_are_read(
    path: Path, statement: str, said: str
) -> None:
    written(path)
    database(path, statement)
    with Archive.open(path) as archive, pytest.raises(errors.ArchiveError, match=said) as caught:
        list(archive.events())
    assert isinstance(caught.value, errors.DamagedSession | errors.NewerSession)


@BOTH
@pytest.mark.parametrize(
    "statement", ["DELETE FROM session", "DROP TABLE session", "PRAGMA user_version = 0"]
)
def test_a_session_without_its_record_is_damaged(path: Path, statement: str, write: bool) -> None:
    written(path)
    database(path, statement)
    assert isinstance(refused(path, write=write), errors.DamagedSession)


def test_a_snapshot_that_was_changed_is_damage(session: Archive, path: Path) -> None:
    session.snapshot(0, "fold.1", "{}")
    session.close()
    database(path, "UPDATE snapshots SET state = x'00'")
    with Archive.open(path) as archive, pytest.raises(errors.DamagedSession, match="snapshot at event 1"):
        archive.latest_snapshot("fold.1")


def test_damage_that_reading_has_not_come_upon_keeps_a_file_from_being_written_to(path: Path) -> None:
    whole = bytearray(written(path))
    with closing(sqlite3.connect(path)) as file:
        # Some page of the index of words, which no event is read from.
        (page,) = file.execute("SELECT max(pageno) FROM dbstat WHERE name = 'words_data'").fetchone()
    whole[(page - 1) * PAGE_SIZE : (page - 1) * PAGE_SIZE + 12] = b"\xff" * 12
    path.write_bytes(whole)
    with Archive.open(path) as archive:
        assert len(list(archive.events())) == 41
    assert isinstance(refused(path, write=True), errors.DamagedSession)
    assert path.read_bytes() == whole


def test_a_file_damaged_while_it_is_written_is_written_to_no_more(path: Path) -> None:
    written(path, turns=400)
    archive = Archive.open(path, write=True)
    archive.append(LineSpoken(take="s1.t1", character="MARA", line="Before. " * 400), agent="MARA")
    # By another process, as closing the file in this one would drop SQLite's locks.
    scribble = (
        "import sys; f = open(sys.argv[1], 'r+b'); size = f.seek(0, 2)\n"
        "for place in range(8192, size, 8192): f.seek(place); f.write(b'\\xff' * 4096)\n"
    )
    subprocess.run([sys.executable, "-c", scribble, str(path)], check=True)
    hurt = path.read_bytes()
    with pytest.raises(errors.DamagedSession, match="left as it is"):
        list(archive.events())
    with pytest.raises(errors.DamagedSession, match="left as it is"):
        archive.append(Cued(to="MARA"))
    archive.close()
    assert path.read_bytes() == hurt
    with pytest.raises(errors.DamagedSession):
        Archive.open(path, write=True)


def test_a_read_only_file_can_be_read_and_is_not_written_to(path: Path) -> None:
    before = written(path)
    path.chmod(0o444)
    error = refused(path, write=True)
    assert isinstance(error, errors.ReadOnlySession)
    assert str(error) == (
        f"{path} cannot be written to: the file is read-only; make it writable or branch it into a new file."
    )
    with Archive.open(path) as archive:
        assert archive.turn == 40
        archive.copy_branch(3, path.with_name("mine.room"))
    assert path.read_bytes() == before
    with Archive.open(path.with_name("mine.room"), write=True) as archive:
        assert archive.turn == 3


def test_a_new_session_takes_no_other_file_s_place(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"mine")
    with pytest.raises(errors.SessionExists, match="choose another name"):
        Archive.create(path, STARTED)
    assert path.read_bytes() == b"mine"
    (tmp_path / "broken.room").symlink_to(tmp_path / "nowhere")
    with pytest.raises(errors.ArchiveError):
        Archive.create(tmp_path / "folder" / "new.room", STARTED)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["broken.room", "lamp.room"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("nowhere/new.room", errors.CannotWrite),
        ("x" * 10_000, errors.CannotWrite),
        ("a\x00b", errors.NotASession),
    ],
    ids=["no folder", "too long", "nul"],
)
def test_a_session_that_cannot_be_made(tmp_path: Path, name: str, kind: type[errors.ArchiveError]) -> None:
    with pytest.raises(kind):
        Archive.create(tmp_path / name, STARTED)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows forbids these names.")
@pytest.mark.parametrize(
    "name", ["\x1b[2J\r\n\t.room", "a b?mode=rw&%00#.room", "日本語.room", "x" * 200 + ".room"]
)
def test_a_file_may_have_any_name_that_files_have(tmp_path: Path, name: str) -> None:
    with Archive.create(tmp_path / name, STARTED) as archive:
        archive.append(Cued(to="MARA"))
    assert os.listdir(tmp_path) == [name]
    with Archive.open(tmp_path / name) as archive:
        assert archive.head == 2


def full(path: Path, pages: int) -> Callable[[Archive], None]:
    def limit(archive: Archive) -> None:
        connection = archive._connection  # pyright: ignore[reportPrivateUsage] - a disk that is full
        (there,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {there + pages}")

    return limit


def test_a_full_disk_loses_only_what_did_not_fit(path: Path) -> None:
    with Archive.create(path, STARTED) as archive:
        full(path, 4)(archive)
        lines = (LineSpoken(take="s1.t1", character="MARA", line=f"{n} " * 400) for n in range(1000))
        kept: list[Event] = []
        with pytest.raises(errors.CannotWrite, match="full"):
            kept.extend(archive.append(line, agent="MARA") for line in lines)
        assert archive.turn == len(kept)
        kept.append(archive.append(Cued(to="MARA")))
    with Archive.open(path) as archive:
        assert list(archive.events(after=1)) == kept
        assert len(kept) > 1


def test_a_file_system_without_hard_links_will_do(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_links)
    written(path)
    assert os.listdir(path.parent) == [path.name]
    with Archive.open(path) as archive, pytest.raises(errors.SessionExists):
        archive.copy_branch(0, path)


def test_a_file_that_appears_meanwhile_is_left_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lexists = os.path.lexists
    looks = iter([False])  # As if it came just after the first look.

    def seen(file: Path) -> bool:
        return next(looks, True) and lexists(file)

    monkeypatch.setattr(os.path, "lexists", seen)
    path.write_bytes(b"mine")
    with pytest.raises(errors.SessionExists):
        Archive.create(path, STARTED)
    assert path.read_bytes() == b"mine"
    assert os.listdir(path.parent) == [path.name]


def test_the_first_event_of_a_session_may_be_large_and_strange(path: Path) -> None:
    first = SessionStarted(logline="\x00" * 10_000, cards={"x" * 10_000: "\x1b" * 100_000})
    with Archive.create(path, first) as archive:
        assert archive.event(1).body == first
