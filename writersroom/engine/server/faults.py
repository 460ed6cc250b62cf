"""What a server's refusal means: which typed error, and whether to ask again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError

from writersroom.engine.errors import EngineError, PromptTooLong, ServerError
from writersroom.engine.server.answers import Fault, Refusal

BUSY: Final = frozenset({408, 425, 429, 502, 503, 504, 529})
"""Answers of a server that says nothing of the request by them."""
_TRANSIENT: Final = BUSY | {500}
_LONGEST_REASON: Final = 300

# llama-cpp-python answers 500, which usually asks for another try, to a request that it does not understand.
_ABOUT_THE_REQUEST: Final = re.compile(r"validation error|response_format|json_schema|grammar", re.IGNORECASE)
_ABOUT_THE_SCHEMA: Final = re.compile(
    r"response_format|json[_ ]?schema|grammar|structured|guided", re.IGNORECASE
)
_TOO_LONG_CODE: Final = "context_length_exceeded"
_TOO_LONG_WORDS: Final = re.compile(r"input length exceeds (?:the|maximum) context length", re.IGNORECASE)
"""Ollama's, which gives no figures."""
_CONTEXT: Final = (
    re.compile(
        r"maximum context length is (?P<available>\d+) tokens.*?requested (?P<needed>\d+) tokens", re.S
    ),
    re.compile(
        r"maximum context length is (?P<available>\d+) tokens.*?has (?P<prompt>\d+) input tokens", re.S
    ),
    re.compile(
        r"maximum context length is (?P<available>\d+) tokens.*?resulted in (?P<prompt>\d+) tokens", re.S
    ),
    re.compile(
        r"maximum context length of (?P<available>\d+) tokens.*?a total of (?P<needed>\d+) tokens", re.S
    ),
    re.compile(
        r"passed (?P<prompt>\d+) input tokens.*?context length is only (?P<available>\d+) tokens", re.S
    ),
    re.compile(
        r"\(length (?P<prompt>\d+)\) is longer than the maximum model length of (?P<available>\d+)", re.S
    ),
    re.compile(
        r"\((?P<prompt>\d+) tokens\) (?:exceeds|is (?:larger|longer) than) the .*?\((?P<available>\d+)", re.S
    ),
    re.compile(r"prompt is too long: (?P<prompt>\d+) tokens > (?P<available>\d+)"),
)
"""What OpenAI, vLLM, SGLang, llama-server and Anthropic say, in this order or an older one."""


class PromptRefused(PromptTooLong):
    """The server itself says that the prompt is too long.

    Attributes:
        prompt_tokens: tokens of the prompt alone; None where the server gave only the whole, in `needed`, or
            no figures at all: then `needed` and `available` are 0.
    """

    def __init__(self, *, prompt_tokens: int | None, needed: int, available: int) -> None:
        super().__init__(needed=needed, available=available, limit="server")
        self.prompt_tokens = prompt_tokens


def shown_address(address: str) -> str:
    """The address as it may be shown: without user name, password and query."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"


def legible(text: str, key: SecretStr | None = None) -> str:
    """Text from a server, fit for one line of an error: no control characters, no key, not endless."""
    if key is not None:
        text = text.replace(key.get_secret_value(), "[key]")
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * _LONGEST_REASON]).split())
    line = line.rstrip(". ")
    return line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 1] + "…"


def fault_in(body: str) -> Fault:
    """The error in the body of a refusal; its plain text where it is no JSON."""
    try:
        return Refusal.model_validate_json(body).fault
    except ValidationError:
        return Fault(message=re.sub(r"<[^>]*>", " ", body))


def is_transient(status: int, fault: Fault) -> bool:
    """Whether the same request may succeed a little later."""
    return status in _TRANSIENT and not (status == 500 and _ABOUT_THE_REQUEST.search(fault.message))


def refuses_schema(error: ServerError) -> bool:
    """Whether the server refused the way the reply schema was given to it, or the schema itself."""
    return error.status in {400, 404, 415, 422, 500, 501} and bool(_ABOUT_THE_SCHEMA.search(error.reason))


def error_from(address: str, status: int | None, fault: Fault, key: SecretStr | None = None) -> EngineError:
    """The typed error for a refusal."""
    too_long = _too_long(fault)
    if too_long is not None:
        return too_long
    reason = legible(fault.message or fault.type or "it gave no reason", key)
    answer = "broke off the reply" if status is None else f"answered {status}"
    advice = ""
    if status in {401, 403}:
        advice = "; set $WRITERSROOM_API_KEY to a key it accepts"
    elif status is not None and 300 <= status < 400:
        advice = "; give the address it redirects to"
    return ServerError(address, f"{answer}: {reason}{advice}", status=status)


def asked_pause(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds the server asks to wait in `Retry-After` (RFC 9110, section 10.2.3); None where it does not."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def _too_long(fault: Fault) -> PromptRefused | None:
    if fault.n_ctx and fault.n_prompt_tokens:
        return PromptRefused(
            prompt_tokens=fault.n_prompt_tokens, needed=fault.n_prompt_tokens, available=fault.n_ctx
        )
    match = next((found for pattern in _CONTEXT if (found := pattern.search(fault.message))), None)
    if match is None:
        told = fault.code == _TOO_LONG_CODE or _TOO_LONG_WORDS.search(fault.message)
        return PromptRefused(prompt_tokens=None, needed=0, available=0) if told else None
    numbers = {name: int(value) for name, value in match.groupdict().items()}
    prompt = numbers.get("prompt")
    return PromptRefused(
        prompt_tokens=prompt, needed=numbers.get("needed", prompt or 0), available=numbers["available"]
    )
