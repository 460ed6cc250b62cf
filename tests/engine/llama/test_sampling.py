"""Each step of the sampler does what it is for: without it, these texts are others."""

from __future__ import annotations

import pytest

from writersroom.engine.interface import Request, Sampling
from writersroom.engine.llama.engine import LlamaEngine

GREEDY = Sampling(temperature=0)
HOT = Sampling(temperature=1.5, seed=5)


async def texts(engine: LlamaEngine, sampling: Sampling, *, n: int = 3, max_tokens: int = 6) -> set[str]:
    """What takes of one prompt say that is read anew each time."""
    await engine.forget_prefixes()
    request = Request(prompt="The keeper saw the", sampling=sampling, n=n, max_tokens=max_tokens)
    return {take.text for take in (await engine.generate(request)).takes}


async def test_heat_strays_from_the_likeliest(llama_engine: LlamaEngine) -> None:
    assert len(await texts(llama_engine, GREEDY)) == 1
    assert len(await texts(llama_engine, HOT)) == 3


@pytest.mark.parametrize(
    "step",
    [{"top_k": 1}, {"top_p": 1e-6}, {"min_p": 1.0}, {"temperature": 0.01}],
    ids=lambda step: next(iter(step)),
)
async def test_a_step_that_leaves_one_token_takes_the_likeliest(
    llama_engine: LlamaEngine, step: dict[str, float]
) -> None:
    assert await texts(llama_engine, HOT.model_copy(update=step)) == await texts(llama_engine, GREEDY)


async def test_xtc_leaves_the_likeliest_out_where_others_pass(llama_engine: LlamaEngine) -> None:
    (likeliest,) = await texts(llama_engine, GREEDY, max_tokens=1)
    plain = Sampling(temperature=1, seed=5)
    assert likeliest in await texts(llama_engine, plain, n=48, max_tokens=1)
    excluding = plain.model_copy(update={"xtc_probability": 1.0, "xtc_threshold": 0.01})
    assert likeliest not in await texts(llama_engine, excluding, n=48, max_tokens=1)
