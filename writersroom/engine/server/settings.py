"""How a remote server is reached.

For programs that open a `ServerEngine`. The commands take the model from its address, the key from
$WRITERSROOM_API_KEY, and these defaults for the rest.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, TypeAlias

from pydantic import Field, JsonValue, SecretStr

from writersroom.frozen import Frozen

DialectName: TypeAlias = Literal["llama-server", "llama-cpp-python", "vllm", "sglang", "ollama", "openai"]
"""What the server is; `openai` is any other: it is sent the fields of OpenAI's own interface and no more."""


def _key_from_environment() -> SecretStr | None:
    key = os.environ.get("WRITERSROOM_API_KEY", "").strip()
    return SecretStr(key) if key else None


class ServerSettings(Frozen):
    """Settings of the engine that asks an OpenAI-compatible server. Times are in seconds."""

    model: str | None = Field(
        default=None, description="Model to ask for; default: the first the server lists"
    )
    api_key: SecretStr | None = Field(
        default_factory=_key_from_environment, description="Key; default: $WRITERSROOM_API_KEY"
    )
    dialect: Literal["auto"] | DialectName = Field(
        default="auto", description="What the server is; auto: asked from the server"
    )
    context: int | None = Field(
        default=None, ge=1, description="Tokens that fit, where the server does not tell"
    )
    connect_s: float = Field(default=5.0, gt=0, description="Longest wait for a connection")
    inquiry_s: float = Field(default=30.0, gt=0, description="Longest wait for an answer when opened")
    first_token_s: float = Field(
        default=300.0,
        gt=0,
        description="Longest wait for a reply to begin; long prompts take long on a processor",
    )
    between_tokens_s: float = Field(default=60.0, gt=0, description="Longest silence within a reply")
    attempts: int = Field(default=5, ge=1, description="Tries of a request before it fails; 1: no retry")
    first_pause_s: float = Field(
        default=0.5, ge=0, description="Pause before the first retry; doubles each time"
    )
    longest_pause_s: float = Field(
        default=30.0, ge=0, description="Longest pause, and the longest that a server may ask for"
    )
    parallel: int = Field(default=16, ge=1, description="Requests in flight at the same time")
    choice_samples: int = Field(
        default=32, ge=4, description="Replies drawn to weigh options where the server shows no probabilities"
    )
    extra: Mapping[str, JsonValue] = Field(
        default_factory=dict[str, JsonValue], description="Fields added to the body of every request for text"
    )
