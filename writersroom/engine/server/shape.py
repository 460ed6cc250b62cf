"""A reply schema on this side of the wire: checked before it is sent, and again when the reply is here.

Servers are not trusted to have kept to it: some take a schema and ignore it, some fall back to any JSON when
they cannot compile it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from llguidance import LLMatcher, LLTokenizer
from referencing import Registry

from writersroom.engine.errors import ReplyInvalid, ReplyTruncated, UnsatisfiableSchema
from writersroom.engine.schema import ReplySchema, json_schema, parse_reply

_CLOSERS: Final = b'"}]:,0nultrfase[{'
_BLANKS: Final = b" \t\n\r"
_WANTED: Final = _CLOSERS + bytes(byte for byte in range(256) if byte not in _CLOSERS + _BLANKS) + _BLANKS
"""All bytes, in the order in which they are taken to bring a cut reply to an end soon: blanks last, which are
allowed between most others, without end."""
_MOST_CLOSING_BYTES: Final = 1024
_SPACE_BETWEEN: Final = re.compile(r'(?P<string>"(?:[^"\\]|\\.)*(?:"|\\?$))|\s+', re.DOTALL)
"""Strings, to be kept, and the white space between the rest of JSON, in which servers differ."""


class ReplyShape:
    """What a reply must look like.

    Raises:
        UnsatisfiableSchema: on creation, where no text satisfies the schema or it has a feature that the
            compiler does not know: the same schemas that the in-process engine refuses.
    """

    def __init__(self, schema: ReplySchema) -> None:
        self._schema = schema
        self.document = json_schema(schema)
        self._bytes = LLTokenizer("byte")
        self._grammar = self._compile()

    def read(self, text: str) -> Any:
        """The validated pydantic object, or the decoded JSON.

        Raises:
            ReplyInvalid: the reply does not satisfy the schema.
        """
        value = parse_reply(self._schema, text)
        if isinstance(self._schema, Mapping):
            first = next(iter(self._validator.iter_errors(value)), None)
            if first is not None:
                where = first.json_path.removeprefix("$").lstrip(".") or "the reply"
                raise ReplyInvalid(text, f"{where}: {first.message[:200]}")
        return value

    def ending(self, text: str) -> str:
        """What to add to a reply that its token limit cut, so that it satisfies the schema.

        Raises:
            ReplyTruncated: no end is near, or the reply went another way than its schema.
        """
        matcher = LLMatcher(self._bytes, self._grammar, log_level=0)
        written = _SPACE_BETWEEN.sub(r"\g<string>", text).encode()
        if matcher.try_consume_tokens(list(written)) < len(written):
            raise ReplyTruncated(text)
        tail = bytearray()
        while not matcher.is_accepting():
            if len(tail) >= _MOST_CLOSING_BYTES or matcher.is_error():
                raise ReplyTruncated(text)
            tail.append(_nearest_end(matcher))
        return tail.decode("utf-8", "replace")

    def _compile(self) -> str:
        try:
            grammar = LLMatcher.grammar_from_json_schema(
                json.dumps(self.document), overrides={"whitespace_flexible": True, "coerce_one_of": True}
            )
        except ValueError as error:
            raise UnsatisfiableSchema(f"The reply schema is not a JSON Schema: {error}.") from error
        problem = LLMatcher.validate_grammar(grammar, self._bytes)
        if problem and not problem.startswith("WARNING"):
            reason = problem.strip().splitlines()[0]
            raise UnsatisfiableSchema(f"No reply can be bound to this schema: {reason}.")
        return grammar

    @property
    def _validator(self) -> Validator:
        kind = validator_for(self.document, default=Draft202012Validator)
        # An empty registry: a schema must not make this program fetch what it refers to.
        return kind(self.document, registry=Registry())


def _nearest_end(matcher: LLMatcher) -> int:
    allowed = np.unpackbits(np.frombuffer(matcher.compute_bitmask(), np.uint8), bitorder="little")
    byte = next((byte for byte in _WANTED if allowed[byte]), 0)
    matcher.consume_token(byte)
    return byte
