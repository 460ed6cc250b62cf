"""The types that cross the engine's boundary, and the interface every engine implements.

A caller describes what it wants in a `Request` and gets a `Completion`; it never sees tokens, sequences or
caches, only what they cost (`Usage`). The same suite, `tests/conformance/test_engine.py`, holds every
implementation to this file.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, BaseModel, Field

from writersroom.frozen import Frozen

Floats: TypeAlias = npt.NDArray[np.float32]
Ints: TypeAlias = npt.NDArray[np.int32]

Role: TypeAlias = Literal["system", "user", "assistant"]
Finish: TypeAlias = Literal["stop", "length", "cancelled"]
"""Why a take ended: the model (or a stop string, or the schema) ended it; the token limit; the caller."""


class Part(Frozen):
    """One message of a chat prompt."""

    role: Role
    text: str


Prompt: TypeAlias = str | tuple[Part, ...]
"""Chat parts, laid out by the model's own template; or plain text, given to the model as it is.

A last part by the assistant is the beginning of the reply: the model goes on from its last character, or the
engine says `Unsupported`.
"""


def _single(number: float) -> float:
    if not abs(number) <= 3e38:
        raise ValueError("it is to be a number that single precision holds")
    return number


Single: TypeAlias = Annotated[float, AfterValidator(_single)]
"""A number that is one in llama.cpp too."""


class Sampling(Frozen):
    """How the next token is drawn. Steps apply in the order of the fields.

    Sources: top-k Fan et al. 2018; top-p Holtzman et al. 2020; min-p Nguyen et al. 2024; DRY and XTC as in
    llama.cpp's samplers of those names.
    """

    logit_bias: Mapping[int, Single] = Field(default_factory=dict[int, float])
    """Added to the logit of a token id."""
    dry_multiplier: Single = Field(default=0.0, ge=0)
    """Strength of the penalty on continuing a verbatim repetition; 0 is off."""
    dry_base: Single = 1.75
    dry_allowed_length: int = 2
    dry_range: int = Field(default=1024, ge=1, le=65_536)
    """Tokens looked back over; llama.cpp sets eight bytes aside for each."""
    top_k: int = Field(default=0, ge=0)
    """0 is off."""
    top_p: Single = Field(default=1.0, gt=0, le=1)
    min_p: Single = Field(default=0.0, ge=0, le=1)
    xtc_probability: Single = Field(default=0.0, ge=0, le=1)
    xtc_threshold: Single = Field(default=0.1, ge=0, le=1)
    temperature: Single = Field(default=1.0, ge=0)
    """0 takes the likeliest token."""
    seed: int = Field(default=0, ge=0)
    """Take i of a request draws from its own stream derived from (seed, i)."""


PRESETS: Mapping[str, Sampling] = {
    "neutral": Sampling(temperature=1.0, min_p=0.02),
    "creative": Sampling(temperature=1.1, min_p=0.05, dry_multiplier=0.8, xtc_probability=0.3),
    "precise": Sampling(temperature=0.3, top_k=40, top_p=0.9),
}
"""Named samplings a card or a person can pick."""


class Request(Frozen):
    """One call for text.

    Lay prompts out so that what agents share comes first and what differs last: shared prefixes are
    computed once.
    """

    prompt: Prompt
    reply_schema: type[BaseModel] | Mapping[str, Any] | None = None
    """The reply is JSON that this pydantic model, or JSON Schema, accepts. None asks for free text."""
    sampling: Sampling = PRESETS["neutral"]
    max_tokens: int = Field(default=256, ge=1)
    stop: tuple[str, ...] = ()
    """The reply ends before the first of these; it is not part of the text."""
    n: int = Field(default=1, ge=1)
    """Takes drawn from this one prompt."""


class Take(Frozen):
    """One reply."""

    text: str
    finish: Finish
    tokens: int
    """Tokens in the reply, those forced by the grammar included."""
    parsed: Any = None
    """With a schema: the validated pydantic object, or the decoded JSON where the schema was a mapping."""


class Usage(Frozen):
    """What a call cost. Token counts are over all takes. Zero also stands for what a server does not tell."""

    prefilled: int = 0
    """Prompt tokens computed."""
    reused: int = 0
    """Prompt tokens taken from the cache, or shared with another request in flight."""
    decoded: int = 0
    """Tokens drawn one by one."""
    forced: int = 0
    """Tokens appended because the grammar allowed nothing else."""
    queued_ms: float = 0.0
    """From submission until the first of its tokens was computed."""
    prefill_ms: float = 0.0
    decode_ms: float = 0.0
    occupancy: float = 0.0
    """Mean number of sequences that shared the batches in which this call decoded."""


class Completion(Frozen):
    """The takes of one request, in order, and what they cost."""

    takes: tuple[Take, ...]
    usage: Usage
    prompt_sha256: str
    """Hash of the prompt exactly as the model saw it, template applied; with a server, which applies its own
    template, of what was sent."""


class Choice(Frozen):
    """A probability for each option."""

    options: tuple[str, ...]
    probabilities: tuple[float, ...]
    """Sum to 1: softmax of `logprobs - prior`."""
    logprobs: tuple[float, ...]
    """Mean natural log-probability per token of each option after the context."""
    prior: tuple[float, ...]
    """The same after the content-free context; zeros where none was given."""
    usage: Usage
    method: Literal["scored", "forced", "echoed", "sampled"] = "scored"
    """How they were weighed: by the model in this process, or in one of the ways that servers leave open
    (`engine.server.weigh`); with "sampled", `logprobs` are log-frequencies of whole options."""

    @property
    def best(self) -> int:
        """Index of the likeliest option; the first of equals."""
        return max(range(len(self.options)), key=self.probabilities.__getitem__)


class TextScore(Frozen):
    """How surprising each token of a text was to the model.

    All arrays have shape (tokens,). Natural logarithms. `entropy` is that of the model's distribution at the
    token, `variance` the variance of log p under that distribution; with `logprob` they give the curvature
    of Fast-DetectGPT (Bao et al. 2024).
    """

    starts: Ints
    """Character at which each token starts."""
    logprob: Floats
    rank: Ints
    """0 is the likeliest token."""
    entropy: Floats
    variance: Floats
    hidden: Floats | None = None
    """Mean of the last layer's states over the tokens, shape (embedding size,); on request."""


class EngineInfo(Frozen):
    """What runs where. Zero stands for a number that a server does not tell."""

    model: str
    """Name for a person."""
    address: str = ""
    """What `opening.open_engine` finds the same model by, from any folder; empty where nothing does. For a
    server it holds no user's name and no password."""
    sha256: str | None
    """Of the model file; None where a server does not tell."""
    context: int
    """Tokens that fit."""
    parameters: int = 0
    """Numbers that the model learned: 8,000,000,000 of an 8B."""
    gpu_layers: int
    """Layers on a GPU."""
    threads: int
    supports: frozenset[Literal["generate", "schema", "choose", "score", "embed"]]
    altered: bool = False
    """Whether adapters, or a coarser cache, make its answers others than those of the file alone."""


class TokenEvent(Frozen):
    """A piece of text, as soon as it is certain. It may be several tokens; it never splits a character."""

    take: int
    text: str


OnToken: TypeAlias = Callable[[TokenEvent], None]
Stop: TypeAlias = threading.Event
"""Set it, from any thread, to end a request within one token; the partial text is kept."""


class Engine(Protocol):
    """A model that can be asked. All methods may run concurrently on one event loop."""

    @property
    def info(self) -> EngineInfo:
        """What runs where."""
        ...

    async def generate(
        self, request: Request, *, on_token: OnToken | None = None, stop: Stop | None = None
    ) -> Completion:
        """Write `request.n` takes.

        `on_token` is called on the event loop; the pieces of a take, joined, are its text. When `stop` is set
        the call returns at once what there is, with `finish="cancelled"` (and `parsed=None`), for takes that
        had not begun too; cancelling the awaiting task discards it. A schema-bound reply that its token limit
        cut is closed into a valid one, with `finish="length"`, where its end is near.

        Raises:
            EmptyPrompt: not one character in the prompt, be it text or parts.
            PromptTooLong: prompt and `max_tokens` exceed `info.context`. Where that is 0, unknown, only the
                prompt counts.
            UnsatisfiableSchema: no reply can satisfy the schema. This and the two above come before anything
                is decoded.
            ReplyTruncated, ReplyInvalid: a schema-bound reply could not be made valid.
            EngineClosed, EngineFailed, ServerError: the model is gone.
        """
        ...

    async def choose(
        self, prompt: Prompt, options: Sequence[str], *, content_free: Prompt | None = None
    ) -> Choice:
        """Weigh `options` as replies to `prompt`.

        Options are compared by mean log-probability per token, so that length does not decide. With
        `content_free`, a prompt of the same form without content, the bias it shows is subtracted
        (contextual calibration, Zhao et al. 2021).

        Raises:
            ValueError: fewer than two options, an empty one or two alike.
            EmptyPrompt, PromptTooLong, EngineClosed: as above.
            Unsupported: a server that can be made to weigh in none of the ways of `Choice.method`.
        """
        ...

    async def score(self, context: str, texts: Sequence[str], *, hidden: bool = False) -> list[TextScore]:
        """Measure each text as a continuation of `context` (may be empty), without decoding.

        Raises:
            EmptyPrompt: a text is empty.
            PromptTooLong, EngineClosed: as above.
            Unsupported: "score" is not in `info.supports`.
        """
        ...

    async def embed(self, texts: Sequence[str]) -> Floats:
        """Mean-pooled last-layer states, shape (len(texts), embedding size), rows of unit length.

        Raises:
            EmptyPrompt: a text is empty.
            PromptTooLong, EngineClosed: as above.
            Unsupported: "embed" is not in `info.supports`.
        """
        ...

    async def count_tokens(self, prompt: Prompt) -> int:
        """Tokens in a prompt, template applied; with servers that do not count for others, an estimate.

        Raises:
            EmptyPrompt, EngineClosed: as above.
        """
        ...

    async def close(self) -> None:
        """Give everything back. Requests in flight end with EngineClosed. Closing twice is harmless."""
        ...
