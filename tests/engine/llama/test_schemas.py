"""A schema-bound reply always parses, whatever the schema and wherever the token limit cuts it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.random_schemas import random_model
from writersroom.engine.errors import ReplyTruncated
from writersroom.engine.interface import PRESETS, Request
from writersroom.engine.llama.engine import LlamaEngine


@pytest.fixture
def outcomes() -> Iterator[Counter[str]]:
    """How replies ended, all examples together; hardly any may be one that could not be closed."""
    counted = Counter[str]()
    yield counted
    assert counted["truncated"] <= 0.02 * counted.total(), counted


@given(seed=st.integers(0, 2**32), max_tokens=st.integers(1, 40))
@settings(
    max_examples=25,
    deadline=None,
    # The engine has no state that one example could leave to the next.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_replies_parse(
    llama_engine: LlamaEngine, outcomes: Counter[str], seed: int, max_tokens: int
) -> None:
    random = Random(seed)
    requests = [
        Request(
            prompt="The answer: ",
            reply_schema=random_model(random),
            sampling=PRESETS["creative"].model_copy(update={"seed": seed}),
            max_tokens=max_tokens,
        )
        for _ in range(4)
    ]
    said = await asyncio.gather(*map(llama_engine.generate, requests), return_exceptions=True)
    for request, reply in zip(requests, said, strict=True):
        outcomes["truncated" if isinstance(reply, ReplyTruncated) else "parsed"] += 1
        if isinstance(reply, ReplyTruncated):
            continue  # a typed error, never half an object
        assert not isinstance(reply, BaseException), reply
        assert isinstance(reply.takes[0].parsed, request.reply_schema)  # type: ignore[arg-type]
