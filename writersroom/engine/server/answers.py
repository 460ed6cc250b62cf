"""What servers answer: the fields that are read, every other one ignored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Message(Answer):
    """A chat message, or the part of one that an event adds."""

    content: str | None = None


class TokenLogprob(Answer):
    """One token of a chat reply."""

    token: str
    logprob: float | None = None
    utf8: tuple[Annotated[int, Field(ge=0, le=255)], ...] | None = Field(default=None, alias="bytes")


class Logprobs(Answer):
    """Log-probabilities of a reply, in the chat form (`content`) or the older form of text completions."""

    content: tuple[TokenLogprob, ...] | None = None
    tokens: tuple[str, ...] = ()
    token_logprobs: tuple[float | None, ...] = ()
    top_logprobs: tuple[Mapping[str, float] | None, ...] | None = None

    @property
    def pairs(self) -> list[tuple[bytes, float | None]]:
        """(UTF-8, log-probability) of each token, whichever form they came in."""
        if self.content is None:
            return [
                (token.encode("utf-8", "replace"), logprob)
                for token, logprob in zip(self.tokens, self.token_logprobs, strict=False)
            ]
        return [
            (
                token.token.encode("utf-8", "replace") if token.utf8 is None else bytes(token.utf8),
                token.logprob,
            )
            for token in self.content
        ]


class Alternative(Answer):
    """One of the replies to a request; this package always asks for one."""

    text: str | None = None
    delta: Message | None = None
    message: Message | None = None
    finish_reason: str | None = None
    logprobs: Logprobs | None = None


class CachedTokens(Answer):
    """Details of the prompt's cost."""

    cached_tokens: int | None = None


class Spent(Answer):
    """Token counts."""

    prompt_tokens: int = 0
    completion_tokens: int | None = None
    prompt_tokens_details: CachedTokens | None = None

    @property
    def cached(self) -> int:
        """Prompt tokens the server took from its cache."""
        details = self.prompt_tokens_details
        return (details.cached_tokens or 0) if details else 0


class Timings(Answer):
    """llama-server's own clock."""

    prompt_ms: float = 0.0


class Fault(Answer):
    """An error, as OpenAI and most others lay it out."""

    message: str = ""
    type: str | None = None
    code: str | int | None = None
    n_prompt_tokens: int | None = None
    n_ctx: int | None = None


class Refusal(Answer):
    """The body of an answer that is no success."""

    error: Fault | str | None = None
    message: str | None = None
    detail: object = None
    code: str | int | None = None
    type: str | None = None

    @property
    def fault(self) -> Fault:
        """The error, wherever the server put it."""
        if isinstance(self.error, Fault):
            return self.error
        detail = "" if self.detail is None else str(self.detail)
        return Fault(message=self.error or self.message or detail, type=self.type, code=self.code)


class Reply(Answer):
    """A whole reply, or one event of a streamed one."""

    choices: tuple[Alternative, ...] = ()
    usage: Spent | None = None
    timings: Timings | None = None
    error: Fault | str | None = None

    @property
    def text(self) -> str:
        """The text in it."""
        if not self.choices:
            return ""
        first = self.choices[0]
        message = first.delta or first.message
        return (message.content if message else first.text) or ""

    @property
    def finish(self) -> str | None:
        """Why the reply ended, in the server's words; None while it goes on."""
        return self.choices[0].finish_reason if self.choices else None

    @property
    def logprobs(self) -> Logprobs:
        """Log-probabilities; empty where there are none."""
        return (self.choices[0].logprobs if self.choices else None) or Logprobs()


class Said(Answer):
    """Part of an event of Ollama's `/api/chat`."""

    content: str = ""


class Generated(Answer):
    """One event of Ollama's `/api/generate` or `/api/chat`."""

    response: str = ""
    message: Said = Said()
    done: bool = False
    done_reason: str | None = None
    prompt_eval_count: int = 0
    eval_count: int | None = None
    prompt_eval_duration: int = 0
    """Nanoseconds."""
    error: Fault | str | None = None

    @property
    def reply(self) -> Reply:
        """The same in OpenAI's terms."""
        finish = (self.done_reason or "stop") if self.done else None
        text = self.response or self.message.content
        told = Reply(choices=(Alternative(text=text, finish_reason=finish),), error=self.error)
        if not self.done:
            return told
        cost = Spent(prompt_tokens=self.prompt_eval_count, completion_tokens=self.eval_count)
        clock = Timings(prompt_ms=self.prompt_eval_duration / 1e6)
        return told.model_copy(update={"usage": cost, "timings": clock})


class ListedModel(Answer):
    """One entry of `/v1/models`."""

    id: str
    owned_by: str | None = None
    max_model_len: int | None = None
    """vLLM and SGLang: tokens that fit."""
    context_length: int | None = None
    """Several hosted services: the same."""


class ModelList(Answer):
    """`/v1/models`."""

    data: tuple[ListedModel, ...] = ()


class GenerationDefaults(Answer):
    """Part of llama-server's `/props`."""

    n_ctx: int | None = None


class Properties(Answer):
    """llama-server's `/props`."""

    default_generation_settings: GenerationDefaults


class About(Answer):
    """Part of an OpenAPI document."""

    title: str = ""
    version: str = ""


class Interface(Answer):
    """`/openapi.json`."""

    info: About


class Loaded(Answer):
    """A model Ollama holds in memory."""

    name: str = ""
    context_length: int | None = None


class LoadedModels(Answer):
    """Ollama's `/api/ps`."""

    models: tuple[Loaded, ...] = ()


class Version(Answer):
    """Ollama's `/api/version`."""

    version: str


class Templated(Answer):
    """llama-server's `/apply-template`."""

    prompt: str


class Tokens(Answer):
    """`/tokenize` of llama-server and vLLM, `/extras/tokenize/count` of llama-cpp-python."""

    count: int | None = None
    tokens: tuple[int, ...] = ()

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.tokens) if self.count is None else self.count


class Piece(Answer):
    """A token with its text, or with its bytes where they are no whole characters."""

    id: int
    piece: str | tuple[int, ...]


class Pieces(Answer):
    """llama-server's `/tokenize` with `with_pieces`."""

    tokens: tuple[Piece, ...]


class Detokenized(Answer):
    """`/detokenize` of vLLM (`prompt`), `/extras/detokenize` of llama-cpp-python (`text`)."""

    prompt: str = ""
    text: str = ""


class Embedding(Answer):
    """A vector, or a row of vectors, one for each token, where the server does not pool."""

    index: int = 0
    embedding: tuple[float, ...] | tuple[tuple[float, ...], ...]

    @property
    def rows(self) -> bool:
        """Whether there is a vector for each token."""
        return bool(self.embedding) and isinstance(self.embedding[0], tuple)


class Embeddings(Answer):
    """`/v1/embeddings`."""

    data: tuple[Embedding, ...] = Field(min_length=1)
