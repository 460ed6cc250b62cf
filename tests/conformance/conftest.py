"""The engines that the suite is run against.

To hold another engine to the interface, override `kind` with its name and `open_engine` with a fixture that
returns a coroutine function which opens one; or, for any OpenAI-compatible server, name its address in
$WRITERSROOM_CONFORMANCE_URL.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
import pytest_asyncio

from tests.conformance.answers import answer
from tests.real_server import running_server
from tests.scripted import ScriptedEngine
from writersroom.engine.interface import Engine
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.server import ServerEngine
from writersroom.engine.settings import EngineSettings

OpenEngine: TypeAlias = Callable[[], Awaitable[Engine]]

_ELSEWHERE = os.environ.get("WRITERSROOM_CONFORMANCE_URL", "")
_KINDS = ["scripted", "server", "llama", *(["elsewhere"] if _ELSEWHERE else [])]
SERVERS = frozenset({"server", "elsewhere"})
"""Kinds of engine that are excused for what a server cannot do."""


@pytest.fixture(scope="session")
def server_address() -> Iterator[str]:
    """A real server with the real small model."""
    with running_server() as server:
        yield server.address


@pytest.fixture(params=_KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Which engine it is."""
    return str(request.param)


@pytest.fixture
def open_engine(request: pytest.FixtureRequest, kind: str) -> OpenEngine:
    """Opens a fresh engine; whoever calls it closes it."""
    address = str(request.getfixturevalue("server_address")) if kind == "server" else _ELSEWHERE
    path = Path(request.getfixturevalue("model_path")) if kind == "llama" else Path()

    async def opened() -> Engine:
        if kind == "scripted":
            return ScriptedEngine(answer, tokens_per_second=400)
        if kind == "llama":
            return await LlamaEngine.open(path, EngineSettings(n_ctx=2048, sequences=8))
        return await ServerEngine.open(address)

    return opened


@pytest_asyncio.fixture
async def engine(open_engine: OpenEngine) -> AsyncIterator[Engine]:
    """A fresh engine of each kind."""
    opened = await open_engine()
    yield opened
    await opened.close()
