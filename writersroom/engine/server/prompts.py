"""Prompts on their way out: made fit to be sent, hashed, counted."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Final

from pydantic import JsonValue

from writersroom.engine.errors import EmptyPrompt, Unsupported
from writersroom.engine.interface import Part, Prompt
from writersroom.engine.server.answers import Templated, Tokens
from writersroom.engine.server.certain import whole_characters
from writersroom.engine.server.inquiry import Served
from writersroom.engine.server.wire import Body, Wire
from writersroom.frozen import Frozen

TEXT_PATH: Final = "/v1/completions"

_TEMPLATE_TOKENS_A_PART: Final = 5
_TEMPLATE_TOKENS_AT_END: Final = 3
"""What ChatML spends: two marks, the role and two line ends for a part; a mark, the role and a line end in
the end."""
_BYTES_A_TOKEN: Final = 4
_TEMPLATE_SLACK: Final = 256


class Count(Frozen):
    """Tokens in a prompt, template applied."""

    total: int
    """Exact where the server applies its own template; otherwise an estimate."""
    least: int
    """It cannot be fewer."""


def sendable(prompt: Prompt) -> Prompt:
    """The prompt without what no JSON can carry: half characters become U+FFFD.

    Raises:
        EmptyPrompt: there is no text in it.
    """
    if isinstance(prompt, str):
        if not prompt:
            raise EmptyPrompt
        return whole_characters(prompt)
    if not any(part.text for part in prompt):
        raise EmptyPrompt
    return tuple(Part(role=part.role, text=whole_characters(part.text)) for part in prompt)


def messages(prompt: tuple[Part, ...]) -> list[JsonValue]:
    """Chat parts as OpenAI's interface has them."""
    return [{"role": part.role, "content": part.text} for part in prompt]


def begins_reply(prompt: tuple[Part, ...]) -> bool:
    """Whether the last part is the beginning of the reply."""
    return prompt[-1].role == "assistant"


def as_one_part(text: str) -> tuple[Part, ...]:
    """Plain text for servers that take nothing but chats."""
    return (Part(role="user", text=text),)


def chat_fields(wire: Wire, served: Served, prompt: tuple[Part, ...]) -> dict[str, JsonValue]:
    """What says in a body that a chat is to be answered, or its last part to be gone on with.

    Raises:
        Unsupported: the server would close the last part and begin another.
    """
    fields: dict[str, JsonValue] = {"messages": messages(prompt)}
    if not begins_reply(prompt):
        return fields
    going_on = served.dialect.going_on
    if going_on is None:
        raise Unsupported(
            f"The server at {wire.address} cannot go on from a reply that has begun, as the last of these "
            "chat parts has; give it the prompt as plain text."
        )
    return {**fields, **going_on}


def prompt_fields(wire: Wire, served: Served, prompt: Prompt) -> tuple[str, dict[str, JsonValue]]:
    """The path of OpenAI's interface that takes such a prompt, and its fields of the body.

    Raises:
        Unsupported: as `chat_fields`.
    """
    if isinstance(prompt, str):
        return TEXT_PATH, {"prompt": prompt}
    return "/v1/chat/completions", chat_fields(wire, served, prompt)


async def tokenized(wire: Wire, served: Served, prompt: Prompt) -> Tokens | None:
    """A prompt as vLLM's tokenizer reads it, template applied; None where it does not say.

    Raises:
        Unsupported: as `chat_fields`.
    """
    _, fields = prompt_fields(wire, served, prompt)
    return await wire.may(Tokens, "/tokenize", {"model": served.model, **fields})


def prompt_hash(prompt: Prompt) -> str:
    """SHA-256 of the prompt as it was given: plain text, or the messages as JSON, before any template."""
    text = prompt if isinstance(prompt, str) else json.dumps(messages(prompt), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def role_labelled(prompt: tuple[Part, ...]) -> str:
    """Chat parts as plain text, for servers that show no template: each part under the name of its role.

    It ends where the reply goes on: with what has begun, or behind the name of who is to reply.
    """
    parts = prompt if begins_reply(prompt) else (*prompt, Part(role="assistant", text=""))
    return "\n\n".join(f"{part.role.capitalize()}: {part.text}" for part in parts)


def surely_fits(prompt: Prompt, max_tokens: int, context: int) -> bool:
    """Whether it fits even if every byte were a token; then nobody needs to be asked to count."""
    parts = (prompt,) if isinstance(prompt, str) else tuple(part.text for part in prompt)
    most = sum(len(part.encode()) + 16 for part in parts)
    return most + _TEMPLATE_SLACK + max_tokens <= context


async def count_tokens(wire: Wire, served: Served, prompt: Prompt) -> Count:
    """Count with the server's own tokenizer where it has one.

    Exact with llama-server and vLLM. llama-cpp-python counts text but does not show its template, whose share
    is estimated. Elsewhere everything is: four bytes of UTF-8 to a token.
    """
    name = served.dialect.name
    if name == "llama-cpp-python":
        body: Body = {"model": served.model, "input": _joined(prompt)}
        counted = await wire.may(Tokens, "/extras/tokenize/count", body)
        if counted is not None:
            return Count(total=counted.total + _template_tokens(prompt), least=counted.total)
    elif name in {"llama-server", "vllm"}:
        exact = await _exact(wire, served, prompt)
        if exact is not None:
            return Count(total=exact, least=exact)
    return estimated_tokens(prompt)


def estimated_tokens(prompt: Prompt) -> Count:
    """A count without asking: four bytes of UTF-8 to a token."""
    tokens = math.ceil(len(_joined(prompt).encode()) / _BYTES_A_TOKEN)
    return Count(total=tokens + _template_tokens(prompt), least=0)


async def templated(wire: Wire, prompt: tuple[Part, ...]) -> str | None:
    """The prompt laid out by llama-server's template; None where it does not say."""
    answer = await wire.may(Templated, "/apply-template", {"messages": messages(prompt)})
    return answer.prompt if answer else None


def _joined(prompt: Prompt) -> str:
    return prompt if isinstance(prompt, str) else "".join(part.text for part in prompt)


def _template_tokens(prompt: Prompt) -> int:
    if isinstance(prompt, str):
        return 0
    closed = len(prompt) - begins_reply(prompt)
    return _TEMPLATE_TOKENS_A_PART * closed + _TEMPLATE_TOKENS_AT_END


async def _exact(wire: Wire, served: Served, prompt: Prompt) -> int | None:
    if served.dialect.name == "vllm":
        counted = await tokenized(wire, served, prompt)
    else:
        text = prompt if isinstance(prompt, str) else await templated(wire, prompt)
        if text is None:
            return None
        counted = await wire.may(Tokens, "/tokenize", {"content": text, "add_special": True})
    return counted.total if counted else None
