"""What differs between OpenAI-compatible servers: the fields they know, and where they keep what.

The rule for sampling: a field of `Sampling` is sent where the server documents it, and always, so that the
server's own defaults (llama-server's top-k of 40, llama-cpp-python's repetition penalty of 1.1) do not join
in. A field that the server does not document is left out, because some refuse the whole request for it;
`dropped` names what was asked for and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from pydantic import JsonValue

from writersroom.engine.interface import Sampling
from writersroom.engine.seeds import take_seed
from writersroom.engine.server.settings import DialectName
from writersroom.frozen import Frozen

SchemaForm: TypeAlias = Literal["json_schema", "json_object", "field", "gbnf", "format"]
"""How a reply schema is handed over: OpenAI's `response_format` of that type, that type with the schema
beside it, a `json_schema` field of its own, compiled here into a llama.cpp grammar, or Ollama's `format`."""

_COMMON: Final = {"temperature": "temperature", "top_p": "top_p", "seed": "seed"}
_CUT: Final = {"top_k": "top_k", "min_p": "min_p"}
_LLAMA: Final = {**_COMMON, **_CUT, "logit_bias": "logit_bias"}


class Dialect(Frozen):
    """What one kind of server understands."""

    name: DialectName
    sampling: Mapping[str, str]
    """Field of `Sampling` to field of the request."""
    always: Mapping[str, JsonValue] = {}
    """Sent with every request, to put the server's own defaults out of action."""
    top_k_off: int = 0
    chat_forms: tuple[SchemaForm, ...] = ("json_schema", "json_object")
    """How a schema may be given with chat parts, the likeliest first."""
    text_forms: tuple[SchemaForm, ...] = ()
    """The same with plain text; empty where the server cannot."""
    raw: bool = False
    """Asked on Ollama's own interface: on OpenAI's it lays plain text out as a chat, and cuts a long one
    without a word."""
    going_on: Mapping[str, JsonValue] | None = None
    """Sent with chat parts whose last one begins the reply, so that the server goes on from there; empty
    where it does so unasked, None where it cannot be made to."""
    takes_grammar: bool = False
    """Takes a llama.cpp grammar, and shows the log-probabilities from before it was applied."""
    most_stops: int | None = None
    parallel: int | None = None
    """Most requests it can be given at the same time; None leaves it to the settings."""


DIALECTS: Final[Mapping[DialectName, Dialect]] = {
    dialect.name: dialect
    for dialect in (
        Dialect(
            name="llama-server",
            sampling={
                **_LLAMA,
                "dry_multiplier": "dry_multiplier",
                "dry_base": "dry_base",
                "dry_allowed_length": "dry_allowed_length",
                "dry_range": "dry_penalty_last_n",
                "xtc_probability": "xtc_probability",
                "xtc_threshold": "xtc_threshold",
            },
            always={"repeat_penalty": 1.0, "typical_p": 1.0},
            text_forms=("field",),
            going_on={},
            takes_grammar=True,
        ),
        Dialect(
            name="llama-cpp-python",
            sampling=_LLAMA,
            always={"repeat_penalty": 1.0},
            chat_forms=("json_object", "json_schema"),
            text_forms=("gbnf",),
            takes_grammar=True,
            # It works on one request at a time, and by default breaks a reply off when another comes in.
            parallel=1,
        ),
        Dialect(
            name="vllm",
            sampling=_LLAMA,
            always={"repetition_penalty": 1.0},
            top_k_off=-1,
            text_forms=("json_schema",),
            going_on={"continue_final_message": True, "add_generation_prompt": False},
        ),
        Dialect(
            name="sglang",
            sampling=_LLAMA,
            always={"repetition_penalty": 1.0},
            top_k_off=-1,
            text_forms=("json_schema",),
            going_on={"continue_final_message": True},
        ),
        Dialect(
            name="ollama",
            # The `options` of its own interface, which know more than what it makes of OpenAI's.
            sampling={**_COMMON, **_CUT},
            always={"repeat_penalty": 1.0, "typical_p": 1.0},
            chat_forms=("format",),
            text_forms=("format",),
            raw=True,
            going_on={},
        ),
        Dialect(name="openai", sampling={**_COMMON, "logit_bias": "logit_bias"}, most_stops=4),
    )
}


def sampling_fields(dialect: Dialect, sampling: Sampling, take: int) -> dict[str, JsonValue]:
    """The part of a request's body that says how tokens are drawn."""
    values: dict[str, JsonValue] = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "min_p": sampling.min_p,
        "top_k": sampling.top_k or dialect.top_k_off,
        "seed": take_seed(sampling.seed, take),
        "dry_multiplier": sampling.dry_multiplier,
        "dry_base": sampling.dry_base,
        "dry_allowed_length": sampling.dry_allowed_length,
        "dry_range": sampling.dry_range,
        "xtc_probability": sampling.xtc_probability,
        "xtc_threshold": sampling.xtc_threshold,
    }
    if sampling.logit_bias:
        values["logit_bias"] = {str(token): bias for token, bias in sampling.logit_bias.items()}
    sent = {dialect.sampling[name]: value for name, value in values.items() if name in dialect.sampling}
    return {**dialect.always, **sent}


def dropped(dialect: Dialect, sampling: Sampling) -> frozenset[str]:
    """Fields of `sampling` that are in use and that the server does not understand."""
    in_use = {
        "logit_bias": bool(sampling.logit_bias),
        "dry_multiplier": sampling.dry_multiplier > 0,
        "top_k": sampling.top_k > 0,
        "min_p": sampling.min_p > 0,
        "xtc_probability": sampling.xtc_probability > 0,
    }
    return frozenset(name for name, used in in_use.items() if used and name not in dialect.sampling)
