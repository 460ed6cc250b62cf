"""Weights files: what was saved comes back, and what was tampered with does not."""

from __future__ import annotations

import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.critic.measuring import reading
from tests.critic.texts import machine_like, people_like
from writersroom.critic import weights as module
from writersroom.critic.card import model_card
from writersroom.critic.errors import DamagedWeights, NewerWeights, TooFewTexts
from writersroom.critic.training import trained
from writersroom.critic.weights import Trained, load, save
from writersroom.resources import critic_weights


def test_the_shipped_weights_are_whole_small_and_hold_no_text() -> None:
    held = load(critic_weights())
    assert critic_weights().stat().st_size < 4_000_000
    assert held.rows.human.any()
    assert not held.rows.human.all()
    assert held.trained.eye_sha256 is not None
    with np.load(critic_weights(), allow_pickle=False) as arrays:
        kinds = {arrays[name].dtype.kind for name in arrays.files}
    assert kinds <= {"f", "b", "u"}  # numbers; no strings, no objects


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    held = load(critic_weights())
    digest = save(held, tmp_path / "w.npz")
    again = load(tmp_path / "w.npz")
    assert len(digest) == 64
    np.testing.assert_array_equal(again.rows.style, held.rows.style)
    assert again.model_dump(include={"calibration", "limits", "trained", "held_back"}) == held.model_dump(
        include={"calibration", "limits", "trained", "held_back"}
    )
    assert [path.name for path in tmp_path.iterdir()] == ["w.npz"]


def _changed(path: Path, **arrays: np.ndarray) -> None:
    with np.load(critic_weights(), allow_pickle=False) as held:
        all_arrays = {name: held[name] for name in held.files}
    np.savez_compressed(path, allow_pickle=True, **{**all_arrays, **arrays})  # a trap is a pickle


def _manifest() -> dict[str, object]:
    with np.load(critic_weights(), allow_pickle=False) as held:
        return json.loads(bytes(held["manifest"]))


def test_a_changed_number_is_found_out_by_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "changed.npz"
    _changed(path, quality_coef=load(critic_weights()).quality.coef + 1e-9)
    with pytest.raises(DamagedWeights, match=r"changed\.npz.*SHA-256"):
        load(path)


def test_a_newer_format_is_refused_by_name_and_hash(tmp_path: Path) -> None:
    path = tmp_path / "newer.npz"
    text = json.dumps({**_manifest(), "format": 99, "unheard_of": 1}).encode()
    _changed(path, manifest=np.frombuffer(text, np.uint8))
    with pytest.raises(NewerWeights, match=r"newer\.npz \(sha256 [0-9a-f]{16}.*format 99"):
        load(path)


class _Trap:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("sprung",)


@pytest.mark.parametrize("name", ["bare", "member"])
def test_no_pickle_is_ever_loaded(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "trap.npz"
    if name == "bare":
        path.write_bytes(pickle.dumps(_Trap()))
    else:
        _changed(path, quality_coef=np.array([_Trap()], dtype=object))
    with pytest.raises(DamagedWeights):
        load(path)
    assert not (tmp_path / "sprung").exists()


def _truncated(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def _flipped(raw: bytes) -> bytes:
    return raw[:5000] + bytes([raw[5000] ^ 255]) + raw[5001:]


def _other_zip(_: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("hello.txt", "hello")
    return buffer.getvalue()


def _nothing(_: bytes) -> bytes:
    return b""


def _greeting(_: bytes) -> bytes:
    return b"hello"


def _bare_array(_: bytes) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    return buffer.getvalue()


@pytest.mark.parametrize("spoil", [_truncated, _flipped, _other_zip, _bare_array, _nothing, _greeting])
def test_a_damaged_file_is_refused_by_name(spoil: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / "bad.npz"
    path.write_bytes(spoil(critic_weights().read_bytes()))
    with pytest.raises(DamagedWeights, match=r"bad\.npz"):
        load(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [("style", ["other"]), ("sources", ["one"]), ("calibration", {"slope": "x"}), ("format", "one")],
)
def test_a_manifest_that_does_not_fit_is_refused(
    field: str, value: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "odd.npz"
    text = json.dumps({**_manifest(), field: value}).encode()
    _changed(path, manifest=np.frombuffer(text, np.uint8))
    with np.load(path, allow_pickle=False) as held:
        said = bytes(held["sha256"]).decode()

    def as_said(*_: object) -> str:
        return said

    monkeypatch.setattr(module, "_digest", as_said)  # so that only the manifest is wrong
    with pytest.raises(DamagedWeights):
        load(path)


def test_weights_can_be_trained_from_texts_and_say_from_which(tmp_path: Path) -> None:
    people = [("people", reading(people_like(seed))) for seed in range(14)]
    machines = [(f"m{seed % 2}", reading(machine_like(seed))) for seed in range(14)]
    made = trained(
        people, machines, base=load(critic_weights()), told=Trained(on=("made up",), day="2026-01-01")
    )
    save(made, tmp_path / "own.npz")
    told = model_card(load(tmp_path / "own.npz"))
    assert told.trained_on == ("made up",)
    assert dict(told.texts) == {"human, people": 14, "machine, m0": 7, "machine, m1": 7}
    assert dict(told.measured)["auroc"] > 0.9
    with pytest.raises(TooFewTexts, match="human"):
        trained(people[:3], machines, base=load(critic_weights()), told=Trained(on=()))
