"""What a model needs is what llama.cpp allocates, and what does not fit is refused with the reason."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.engine.files.making import write_model
from writersroom.engine import memory as subject
from writersroom.engine.errors import ModelTooLarge
from writersroom.engine.files.model_file import ModelFile, read_model
from writersroom.engine.memory import (
    GpuMemory,
    cache_bytes,
    check_fits,
    free_memory,
    gpu_share,
    memory_needed,
    sized,
)
from writersroom.engine.settings import EngineSettings

MIB = 2**20

VARIANTS = (
    EngineSettings(threads=1),
    EngineSettings(threads=1, n_ctx=2048),
    EngineSettings(threads=1, n_ctx=1000, n_batch=128, sequences=4),
    EngineSettings(threads=1, kv_key_type="q8_0", kv_value_type="q8_0"),
    EngineSettings(threads=1, flash_attention="off"),
    EngineSettings(threads=1, n_ctx=32_768, n_batch=256, sequences=1),
)

ALLOCATE = """
import ctypes, json, sys
import llama_cpp as lib
from pathlib import Path
from writersroom.engine.llama.runtime import Context, Weights, start_backend
from writersroom.engine.settings import EngineSettings

said = []
note = lib.llama_log_callback(lambda level, text, _: said.append(text.decode("utf-8", "replace")))
variants = [EngineSettings.model_validate(v) for v in json.loads(sys.argv[2])]
weights = Weights(Path(sys.argv[1]), variants[0])
lib.llama_log_set(note, ctypes.c_void_p(0))
for settings in variants:
    said.clear()
    Context(weights, settings, sequences=settings.held_sequences).close()
    print(json.dumps("".join(said)))
"""


@pytest.fixture(scope="module")
def model(model_path: Path) -> ModelFile:
    return read_model(model_path)


def test_the_parts_are_those_that_llama_cpp_allocates(model: ModelFile) -> None:
    settings = json.dumps([settings.model_dump() for settings in VARIANTS])
    told = subprocess.run(
        [sys.executable, "-c", ALLOCATE, str(model.path), settings],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout.splitlines()
    for variant, line in zip(VARIANTS, told, strict=True):
        said: str = json.loads(line)
        cache = sum(float(size) for size in re.findall(r"KV buffer size = +([\d.]+) MiB", said))
        working = sum(
            float(size) for size in re.findall(r"(?:compute|output) buffer size = +([\d.]+) MiB", said)
        )
        need = memory_needed(model, variant)
        assert need.cache / MIB == pytest.approx(cache, abs=0.01)
        # What the engine reserves depends on its own context parameters; it may be some per cent less.
        assert working == pytest.approx(need.working / MIB, rel=0.1)


def test_layers_without_attention_cache_nothing(tmp_path: Path) -> None:
    model = read_model(write_model(tmp_path / "m.gguf", layers=3, heads_kv=(2, 0, 1)))
    assert cache_bytes(model, n_ctx=256, key="f16", value="f32") == 256 * (2 + 1) * 16 * (2 + 4)


def test_a_recurrent_layer_keeps_a_state_for_each_reply_that_decodes(tmp_path: Path) -> None:
    ssm = {"inner_size": 128, "state_size": 16, "conv_kernel": 4, "group_count": 1}
    more = {f"jamba.ssm.{key}": value for key, value in ssm.items()}
    path = write_model(tmp_path / "m.gguf", architecture="jamba", layers=3, heads_kv=(2, 0, 0), more=more)
    model, settings = read_model(path), EngineSettings(n_ctx=256, sequences=3)
    attention = cache_bytes(model, n_ctx=256, key="f16", value="f16")
    state = 128 * 16 + 3 * (128 + 2 * 16)
    assert memory_needed(model, settings).cache == attention + 3 * 2 * state * 4


@pytest.mark.parametrize(
    ("architecture", "more", "state"),
    [("rwkv6", {"wkv.head_size": 32}, 64 * 32 + 2 * 64), ("lfm2", {"shortconv.l_cache": 3}, 2 * 64)],
)
def test_other_recurrent_layers_say_what_they_keep(
    tmp_path: Path, architecture: str, more: dict[str, int], state: int
) -> None:
    keys = {f"{architecture}.{key}": value for key, value in more.items()}
    path = write_model(tmp_path / "m.gguf", architecture=architecture, more=keys)
    assert read_model(path).state_length == state


def test_the_share_on_the_gpu(model: ModelFile) -> None:
    assert gpu_share(model, EngineSettings()) == 1.0
    assert gpu_share(model, EngineSettings(n_gpu_layers=0)) == 0.0
    assert gpu_share(model, EngineSettings(n_gpu_layers=31)) == 1.0
    assert gpu_share(model, EngineSettings(n_gpu_layers=99)) == 1.0
    assert gpu_share(model, EngineSettings(n_gpu_layers=10)) == pytest.approx(10 / 31)


def test_flash_attention_needs_less(model: ModelFile) -> None:
    slow = memory_needed(model, EngineSettings(flash_attention="off"))
    assert memory_needed(model, EngineSettings(flash_attention="on")).working < slow.working
    assert memory_needed(model, EngineSettings()).working < slow.working


def test_what_fits_is_told_what_it_needs(model: ModelFile) -> None:
    need = check_fits(model, EngineSettings())
    assert need == memory_needed(model, EngineSettings())
    assert need.total == need.weights + need.cache + need.working


def test_what_does_not_fit_is_refused_with_all_figures(model: ModelFile) -> None:
    need = memory_needed(model, EngineSettings())
    assert check_fits(model, EngineSettings(), free=need.total) == need
    with pytest.raises(ModelTooLarge) as caught:
        check_fits(model, EngineSettings(), free=need.total - 1)
    message = str(caught.value)
    for part in (need.total, need.weights, need.cache, need.working):
        assert sized(part) in message
    assert "8,192 tokens" in message
    assert "\n" not in message


def test_what_does_not_fit_the_gpu_is_told_how_many_layers_do(model: ModelFile) -> None:
    need = memory_needed(model, EngineSettings())
    half = GpuMemory(name="half", free=need.working + (need.weights + need.cache) // 2, total=10**12)
    with pytest.raises(ModelTooLarge, match="about 15 of 31 fit"):
        check_fits(model, EngineSettings(), free=10**12, gpus=(half,))
    check_fits(model, EngineSettings(n_gpu_layers=15), free=10**12, gpus=(half,))
    check_fits(model, EngineSettings(), free=10**12, gpus=(half, half))
    check_fits(
        model, EngineSettings(n_gpu_layers=0), free=10**12, gpus=(half.model_copy(update={"free": 0}),)
    )
    with pytest.raises(ModelTooLarge, match="of memory"):
        check_fits(model, EngineSettings(n_gpu_layers=15), free=10**8, gpus=(half,))


def test_free_memory_is_at_most_what_the_system_has() -> None:
    assert 0 < free_memory() <= psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("limit", "left"),
    [("1000000", 1_000_000 - 700_000 + 200_000 + 50_000), ("500000", 50_000), ("max", None), ("", None)],
)
def test_a_container_may_leave_less(limit: str, left: int | None, tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text(f"{limit}\n")
    (tmp_path / "memory.current").write_text("700000\n")
    (tmp_path / "memory.stat").write_text("anon 1\ninactive_file 200000\nactive_file 50000\nfile 250000\n")
    assert subject._left_in_container(tmp_path) == left  # pyright: ignore[reportPrivateUsage]  # its folder is the system's


def test_outside_a_container_nothing_limits(tmp_path: Path) -> None:
    assert subject._left_in_container(tmp_path) is None  # pyright: ignore[reportPrivateUsage]  # its folder is the system's


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (999_600, "1 MB"),
        (145e6, "145 MB"),
        (4.37e9, "4.4 GB"),
    ],
)
def test_sizes_are_for_people(count: float, shown: str) -> None:
    assert sized(count) == shown
