"""Chat prompts laid out as a model file's own template has them.

The engine does so with the template of a model it has loaded; from the file's header alone the same can be
had, so that a prompt made again from a session can be held against its hash where no model runs. The
rendering follows `Jinja2ChatFormatter` of llama.cpp's Python binding, which follows Transformers' chat
templates.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias

import jinja2.ext
from jinja2 import nodes
from jinja2.exceptions import TemplateError
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from writersroom.engine.errors import NoChatTemplate, NotAModel, Unsupported
from writersroom.engine.files.gguf_header import Header, read_header
from writersroom.engine.files.model_file import read_model, require_chat_template
from writersroom.engine.interface import Part

LayOut: TypeAlias = Callable[[Sequence[Part]], str]

_DAY: Final = date(2024, 7, 26)
"""Today, to templates that ask: always the one Llama 3's own falls back on, for a seed gives one text, and a
prompt can be made again, on any day."""
_REFUSALS: Final = (TemplateError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError)
"""What a template raises on purpose, and what its expressions come to on parts that it did not expect."""
_TOKENS: Final = b"tokenizer.ggml.tokens"
_LENGTH: Final = struct.Struct("<Q")
_ARRAY_OF_TEXTS: Final = struct.pack("<II", 9, 8)
"""How an array of texts begins: the kinds of the two."""
_FURTHEST: Final = 2**26
"""Bytes of a file in which its vocabulary is looked for."""


def chat_layout(path: Path) -> LayOut:
    """What lays chat parts out as the model of a file sees them.

    Raises:
        NotAModel, NoChatTemplate: the file is none, or its model cannot chat.
        OSError: it cannot be read.
    """
    template = require_chat_template(read_model(path))
    header = read_header(path)
    bos, eos = (_token(path, header, f"tokenizer.ggml.{name}_token_id") for name in ("bos", "eos"))
    return layout_of(template, name=path.name, bos_token=bos, eos_token=eos)


def layout_of(template: str, *, name: str, bos_token: str, eos_token: str) -> LayOut:
    """What lays chat parts out by a template. It raises Unsupported where the template refuses the parts.

    Args:
        template: in Jinja2's language.
        name: of the model, for errors.
        bos_token: the text of the token that begins a text; empty where there is none.
        eos_token: that of the token that ends one.

    Raises:
        NoChatTemplate: the template cannot be read.
    """
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, jinja2.ext.loopcontrols]
    )
    environment.filters["tojson"] = _to_json
    try:
        compiled = environment.from_string(template)
    except TemplateError as error:
        raise NoChatTemplate(
            f"The chat template of {name} cannot be read: {error}; use another file of this model."
        ) from error

    def rendered(parts: Sequence[Part]) -> str:
        return compiled.render(
            messages=[{"role": part.role, "content": part.text} for part in parts],
            bos_token=bos_token,
            eos_token=eos_token,
            raise_exception=_refuse,
            add_generation_prompt=True,
            functions=None,
            function_call=None,
            tools=None,
            tool_choice=None,
            strftime_now=_DAY.strftime,
        )

    def laid_out(parts: Sequence[Part]) -> str:
        begun = parts[-1].text if parts[-1].role == "assistant" else ""
        asked = parts[:-1] if begun else parts
        try:
            return rendered(asked) + begun
        except _REFUSALS:
            # Some templates (Gemma's) refuse a system part; what it says then opens the first user part.
            pass
        try:
            return rendered(_without_system(asked)) + begun
        except _REFUSALS as error:
            raise Unsupported(
                f"The chat template of {name} refuses this prompt: {error}; "
                "give it other parts, or plain text."
            ) from error

    return laid_out


class _Generation(jinja2.ext.Extension):
    """Passes over the tag that marks, for training, what the assistant wrote."""

    tags = {"generation"}  # noqa: RUF012  # as the base class has it

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        parser.stream.skip(1)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _to_json(value: object, ensure_ascii: bool = False, indent: int | None = None, **more: Any) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, **more)


def _refuse(message: str) -> NoReturn:
    raise TemplateError(message)


def _without_system(parts: Sequence[Part]) -> tuple[Part, ...]:
    """What a template that refuses a system part is given: its text opens the first user part."""
    system = "\n\n".join(part.text for part in parts if part.role == "system")
    rest = [part for part in parts if part.role != "system"]
    if not rest or rest[0].role != "user":
        return (Part(role="user", text=system), *rest)
    return (Part(role="user", text=f"{system}\n\n{rest[0].text}"), *rest[1:])


def _token(path: Path, header: Header, key: str) -> str:
    """The text of a token that the header names by number; empty where it names none."""
    number = header.metadata.get(key)
    if not isinstance(number, int) or number < 0:
        return ""
    with path.open("rb") as file:
        data = file.read(min(header.data_offset, _FURTHEST))
    at = data.find(_TOKENS + _ARRAY_OF_TEXTS)
    if at < 0:
        return ""
    at += len(_TOKENS) + len(_ARRAY_OF_TEXTS)
    try:
        (count,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        if number >= count:
            return ""
        for _ in range(number):
            at += _LENGTH.size + _LENGTH.unpack_from(data, at)[0]
        (length,) = _LENGTH.unpack_from(data, at)
    except struct.error as error:
        raise NotAModel(f"{path} is cut short or damaged within its vocabulary; fetch it again.") from error
    return data[at + _LENGTH.size : at + _LENGTH.size + length].decode("utf-8", "replace")
