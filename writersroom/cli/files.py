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


def write_text(path: Path, text: str) -> None:
    """Put a text into a file, wholly or not at all; what the file held before is replaced.

    Raises:
        Refused: it holds a session.
        OSError: it cannot be written.
    """
    if _is_database(path):
        raise Refused(f"{path} is a session and is left alone; choose another name.", Exit.OUTPUT)
    if path.exists() and not path.is_file():
        # A pipe or a device cannot be replaced, only written to.
        path.write_text(text, encoding="utf-8")
        return
    folder = path.resolve().parent
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        _with_usual_permissions(Path(name), path)
        os.replace(name, path.resolve())
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
