"""Text in from a file and out to one, so that neither a stray file nor a full disk costs anybody anything."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from writersroom.cli.terminal import Refused
from writersroom.exits import Exit

_DATABASE = b"SQLite format 3\x00"
"""How every session file begins."""


def read_text(path: Path, *, most: int) -> str:
    """The text of a UTF-8 file; a byte order mark is not part of it.

    Args:
        path: the file.
        most: bytes that it may have.

    Raises:
        Refused: it is too large, or is no text in UTF-8.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise Refused(f"{path} is larger than {most / 1e6:g} MB; name a script.", Exit.INPUT)
    if data.startswith(_DATABASE):
        raise Refused(f"{path} is a session, not a script; try `writersroom show`.", Exit.INPUT)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Refused(
            f"{path}, line {line}: this is no text in UTF-8; save it as that.", Exit.INPUT
        ) from None


def require_free(path: Path, *, replace: bool) -> None:
    """Make sure that writing to a path costs nobody a file.

    Args:
        path: where something is to be written; a device or a pipe holds nothing that could be lost.
        replace: whether a file that is there may go; a session never may.

    Raises:
        Refused: the path holds a session, or a file that may not go.
    """
    if _is_database(path):
        raise Refused(f"{path} is a session and is left alone; choose another name.", Exit.OUTPUT)
    if path.is_file() and not replace:
        raise Refused(f"{path} exists and is left alone; choose another name, or give --force.", Exit.OUTPUT)


def require_folder(path: Path) -> None:
    """Make sure that there is a folder for a file that takes long to make.

    Raises:
        Refused: there is none.
    """
    if not path.parent.is_dir():
        raise Refused(f"{path} cannot be written: there is no folder {path.parent}; make it.", Exit.OUTPUT)


def write_file(path: Path, content: str | bytes, *, replace: bool) -> None:
    """Put a text or a document into a file, wholly or not at all.

    Args:
        path: the file.
        content: all of it.
        replace: whether a file that is there may go.

    Raises:
        Refused: see `require_free`; or the file cannot be written.
    """
    require_free(path, replace=replace)
    data = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)  # A pipe or a device cannot be replaced, only written to.
        else:
            _replace(path, data)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Refused(f"{path} cannot be written: {reason}; choose another place.", Exit.OUTPUT) from error


def _replace(path: Path, data: bytes) -> None:
    """Write beside the file, then put it in the file's place."""
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=".writersroom-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        _with_usual_permissions(Path(name), target)
        os.replace(name, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return path.is_file() and file.read(len(_DATABASE)) == _DATABASE
    except OSError:
        return False


def _with_usual_permissions(new: Path, old: Path) -> None:
    """Give a temporary file the permissions of the one it replaces, or those that any new file gets."""
    try:
        mode = old.stat().st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    new.chmod(mode)
