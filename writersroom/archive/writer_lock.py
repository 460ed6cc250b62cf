"""One writer a session: a lock file beside it, held by the kernel for as long as the writer lives.

The lock is on an open file (`flock`, or `LockFile` through `msvcrt`), so it goes with its process however
that ends; a file left behind by `kill -9` locks nothing. It is not on the session file itself: SQLite's own
locks there are POSIX record locks, which a process loses as soon as it closes any handle on the file.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from writersroom.archive.errors import CannotWrite, SessionInUse

_SUFFIX = "-lock"
_BYTE = 1 << 30
"""On Windows the locked byte, past the end, so that the process id can be read while it is held."""

if sys.platform == "win32":  # pragma: no cover - run on Windows alone
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class WriterLock:
    """Held from construction to `release`.

    Raises:
        SessionInUse: somebody else holds it.
        CannotWrite: the lock file cannot be made or written.
    """

    def __init__(self, session: Path) -> None:
        self._path = session.with_name(session.name + _SUFFIX)
        self._session = session
        while True:
            handle = self._open()
            if not self._locked(handle):
                holder = _holder(handle)
                os.close(handle)
                raise SessionInUse(session, holder)
            if self._is_the_file(handle):
                break
            os.close(handle)  # The holder before removed this file between our opening and locking it.
        self._handle: int | None = handle
        try:
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, str(os.getpid()).encode())
        except OSError as error:  # The disk is full.
            self.release()
            raise CannotWrite(session, error.strerror or str(error)) from error

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        except OSError as error:
            raise CannotWrite(self._session, error.strerror or str(error)) from error

    def _locked(self, handle: int) -> bool:
        try:
            return _try_lock(handle)
        except OSError as error:
            os.close(handle)
            why = f"its file system has no locks ({error.strerror or error})"
            raise CannotWrite(self._session, why) from error

    def _is_the_file(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), os.stat(self._path))
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Let others write. Releasing twice is harmless."""
        if self._handle is None:
            return
        handle, self._handle = self._handle, None
        if sys.platform == "win32":  # pragma: no cover - run on Windows alone
            os.close(handle)
            with suppress(OSError):  # Somebody has opened it since.
                self._path.unlink()
        else:
            with suppress(OSError):  # The folder was made read-only since.
                self._path.unlink()  # While it is held, or it might be another's by then.
            os.close(handle)


def _holder(handle: int) -> int | None:
    os.lseek(handle, 0, os.SEEK_SET)
    written = os.read(handle, 20)
    return int(written) if written.isdigit() else None
