"""`LlamaEngine`: a local GGUF model behind the `Engine` interface."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from writersroom.engine.errors import EmptyPrompt, EngineClosed, PromptTooLong
from writersroom.engine.interface import (
    Choice,
    Completion,
    EngineInfo,
    Floats,
    OnToken,
    Prompt,
    Request,
    Stop,
    TextScore,
)
from writersroom.engine.llama.constraint import SchemaCompiler
from writersroom.engine.llama.lanes import (
    Call,
    ChooseLane,
    EmbedLane,
    MeasureLane,
    OptionLane,
    ReplyLane,
    Tally,
)
from writersroom.engine.llama.runtime import Context, Weights
from writersroom.engine.llama.sampling import DrySteps
from writersroom.engine.llama.worker import Profile, Worker
from writersroom.engine.schema import json_schema
from writersroom.engine.settings import EngineSettings
from writersroom.engine.watch import together

_PRIORS_KEPT = 4096


class LlamaEngine:
    """Asks a model in this process. Open it with `LlamaEngine.open`; use it on the loop it was opened on."""

    def __init__(self, weights: Weights, worker: Worker, info: EngineInfo) -> None:
        self._weights = weights
        self._worker = worker
        self._info = info
        self._schemas = SchemaCompiler(weights)
        self._dry = DrySteps(weights)
        self._priors: OrderedDict[tuple[bytes, str], float] = OrderedDict()
        """Weights of options after content-free prompts, by the hash of the prompt's tokens."""
        self._closing = asyncio.Lock()
        self._freed = False

    @classmethod
    async def open(
        cls,
        path: Path,
        settings: EngineSettings | None = None,
        *,
        name: str = "",
        address: str = "",
        sha256: str | None = None,
    ) -> Self:
        """Load a model file.

        Args:
            path: the GGUF file.
            settings: how to run it.
            name: what people call it; the file's name by default.
            address: what `EngineInfo.address` is to say; the path by default.
            sha256: the file's hash, if it is known.

        Raises:
            NotAModel, EngineFailed: it cannot be loaded; see the message.
        """
        settings, loop = settings or EngineSettings(), asyncio.get_running_loop()
        loading = loop.run_in_executor(None, _load, path, settings)
        try:
            weights, context = await asyncio.shield(loading)
        except asyncio.CancelledError:
            loading.add_done_callback(_free)  # The thread cannot be cancelled.
            raise
        try:
            worker = Worker(weights, context, settings, loop)
        except BaseException:
            _give_back(weights, context)
            raise
        info = EngineInfo(
            model=name or path.stem,
            address=address or str(path.absolute()),
            sha256=sha256,
            context=min(settings.n_ctx, weights.n_ctx_train),
            parameters=weights.parameters,
            gpu_layers=weights.gpu_layers,
            threads=settings.threads,
            supports=frozenset({"generate", "schema", "choose", "score", "embed"}),
            altered=bool(settings.lora) or (settings.kv_key_type, settings.kv_value_type) != ("f16", "f16"),
        )
        return cls(weights, worker, info)

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
    def profile(self) -> Profile:
        """Where the time went so far."""
        return self._worker.profile

    async def generate(
        self, request: Request, *, on_token: OnToken | None = None, stop: Stop | None = None
    ) -> Completion:
        """Write `request.n` takes; see `Engine.generate`."""
        text, prompt = self._read_prompt(request.prompt)
        self._check_fit(len(prompt) + request.max_tokens)
        matcher = None
        if request.reply_schema is not None:
            matcher = self._schemas.compile(json_schema(request.reply_schema))
        tally = Tally()
        call = Call(lanes=[], tally=tally, done=_ignore, stop=stop, on_token=on_token)
        replies = [
            ReplyLane(
                prompt,
                request,
                number=number,
                weights=self._weights,
                dry=self._dry,
                constraint=None if matcher is None else self._schemas.start(matcher),
                tally=tally,
                emit=None if on_token is None else call.emit,
            )
            for number in range(request.n)
        ]
        call.lanes = list(replies)
        await self._run(call)
        return Completion(
            takes=tuple(reply.take() for reply in replies),
            usage=tally.usage(),
            prompt_sha256=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
        )

    async def choose(
        self, prompt: Prompt, options: Sequence[str], *, content_free: Prompt | None = None
    ) -> Choice:
        """Weigh `options` as replies to `prompt`; see `Engine.choose`."""
        if len(options) < 2 or len(set(options)) < len(options) or not all(options):
            raise ValueError("a choice needs two options or more, none empty and no two alike")
        tally = Tally()
        if content_free is None:
            logprobs, prior = await self._weigh(prompt, options, tally), (0.0,) * len(options)
        else:
            # Both at once: they share a step, and often the beginning of the prompt.
            logprobs, prior = await together(
                (self._weigh(prompt, options, tally), self._prior(content_free, options, tally))
            )
        weights = np.array(logprobs) - np.array(prior)
        weights = np.exp(weights - weights.max())
        return Choice(
            options=tuple(options),
            probabilities=tuple(float(weight) for weight in weights / weights.sum()),
            logprobs=logprobs,
            prior=prior,
            usage=tally.usage(),
        )

    async def score(self, context: str, texts: Sequence[str], *, hidden: bool = False) -> list[TextScore]:
        """Measure each text as a continuation of `context`; see `Engine.score`."""
        before = self._open_weights().tokenize(context, special=False, opening=True) if context else []
        before = before or self._open_weights().opening()
        return await self._measure(before, texts, hidden=hidden)

    async def embed(self, texts: Sequence[str]) -> Floats:
        """Mean-pooled last-layer states; see `Engine.embed`."""
        if not texts:
            raise EmptyPrompt
        before, tally = self._open_weights().opening(), Tally()
        lanes = [EmbedLane(before, self._tokens(text, before), tally=tally) for text in texts]
        await self._run(Call(lanes=list(lanes), tally=tally, done=_ignore))
        rows = np.stack([lane.mean for lane in lanes])
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    async def count_tokens(self, prompt: Prompt) -> int:
        """Tokens in a prompt, template applied."""
        return len(self._read_prompt(prompt)[1])

    def token_ids(self, text: str) -> list[int]:
        """The tokens of a text, for `Sampling.logit_bias`."""
        return self._open_weights().continuation(text)

    async def forget_prefixes(self) -> None:
        """Empty the prefix cache, so that what follows does not depend on what came before."""
        self._priors.clear()
        self._worker.forget_prefixes()

    async def close(self) -> None:
        """Give everything back; closing twice is harmless."""
        async with self._closing:
            await self._worker.close()
            if not self._freed:
                self._freed = True
                self._dry.close()
                self._weights.close()

    def _open_weights(self) -> Weights:
        if self._freed or self._worker.closed:
            raise EngineClosed
        return self._weights

    def _read_prompt(self, prompt: Prompt) -> tuple[str, list[int]]:
        said = prompt if isinstance(prompt, str) else "".join(part.text for part in prompt)
        if not said:
            raise EmptyPrompt
        return self._open_weights().prompt_tokens(prompt)

    def _check_fit(self, needed: int) -> None:
        if needed > self._info.context:
            available = self._info.context
            trained = available == self._weights.n_ctx_train
            limit = "training" if trained else "setting"
            raise PromptTooLong(needed=needed, available=available, limit=limit)

    async def _weigh(
        self, prompt: Prompt, options: Sequence[str], tally: Tally, *, passing: bool = False
    ) -> tuple[float, ...]:
        """Mean log-probability per token of each option after `prompt`."""
        _, before = self._read_prompt(prompt)
        tokens = [self._open_weights().continuation(option, after=before) for option in options]
        self._check_fit(len(before) + max(map(len, tokens)))
        root = ChooseLane(before, tally=tally)
        longer = {
            at: OptionLane(before, option, tally=tally) for at, option in enumerate(tokens) if len(option) > 1
        }
        call = Call(lanes=[root], tally=tally, done=_ignore, follow_up=[*longer.values()], passing=passing)
        await self._run(call)
        assert root.first is not None
        first = [float(root.first[option[0]]) for option in tokens]
        return tuple(
            (first[at] + (longer[at].rest if at in longer else 0.0)) / len(option)
            for at, option in enumerate(tokens)
        )

    async def _prior(self, content_free: Prompt, options: Sequence[str], tally: Tally) -> tuple[float, ...]:
        """What a form without content makes of each option; each is asked for once."""
        tokens = np.array(self._read_prompt(content_free)[1], np.int32)
        prompt = hashlib.sha256(tokens.tobytes()).digest()
        known = {
            option: self._priors[prompt, option] for option in options if (prompt, option) in self._priors
        }
        unknown = [option for option in options if option not in known]
        if unknown:
            weighed = await self._weigh(content_free, unknown, tally, passing=True)
            known |= zip(unknown, weighed, strict=True)
            self._priors |= {(prompt, option): known[option] for option in unknown}
            while len(self._priors) > _PRIORS_KEPT:
                self._priors.popitem(last=False)
        return tuple(known[option] for option in options)

    async def _measure(self, before: list[int], texts: Sequence[str], *, hidden: bool) -> list[TextScore]:
        tally = Tally()
        lanes: list[MeasureLane] = []
        starts: list[list[int]] = []
        for text in texts:
            tokens = self._tokens(text, before)
            lanes.append(MeasureLane(before, tokens, tally=tally, hidden=hidden))
            starts.append(self._starts(text, tokens))
        if lanes:
            await self._run(Call(lanes=list(lanes), tally=tally, done=_ignore))
        return [lane.score(start) for lane, start in zip(lanes, starts, strict=True)]

    def _tokens(self, text: str, before: Sequence[int]) -> list[int]:
        """The tokens of a text that is measured after `before`."""
        tokens = self._open_weights().continuation(text, after=before)
        if not tokens:
            raise EmptyPrompt
        self._check_fit(len(before) + len(tokens))
        return tokens

    def _starts(self, text: str, tokens: Sequence[int]) -> list[int]:
        """The character at which each token starts; a token inside a character counts as starting at it."""
        ends = np.cumsum([0, *(len(self._weights.piece(token)) for token in tokens)])
        raw = b"".join(self._weights.piece(token) for token in tokens)
        # A UTF-8 continuation byte begins no character.
        begins = np.cumsum([(byte & 0xC0) != 0x80 for byte in raw])
        # What marks the beginning of a text is none of its characters.
        mark = raw == b" " + text.encode("utf-8", "replace")
        return [max(0, int(begins[at]) - 1 - mark) for at in ends[:-1]]

    async def _run(self, call: Call) -> None:
        """Submit a call and wait for it; a caller that is cancelled leaves it behind."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def finish(error: Exception | None) -> None:
            if done.done():  # It was cancelled, or what heard its text failed.
                return
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

        call.done = finish
        self._worker.submit(call)
        try:
            await done
        except asyncio.CancelledError:
            self._worker.abandon(call)
            raise


def _load(path: Path, settings: EngineSettings) -> tuple[Weights, Context]:
    """A model and a context for it: seconds of work, so not on the event loop."""
    weights = Weights(path, settings)
    try:
        return weights, Context(weights, settings, sequences=weights.held_sequences(settings))
    except BaseException:
        weights.close()
        raise


def _free(loaded: asyncio.Future[tuple[Weights, Context]]) -> None:
    """Give back a model that nobody waits for any more."""
    if not loaded.cancelled() and loaded.exception() is None:
        _give_back(*loaded.result())


def _give_back(weights: Weights, context: Context) -> None:
    context.close()
    weights.close()


def _ignore(_: Exception | None) -> None:
    """Stands in until a call is run."""
