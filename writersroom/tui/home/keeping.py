"""Session files moved, copied and put away. Nothing is lost at once: what is deleted can be brought back."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Final

from writersroom.archive import SUFFIX, Archive, ArchiveError, free_name
from writersroom.archive.errors import SessionInUse, SessionMissing
from writersroom.archive.writer_lock import WriterLock
from writersroom.frozen import Frozen
from writersroom.view.printable import one_line

AWAY: Final = ".deleted"
"""The folder, beside the sessions, in which deleted ones lie until `KEPT_DAYS` are over."""

KEPT_DAYS: Final = 30

LONGEST: Final = 80
"""Characters of a file's name, without its ending."""

_BESIDE: Final = ("-wal", "-shm")
"""What may lie beside a session that was killed; it goes where its session goes."""


class CannotKeep(Exception):
    """A file cannot be moved there: one sentence says why."""


class Deleted(Frozen):
    """A session that was put away."""

    was: Path
    lies: Path


def name_problem(name: str, folder: Path) -> str:
    """Why a session cannot be called so; nothing where it can."""
    name = name.strip()
    if not name:
        return "Write a name."
    if len(name) > LONGEST:
        return f"The name has {len(name)} characters; {LONGEST} are enough."
    if name != one_line(name) or re.search(r'[\\/:*?"<>|]', name) or name.startswith("."):
        return 'A name cannot hold control characters or any of \\ / : * ? " < > |, nor begin with a dot.'
    if (folder / f"{name}{SUFFIX}").exists():
        return f"There is already a session called {name}."
    return ""


def rename(session: Path, name: str) -> Path:
    """Give a session file another name.

    Raises:
        CannotKeep: there is one of that name, or the folder cannot be written.
        ArchiveError: somebody is writing to the session.
    """
    problem = name_problem(name, session.parent)
    if problem:
        raise CannotKeep(problem)
    target = session.with_name(f"{name.strip()}{SUFFIX}")
    _move(session, target)
    return target


def delete(session: Path) -> Deleted:
    """Put a session away.

    Raises:
        CannotKeep: the folder cannot be written.
        ArchiveError: somebody is writing to the session.
    """
    away = session.parent / AWAY
    try:
        away.mkdir(exist_ok=True)
    except OSError as error:
        raise CannotKeep(f"{away}: {error.strerror or error}.") from error
    target = away / f"{time.time_ns()}-{session.name}"
    _move(session, target)
    os.utime(target)
    return Deleted(was=session, lies=target)


def restore(deleted: Deleted) -> Path:
    """Bring a session back.

    Raises:
        CannotKeep: there is another of its name now.
        ArchiveError: it is gone, or somebody is writing to it.
    """
    if deleted.was.exists():
        raise CannotKeep(f"There is another {deleted.was.name} now; rename it first.")
    _move(deleted.lies, deleted.was)
    return deleted.was


def forget_old(folder: Path, *, now: float | None = None) -> int:
    """Remove for good what was deleted long ago; returns how many sessions that were."""
    before = (time.time() if now is None else now) - KEPT_DAYS * 86400
    gone = 0
    try:
        for path in (folder / AWAY).iterdir():
            if path.stat().st_mtime < before:
                path.unlink()
                gone += path.name.endswith(SUFFIX)
    except OSError:
        return gone  # No such folder, or not ours to tidy.
    return gone


def branched_copy(session: Path, turn: int) -> Path:
    """A new session file that goes on from after a turn of this one.

    Raises:
        ArchiveError: there is no such turn, or the file cannot be made.
    """
    target = free_name(session.parent, f"{session.name.removesuffix(SUFFIX)}-{turn}")
    with Archive.open(session) as archive:
        archive.copy_branch(turn, target)
    return target


def _move(source: Path, target: Path) -> None:
    if source.is_dir():
        raise CannotKeep(f"{source.name} is a folder, which no session is; move it outside of writersroom.")
    try:
        Archive.open(source, write=True).close()  # Folds what is beside it into it.
    except (SessionInUse, SessionMissing):
        raise
    except ArchiveError:
        pass  # What cannot be opened, or may only be read, can be put elsewhere as it is.
    lock = WriterLock(source.resolve())
    try:
        if target.exists():
            raise CannotKeep(f"There is already a {target.name}.")
        os.rename(source, target)
        for ending in _BESIDE:
            beside = source.with_name(source.name + ending)
            if beside.exists():
                os.replace(beside, target.with_name(target.name + ending))
    except OSError as error:
        raise CannotKeep(f"{source.name}: {error.strerror or error}.") from error
    finally:
        lock.release()
