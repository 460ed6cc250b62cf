"""Files and events of earlier formats are read as they are, and brought up to date to be written to."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from writersroom.archive import Archive, errors, rows, words
from writersroom.archive.migrations import MIGRATIONS, migrate
from writersroom.archive.rows import COLUMNS, checksum
from writersroom.archive.schema import APPLICATION_ID, FORMAT
from writersroom.events.cued import Cued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.versions import UPCASTERS, RawEvent

NAMES = ["0001_record", "0002_full_text_index", "0003_snapshots", "0004_snapshots_on_others"]
"""Append to this; a name that changed, or moved, is a migration that was edited."""


def of_format(path: Path, number: int, source: Path) -> None:
    """Make the file that a program of an earlier format would have left of a session."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        migrate(file, stop_before=NAMES[number] if number < len(NAMES) else None)
        file.execute("ATTACH ? AS source", (str(source),))
        for table in ("session", "branches", "texts", "events"):
            file.execute(f"INSERT INTO {table} SELECT * FROM source.{table}")
        if number > 1:
            for event, body in rows.stored_bodies(file):
                words.index(file, event, body)


@pytest.fixture
def written(session: Archive) -> Archive:
    session.append(LineSpoken(take="s1.t1", character="MARA", line="Light the lamp. " * 60), agent="MARA")
    session.append(Cued(to="ELIAS"), agent="person")
    session.branch(0)
    session.close()
    return session


def test_migrations_are_numbered_and_appended_to(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        migrate(file)
        applied = file.execute(
            "SELECT name FROM _sqlite_migrations WHERE migration_set = ?", (MIGRATIONS.name,)
        )
        assert [name for (name,) in applied] == NAMES
        assert file.execute("PRAGMA user_version").fetchone() == (FORMAT,)
        assert file.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert [int(name[:4]) for name in NAMES] == list(range(1, FORMAT + 1))


@pytest.mark.parametrize("number", range(1, FORMAT))
def test_an_earlier_format_is_read_without_changing_the_file(
    written: Archive, path: Path, tmp_path: Path, number: int
) -> None:
    old = tmp_path / "old.room"
    of_format(old, number, path)
    before = old.read_bytes()
    with Archive.open(old) as archive, Archive.open(path) as current:
        assert list(archive.events(head=3)) == list(current.events(head=3))
        assert archive.branches() == current.branches()
        assert [hit.event for hit in archive.search("lamp")] == [2, 1]
        assert archive.latest_snapshot("fold.1") is None
        assert not archive.changed()
    assert old.read_bytes() == before


@pytest.mark.parametrize("number", range(1, FORMAT))
def test_an_earlier_format_is_migrated_when_it_is_written_to(
    written: Archive, path: Path, tmp_path: Path, number: int
) -> None:
    old = tmp_path / "old.room"
    of_format(old, number, path)
    with Archive.open(old, write=True) as archive:
        archive.append(Cued(to="MARA"))
        archive.snapshot(0, "fold.1", "{}")
        assert [hit.event for hit in archive.search("lamp")] == [2, 1]
    with closing(sqlite3.connect(old)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (FORMAT,)
    with Archive.open(old) as archive:
        assert archive.latest_snapshot("fold.1")


def as_version(path: Path, event: int, version: int, body: dict[str, object]) -> None:
    """Leave an event as a program of another version would have written it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute(
            "UPDATE events SET version = ?, json = ? WHERE id = ?", (version, json.dumps(body), event)
        )
        (*row, _) = file.execute(f"SELECT {COLUMNS} FROM events WHERE id = ?", (event,)).fetchone()
        file.execute("UPDATE events SET crc = ? WHERE id = ?", (checksum(tuple(row)), event))


def test_events_of_an_earlier_version_are_upcast_as_they_are_read(
    written: Archive, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def renamed(raw: RawEvent) -> RawEvent:
        body = raw["body"]
        assert isinstance(body, dict)
        if body["kind"] == "cued":
            body["to"] = body.pop("next")
        return raw

    as_version(path, 3, 0, {"next": "JUNE"})
    with Archive.open(path) as archive:
        with pytest.raises(errors.DamagedSession, match="version 0"):
            archive.event(3)
        monkeypatch.setitem(UPCASTERS, 0, renamed)
        assert archive.event(3).body == Cued(to="JUNE")


def test_an_event_of_a_later_version_is_refused(written: Archive, path: Path) -> None:
    as_version(path, 3, 9, {"to": "JUNE"})
    with Archive.open(path) as archive, pytest.raises(errors.NewerSession, match="events of version 9"):
        archive.event(3)


def test_an_event_that_is_no_more_one_is_damage(written: Archive, path: Path) -> None:
    as_version(path, 3, 1, {"whom": "JUNE"})
    with Archive.open(path) as archive, pytest.raises(errors.DamagedSession, match=r"event 3: .*body\.cued"):
        archive.event(3)


def test_a_migration_that_fails_leaves_the_file_in_its_format(
    written: Archive, path: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old.room"
    of_format(old, 1, path)
    with closing(sqlite3.connect(old, isolation_level=None)) as file:
        file.execute("CREATE TABLE snapshots (in_the_way)")
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(errors.ArchiveError):
        Archive.open(old, write=True)  # It is tried on a copy first.
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before
