"""An engine behind an HTTP address."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from writersroom.engine.errors import (
    EmptyPrompt,
    PromptTooLong,
    ServerError,
    Unsupported,
)
from writersroom.engine.interface import (
    Choice,
    Completion,
    EngineInfo,
    Floats,
    OnToken,
    Prompt,
    Request,
    Sampling,
    Stop,
    TextScore,
    Usage,
)
from writersroom.engine.server.answers import Embeddings
from writersroom.engine.server.dialects import dropped
from writersroom.engine.server.draft import Draft
from writersroom.engine.server.faults import PromptRefused
from writersroom.engine.server.inquiry import Ability, Served, inquire
from writersroom.engine.server.prompts import (
    count_tokens,
    estimated_tokens,
    prompt_hash,
    sendable,
    surely_fits,
)
from writersroom.engine.server.settings import ServerSettings
from writersroom.engine.server.shape import ReplyShape
from writersroom.engine.server.weigh import Scales, joined_usage
from writersroom.engine.server.wire import Body, Wire
from writersroom.engine.server.writing import Writer
from writersroom.engine.watch import Stopped, Watch, together

_WITHOUT_EMBEDDING: Final[frozenset[Ability]] = frozenset({"generate", "schema", "choose"})
_WITH_EMBEDDING: Final[frozenset[Ability]] = frozenset({*_WITHOUT_EMBEDDING, "embed"})


class ServerEngine:
    """Asks an OpenAI-compatible server: llama-server, vLLM, SGLang, Ollama, llama-cpp-python's, and others.

    What differs from the in-process engine:

    - each of `n` takes is a request of its own with a seed of its own, in parallel, since servers ignore `n`,
      or the seed with it; servers with a prefix cache compute the prompt once all the same;
    - sampling fields that the server does not document are not sent (`dropped` names them);
    - plain text that a server takes only in a chat becomes the one part of a chat: where it has no
      `/v1/completions`, and where a reply to plain text cannot be bound to a schema there;
    - chat parts whose last one begins the reply are `Unsupported` where the server would close that part:
      llama-cpp-python's and those that are not known;
    - `choose` works by one of three methods (`weigh`), named in `Choice.method`;
    - `score` is `Unsupported`: it needs the whole distribution at every token, which no such server sends;
    - `embed` is supported where the server's `/v1/embeddings` answers;
    - what a server does not tell is 0 in `EngineInfo` and `Usage`; `Usage.prefilled` is then counted with its
      tokenizer, and a take's tokens are the pieces it came in.

    Open one with `ServerEngine.open`.
    """

    def __init__(self, wire: Wire, settings: ServerSettings, served: Served) -> None:
        self._wire = wire
        self._served = served
        self._watch = Watch()
        self._writer = Writer(wire, served, settings)
        self._scales = Scales(wire, served, settings, self._writer.draw)
        self._info = EngineInfo(
            model=served.title,
            address=f"{wire.address}/v1#{served.model}",
            sha256=None,
            context=served.context,
            gpu_layers=0,
            threads=0,
            supports=_WITH_EMBEDDING if served.embeds else _WITHOUT_EMBEDDING,
        )

    @classmethod
    async def open(cls, address: str, settings: ServerSettings | None = None) -> Self:
        """Find out what answers at `address` ("http://127.0.0.1:8080", with or without "/v1").

        Raises:
            ServerError: nothing answers there, or something else than OpenAI's interface.
            ModelNotFound: the server does not have `settings.model`.
        """
        settings = settings or ServerSettings()
        wire = Wire(address, settings)
        try:
            return cls(wire, settings, await inquire(wire, settings))
        except BaseException:
            await wire.close()
            raise

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def info(self) -> EngineInfo:
        """What runs where."""
        return self._info

    @property
    def address(self) -> str:
        """Where the server is, as it may be shown."""
        return self._wire.address

    def dropped(self, sampling: Sampling) -> frozenset[str]:
        """Fields of `sampling` that are in use but that this server does not understand; none is sent."""
        return dropped(self._served.dialect, sampling)

    async def generate(
        self, request: Request, *, on_token: OnToken | None = None, stop: Stop | None = None
    ) -> Completion:
        """Write `request.n` takes; see `Engine.generate`.

        Raises:
            ServerError: besides the errors of the interface; its `received` holds what had come by then.
            Unsupported: the server takes no reply schema, or does not go on from a reply that has begun.
        """
        prompt = sendable(request.prompt)
        shape = None if request.reply_schema is None else ReplyShape(request.reply_schema)
        began = time.perf_counter()
        drafts = [Draft(index, request.stop, on_token) for index in range(request.n)]

        async def write(index: int, draft: Draft) -> None:
            try:
                await self._watch.run(self._writer.write(request, prompt, shape, index, draft), stop)
            except Stopped:
                draft.end(cancelled=True)
            else:
                draft.end()

        try:
            await self._watch.run(self._check_length(prompt, request.max_tokens), stop)
            await together(write(index, draft) for index, draft in enumerate(drafts))
            usage = await self._watch.run(self._usage(prompt, drafts, began), stop)
        except Stopped:
            for draft in drafts:
                draft.end(cancelled=not draft.finished)
            usage = _usage(drafts, began)
        except PromptRefused as refused:
            raise self._too_long(refused, prompt, request.max_tokens) from refused
        except ServerError as error:
            error.received = tuple(draft.text for draft in drafts) if any(d.text for d in drafts) else ()
            raise
        takes = tuple(draft.take(shape) for draft in drafts)
        return Completion(takes=takes, usage=usage, prompt_sha256=prompt_hash(prompt))

    async def choose(
        self, prompt: Prompt, options: Sequence[str], *, content_free: Prompt | None = None
    ) -> Choice:
        """Weigh options in the best way the server offers (`weigh`); see `Engine.choose`.

        Raises:
            Unsupported: the server neither shows log-probabilities nor keeps to a choice of replies, or does
                not go on from a reply that has begun.
        """
        if len(options) < 2 or len(set(options)) < len(options) or not all(options):
            raise ValueError("choose needs two options or more, none of them empty, no two alike")
        prompts = [sendable(prompt)] + ([] if content_free is None else [sendable(content_free)])
        texts = [str(sendable(option)) for option in options]
        try:
            method, weighed = await self._watch.run(self._scales.weigh(prompts, texts))
        except PromptRefused as refused:
            raise self._too_long(refused, max(prompts, key=_size), 0) from refused
        logprobs = weighed[0].logprobs
        prior = weighed[1].logprobs if len(weighed) > 1 else (0.0,) * len(texts)
        return Choice(
            options=tuple(options),
            probabilities=_softmax([a - b for a, b in zip(logprobs, prior, strict=True)]),
            logprobs=logprobs,
            prior=prior,
            usage=joined_usage([cost for one in weighed for cost in one.costs]),
            method=method,
        )

    async def score(self, context: str, texts: Sequence[str], *, hidden: bool = False) -> list[TextScore]:
        """Not possible over this interface.

        A score holds entropy and variance of the model's distribution at each token. Servers send the few
        likeliest tokens, from which neither can be had; vLLM can be made to send all of them, at about ten
        megabytes a token.

        Raises:
            Unsupported: always.
        """
        raise Unsupported(
            f"The server at {self.address} cannot score texts: that needs the probability of every token of "
            "the vocabulary, which servers do not send; use a model in this process for it."
        )

    async def embed(self, texts: Sequence[str]) -> Floats:
        """Vectors from `/v1/embeddings`, pooled here where the server does not; see `Engine.embed`."""
        if not self._served.embeds:
            raise Unsupported(
                f"The server at {self.address} does not embed; start it with embeddings enabled "
                "(llama-server: --embeddings --pooling mean, llama-cpp-python: --embedding True)."
            )
        if not texts or not all(texts):
            raise EmptyPrompt
        sent = [str(sendable(text)) for text in texts]
        try:
            return await self._watch.run(self._embed(sent))
        except PromptRefused as refused:
            raise self._too_long(refused, max(sent, key=len), 0) from refused

    async def count_tokens(self, prompt: Prompt) -> int:
        """Tokens in a prompt, template applied.

        Exact with llama-server and vLLM; with llama-cpp-python exact for plain text and an estimate for chat
        parts, whose template it does not show; elsewhere an estimate, four bytes of UTF-8 to a token.
        """
        return (await self._watch.run(count_tokens(self._wire, self._served, sendable(prompt)))).total

    async def close(self) -> None:
        """End what is in flight with EngineClosed and close all connections; the server itself runs on."""
        await self._watch.close()
        await self._wire.close()

    async def _check_length(self, prompt: Prompt, max_tokens: int) -> None:
        """Refuse what cannot fit, before the server decodes anything or, as some do, silently cuts it."""
        context = self._info.context
        if not context or surely_fits(prompt, max_tokens, context):
            return
        count = await count_tokens(self._wire, self._served, prompt)
        if count.least + max_tokens > context:
            raise PromptTooLong(needed=count.total + max_tokens, available=context, limit="server")

    def _too_long(self, refused: PromptRefused, prompt: Prompt, max_tokens: int) -> PromptTooLong:
        """The server's refusal in the terms of the interface; its context is remembered.

        Where it gave no figures, what is needed is an estimate, and what there is at least one less.
        """
        if not refused.available:
            needed = estimated_tokens(prompt).total + max_tokens
            return PromptTooLong(
                needed=needed, available=min(self._info.context or needed, needed - 1), limit="server"
            )
        if not self._info.context:
            self._info = self._info.model_copy(update={"context": refused.available})
        prompt_tokens = refused.prompt_tokens
        needed = refused.needed if prompt_tokens is None else prompt_tokens + max_tokens
        return PromptTooLong(needed=needed, available=refused.available, limit="server")

    async def _usage(self, prompt: Prompt, drafts: Sequence[Draft], began: float) -> Usage:
        usage = _usage(drafts, began)
        silent = sum(draft.spent is None and not draft.cancelled for draft in drafts)
        if not silent:
            return usage
        try:
            counted = await count_tokens(self._wire, self._served, prompt)
        except ServerError:  # The replies are here; what they cost is not worth losing them.
            counted = estimated_tokens(prompt)
        return usage.model_copy(update={"prefilled": usage.prefilled + silent * counted.total})

    async def _vectors(self, texts: Sequence[str]) -> list[npt.NDArray[np.float64]]:
        body: Body = {"model": self._served.model, "input": list(texts)}
        answer = await self._wire.ask(Embeddings, "/v1/embeddings", body)
        rows = [
            np.asarray(row.embedding, np.float64) for row in sorted(answer.data, key=lambda row: row.index)
        ]
        return [row if row.ndim == 1 else row.mean(axis=0) for row in rows]

    async def _embed(self, texts: Sequence[str]) -> Floats:
        # Of several texts at a time, llama-cpp-python mixes up whose tokens are whose where it does not pool.
        size = len(texts) if self._served.pools else 1
        pooled = [
            vector
            for start in range(0, len(texts), size)
            for vector in await self._vectors(texts[start : start + size])
        ]
        if len(pooled) != len(texts) or len({row.shape for row in pooled}) != 1:
            raise ServerError(
                self.address,
                f"answered {len(pooled)} vectors of differing size or number for {len(texts)} texts",
            )
        vectors = np.stack(pooled)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or not lengths.all():
            raise ServerError(self.address, "answered a vector without direction")
        return (vectors / lengths).astype(np.float32)


def _usage(drafts: Sequence[Draft], began: float) -> Usage:
    """What a request cost, as far as the server told."""
    told = joined_usage([draft.spent for draft in drafts if draft.spent])
    firsts = [draft.first_at for draft in drafts if draft.first_at is not None]
    lasts = [draft.last_at for draft in drafts if draft.last_at is not None]
    first, last = (min(firsts), max(lasts)) if firsts and lasts else (time.perf_counter(),) * 2
    return told.model_copy(
        update={
            "decoded": sum(draft.tokens for draft in drafts),
            "queued_ms": 1000 * (first - began),
            "prefill_ms": sum(draft.timings.prompt_ms for draft in drafts),
            "decode_ms": 1000 * (last - first),
        }
    )


def _size(prompt: Prompt) -> int:
    return len(prompt) if isinstance(prompt, str) else sum(len(part.text) for part in prompt)


def _softmax(values: Sequence[float]) -> tuple[float, ...]:
    highest = max(values)
    weights = [math.exp(value - highest) for value in values]
    return tuple(weight / sum(weights) for weight in weights)
