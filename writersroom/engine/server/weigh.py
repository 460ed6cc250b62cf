"""Weighing options by what a server is willing to show.

Three ways, the first that works is kept:

- `forced`: each option is written under a grammar that allows nothing else (`forcing`), and the server shows
  the log-probabilities its tokens had before the grammar was applied (llama-server, llama-cpp-python). Chat
  prompts get the server's own template. The values are those of the in-process engine.
- `echoed`: context and option are sent as one text, and the server shows the log-probabilities of the prompt
  (`echo` of the older OpenAI interface: vLLM). A chat prompt gets vLLM's own template, elsewhere a plain
  layout labelled by role.
- `sampled`: a reply that may only be one of the options is drawn many times and counted, with half a count
  added to each (Krichevsky and Trofimov 1981), so that the values are log-frequencies of whole options. A
  server that binds no plain text gets it as the one part of a chat.

The first two are probed before they are trusted: servers exist that ignore a grammar, show probabilities from
after it, or show those of the neighbouring token.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Literal, TypeAlias

from pydantic import JsonValue

from writersroom.engine.errors import ReplyInvalid, ServerError, Unsupported
from writersroom.engine.interface import Part, Prompt, Sampling, Usage
from writersroom.engine.server.answers import Detokenized, Logprobs, Reply, Spent
from writersroom.engine.server.dialects import sampling_fields
from writersroom.engine.server.faults import BUSY
from writersroom.engine.server.forcing import by_characters, by_tokens
from writersroom.engine.server.inquiry import Served
from writersroom.engine.server.prompts import prompt_fields, role_labelled, tokenized
from writersroom.engine.server.settings import ServerSettings
from writersroom.engine.server.wire import Body, Wire
from writersroom.engine.watch import together
from writersroom.frozen import Frozen

Method: TypeAlias = Literal["forced", "echoed", "sampled"]
Draw: TypeAlias = Callable[[Prompt, Sequence[str], int], Awaitable[tuple[str, Spent]]]
"""Draws one reply bound to options: (prompt, options, seed) to (option, cost)."""

_GREEDY: Final = Sampling(temperature=0)
_PROBE: Final = "zq-xv"
"""No model answers this of its own accord."""
_PLAIN: Final[Body] = {}
_WHOLE: Final[Body] = {"add_special_tokens": False}
"""vLLM's own layout, and only that, holds the special tokens already."""
_CERTAIN: Final = -1e-3
"""Mean log-probability above which a forced text had no alternative: then the grammar came first."""


class Weighed(Frozen):
    """Options weighed after one prompt."""

    logprobs: tuple[float, ...]
    costs: tuple[Spent, ...]


class Scales:
    """Weighs options on one server, in the best way that it offers."""

    def __init__(self, wire: Wire, served: Served, settings: ServerSettings, draw: Draw) -> None:
        self._wire = wire
        self._served = served
        self._extra = settings.extra
        self._draws = settings.choice_samples
        self._draw = draw
        self._method: Method | None = None
        self._names_tokens = served.token_grammars

    async def weigh(self, prompts: Sequence[Prompt], options: Sequence[str]) -> tuple[Method, list[Weighed]]:
        """How they were weighed, and the log-probabilities of `options` after each of `prompts`.

        Raises:
            Unsupported: the server can be made to answer by none of the options.
            ServerError: it failed.
        """
        if self._method is None:
            self._method = await self._best_method()
        ways = {"forced": self._all_forced, "echoed": self._all_echoed, "sampled": self._sampled}
        way = ways[self._method]
        return self._method, await together(way(prompt, options) for prompt in prompts)

    async def _best_method(self) -> Method:
        if await self._forces():
            return "forced"
        if self._served.dialect.raw:  # It ignores that it is to echo, but loads the model and writes.
            return "sampled"
        return "echoed" if await self._echoes() else "sampled"

    async def _all_forced(self, prompt: Prompt, options: Sequence[str]) -> Weighed:
        return _joined(await together(self._forced(prompt, option) for option in options))

    async def _all_echoed(self, prompt: Prompt, options: Sequence[str]) -> Weighed:
        context, whole = (prompt, _PLAIN) if isinstance(prompt, str) else await self._laid_out(prompt)
        return _joined(await together(self._echoed(context, option, whole) for option in options))

    async def _forced(self, prompt: Prompt, option: str) -> tuple[float, Spent]:
        forced = None
        if self._names_tokens:
            forced = await by_tokens(self._wire, self._served, option)
        forced = forced or by_characters(option)
        path, fields = prompt_fields(self._wire, self._served, prompt)
        shown: dict[str, JsonValue] = (
            {"logprobs": 1} if isinstance(prompt, str) else {"logprobs": True, "top_logprobs": 1}
        )
        body = {
            "model": self._served.model,
            **fields,
            **sampling_fields(self._served.dialect, _GREEDY, 0),
            "max_tokens": forced.most_tokens,
            "grammar": forced.grammar,
            **shown,
            **self._extra,
        }
        reply = await self._wire.ask(Reply, path, body)
        pairs = reply.logprobs.pairs
        wanted = option.encode()
        if reply.text != option and not b"".join(text for text, _ in pairs).startswith(wanted):
            raise self._useless("did not keep to the grammar it was given")
        return self._mean(_first(pairs, len(wanted)), option), reply.usage or Spent()

    async def _echoed(self, context: str, option: str, whole: Body) -> tuple[float, Spent]:
        body: dict[str, JsonValue] = {
            "model": self._served.model,
            "prompt": context + option,
            "max_tokens": 1,
            "temperature": 0,
            "echo": True,
            "logprobs": 1,
            **whole,
            **self._extra,
        }
        reply = await self._wire.ask(Reply, "/v1/completions", body)
        shown = reply.logprobs
        if not _is_aligned(shown):
            raise self._useless("does not show the probabilities of a prompt's tokens")
        backwards = _first(shown.pairs[-2::-1], len(option.encode()))
        return self._mean(backwards, option), reply.usage or Spent()

    async def _sampled(self, prompt: Prompt, options: Sequence[str]) -> Weighed:
        counts = dict.fromkeys(options, 0)
        costs: list[Spent] = []

        async def one(number: int) -> None:
            try:
                option, cost = await self._draw(prompt, options, number)
            except ReplyInvalid:
                return
            counts[option] += 1
            costs.append(cost)

        await together(one(number) for number in range(self._draws))
        drawn = sum(counts.values())
        if not drawn:
            raise Unsupported(
                f"The server at {self._wire.address} shows no log-probabilities and does not keep to a "
                "choice of replies, so it cannot weigh options."
            )
        total = drawn + len(options) / 2
        return Weighed(
            logprobs=tuple(math.log((counts[option] + 0.5) / total) for option in options),
            costs=tuple(costs),
        )

    async def _forces(self) -> bool:
        if not self._served.dialect.takes_grammar:
            return False
        for names_tokens in (True, False) if self._names_tokens else (False,):
            self._names_tokens = names_tokens
            try:
                mean, _ = await self._forced("Yes or no?", _PROBE)
            except ServerError as error:
                _unless_gone(error)
            else:
                return mean < _CERTAIN
        return False

    async def _echoes(self) -> bool:
        try:
            mean, _ = await self._echoed("Yes or no?", f" {_PROBE}", _PLAIN)
        except ServerError as error:
            return _unless_gone(error)
        return mean < _CERTAIN

    async def _laid_out(self, prompt: tuple[Part, ...]) -> tuple[str, Body]:
        """The prompt as plain text, and what to send with it."""
        if self._served.dialect.name == "vllm":
            counted = await tokenized(self._wire, self._served, prompt)
            if counted is not None and counted.tokens:
                body: Body = {"model": self._served.model, "tokens": list(counted.tokens)}
                text = await self._wire.may(Detokenized, "/detokenize", body)
                if text is not None:
                    return text.prompt, _WHOLE
        return role_labelled(prompt), _PLAIN

    def _mean(self, pairs: Sequence[tuple[bytes, float | None]], option: str) -> float:
        values = [logprob for _, logprob in pairs if logprob is not None]
        if not values or len(values) < len(pairs):
            raise self._useless(f"shows no probability for {option[:40]!r}")
        return sum(values) / len(values)

    def _useless(self, reason: str) -> ServerError:
        return ServerError(self._wire.address, reason, status=200)


def joined_usage(costs: Sequence[Spent]) -> Usage:
    """What several requests cost together."""
    reused = sum(cost.cached for cost in costs)
    return Usage(
        prefilled=sum(cost.prompt_tokens for cost in costs) - reused,
        reused=reused,
        decoded=sum(cost.completion_tokens or 0 for cost in costs),
    )


def _first(pairs: Sequence[tuple[bytes, float | None]], size: int) -> list[tuple[bytes, float | None]]:
    """The pairs that cover the first `size` bytes."""
    covered = 0
    taken: list[tuple[bytes, float | None]] = []
    for text, logprob in pairs:
        if covered >= size:
            break
        taken.append((text, logprob))
        covered += len(text)
    return taken


def _is_aligned(shown: Logprobs) -> bool:
    """Whether every log-probability stands beside its own token.

    llama-cpp-python's are shifted by one for models that open without a special token. The last token was
    drawn greedily, so its own log-probability must be the highest of those shown with it.
    """
    last = shown.top_logprobs[-1] if shown.top_logprobs else None
    own = shown.token_logprobs[-1] if shown.token_logprobs else None
    return bool(last) and own is not None and own >= max(last.values()) - 1e-6


def _joined(weighed: Sequence[tuple[float, Spent]]) -> Weighed:
    return Weighed(logprobs=tuple(mean for mean, _ in weighed), costs=tuple(cost for _, cost in weighed))


def _unless_gone(error: ServerError) -> Literal[False]:
    """False where the server answered that it cannot; raises where it did not answer, or was only busy."""
    if error.status is None or error.status in BUSY:
        raise error
    return False
