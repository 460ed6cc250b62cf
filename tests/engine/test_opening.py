"""A model opens by what a person calls it."""

from __future__ import annotations

import pytest

from writersroom.engine.errors import ServerError
from writersroom.engine.interface import Request
from writersroom.engine.opening import open_engine
from writersroom.engine.settings import EngineSettings


async def test_the_built_in_model_opens_by_its_name_and_knows_its_hash() -> None:
    async with await open_engine("smollm2", EngineSettings(n_ctx=256, sequences=1)) as engine:
        assert engine.info.model == "smollm2"
        assert engine.info.sha256 is not None
        assert engine.info.context == 256
        assert (await engine.generate(Request(prompt="The lamp", max_tokens=2))).takes[0].text


async def test_an_address_where_nothing_answers_is_named() -> None:
    with pytest.raises(ServerError, match=r"127\.0\.0\.1:9"):
        await open_engine("http://127.0.0.1:9/v1")
