"""What can go wrong in an engine, one class for each thing a caller may want to tell apart.

Every message is one sentence for a person: what happened, where, and what to do.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

ContextLimit: TypeAlias = Literal["setting", "training", "server"]


class EngineError(Exception):
    """Base of all errors an engine raises on purpose."""


class EngineClosed(EngineError):
    """The engine was closed before, or while, it worked on the request."""

    def __init__(self) -> None:
        super().__init__("The engine is closed; open a new one to go on.")


class EngineFailed(EngineError):
    """The model itself failed (llama.cpp refused a batch, memory ran out); the engine has stopped."""


class EmptyPrompt(EngineError):
    """The prompt holds no text."""

    def __init__(self) -> None:
        super().__init__("The prompt is empty; give the model at least one character to go on from.")


class PromptTooLong(EngineError):
    """The request cannot fit the context; raised before anything is decoded.

    Attributes:
        needed: tokens the request needs, the reply's `max_tokens` included.
        available: tokens the context has.
    """

    def __init__(self, *, needed: int, available: int, limit: ContextLimit = "setting") -> None:
        """Say why.

        Args:
            needed: as above.
            available: as above.
            limit: what ends the context: the setting `n_ctx`, the model's training, which no setting makes
                longer, or the server.
        """
        why, remedy = {
            "setting": ("the context holds", "raise n_ctx"),
            "training": ("the model was trained on no more than", "take a model with a longer context"),
            "server": ("the server's context holds", "start the server with a longer one"),
        }[limit]
        super().__init__(
            f"The request needs {needed} tokens but {why} {available}; shorten the prompt or {remedy}."
        )
        self.needed = needed
        self.available = available


class UnsatisfiableSchema(EngineError):
    """No text can satisfy the reply schema, or it uses a feature the grammar compiler does not know."""


class ReplyTruncated(EngineError):
    """The token limit cut a schema-bound reply and it could not be closed into a valid object.

    Attributes:
        text: what was written before the cut.
    """

    def __init__(self, text: str) -> None:
        super().__init__(
            f"The reply was cut at its token limit before it was complete ({text[-40:]!r}); raise max_tokens."
        )
        self.text = text


class ReplyInvalid(EngineError):
    """A reply does not satisfy its schema: the schema has a rule that its grammar cannot express.

    Attributes:
        text: the whole reply.
    """

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"The reply does not satisfy its schema: {reason}.")
        self.text = text


class Unsupported(EngineError):
    """This engine, or the server behind it, cannot do what was asked."""


class ModelError(EngineError):
    """A model cannot be found or used."""


class ModelNotFound(ModelError):
    """No model file answers to this name."""


class NotAModel(ModelError):
    """The file is no GGUF model, or is damaged or cut short."""


class NoChatTemplate(ModelError):
    """The model file has no chat template, so chat prompts cannot be laid out as it was trained on."""


class ModelTooLarge(ModelError):
    """The model and its context do not fit the memory there is."""


class ModelNotFetched(ModelError):
    """A model could not be fetched: no network, permission or room, broken off, or not what was promised."""


class ServerError(EngineError):
    """A remote server could not be reached, refused, or broke off.

    Attributes:
        address: where the server is, without user name and password.
        reason: what happened there; the end of the sentence that begins "The server at ADDRESS".
        status: the HTTP status, where an answer came; None where none did.
        received: the text of each take up to the break, in order; empty where nothing had come.
    """

    def __init__(
        self, address: str, reason: str, *, status: int | None = None, received: tuple[str, ...] = ()
    ) -> None:
        super().__init__(f"The server at {address} {reason}.")
        self.address = address
        self.reason = reason
        self.status = status
        self.received = received
