"""DRY steps are costly to make: takes get copies of one, and write the same with it."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any, Final

import llama_cpp as lib
import pytest

from tests.conftest import SMALL
from writersroom.engine.interface import PRESETS, Request
from writersroom.engine.llama.engine import LlamaEngine

LIB: Final[Any] = lib
"""The binding leaves some types open."""


@pytest.fixture
def dry_steps(monkeypatch: pytest.MonkeyPatch) -> dict[int, bool]:
    """The addresses of DRY steps that were made, not copied, and whether they were given back."""
    steps: dict[int, bool] = {}
    make, free = LIB.llama_sampler_init_dry, LIB.llama_sampler_free

    def address(step: lib.llama_sampler_p) -> int:
        return ctypes.addressof(step.contents)

    def making(*setting: Any) -> lib.llama_sampler_p:
        step = make(*setting)
        steps[address(step)] = False
        return step

    def freeing(step: lib.llama_sampler_p) -> None:
        if address(step) in steps:
            steps[address(step)] = True
        free(step)

    monkeypatch.setattr(lib, "llama_sampler_init_dry", making)
    monkeypatch.setattr(lib, "llama_sampler_free", freeing)
    return steps


async def test_a_dry_step_is_made_once_for_each_setting(model_path: Path, dry_steps: dict[int, bool]) -> None:
    async with await LlamaEngine.open(model_path, SMALL) as engine:
        for seed, repeats in ((1, 1024), (2, 1024), (3, 8)):
            sampling = PRESETS["creative"].model_copy(update={"seed": seed, "dry_range": repeats})
            await engine.generate(Request(prompt="The lamp", sampling=sampling, max_tokens=2, n=3))
        assert list(dry_steps.values()) == [False] * 2
    assert list(dry_steps.values()) == [True] * 2


@pytest.mark.parametrize("dry_range", [12, 1024])
async def test_a_copied_dry_step_writes_what_a_new_one_does(
    llama_engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch, dry_range: int
) -> None:
    sampling = PRESETS["creative"].model_copy(update={"seed": 7, "dry_range": dry_range})
    request = Request(prompt="rain on the roof, " * 8, sampling=sampling, max_tokens=16, n=3)
    settings: list[tuple[Any, ...]] = []
    make = LIB.llama_sampler_init_dry

    def making(*setting: Any) -> lib.llama_sampler_p:
        settings.append(setting)
        return make(*setting)

    async def written() -> list[str]:
        await llama_engine.forget_prefixes()
        return [take.text for take in (await llama_engine.generate(request)).takes]

    def anew(_: object) -> lib.llama_sampler_p:
        return make(*settings[-1])

    monkeypatch.setattr(lib, "llama_sampler_init_dry", making)
    copied = [await written(), await written()]
    monkeypatch.setattr(lib, "llama_sampler_clone", anew)
    assert copied == [await written()] * 2
