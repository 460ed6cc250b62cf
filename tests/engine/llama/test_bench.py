"""The standard room, smaller than it is, on all three sides."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import llama_cpp as lib
import pytest

from tests.engine.llama.tiny import write_sentencepiece_model
from writersroom.engine.bench.report import run_room
from writersroom.engine.bench.room import AGENTS, Shape, StandardRoom
from writersroom.engine.bench.serial import not_taken, open_llama
from writersroom.engine.settings import EngineSettings

SMALL = StandardRoom(rounds=1, tokens=6, bible_tokens=150)


@pytest.mark.parametrize("shape", ["free", "schema"])
async def test_all_sides_write_as_much_and_differ_in_what_they_compute(
    model_path: Path, shape: Shape
) -> None:
    (stock, careful, ours), profile = await run_room(model_path, EngineSettings(n_ctx=2048), shape, SMALL)
    turns = SMALL.rounds * len(AGENTS)
    assert stock.tokens_out == careful.tokens_out == ours.tokens_out == turns * SMALL.tokens
    # Stock reads the bible with every turn, the others once.
    assert stock.prefilled > turns * SMALL.bible_tokens
    assert careful.prefilled < stock.prefilled / 2
    assert ours.prefilled < stock.prefilled / 2
    assert ours.reuse > stock.reuse
    # The same turns: nobody hears who speaks in the same round.
    assert ours.prefilled + ours.reused == careful.prefilled + careful.reused
    assert all(side.seconds > 0 for side in (stock, careful, ours))
    assert profile.prefill + profile.decode < ours.seconds


def test_what_we_are_compared_with_is_run_by_the_same_settings(tmp_path: Path) -> None:
    settings = EngineSettings(
        threads=1, n_batch=1024, kv_key_type="q8_0", kv_value_type="f32", flash_attention="off"
    )
    llama = open_llama(write_sentencepiece_model(tmp_path / "tiny.gguf"), settings)
    given = llama.context_params
    assert (given.type_k, given.type_v) == (lib.GGML_TYPE_Q8_0, lib.GGML_TYPE_F32)
    assert given.n_batch == given.n_ubatch == 1024
    assert given.flash_attn_type == lib.LLAMA_FLASH_ATTN_TYPE_DISABLED
    llama.close()


def test_what_we_are_compared_with_gets_the_adapter_too(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Mock()
    monkeypatch.setattr(lib, "Llama", made)
    open_llama(Path("model.gguf"), EngineSettings(lora=("turn.gguf=0.5",)))
    assert (made.call_args.kwargs["lora_path"], made.call_args.kwargs["lora_scale"]) == ("turn.gguf", 0.5)


@pytest.mark.parametrize(
    ("settings", "flag"),
    [
        (EngineSettings(), None),
        (EngineSettings(lora=("a.gguf=0.5",), kv_key_type="q4_0", n_gpu_layers=0), None),
        (EngineSettings(lora=("a.gguf", "b.gguf")), "--lora"),
        (EngineSettings(use_extra_bufts=False), "--use-extra-bufts"),
    ],
)
def test_settings_that_would_reach_our_side_alone_are_refused(
    settings: EngineSettings, flag: str | None
) -> None:
    refusal = not_taken(settings)
    assert (refusal is None) if flag is None else (refusal or "").startswith(flag)
