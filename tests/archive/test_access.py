"""Who may open a session: permissions, a second writer, and what a killed one leaves beside the file."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.archive.conftest import STARTED, written
from writersroom.archive import Archive, errors, session_file
from writersroom.events.cued import Cued

AS_NOBODY = """
import os, sys
from writersroom.archive import Archive, ArchiveError  # As root, who may read the interpreter's folders.
os.setgid(65534); os.setuid(65534)
for task in sys.argv[1:]:
    mode, path = task.split(" ", 1)
    try:
        with Archive.open(path, write=mode == "write") as archive:
            print(archive.turn)
    except ArchiveError as error:
        print(type(error).__name__, error)
"""


def as_nobody(*tasks: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, *tasks], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="Only root can become somebody else."
)
def test_permissions_of_file_and_folder_are_heeded() -> None:
    with TemporaryDirectory() as name:  # pytest's own folders are closed to others.
        folder = Path(name)
        folder.chmod(0o755)
        modes = {"plain": 0o644, "open": 0o666, "secret": 0o600, "journal": 0o644, "log": 0o644}
        paths = {name: folder / f"{name}.room" for name in modes}
        contents = written(paths["plain"])
        for name, mode in modes.items():
            paths[name].write_bytes(contents)
            paths[name].chmod(mode)
        leave_hot_journal(paths["journal"])
        leave_log(paths["log"])
        before = {file: file.read_bytes() for file in folder.iterdir()}
        read, write, in_folder, secret, journal, log = as_nobody(
            f"read {paths['plain']}",
            f"write {paths['plain']}",
            f"write {paths['open']}",
            f"read {paths['secret']}",
            f"read {paths['journal']}",
            f"read {paths['log']}",
        )
        assert read == "40"
        assert write.startswith("ReadOnlySession")
        assert "the file is read-only" in write
        assert in_folder.startswith("ReadOnlySession")
        assert "its folder is read-only" in in_folder
        assert secret.startswith("CannotRead")
        assert "its permissions forbid it" in secret
        assert journal.startswith("CannotRead")
        assert "was not closed properly" in journal
        assert log.startswith("CannotRead")
        assert {file: file.read_bytes() for file in folder.iterdir()} == before


def leave_hot_journal(path: Path) -> None:
    """Leave a file as `kill -9` does where the journal mode is changed: with a journal to roll back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA synchronous = OFF")
        file.execute("BEGIN IMMEDIATE")
        file.execute("UPDATE session SET created = created + 1")
        journal = path.with_name(path.name + "-journal").read_bytes()
        file.execute("ROLLBACK")
    assert journal
    path.with_name(path.name + "-journal").write_bytes(journal)


def leave_log(path: Path) -> None:
    """Leave a file with a log that is not folded back, and without the index of the log."""
    log = path.with_name(path.name + "-wal")
    with Archive.open(path, write=True) as archive:
        archive.append(Cued(to="MARA"))
        contents, logged = path.read_bytes(), log.read_bytes()
    path.write_bytes(contents)
    log.write_bytes(logged)


OPEN_TO_WRITE = """
import sys
from writersroom.archive import Archive, ArchiveError
try:
    Archive.open(sys.argv[1], write=True)
except ArchiveError as error:
    print(type(error).__name__, error)
"""


def test_a_second_writer_is_refused_in_this_process_and_in_another(session: Archive, path: Path) -> None:
    session.append(Cued(to="MARA"))
    with pytest.raises(errors.SessionInUse) as caught:
        Archive.open(path, write=True)
    assert caught.value.process == os.getpid()
    said = (
        f"{path} is open for writing by process {os.getpid()}; "
        "close it there first, or open it here to watch only."
    )
    assert str(caught.value) == said
    done = subprocess.run(
        [sys.executable, "-c", OPEN_TO_WRITE, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"SessionInUse {said}"
    with pytest.raises(errors.SessionInUse):
        Archive.create(path, STARTED)
    link = path.with_name("link.room")
    link.symlink_to(path)
    with pytest.raises(errors.SessionInUse):
        Archive.open(link, write=True)
    session.append(Cued(to="ELIAS"))
    session.close()
    with Archive.open(path, write=True) as archive:
        assert archive.head == 3


def test_a_file_that_was_being_opened_as_its_writer_died_is_mended(path: Path) -> None:
    whole = written(path)
    leave_hot_journal(path)
    with Archive.open(path) as archive:
        assert archive.turn == 40
    assert path.read_bytes() == whole
    leave_hot_journal(path)
    with Archive.open(path, write=True) as archive:
        archive.append(Cued(to="MARA"))


def test_a_copy_without_the_index_of_its_log_is_read_whole(path: Path) -> None:
    written(path)
    leave_log(path)
    with Archive.open(path) as archive:
        assert archive.head == 42


def test_who_keeps_the_file_from_being_opened_is_waited_for_and_then_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(path)
    monkeypatch.setattr(session_file, "_PATIENCE", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM session").fetchall()
        with pytest.raises(errors.SessionInUse):
            Archive.open(path, write=True)
        other.execute("COMMIT")
        with Archive.open(path, write=True) as archive:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(errors.SessionInUse):
                archive.append(Cued(to="MARA"))
            other.execute("COMMIT")
            archive.append(Cued(to="MARA"))
