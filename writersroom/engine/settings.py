"""How a local model is run. Declared once: flags, settings screen and documentation read these fields."""

from __future__ import annotations

import math
import os
from typing import Literal

from pydantic import Field

from writersroom.frozen import Frozen

CellType = Literal["f32", "f16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0"]
"""Number format of the KV cache."""


MOST_THREADS = 512
"""llama.cpp's own bound, GGML_MAX_N_THREADS; it does not check it, and writes beyond."""


def usable_threads() -> int:
    """Processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def file_and_scale(lora: str) -> tuple[str, float]:
    """An adapter's file and its scale, 1 if none is given: what is no number is part of the file's name."""
    name, _, scale = lora.rpartition("=")
    try:
        number = float(scale)
    except ValueError:
        return lora, 1.0
    return (name, number) if name and math.isfinite(number) else (lora, 1.0)


class EngineSettings(Frozen):
    """Settings of the in-process engine."""

    n_ctx: int = Field(default=8192, ge=256, description="Tokens in the KV cache, shared by all sequences")
    sequences: int = Field(default=16, ge=1, le=64, description="Replies that decode at the same time")
    cached_tokens: int = Field(
        default=512,
        ge=0,
        description="Tokens of ended prompts kept for reuse, beyond those shared and the last prompt",
    )
    n_batch: int = Field(default=512, ge=32, description="Most tokens computed in one step")
    threads: int = Field(
        default_factory=lambda: min(usable_threads(), MOST_THREADS),
        ge=1,
        le=MOST_THREADS,
        description="Processor threads; default: all this process may use",
    )
    n_gpu_layers: int = Field(default=-1, ge=-1, description="Layers on the GPU; -1: all of them")
    flash_attention: Literal["auto", "on", "off"] = Field(
        default="auto",
        description="auto: on where llama.cpp can do it for this model",
    )
    kv_key_type: CellType = Field(default="f16", description="Number format of cached keys")
    kv_value_type: CellType = Field(
        default="f16", description="Number format of cached values; below f16 needs flash attention"
    )
    lora: tuple[str, ...] = Field(
        default=(), description="LoRA adapter files (GGUF), each FILE or FILE=SCALE"
    )
    use_extra_bufts: bool = Field(
        default=True, description="Let llama.cpp repack weights for this processor; off avoids AMX faults"
    )

    @property
    def held_sequences(self) -> int:
        """Sequences of the KV cache: those that decode, and those that hold prefixes of ended ones."""
        return min(4 * self.sequences, 256)
