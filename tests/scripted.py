"""An engine that says what it is told to: for tests of what stands on an engine, and for timing screens.

It obeys the whole interface (the conformance suite holds it to it), with a toy in the place of the model:
tokens are words, replies are given, and measurements come from a unigram model over bytes, so that they are
deterministic, cheap and of the right shape. Nothing about quality can be learned from it.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Final, Self

import numpy as np

from writersroom.engine.errors import EmptyPrompt, PromptTooLong, Unsupported
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
    Usage,
)
from writersroom.engine.server.answers import Alternative, Reply
from writersroom.engine.server.draft import Draft
from writersroom.engine.server.inquiry import Ability
from writersroom.engine.server.shape import ReplyShape
from writersroom.engine.watch import Stopped, Watch, together

Answering = Callable[[Request, int], str]
"""The whole reply to a request, for a take."""

_TOKEN: Final = re.compile(r"\s*\w+|\s*[^\w\s]|\s+")
_EVERYTHING: Final[frozenset[Ability]] = frozenset({"generate", "schema", "choose", "score", "embed"})
_WIDTH: Final = 32


class ScriptedEngine:
    """Gives the replies it was made with.

    Attributes:
        requests: every request for text so far, in order.

    Args:
        replies: given in turn, one for each take, from the beginning again after the last; or a function.
        tokens_per_second: how fast each take is written; None is at once.
        context: tokens (words and punctuation marks) that fit.
        weights: mean log-probabilities of options in `choose`; options not in it get one of their own.
        supports: abilities; the others raise `Unsupported`.
    """

    def __init__(
        self,
        replies: Sequence[str] | Answering,
        *,
        tokens_per_second: float | None = None,
        context: int = 4096,
        weights: Mapping[str, float] | None = None,
        supports: frozenset[Ability] = _EVERYTHING,
    ) -> None:
        self._answer = replies if callable(replies) else _in_turn(replies)
        self._pause = 1 / tokens_per_second if tokens_per_second else 0.0
        self._weights = dict(weights or {})
        self._watch = Watch()
        self._info = EngineInfo(
            model="scripted", sha256=None, context=context, gpu_layers=0, threads=1, supports=supports
        )
        self.requests: list[Request] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def info(self) -> EngineInfo:
        return self._info

    async def generate(
        self, request: Request, *, on_token: OnToken | None = None, stop: Stop | None = None
    ) -> Completion:
        prompt = self._fit(request.prompt, request.max_tokens)
        shape = None if request.reply_schema is None else ReplyShape(request.reply_schema)
        self.requests.append(request)
        drafts = [Draft(index, request.stop, on_token) for index in range(request.n)]
        texts = [self._answer(request, index) for index in range(request.n)]
        began = time.perf_counter()

        async def write(draft: Draft, text: str) -> None:
            try:
                await self._watch.run(self._write(draft, text, request.max_tokens), stop)
            except Stopped:
                draft.end(cancelled=True)
            else:
                draft.end()

        await together(write(draft, text) for draft, text in zip(drafts, texts, strict=True))
        return Completion(
            takes=tuple(draft.take(shape) for draft in drafts),
            usage=Usage(
                prefilled=len(_TOKEN.findall(prompt)),
                decoded=sum(draft.tokens for draft in drafts),
                decode_ms=1000 * (time.perf_counter() - began),
                occupancy=float(request.n),
            ),
            prompt_sha256=hashlib.sha256(prompt.encode("utf-8", "replace")).hexdigest(),
        )

    async def choose(
        self, prompt: Prompt, options: Sequence[str], *, content_free: Prompt | None = None
    ) -> Choice:
        if len(options) < 2 or len(set(options)) < len(options) or not all(options):
            raise ValueError("a choice needs two options or more, none empty and no two alike")
        await self._offer("choose")
        logprobs = self._weigh(self._fit(prompt, 0), options)
        prior = (0.0,) * len(options)
        if content_free is not None:
            prior = self._weigh(self._fit(content_free, 0), options)
        raised = np.exp(np.array(logprobs) - np.array(prior))
        return Choice(
            options=tuple(options),
            probabilities=tuple(float(one) for one in raised / raised.sum()),
            logprobs=logprobs,
            prior=prior,
            usage=Usage(),
        )

    async def score(self, context: str, texts: Sequence[str], *, hidden: bool = False) -> list[TextScore]:
        await self._offer("score")
        return [self._score(context, self._fit(text, 0), hidden=hidden) for text in texts]

    async def embed(self, texts: Sequence[str]) -> Floats:
        await self._offer("embed")
        return np.stack([_vector(self._fit(text, 0)) for text in texts])

    async def count_tokens(self, prompt: Prompt) -> int:
        text = _plain(prompt)
        if not text:
            raise EmptyPrompt
        return len(_TOKEN.findall(text))

    async def close(self) -> None:
        await self._watch.close()

    async def _write(self, draft: Draft, text: str, max_tokens: int) -> None:
        tokens = _TOKEN.findall(text)
        for number, token in enumerate(tokens[:max_tokens], start=1):
            await asyncio.sleep(self._pause)
            last = number == min(len(tokens), max_tokens)
            finish = ("length" if number < len(tokens) else "stop") if last else None
            if not draft.hear(Reply(choices=(Alternative(text=token, finish_reason=finish),))):
                return

    async def _offer(self, ability: Ability) -> None:
        if ability not in self._info.supports:
            raise Unsupported(f"The scripted engine was told not to {ability}.")
        await self._watch.run(asyncio.sleep(0))

    def _fit(self, prompt: Prompt, max_tokens: int) -> str:
        text = _plain(prompt)
        if not text:
            raise EmptyPrompt
        needed = len(_TOKEN.findall(text)) + max_tokens
        if needed > self._info.context:
            raise PromptTooLong(needed=needed, available=self._info.context)
        return text

    def _weigh(self, prompt: str, options: Sequence[str]) -> tuple[float, ...]:
        return tuple(
            self._weights.get(option, -1 - 4 * _fraction(f"{prompt}\0{option}")) for option in options
        )

    def _score(self, context: str, text: str, *, hidden: bool) -> TextScore:
        """A unigram model over the bytes of the context, one added to each (Laplace)."""
        counts = np.bincount(np.frombuffer(context.encode("utf-8", "replace"), np.uint8), minlength=256) + 1
        logs = np.log(counts / counts.sum())
        order = np.argsort(np.argsort(-logs, kind="stable"), kind="stable")
        entropy = float(-(np.exp(logs) * logs).sum())
        variance = float((np.exp(logs) * (logs + entropy) ** 2).sum())
        at = [byte for char in text for byte in char.encode("utf-8", "replace")[:1]]
        return TextScore(
            starts=np.arange(len(text), dtype=np.int32),
            logprob=logs[at].astype(np.float32),
            rank=order[at].astype(np.int32),
            entropy=np.full(len(text), entropy, np.float32),
            variance=np.full(len(text), variance, np.float32),
            hidden=_vector(text) if hidden else None,
        )


def _in_turn(replies: Sequence[str]) -> Answering:
    endless: Iterator[str] = itertools.cycle(replies)
    return lambda _request, _take: next(endless)


def _plain(prompt: Prompt) -> str:
    return prompt if isinstance(prompt, str) else "".join(part.text for part in prompt)


def _fraction(text: str) -> float:
    """A number in [0, 1) of its own for each text, the same in every run."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:4], "big") / 2**32


def _vector(text: str) -> Floats:
    """Counts of hashed trigrams, scaled to unit length."""
    padded = f"  {text} "
    vector = np.zeros(_WIDTH, np.float32)
    for trigram, count in Counter(padded[at : at + 3] for at in range(len(padded) - 2)).items():
        vector[int(_fraction(trigram) * _WIDTH)] += count
    return vector / np.float32(np.linalg.norm(vector))


def as_json(value: object) -> str:
    """A reply that a schema accepts, as JSON."""
    return json.dumps(value, ensure_ascii=False)
