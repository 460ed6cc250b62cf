"""How much memory a model needs with given settings, and how much there is.

The three parts are those that llama.cpp allocates: weights, KV cache, and the buffers it computes in. The
sizes of the first two follow from the header exactly; that of the third is llama.cpp's own for plain
transformers to within a few per cent (a test compares them), and a guess for others. Where llama.cpp is left
to choose, it is taken to use flash attention, as it does for nearly all models; others need more.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import psutil

from writersroom.engine.errors import ModelTooLarge
from writersroom.engine.files.gguf_types import NUMBER_FORMATS
from writersroom.engine.files.model_file import ModelFile
from writersroom.engine.settings import CellType, EngineSettings
from writersroom.frozen import Frozen

_FORMATS: Final = {form.name.lower(): form for form in NUMBER_FORMATS.values()}
_CELL_BLOCK: Final = 256
"""llama.cpp rounds the cache up to a multiple of this many tokens."""
_STATES: Final = 6
"""Copies of a batch's hidden states that a layer holds at once; measured on SmolLM2."""


class Memory(Frozen):
    """Memory of a loaded model, in bytes."""

    weights: int
    cache: int
    """The KV cache, and what recurrent layers keep, all sequences together."""
    working: int
    """Buffers for one batch: attention, hidden states, logits."""

    @property
    def total(self) -> int:
        """All three."""
        return self.weights + self.cache + self.working

    def told(self, n_ctx: int) -> str:
        """The three for a person, of a context of so many tokens."""
        return (
            f"{sized(self.weights)} weights, {sized(self.cache)} for a context of {n_ctx:,} tokens, "
            f"{sized(self.working)} to compute in"
        )


class GpuMemory(Frozen):
    """A graphics processor's memory, in bytes."""

    name: str
    free: int
    total: int


def memory_needed(model: ModelFile, settings: EngineSettings) -> Memory:
    """What `model` takes with `settings`.

    For layers with a sliding window this is what the engine allocates: a full cache (`swa_full`), as a
    window's could not be shared by prefix.
    """
    return Memory(
        weights=model.weights,
        cache=cache_bytes(model, n_ctx=settings.n_ctx, key=settings.kv_key_type, value=settings.kv_value_type)
        + _state_bytes(model, settings),
        working=_working_bytes(model, settings),
    )


def cache_bytes(model: ModelFile, *, n_ctx: int, key: CellType, value: CellType) -> int:
    """Bytes of a KV cache of `n_ctx` tokens; 0 for a model that does not say how many heads it has."""
    tokens = -(-n_ctx // _CELL_BLOCK) * _CELL_BLOCK
    return sum(
        tokens * (_row(heads * model.key_length, key) + _row(heads * model.value_length, value))
        for heads in model.kv_heads
    )


def gpu_share(model: ModelFile, settings: EngineSettings) -> float:
    """The part of the model, from 0 to 1, that goes to the GPU where there is one."""
    every = (model.layers or 0) + 1  # The output layer counts as one.
    return 1.0 if settings.n_gpu_layers < 0 else min(settings.n_gpu_layers, every) / every


def free_memory() -> int:
    """Bytes this process may still take: what the system has left, or its container where that is less."""
    free = psutil.virtual_memory().available
    left = _left_in_container(Path("/sys/fs/cgroup"))
    return free if left is None else min(free, left)


def check_fits(
    model: ModelFile,
    settings: EngineSettings,
    *,
    free: int | None = None,
    gpus: Sequence[GpuMemory] = (),
) -> Memory:
    """Make sure the model fits before anything is loaded.

    Args:
        model: the model.
        settings: how it will be run.
        free: bytes of main memory; measured now if not given.
        gpus: the graphics processors, where they are known; empty where none is used.

    Returns:
        What it needs.

    Raises:
        ModelTooLarge: it does not fit; the message says what needs how much and what to change.
    """
    need = memory_needed(model, settings)
    free = free_memory() if free is None else free
    share = gpu_share(model, settings) if gpus else 0.0
    movable = need.weights + need.cache
    on_gpu, in_ram = movable * share + need.working, movable * (1 - share) + need.working
    parts = need.told(settings.n_ctx)
    room = sum(gpu.free for gpu in gpus)
    if share and on_gpu > room:
        every = (model.layers or 0) + 1
        fit = max(0, int((room - need.working) / movable * every)) if movable else 0
        raise ModelTooLarge(
            f"{model.name} needs {sized(on_gpu)} on the GPU ({parts}) but {sized(room)} is free there; "
            f"lower n_gpu_layers (about {fit} of {every} fit), or n_ctx, or take a smaller model."
        )
    if in_ram > free:
        raise ModelTooLarge(
            f"{model.name} needs {sized(in_ram)} of memory ({parts}) but {sized(free)} is free; "
            "take a smaller model or quantisation, lower n_ctx, or close other programs."
        )
    return need


def sized(count: float) -> str:
    """A number of bytes for a person, in units of 1,000.

    >>> sized(144_811_072)
    '145 MB'
    """
    for unit in ("bytes", "kB", "MB"):
        if count < 999.5:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def _state_bytes(model: ModelFile, settings: EngineSettings) -> int:
    """What recurrent layers keep of all sequences, in f32; all layers where the file does not say which."""
    layers = sum(heads == 0 for heads in model.kv_heads) or model.layers or 0
    return _sequences(model, settings) * layers * model.state_length * 4


def _sequences(model: ModelFile, settings: EngineSettings) -> int:
    # A recurrent state cannot be shared by prefix, so no ended sequence is held.
    return settings.sequences if model.state_length else settings.held_sequences


def _row(numbers: int, kind: CellType) -> int:
    form = _FORMATS[kind]
    return -(-numbers // form.block) * form.bytes


def _working_bytes(model: ModelFile, settings: EngineSettings) -> int:
    batch, width, vocabulary = settings.n_batch, model.embedding_length or 0, model.vocabulary or 0
    # The largest step sets the size: all logits, or the attention mask and, where they are not computed in
    # one pass, the weights of all heads.
    rows = 1 if settings.flash_attention != "off" else (model.heads or 0) + 1
    attention = batch * settings.n_ctx * rows * 4
    largest = max(batch * vocabulary * 4, attention)
    return largest + batch * width * 4 * _STATES + _sequences(model, settings) * vocabulary * 4


def _left_in_container(cgroup: Path) -> int | None:
    """Bytes left under a container's limit (cgroup version 2); None where there is none."""
    with contextlib.suppress(OSError, ValueError):  # No such file, or the word "max".
        limit = int((cgroup / "memory.max").read_text())
        used = int((cgroup / "memory.current").read_text())
        cached = 0
        for line in (cgroup / "memory.stat").read_text().splitlines():
            key, _, value = line.partition(" ")
            if key in ("inactive_file", "active_file"):  # Page cache is given back when memory is asked for.
                cached += int(value)
        return max(0, limit - used + cached)
    return None
