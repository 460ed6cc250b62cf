"""SHA-256 of model files, computed once: gigabytes are not read again at each start."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from writersroom.engine.files.model_file import parts_of
from writersroom.frozen import Frozen
from writersroom.resources import cache_folder

_PIECE = 2**20


class Stamp(Frozen):
    """What tells, without reading it, that a file is as it was."""

    size: int
    mtime_ns: int


class Fingerprint(Frozen):
    """A remembered hash."""

    stamps: tuple[Stamp, ...]
    """One for each part of the model."""
    sha256: str


def model_sha256(path: Path, *, cache: Path | None = None) -> str:
    """SHA-256 of a model, in hexadecimal; of a split model, of all its parts one after the other.

    It is kept in the cache folder, and computed again when size or time of a file changed. A cache that
    cannot be written costs time only.

    Args:
        path: the model, or a part of it.
        cache: where hashes are kept, if not in the user's cache folder.

    Raises:
        NotAModel: a part is missing.
        OSError: the model cannot be read.
    """
    parts = parts_of(path)
    stamps = tuple(stamp_of(part) for part in parts)
    named = hashlib.sha256(os.fsencode(parts[0].resolve())).hexdigest()[:32]
    kept = (cache or cache_folder()) / "hashes" / f"{named}.json"
    with contextlib.suppress(OSError, ValidationError):
        fingerprint = Fingerprint.model_validate_json(kept.read_bytes())
        if fingerprint.stamps == stamps:
            return fingerprint.sha256
    digest = sha256_of(*parts)
    with contextlib.suppress(OSError):
        write_whole(kept, Fingerprint(stamps=stamps, sha256=digest).model_dump_json())
    return digest


def sha256_of(*paths: Path, progress: Callable[[int], object] | None = None) -> str:
    """Hash files, one after the other, from their bytes.

    Args:
        paths: the files.
        progress: called with the number of bytes of each piece that was read.

    Raises:
        OSError: a file cannot be read.
    """
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                if progress is not None:
                    progress(len(piece))
    return digest.hexdigest()


def stamp_of(path: Path) -> Stamp:
    """Size and time of a file, of what a link leads to."""
    status = path.stat()
    return Stamp(size=status.st_size, mtime_ns=status.st_mtime_ns)


def write_whole(path: Path, text: str) -> None:
    """Write a small file such that no reader ever sees half of it.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
