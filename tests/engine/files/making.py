"""Small GGUF files for tests, written with the reference writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from gguf import GGUFValueType, GGUFWriter

TEMPLATE = "{% for message in messages %}{{ message.content }}{% endfor %}"


def write_model(
    path: Path,
    *,
    architecture: str = "llama",
    template: str | None = TEMPLATE,
    kind: str | None = None,
    layers: int = 2,
    heads_kv: int | Sequence[int] = 2,
    numbers: int = 4096,
    tensors: int = 1,
    more: Mapping[str, int] | None = None,
) -> Path:
    """Write a file with the header of a model, and tensors of zeros."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = GGUFWriter(path, architecture)
    if kind is not None:
        writer.add_type(kind)
    writer.add_name("A Tiny Model")
    writer.add_context_length(512)
    writer.add_embedding_length(64)
    writer.add_block_count(layers)
    writer.add_head_count(4)
    writer.add_head_count_kv(heads_kv if isinstance(heads_kv, int) else list(heads_kv))
    writer.add_token_list(["a", "b", "<end>"])
    for key, value in (more or {}).items():
        writer.add_key_value(key, value, GGUFValueType.UINT32)
    if template is not None:
        writer.add_chat_template(template)
    for index in range(tensors):
        writer.add_tensor(f"blk.{index}.weight", np.zeros((numbers // 64, 64), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_split(folder: Path, stem: str, parts: int) -> list[Path]:
    """Write a model in several files: all facts in the first, some tensors in each."""
    return [
        write_model(folder / f"{stem}-{part:05d}-of-{parts:05d}.gguf", tensors=part)
        for part in range(1, parts + 1)
    ]
