"""A model of a few kilobytes whose vocabulary is a SentencePiece one, as Llama 2's and Mistral's are."""

from __future__ import annotations

import string
from pathlib import Path

import gguf
import numpy as np

CONTEXT = 128
"""Tokens it says it was trained on."""
_WIDTH, _INNER = 32, 64
_WORDS = ("agree", "\u2581agree", "lamp", "\u2581lamp", '\u2581"', "\u2581]", "\u2581}")


def write_sentencepiece_model(path: Path, *, pooling: gguf.PoolingType | None = None) -> Path:
    """Write a one-layer model of random weights that runs, and marks the beginning of a text by a space.

    With `pooling` it says that the states of its tokens are to be joined so.
    """
    pieces, kinds = _vocabulary()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_feed_forward_length(_INNER)
    writer.add_block_count(1)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // 2)
    if pooling is not None:
        writer.add_pooling_type(pooling)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(pieces)
    writer.add_token_scores([-float(at) for at in range(len(pieces))])
    writer.add_token_types(kinds)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    random = np.random.default_rng(1)
    for name, shape in _tensors(len(pieces)).items():
        values = np.ones(shape) if name.endswith("norm.weight") else random.normal(size=shape) / 8
        writer.add_tensor(name, values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _vocabulary() -> tuple[list[str], list[int]]:
    """Pieces and their kinds: every letter, and the words with all that they are merged from."""
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    merged = [word[at:] for word in _WORDS for at in range(len(word) - 2, -1, -1)]
    # A word's space is joined last, so that it is one piece with and without it.
    normal = [*dict.fromkeys(("\u2581", *string.printable.strip(), *merged))]
    pieces = ["<unk>", "<s>", "</s>", *bytes_, *normal]
    kinds = [
        gguf.TokenType.UNKNOWN,
        *[gguf.TokenType.CONTROL] * 2,
        *[gguf.TokenType.BYTE] * len(bytes_),
        *[gguf.TokenType.NORMAL] * len(normal),
    ]
    return pieces, [int(kind) for kind in kinds]


def _tensors(pieces: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes of all weights."""
    square = (_WIDTH, _WIDTH)
    return {
        "token_embd.weight": (pieces, _WIDTH),
        "output_norm.weight": (_WIDTH,),
        "blk.0.attn_norm.weight": (_WIDTH,),
        **{f"blk.0.attn_{part}.weight": square for part in ("q", "k", "v", "output")},
        "blk.0.ffn_norm.weight": (_WIDTH,),
        "blk.0.ffn_gate.weight": (_INNER, _WIDTH),
        "blk.0.ffn_up.weight": (_INNER, _WIDTH),
        "blk.0.ffn_down.weight": (_WIDTH, _INNER),
    }
