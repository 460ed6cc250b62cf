"""From what a person calls a model to an engine that runs it."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING, Protocol, cast

from writersroom.engine.files.catalogue import ServerAddress, resolve
from writersroom.engine.files.default_model import NAME
from writersroom.engine.files.fingerprint import model_sha256
from writersroom.engine.files.model_file import ModelFile, require_chat_template
from writersroom.engine.interface import Engine
from writersroom.engine.memory import check_fits
from writersroom.engine.settings import EngineSettings

if TYPE_CHECKING:
    from types import TracebackType

    from writersroom.engine.llama.engine import LlamaEngine
    from writersroom.engine.server.engine import ServerEngine
    from writersroom.engine.server.settings import ServerSettings


class OpenEngine(Engine, Protocol):
    """An engine that closes itself at the end of `async with`."""

    async def __aenter__(self) -> Engine:
        """The engine."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        ...


async def open_engine(name: str = NAME, settings: EngineSettings | None = None) -> OpenEngine:
    """Open a model by what a person calls it: a name, a path or a server's address.

    Args:
        name: as `files.catalogue.resolve` understands it; the built-in model by default.
        settings: how to run a model file; a server has its own.

    Raises:
        ModelNotFound, NotAModel, NoChatTemplate: see `resolve`; the room needs a model that can chat.
        ModelTooLarge: it does not fit the memory there is.
        ServerError: nothing answers at the address.
        EngineFailed: the model cannot be loaded with these settings.
    """
    found = await asyncio.to_thread(resolve, name)
    if isinstance(found, ServerAddress):
        return await _open_server(found)
    return await _open_file(found, settings or EngineSettings())


# What loads llama.cpp is imported when it is asked for: its library alone takes half a second.


async def _open_server(address: ServerAddress) -> ServerEngine:
    engines = importlib.import_module("writersroom.engine.server.engine")
    servers = importlib.import_module("writersroom.engine.server.settings")
    engine = cast("type[ServerEngine]", engines.ServerEngine)
    options = cast("type[ServerSettings]", servers.ServerSettings)
    return await engine.open(address.url, options(model=address.model))


def require_memory(file: ModelFile, settings: EngineSettings) -> None:
    """Make sure the model fits the memory there is, that of the GPUs in use included.

    Raises:
        ModelTooLarge: it does not.
    """
    from writersroom.engine.devices import gpu_memory  # noqa: PLC0415  # it loads llama.cpp

    check_fits(file, settings, gpus=gpu_memory())


async def _open_file(file: ModelFile, settings: EngineSettings) -> LlamaEngine:
    require_chat_template(file)
    await asyncio.to_thread(require_memory, file, settings)
    sha256 = await asyncio.to_thread(model_sha256, file.path)
    engines = importlib.import_module("writersroom.engine.llama.engine")
    engine = cast("type[LlamaEngine]", engines.LlamaEngine)
    return await engine.open(file.path, settings, name=file.name, address=file.address, sha256=sha256)
