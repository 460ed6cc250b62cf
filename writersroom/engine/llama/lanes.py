"""What moves through the worker: token sequences that want logits, and the calls they belong to.

A `Lane` is one sequence in the KV cache. A call has one or several: each take of a request is a lane of its
own, and so is each text that is measured. Lanes of one prompt share its cells, whoever computed them.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from writersroom.engine.errors import EngineError
from writersroom.engine.interface import (
    Finish,
    Floats,
    OnToken,
    Request,
    Stop,
    Take,
    TextScore,
    TokenEvent,
    Usage,
)
from writersroom.engine.llama.constraint import Constraint
from writersroom.engine.llama.runtime import Context, Weights
from writersroom.engine.llama.sampling import DrySteps, Sampler
from writersroom.engine.llama.text import TextStream
from writersroom.engine.schema import parse_reply


@dataclass
class Tally:
    """What a call costs while it runs; times are of `time.perf_counter`, in seconds."""

    submitted: float = field(default_factory=time.perf_counter)
    begun: float | None = None
    written: float | None = None
    prefilled: int = 0
    reused: int = 0
    decoded: int = 0
    forced: int = 0
    steps: int = 0
    shared: int = 0

    def usage(self) -> Usage:
        """The tally as a caller reads it."""
        now = time.perf_counter()
        begun = now if self.begun is None else self.begun
        written = now if self.written is None else self.written
        return Usage(
            prefilled=self.prefilled,
            reused=self.reused,
            decoded=self.decoded,
            forced=self.forced,
            queued_ms=(begun - self.submitted) * 1000,
            prefill_ms=(written - begun) * 1000,
            decode_ms=(now - written) * 1000,
            occupancy=self.shared / self.steps if self.steps else 0.0,
        )


class Lane(ABC):
    """A sequence of tokens on its way through the model.

    Attributes:
        tokens: prompt and what was written after it.
        computed: how many of them are in the KV cache.
        wants_from: the first position whose output is wanted; what lies before may come from the cache.
        reserve: the most cells it can come to hold.
        keep: tokens worth keeping in the cache when it has ended.
        hidden: whether it wants last-layer states rather than logits alone.
        sequence: its llama.cpp sequence id while it is in the cache.
    """

    def __init__(
        self, tokens: Sequence[int], *, tally: Tally, wants_from: int, reserve: int, keep: int
    ) -> None:
        self.tokens = list(tokens)
        self.prompt_length = len(self.tokens)
        self.tally = tally
        self.computed = 0
        self.wants_from = wants_from
        self.reserve = reserve
        self.keep = keep
        self.hidden = False
        self.sequence: int | None = None
        self.begun = False
        self.ended = False

    @property
    def writing(self) -> bool:
        """Whether its prompt is done and it decodes."""
        return self.computed >= self.prompt_length

    @abstractmethod
    def receive(self, context: Context, position: int, row: int) -> None:
        """Take the output of `position`, which is at batch index `row`."""

    def begin(self) -> None:
        """Its turn has come. Called before anything of it is computed, at times twice; may end it."""
        self.begun = True

    def stop(self) -> None:
        """End now, as the caller asked; keeps what there is."""
        self.ended = True


class ReplyLane(Lane):
    """A take being written."""

    def __init__(
        self,
        prompt: Sequence[int],
        request: Request,
        *,
        number: int,
        weights: Weights,
        dry: DrySteps,
        constraint: Constraint | None,
        tally: Tally,
        emit: Callable[[TokenEvent], None] | None,
    ) -> None:
        super().__init__(
            prompt,
            tally=tally,
            wants_from=len(prompt) - 1,
            reserve=len(prompt) + request.max_tokens,
            keep=len(prompt) - 1,  # the last prompt token is computed again for its logits in any case
        )
        self._request = request
        self._number = number
        self._weights = weights
        self._dry = dry
        self._sampler: Sampler | None = None
        self._constraint = constraint
        self._stream = TextStream(request.stop)
        self._emit = emit
        self._finish: Finish | None = None
        self._owed: list[int] = []  # forced tokens that the constraint has accepted and the text lacks
        self._closing = 0
        self.error: EngineError | None = None

    def begin(self) -> None:
        """Append what the schema forces at the beginning, so that it is computed with the prompt."""
        if self._constraint is not None and not self.begun:
            self._append_forced()
        super().begin()

    def receive(self, context: Context, position: int, row: int) -> None:
        """Draw the next token."""
        if self._sampler is None:
            # Made here, and freed in `_end`, so that queued takes cost nothing and all samplers are
            # touched by one thread only.
            sampling = self._request.sampling
            self._sampler = Sampler(self._weights, self._dry, sampling, take=self._number)
            if sampling.dry_multiplier > 0:  # the only step that looks back
                for token in self.tokens[-sampling.dry_range :]:
                    self._sampler.remember(token)
        if self._constraint is not None:
            self._constraint.mask(context.logits(row))
        token = self._sampler.draw(context, row)
        self.tally.decoded += 1
        if self._weights.ends_reply(token):
            self._end("stop")
            return
        if self._constraint is not None:
            self._constraint.accept(token)
        self._append(token)
        if not self.ended and self._constraint is not None:
            self._append_forced()

    def stop(self) -> None:
        """End now; the partial text is kept."""
        if not self.ended:
            self._end("cancelled")

    def take(self) -> Take:
        """The finished take.

        Raises:
            EngineError: what made it impossible.
        """
        if self.error is not None:
            raise self.error
        assert self._finish is not None
        text, schema = self._stream.text, self._request.reply_schema
        parsed = None
        if schema is not None and self._finish != "cancelled":
            parsed = parse_reply(schema, text)
        written = len(self.tokens) - self.prompt_length + self._closing
        return Take(text=text, finish=self._finish, tokens=written, parsed=parsed)

    def _append_forced(self) -> None:
        """Append what the schema forces next; the whole run is computed in one step."""
        assert self._constraint is not None
        if self._constraint.complete:
            self._end("stop")
            return
        forced = self._constraint.forced()
        for at, token in enumerate(forced, 1):
            if self._sampler is not None:
                self._sampler.remember(token)
            self.tally.forced += 1
            self._owed = forced[at:]
            self._append(token)
            if self.ended:
                break
        if not self.ended and self._constraint.complete:
            self._end("stop")

    def _append(self, token: int) -> None:
        self.tokens.append(token)
        self.wants_from = len(self.tokens) - 1
        if not self._weights.is_control(token):
            self._send(self._stream.add(self._weights.piece(token)))
        if self._stream.stopped:
            self._end("stop")
        elif len(self.tokens) - self.prompt_length >= self._request.max_tokens:
            self._end("length")

    def _end(self, finish: Finish) -> None:
        self.ended, self._finish = True, finish
        if self._sampler is not None:
            self._sampler.close()
            self._sampler = None
        if finish == "length" and self._constraint is not None:
            if self._constraint.complete and not self._owed:
                self._finish = "stop"  # The schema ended it with the last token it may have.
            else:
                self._close_reply()
        self._send(self._stream.finish())

    def _close_reply(self) -> None:
        assert self._constraint is not None
        try:
            tail = [*self._owed, *self._constraint.close(self._stream.text)]
        except EngineError as error:
            self.error = error
            return
        for token in tail:
            self._send(self._stream.add(self._weights.piece(token)))
        self._closing = len(tail)
        self.tally.forced += len(tail)

    def _send(self, text: str) -> None:
        if text and self._emit is not None:
            self._emit(TokenEvent(take=self._number, text=text))


class _States:
    """The states at the tokens of a text, summed up as they come."""

    def __init__(self) -> None:
        self._sum: Floats | None = None

    def add(self, state: Floats) -> None:
        """Take in the state at one token; the array may be used again by its owner."""
        self._sum = state.copy() if self._sum is None else self._sum + state

    def mean(self, length: int) -> Floats | None:
        """Their mean over a text of so many tokens; None where none came."""
        return None if self._sum is None else self._sum / np.float32(length)


class MeasureLane(Lane):
    """A text being measured: how likely each of its tokens is after what comes before."""

    def __init__(
        self, context: Sequence[int], text: Sequence[int], *, tally: Tally, hidden: bool = False
    ) -> None:
        # The last token's output predicts what follows the text: wanted only for its hidden state.
        tokens = [*context, *text] if hidden else [*context, *text][:-1]
        super().__init__(
            tokens,
            tally=tally,
            wants_from=len(context) - 1,
            reserve=len(tokens),
            keep=0 if hidden else len(context) - 1,
        )
        self._text = list(text)
        self._offset = len(context)
        self.hidden = hidden
        self._logprob = np.zeros(len(text), np.float32)
        self._entropy = np.zeros(len(text), np.float32)
        self._variance = np.zeros(len(text), np.float32)
        self._rank = np.zeros(len(text), np.int32)
        self._states = _States()

    def receive(self, context: Context, position: int, row: int) -> None:
        """Measure the token after `position`, and keep the state at it."""
        at = position + 1 - self._offset
        if at < len(self._text):
            self._measure(at, context.logits(row))
        if self.hidden and position >= self._offset:
            self._states.add(context.hidden(row))
        if position == len(self.tokens) - 1:
            self.ended = True

    def score(self, starts: Sequence[int]) -> TextScore:
        """The finished measurement; `starts` are the characters at which the tokens start."""
        return TextScore(
            starts=np.array(starts, np.int32),
            logprob=self._logprob,
            rank=self._rank,
            entropy=self._entropy,
            variance=self._variance,
            hidden=self._states.mean(len(self._text)),
        )

    def _measure(self, at: int, logits: Floats) -> None:
        target = logits[self._text[at]]
        shifted = logits - logits.max()
        weights = np.exp(shifted)
        total = weights.sum()
        log_total = np.log(total)
        weights /= total
        mean = float(weights @ shifted) - log_total  # E[log p]
        square = float(weights @ (shifted * shifted))  # E[(log p + log_total)^2]
        self._logprob[at] = target - logits.max() - log_total
        self._rank[at] = int(np.count_nonzero(logits > target))
        self._entropy[at] = -mean
        self._variance[at] = max(0.0, square - (mean + log_total) ** 2)


class EmbedLane(Lane):
    """A text whose states alone are wanted."""

    def __init__(self, context: Sequence[int], text: Sequence[int], *, tally: Tally) -> None:
        tokens = [*context, *text]
        super().__init__(tokens, tally=tally, wants_from=0, reserve=len(tokens), keep=0)
        self.hidden = True
        self._offset = len(context)
        self._length = len(text)
        self._states = _States()

    @property
    def mean(self) -> Floats:
        """The mean of the last layer's states over the text, shape (embedding size,)."""
        mean = self._states.mean(self._length)
        assert mean is not None  # it has ended, and no text is empty
        return mean

    def receive(self, context: Context, position: int, row: int) -> None:
        """Keep the state at `position`."""
        if position >= self._offset:
            self._states.add(context.hidden(row))
        if position == len(self.tokens) - 1:
            self.ended = True


class ChooseLane(Lane):
    """The context of a choice: keeps the log-probabilities of what may come first after it."""

    def __init__(self, context: Sequence[int], *, tally: Tally) -> None:
        super().__init__(
            context, tally=tally, wants_from=len(context) - 1, reserve=len(context), keep=len(context)
        )
        self.first: Floats | None = None

    def receive(self, context: Context, position: int, row: int) -> None:
        """Keep the log-softmax of the logits."""
        logits = context.logits(row)
        shifted = logits - logits.max()
        self.first = shifted - np.log(np.exp(shifted).sum())
        self.ended = True


class OptionLane(Lane):
    """An option of more than one token: the log-probability of all its tokens but the first."""

    def __init__(self, context: Sequence[int], option: Sequence[int], *, tally: Tally) -> None:
        super().__init__(
            [*context, *option[:-1]],
            tally=tally,
            wants_from=len(context),
            reserve=len(context) + len(option) - 1,
            keep=0,
        )
        self._option = list(option)
        self._offset = len(context)
        self.rest = 0.0

    def receive(self, context: Context, position: int, row: int) -> None:
        """Add the log-probability of the token after `position`."""
        logits = context.logits(row)
        top = float(logits.max())
        token = self._option[position + 1 - self._offset]
        self.rest += float(logits[token]) - top - float(np.log(np.exp(logits - top).sum()))
        if position == len(self.tokens) - 1:
            self.ended = True


@dataclass(eq=False)
class Call:
    """Lanes that end together.

    `follow_up` are lanes that begin when those have ended, and go on from what they have read. What a
    `passing` call has read is the first to leave the cache.
    """

    lanes: list[Lane]
    tally: Tally
    done: Callable[[Exception | None], None]
    """Called once, on the event loop."""
    stop: Stop | None = None
    follow_up: Sequence[Lane] = ()
    passing: bool = False
    on_token: OnToken | None = None
    events: list[TokenEvent] = field(default_factory=list[TokenEvent])
    """Token events not delivered yet."""
    abandoned: bool = False
    """The caller has gone; nobody wants the result."""

    @property
    def given_up(self) -> bool:
        """Whether nobody waits for more of it."""
        return self.abandoned or (self.stop is not None and self.stop.is_set())

    def emit(self, event: TokenEvent) -> None:
        """Note new text for the next delivery."""
        self.events.append(event)

    def tell(self, events: Iterable[TokenEvent]) -> None:
        """Give the caller new text, on the event loop; what the caller's function raises ends the call."""
        for event in events:
            if self.on_token is None or self.abandoned:
                return
            try:
                self.on_token(event)
            except Exception as error:  # noqa: BLE001 - it is the caller's, whatever it is, and goes to the caller
                self.abandoned = True
                self.done(error)
