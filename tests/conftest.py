"""What all tests share: the real small model, found once."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from writersroom.engine.files.default_model import default_model
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.settings import EngineSettings, usable_threads

SMALL = EngineSettings(n_ctx=2048, sequences=8)
"""Room enough for tests, and quick to open."""


def pytest_xdist_auto_num_workers() -> int:
    """Half as many processes again as there are processors: what tests the screen waits for its timers."""
    return max(2, 3 * usable_threads() // 2)


def pytest_configure() -> None:
    """Give each of pytest-xdist's processes processors of its own, or one that few share, with all it starts.

    Models that share processors wait for each other at every barrier; one that has a single processor has
    no barriers, and only takes its turn.
    """
    # Else every program that a test starts compiles all its sources again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    worker, workers = (os.environ.get(f"PYTEST_XDIST_{name}") for name in ("WORKER", "WORKER_COUNT"))
    if worker and workers and sys.platform == "linux":
        every, number = sorted(os.sched_getaffinity(0)), int(worker.removeprefix("gw"))
        os.sched_setaffinity(0, every[number :: int(workers)] or [every[number % len(every)]])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the model first: those tests are the long ones, and no process is to be left alone with one."""
    items.sort(key=lambda item: "model_path" not in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def model_path() -> Path:
    """The built-in model, as sessions use it."""
    return default_model().path


@pytest_asyncio.fixture
async def llama_engine(model_path: Path) -> AsyncIterator[LlamaEngine]:
    """A fresh in-process engine: opening one takes a fraction of a second."""
    async with await LlamaEngine.open(model_path, SMALL) as engine:
        yield engine
