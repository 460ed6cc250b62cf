"""Hashes are right, remembered while a file stays as it is, and computed again when it changes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from tests.engine.files.making import write_model, write_split
from writersroom.engine.files.fingerprint import model_sha256, sha256_of, write_whole


def test_a_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.gguf", numbers=64 * 20_000)
    pieces: list[int] = []
    assert sha256_of(path, progress=pieces.append) == hashlib.sha256(path.read_bytes()).hexdigest()
    assert sum(pieces) == path.stat().st_size
    assert len(pieces) > 1


def test_a_split_model_is_hashed_as_one(tmp_path: Path) -> None:
    parts = write_split(tmp_path, "big", 2)
    joined = hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()
    assert model_sha256(parts[1], cache=tmp_path / "cache") == joined


def test_a_hash_is_remembered_until_size_or_time_change(tmp_path: Path) -> None:
    path, cache = tmp_path / "m.gguf", tmp_path / "cache"
    path.write_bytes(b"one")
    first = model_sha256(path, cache=cache)
    before = path.stat()
    path.write_bytes(b"two")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert model_sha256(path, cache=cache) == first  # Neither changed: the file was not read.
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert model_sha256(path, cache=cache) == hashlib.sha256(b"two").hexdigest()
    path.write_bytes(b"three")
    assert model_sha256(path, cache=cache) == hashlib.sha256(b"three").hexdigest()


@pytest.mark.parametrize("junk", [b"", b"{}", b"\xff", b'{"stamps": [], "sha256": "x", "more": 1}'])
def test_a_damaged_memory_is_replaced(junk: bytes, tmp_path: Path) -> None:
    path, cache = tmp_path / "m.gguf", tmp_path / "cache"
    path.write_bytes(b"one")
    right = model_sha256(path, cache=cache)
    (kept,) = (cache / "hashes").iterdir()
    kept.write_bytes(junk)
    assert model_sha256(path, cache=cache) == right
    assert kept.read_bytes() != junk


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    path, cache = tmp_path / "m.gguf", tmp_path / "cache"
    path.write_bytes(b"one")
    cache.write_text("a file, where the folder should be")
    assert model_sha256(path, cache=cache) == hashlib.sha256(b"one").hexdigest()


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "note.json"
    write_whole(target, "whole")
    assert target.read_text() == "whole"
    (tmp_path / "full").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "full", "text")
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "full"}
