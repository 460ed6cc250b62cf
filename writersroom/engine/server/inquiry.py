"""Finding out what a server is and what it can do, with a few small requests when the engine is opened."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final, Literal, TypeAlias

from writersroom.engine.errors import ModelNotFound, PromptTooLong, ServerError
from writersroom.engine.server.answers import (
    Embeddings,
    Interface,
    ListedModel,
    LoadedModels,
    ModelList,
    Properties,
    Reply,
    Version,
)
from writersroom.engine.server.dialects import DIALECTS, Dialect
from writersroom.engine.server.settings import DialectName, ServerSettings
from writersroom.engine.server.wire import Wire
from writersroom.frozen import Frozen

_OWNERS: Final[dict[str, DialectName]] = {
    "llamacpp": "llama-server",
    "vllm": "vllm",
    "sglang": "sglang",
    "library": "ollama",
}
_NAMES_TOKENS: Final = (0, 3, 20)
_OVERLONG: Final = " a" * 2**18
"""More tokens than any server of llama-cpp-python holds; it refuses them within a quarter of a second."""

Ability: TypeAlias = Literal["generate", "schema", "choose", "score", "embed"]


class Served(Frozen):
    """What answers at an address."""

    dialect: Dialect
    model: str
    """The name to ask for."""
    context: int
    """Tokens that fit; 0 where the server does not tell."""
    embeds: bool
    pools: bool = True
    """Whether it makes one vector of a text itself."""
    token_grammars: bool = False
    """Whether its grammars may name tokens (llama.cpp since December 2025). llama-cpp-python's server dies of
    a grammar that it cannot read, so it must be known before the first one is sent."""

    @property
    def title(self) -> str:
        """The model's name for a person: of a file's path, the last part."""
        return PurePosixPath(self.model.replace("\\", "/")).name or self.model


async def inquire(wire: Wire, settings: ServerSettings) -> Served:
    """Ask a server what it is.

    Raises:
        ServerError: it cannot be reached, or tells no model and none was named.
        ModelNotFound: it does not have the model that was named.
    """
    listed = await _models(wire, settings)
    entry = _pick(wire.address, listed, settings.model)
    name, version = await _identify(wire, settings, entry)
    dialect = DIALECTS[name]
    if dialect.parallel is not None:
        wire.narrow(dialect.parallel)
    context = settings.context or await _context(wire, dialect, entry)
    embeds = await _embeddings(wire, entry)
    return Served(
        dialect=dialect,
        model=entry.id,
        context=context,
        embeds=embeds is not None,
        pools=embeds is None or not embeds.data[0].rows,
        token_grammars=name == "llama-server" or version >= _NAMES_TOKENS,
    )


async def _models(wire: Wire, settings: ServerSettings) -> tuple[ListedModel, ...]:
    try:
        return (await wire.ask(ModelList, "/v1/models", within=settings.inquiry_s)).data
    except ServerError as error:
        if error.status not in {404, 405, 501}:
            raise
        return ()


def _pick(address: str, listed: tuple[ListedModel, ...], wanted: str | None) -> ListedModel:
    if wanted is None:
        if not listed:
            raise ServerError(address, "lists no model; name one")
        return listed[0]
    if not listed:
        return ListedModel(id=wanted)
    for entry in listed:
        if wanted in names_of(entry.id):
            return entry
    names = ", ".join(entry.id for entry in listed[:8])
    raise ModelNotFound(f"The server at {address} has no model {wanted!r}; it has {names[:300]}.")


def names_of(model: str) -> set[str]:
    """What a person may call a model that a server lists."""
    return {model, model.removesuffix(":latest"), PurePosixPath(model.replace("\\", "/")).name}


async def _identify(
    wire: Wire, settings: ServerSettings, entry: ListedModel
) -> tuple[DialectName, tuple[int, ...]]:
    """The kind of server and, of llama-cpp-python's, the version."""
    owner = entry.owned_by or ""
    if settings.dialect == "llama-cpp-python" or (settings.dialect == "auto" and owner == "me"):
        page = await wire.may(Interface, "/openapi.json")
        if page is not None and "llama.cpp Python API" in page.info.title:
            return "llama-cpp-python", tuple(int(part) for part in re.findall(r"\d+", page.info.version)[:3])
    if settings.dialect != "auto":
        return settings.dialect, ()
    if owner in _OWNERS:
        return _OWNERS[owner], ()
    # Ollama's models that were not pulled from its library carry the name of another owner.
    return ("ollama" if await wire.may(Version, "/api/version") else "openai"), ()


async def _embeddings(wire: Wire, entry: ListedModel) -> Embeddings | None:
    """What it makes of a letter; None where it does not embed."""
    try:
        return await wire.may(Embeddings, "/v1/embeddings", {"model": entry.id, "input": ["a"]})
    except ServerError:
        # Some load the model for it (Ollama, llama-swap), which may take longer than is waited here; what
        # else is amiss, the first request for text will say.
        return None


async def _context(wire: Wire, dialect: Dialect, entry: ListedModel) -> int:
    """Tokens that fit, as far as it can be found out without computing any."""
    if dialect.name == "llama-server":
        properties = await wire.may(Properties, "/props")
        return (properties.default_generation_settings.n_ctx or 0) if properties else 0
    if dialect.name == "llama-cpp-python":
        return await _context_by_refusal(wire, entry)
    if dialect.name == "ollama":
        loaded = await wire.may(LoadedModels, "/api/ps")
        models = loaded.models if loaded else ()
        return next((model.context_length or 0 for model in models if model.name == entry.id), 0)
    return entry.max_model_len or entry.context_length or 0


async def _context_by_refusal(wire: Wire, entry: ListedModel) -> int:
    """llama-cpp-python names its context nowhere but in its refusal of a prompt that exceeds it."""
    body = {"model": entry.id, "prompt": _OVERLONG, "max_tokens": 1}
    try:
        await wire.may(Reply, "/v1/completions", body)
    except PromptTooLong as error:
        return error.available
    except ServerError:
        # It neither refused nor answered in time: then it holds more tokens than were sent.
        pass
    return 0
