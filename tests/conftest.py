"""What all tests share: the real small model, found once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from writersroom.engine.files.default_model import default_model
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.settings import EngineSettings

SMALL = EngineSettings(n_ctx=2048, sequences=8)
"""Room enough for tests, and quick to open."""

THINKING = "thinking"
"""Tests that run the model. They follow one another in one process, for two models at once are slower than
one after the other; all other tests run beside them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests that run the model together (pytest-xdist's `loadgroup`)."""
    for item in items:
        if isinstance(item, pytest.Function) and "model_path" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group(THINKING))


@pytest.fixture(scope="session")
def model_path() -> Path:
    """The built-in model, as sessions use it."""
    return default_model().path


@pytest_asyncio.fixture
async def llama_engine(model_path: Path) -> AsyncIterator[LlamaEngine]:
    """A fresh in-process engine: opening one takes a fraction of a second."""
    async with await LlamaEngine.open(model_path, SMALL) as engine:
        yield engine
