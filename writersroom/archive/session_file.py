"""Opening a session file: telling one from something else, and making a new one.

While it is written a session is in WAL mode, so that readers never wait; when its writer closes it is folded
back into one plain file, which can be copied, mailed, and read from a folder nobody may write to. While
somebody still watches it an empty log stays beside the file, which is whole without it. Reading opens it
read-only and leaves nothing beside it.

`synchronous=FULL`: every commit is on the disk before it is reported, so that a power cut loses no more than
`kill -9` does, the turn being spoken. That costs one flush a commit, a fraction of a millisecond to a few; a
turn takes seconds.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import cast

from writersroom.archive.errors import (
    ArchiveError,
    CannotRead,
    CannotWrite,
    DamagedSession,
    NewerSession,
    NotASession,
    ReadOnlySession,
    SessionClosed,
    SessionExists,
    SessionInUse,
    SessionMissing,
)
from writersroom.archive.rows import DamagedRow
from writersroom.archive.schema import APPLICATION_ID, FORMAT, PAGE_SIZE
from writersroom.events import VERSION, NewerEvent

_PATIENCE = 5.0
"""Seconds to wait for another connection to finish what it is doing to the file."""
_PARTING = 500
"""Milliseconds that the writer waits, as it closes, for a reader to finish a read."""

_PRIMARY = 0xFF
"""SQLite's extended result codes hold the primary one in their low byte."""


def resolved(path: str | os.PathLike[str]) -> Path:
    """One path for a file, however it is named, so that two writers cannot miss each other.

    Raises:
        NotASession: no file can have such a name.
    """
    try:
        return Path(path).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise NotASession(Path(path), "no file can have this name") from error


@contextmanager
def told(path: Path, otherwise: type[CannotRead | CannotWrite]) -> Generator[None, None, None]:
    """Errors of SQLite and of rows as errors of the archive: `otherwise`, where none is more to the point."""
    try:
        yield
    except DamagedRow as error:
        raise DamagedSession(path, str(error)) from error
    except NewerEvent as error:
        raise NewerSession(path, what="events of", found=error.found, known=error.known) from error
    except sqlite3.Error as error:
        raise _told(path, error, otherwise) from error


def _told(path: Path, error: sqlite3.Error, otherwise: type[CannotRead | CannotWrite]) -> ArchiveError:
    said = str(error)
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or "decode to UTF-8" in said:
        return DamagedSession(path, said)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return SessionInUse(path, None)
    if code == sqlite3.SQLITE_READONLY:
        return ReadOnlySession(path, said)
    if code == sqlite3.SQLITE_CANTOPEN:
        return CannotRead(path, said)
    if isinstance(error, sqlite3.ProgrammingError) and "closed database" in said:
        return SessionClosed(path)
    if code == sqlite3.SQLITE_ERROR and said.startswith("no such "):
        return DamagedSession(path, said)
    return otherwise(path, said)


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that cannot change the file, to a session of this format or an earlier one.

    A file of an earlier format is copied into memory and migrated there.

    Raises:
        SessionMissing, NotASession, NewerSession, DamagedSession, CannotRead: as `errors` says.
    """
    _require_file(path)
    with told(path, CannotRead):
        connection = _connect(path, "ro")
        try:
            try:
                found = _format(connection, path)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_READONLY:
                    raise
                # A writer was killed as it opened or closed the file. SQLite rolls that back, and must write.
                connection.close()
                _recover(path)
                connection = _connect(path, "ro")
                found = _format(connection, path)
            if found < FORMAT:
                connection = _migrated_copy(connection)
            _require_known_events(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def open_to_write(path: Path) -> sqlite3.Connection:
    """A connection for the one writer, who holds the lock; migrates a file of an earlier format.

    Raises:
        CannotWrite, SessionInUse, DamagedSession: as `errors` says.
    """
    with suppress(OSError):
        _unborn(path).unlink()  # Whoever made this file may have been killed before taking that name away.
    with told(path, CannotWrite):
        connection = _connect(path, "rw")
        try:
            _to_wal(connection, path)
            connection.execute("PRAGMA synchronous = FULL")
            if _format(connection, path) < FORMAT:
                _migrate(connection)
            connection.execute(
                "UPDATE session SET events_version = ? WHERE events_version < ?", (VERSION, VERSION)
            )
        except BaseException:
            connection.close()
            raise
    return connection


def require_writable(path: Path) -> None:
    """Refuse a file that must not, or cannot safely, be written to; the file is only read for it.

    Raises:
        ReadOnlySession: its permissions forbid it.
        SessionMissing, NotASession, NewerSession, DamagedSession, CannotRead: as `errors` says.
    """
    with closing(open_to_read(path)) as connection, told(path, CannotRead):
        verdict = cast(str, connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    if verdict != "ok":
        raise DamagedSession(path, " ".join(verdict.split()))
    # Root may write to anything; a file marked read-only is still meant to stay as it is.
    if not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(path, os.W_OK):
        raise ReadOnlySession(path, "the file is read-only")
    if not os.access(path.parent, os.W_OK):
        raise ReadOnlySession(path, "its folder is read-only")


def create_file(path: Path, fill: Callable[[sqlite3.Connection], None]) -> None:
    """Make a new session file, which appears under its name whole or not at all.

    Args:
        path: where; the caller holds the writer's lock for it.
        fill: writes the first rows, in one transaction.

    Raises:
        SessionExists: there is something of this name.
        CannotWrite: the folder does not take it.
    """
    if os.path.lexists(path):
        raise SessionExists(path)
    new = _unborn(path)
    try:
        new.unlink(missing_ok=True)  # Of a process that was killed here; the lock is ours.
        with told(path, CannotWrite), closing(_connect(new, "rwc")) as connection:
            connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
            connection.execute("PRAGMA journal_mode = MEMORY")  # Nobody sees it before it is whole,
            connection.execute("PRAGMA synchronous = OFF")  # and one flush at the end is enough.
            _migrate(connection)
            connection.execute("BEGIN")
            fill(connection)
            connection.execute("COMMIT")
        _publish(new, path)
    except OSError as error:
        raise CannotWrite(path, error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)


def close_written(connection: sqlite3.Connection) -> None:
    """Fold the log back and leave one plain file; where somebody watches, at least all of it in the file."""
    # Where a reader keeps it in WAL mode, or the disk is full, the next writer to close does it.
    with suppress(sqlite3.Error):
        connection.execute(f"PRAGMA busy_timeout = {_PARTING}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    connection.close()


def abandon(connection: sqlite3.Connection, path: Path) -> None:
    """Let go of a damaged file as it is: SQLite folds the log back only as its last connection closes."""
    with closing(_connect(path, "ro")) as witness:
        with suppress(sqlite3.Error):
            _pragma(witness, "schema_version")
        connection.close()


def _unborn(path: Path) -> Path:
    """What a file is called until it is whole."""
    return path.with_name(path.name + "-new")


def _publish(new: Path, path: Path) -> None:
    _flush(new, os.O_RDWR)
    try:
        os.link(new, path)  # Unlike a rename, never takes the place of a file that has appeared since.
    except FileExistsError:
        raise SessionExists(path) from None
    except OSError:  # A file system without hard links.
        if os.path.lexists(path):
            raise SessionExists(path) from None
        new.rename(path)
    if os.name == "posix":
        _flush(path.parent, os.O_RDONLY)


def _flush(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    # The archive serialises its calls itself, so that any thread may make them.
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode={mode}",
        uri=True,
        timeout=_PATIENCE,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _require_file(path: Path) -> None:
    # By its path only: to open and close the file would drop the locks of this process's other connections.
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise SessionMissing(path) from None
    except (OSError, ValueError) as error:
        raise CannotRead(path, getattr(error, "strerror", None) or str(error)) from error
    if stat.S_ISDIR(mode):
        raise NotASession(path, "it is a folder")
    if not stat.S_ISREG(mode):
        raise NotASession(path, "it is not a regular file")
    if path.stat().st_size == 0:
        raise NotASession(path, "it is empty")
    if not os.access(path, os.R_OK):
        raise CannotRead(path, "its permissions forbid it")


def _format(connection: sqlite3.Connection, path: Path) -> int:
    """The file's format, if it is a session that this program knows and all of it is there."""
    try:
        mark = _pragma(connection, "application_id")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_NOTADB:
            raise NotASession(path, "its contents are something else") from error
        if error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_CORRUPT:
            raise DamagedSession(path, f"only {path.stat().st_size} bytes of it are there") from error
        raise
    if mark != APPLICATION_ID:
        raise NotASession(path, "it is a database of another program")
    found = _pragma(connection, "user_version")
    if found > FORMAT:
        raise NewerSession(path, what="format", found=found, known=FORMAT)
    if _text_pragma(connection, "journal_mode") != "wal":
        whole = _pragma(connection, "page_count") * _pragma(connection, "page_size")
        there = path.stat().st_size
        if there < whole:
            raise DamagedSession(path, f"only {there} of its {whole} bytes are there")
    if found < 1 or connection.execute("SELECT count(*) FROM session").fetchone() != (1,):
        raise DamagedSession(path, "the record of the session is missing")
    return found


def _require_known_events(connection: sqlite3.Connection, path: Path) -> None:
    latest = cast(int, connection.execute("SELECT events_version FROM session").fetchone()[0])
    if latest > VERSION:
        raise NewerSession(path, what="events of", found=latest, known=VERSION)


def _recover(path: Path) -> None:
    try:
        with closing(_connect(path, "rw")) as connection:
            _pragma(connection, "schema_version")
    except sqlite3.OperationalError as error:
        why = "it was not closed properly and can only be mended where it may be written to"
        raise CannotRead(path, why) from error


def _migrated_copy(connection: sqlite3.Connection) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    with closing(connection):
        connection.backup(copy)
    _migrate(copy)
    return copy


def _migrate(connection: sqlite3.Connection) -> None:
    # sqlite-utils takes half a second to import, and a file of the current format does not need it.
    from writersroom.archive.migrations import migrate  # noqa: PLC0415

    migrate(connection)


def _to_wal(connection: sqlite3.Connection, path: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            mode = _text_pragma(connection, "journal_mode = WAL")
        except sqlite3.OperationalError:  # A reader is at it; ours read for milliseconds at a time.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            break
    if mode != "wal":
        raise CannotWrite(path, "its file system does not let it be written and watched at once")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return cast(int, connection.execute(f"PRAGMA {name}").fetchone()[0])


def _text_pragma(connection: sqlite3.Connection, name: str) -> str:
    return cast(str, connection.execute(f"PRAGMA {name}").fetchone()[0])
