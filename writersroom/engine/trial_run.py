"""Load a model and decode a few tokens, telling each step. Run as `python -m writersroom.engine.trial_run`.

A process of its own, started by `trial`: where native code crashes, this process dies and not the caller.
It talks to llama.cpp as directly as it can, so that what fails here is llama.cpp and no code of ours. Each
step is one line of JSON on stdout, written before the next step is tried.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import sys
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import llama_cpp as lib

from writersroom.engine.devices import devices
from writersroom.engine.llama.parameters import CELL_TYPES, FLASH
from writersroom.engine.settings import EngineSettings, file_and_scale

PROMPT = b"The rain had stopped, and the two of them"
TOKENS = 8
"""Tokens decoded one by one, after the prompt was decoded in one batch."""


def try_out(path: Path | None, settings: EngineSettings) -> None:
    """Load `path` and decode, greedily; without a path only load the library.

    Steps go to stdout; whatever llama.cpp says goes to stderr.
    """
    lib.llama_backend_init()
    told = lib.llama_print_system_info().decode("utf-8", "replace")
    found = devices()
    offloads = lib.llama_supports_gpu_offload() and any(d.kind in ("GPU", "integrated GPU") for d in found)
    _tell(
        "library",
        version=lib.__version__,
        features=[part.strip() for part in told.split("|") if part.strip()],
        can_offload=lib.llama_supports_gpu_offload(),
        devices=[device.model_dump() for device in found],
    )
    if path is not None:
        _try_model(path, settings, offloads=offloads)


def _try_model(path: Path, settings: EngineSettings, *, offloads: bool) -> None:
    model_params = lib.llama_model_default_params()
    model_params.n_gpu_layers = settings.n_gpu_layers
    model_params.use_extra_bufts = settings.use_extra_bufts
    began = time.perf_counter()
    model = lib.llama_model_load_from_file(os.fsencode(path), model_params)
    if not model:
        raise SystemExit(3)
    adapters = [_load_adapter(model, lora) for lora in settings.lora]
    every = lib.llama_model_n_layer(model) + 1
    wanted = every if settings.n_gpu_layers < 0 else min(settings.n_gpu_layers, every)
    _tell("loaded", seconds=_since(began), layers=every, gpu_layers=wanted if offloads else 0)
    context_params = lib.llama_context_default_params()
    context_params.n_ctx, context_params.n_batch, context_params.n_ubatch = 256, 64, 64
    context_params.n_threads = context_params.n_threads_batch = settings.threads
    context_params.flash_attn_type = FLASH[settings.flash_attention]
    context_params.type_k = CELL_TYPES[settings.kv_key_type]
    context_params.type_v = CELL_TYPES[settings.kv_value_type]
    context = lib.llama_init_from_model(model, context_params)
    if not context:
        raise SystemExit(4)
    if adapters:
        _apply(context, adapters)
    tokens, seconds, text = _decode(context, lib.llama_model_get_vocab(model))
    _tell("decoded", tokens=tokens, seconds=seconds, text=text)
    lib.llama_free(context)
    for adapter, _ in adapters:
        lib.llama_adapter_lora_free(adapter)
    lib.llama_model_free(model)


def _load_adapter(model: Any, lora: str) -> tuple[Any, float]:
    name, scale = file_and_scale(lora)
    adapter = lib.llama_adapter_lora_init(model, os.fsencode(name))
    if not adapter:
        sys.stderr.write(f"the LoRA adapter {name} cannot be loaded\n")
        raise SystemExit(6)
    return adapter, scale


def _apply(context: Any, adapters: Sequence[tuple[Any, float]]) -> None:
    pointers = (lib.llama_adapter_lora_p_ctypes * len(adapters))(*(adapter for adapter, _ in adapters))
    scales = (ctypes.c_float * len(adapters))(*(scale for _, scale in adapters))
    # The binding declares the array's element type as unknown.
    if lib.llama_set_adapters_lora(context, pointers, len(adapters), scales) != 0:  # pyright: ignore[reportUnknownMemberType]
        sys.stderr.write("the LoRA adapters cannot be used together\n")
        raise SystemExit(7)


def _decode(context: Any, vocab: Any) -> tuple[int, float, str]:
    """Decode the prompt and `TOKENS` tokens after it; how many were decoded, in what time, and their text."""
    room = (lib.llama_token * 64)()
    count = lib.llama_tokenize(vocab, PROMPT, len(PROMPT), room, 64, True, False)
    sampler = lib.llama_sampler_init_greedy()
    piece = ctypes.create_string_buffer(256)
    batch = lib.llama_batch_get_one(room, count)
    text = b""
    began = time.perf_counter()
    for _ in range(TOKENS):
        if lib.llama_decode(context, batch) != 0:
            raise SystemExit(5)
        token = (lib.llama_token * 1)(lib.llama_sampler_sample(sampler, context, -1))
        size = lib.llama_token_to_piece(vocab, token[0], piece, 256, 0, True)
        text += piece.raw[: max(0, size)]
        batch = lib.llama_batch_get_one(token, 1)
    seconds = _since(began)
    lib.llama_sampler_free(sampler)
    return count + TOKENS - 1, seconds, text.decode("utf-8", "replace")


def _tell(step: str, **facts: object) -> None:
    sys.stdout.write(json.dumps({"step": step, **facts}) + "\n")
    sys.stdout.flush()


def _since(began: float) -> float:
    return round(time.perf_counter() - began, 3)


@contextlib.contextmanager
def _stdout_for_steps() -> Generator[None]:
    """Keep stdout for steps alone: what native code prints there goes to stderr."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with os.fdopen(os.dup(kept), "w", encoding="utf-8") as steps, contextlib.redirect_stdout(steps):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def main(arguments: Sequence[str]) -> None:
    """Run the trial that the arguments ask for: a path, or nothing, and engine settings as JSON."""
    named, given = arguments
    with _stdout_for_steps():
        try_out(Path(named) if named else None, EngineSettings.model_validate_json(given))


if __name__ == "__main__":
    main(sys.argv[1:])
