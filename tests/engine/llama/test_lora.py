"""A LoRA adapter changes what is written, by its scale."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from writersroom.engine.interface import Request, Sampling
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.settings import EngineSettings

RANK, WIDTH = 4, 576  # of SmolLM2-135M


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    """An adapter for the first layer's attention that turns everything upside down."""
    path, random = tmp_path / "turn.gguf", np.random.default_rng(1)
    writer: Any = gguf.GGUFWriter(path, "llama")  # its methods are only partly typed
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 64.0)
    for name in ("attn_q", "attn_output"):
        writer.add_tensor(f"blk.0.{name}.weight.lora_a", random.normal(size=(RANK, WIDTH)).astype(np.float32))
        writer.add_tensor(f"blk.0.{name}.weight.lora_b", random.normal(size=(WIDTH, RANK)).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


async def test_an_adapter_changes_the_text_by_its_scale(model_path: Path, adapter: Path) -> None:
    async def text(*lora: str) -> str:
        settings = EngineSettings(n_ctx=256, sequences=1, lora=lora)
        async with await LlamaEngine.open(model_path, settings) as engine:
            request = Request(prompt="The lamp", sampling=Sampling(temperature=0), max_tokens=12)
            return (await engine.generate(request)).takes[0].text

    plain = await text()
    assert await text(f"{adapter}=0") == plain
    assert await text(str(adapter)) != plain
