"""Replies that always parse: a JSON Schema as a constraint on the next token.

llguidance compiles the schema, computes the mask over the vocabulary in microseconds and names the tokens
that are forced; llama.cpp's own grammar sampler takes milliseconds a token over the same vocabulary, cannot
say what is forced and, through the Python converter, lets raw control characters into strings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from llguidance import LLMatcher, LLTokenizer
from llguidance.llamacpp import lltokenizer_from_vocab

from writersroom.engine.errors import ReplyTruncated, UnsatisfiableSchema
from writersroom.engine.interface import Floats
from writersroom.engine.llama.runtime import Weights

if TYPE_CHECKING:
    from llguidance._lib import JsonCompileOptions  # exists for type checkers only

_JSON_STYLE: Final[JsonCompileOptions] = {
    # The spacing models saw most; nothing about it is left to choose, so all punctuation is forced.
    "whitespace_flexible": False,
    "item_separator": ", ",
    "key_separator": ": ",
    # pydantic writes tagged unions as oneOf; their tags make them exclusive, which is costly to prove.
    "coerce_one_of": True,
}
_CLOSERS: Final = ('"', "}", "]", ",", "null", "n", "u", "l", "true", "t", "r", "e", "1", "0", "[", "{")
"""What to write first, where it is allowed, to bring a cut reply to an end soon."""
_MOST_CLOSING_TOKENS: Final = 256


class Constraint:
    """Where one take stands in its schema."""

    def __init__(self, matcher: LLMatcher, closers: tuple[int, ...]) -> None:
        self._matcher = matcher
        self._closers = closers

    def forced(self) -> list[int]:
        """The tokens that must come now, already accepted; empty where there is a choice."""
        tokens = self._matcher.compute_ff_tokens()
        if tokens:
            self._matcher.consume_tokens(tokens)
        return tokens

    def mask(self, logits: Floats) -> None:
        """Rule out, in place, every token that would leave the schema. `logits` has shape (vocabulary,)."""
        logits[~self._allowed(len(logits))] = -np.inf

    def accept(self, token: int) -> None:
        """Go on by a drawn token."""
        self._matcher.consume_token(token)

    @property
    def complete(self) -> bool:
        """Whether the reply satisfies the schema and nothing can follow."""
        return self._matcher.is_accepting() and self._matcher.is_stopped()

    def close(self, text: str) -> list[int]:
        """Tokens that end a reply which was cut by its token limit.

        Raises:
            ReplyTruncated: no end is near. `text` is what had been written.
        """
        tail: list[int] = []
        while not self._matcher.is_accepting():
            tokens = self.forced() or [self._nearest_end()]
            if len(tail) >= _MOST_CLOSING_TOKENS or self._matcher.is_error():
                raise ReplyTruncated(text)
            tail += tokens
        return tail

    def _nearest_end(self) -> int:
        allowed = self._allowed(None)
        token = next((closer for closer in self._closers if allowed[closer]), int(np.argmax(allowed)))
        self._matcher.consume_token(token)
        return token

    def _allowed(self, size: int | None) -> Any:
        bits = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        return np.unpackbits(bits, bitorder="little", count=size).view(np.bool_)


class SchemaCompiler:
    """Compiles schemas for one vocabulary, keeping the last ones."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._grammar = lru_cache(maxsize=256)(self._checked_grammar)

    def compile(self, schema: Mapping[str, Any]) -> LLMatcher:
        """A matcher at the start of `schema`; `start` it once for each take.

        Raises:
            UnsatisfiableSchema: no text satisfies it, or it has a feature the compiler does not know.
        """
        return LLMatcher(self._tokenizer, self._grammar(json.dumps(schema)), log_level=0)

    def start(self, matcher: LLMatcher) -> Constraint:
        """A take's own constraint."""
        return Constraint(matcher.deep_copy(), self._closers)

    def _checked_grammar(self, schema: str) -> str:
        try:
            grammar = LLMatcher.grammar_from_json_schema(schema, overrides=_JSON_STYLE)
        except ValueError as error:
            raise UnsatisfiableSchema(f"The reply schema is not a JSON Schema: {error}.") from error
        problem = LLMatcher.validate_grammar(grammar, self._tokenizer)
        if problem and not problem.startswith("WARNING"):
            reason = problem.strip().splitlines()[0]
            raise UnsatisfiableSchema(f"No reply can be bound to this schema: {reason}.")
        return grammar

    @cached_property
    def _tokenizer(self) -> LLTokenizer:
        weights = self._weights
        ends = [token for token in range(weights.n_vocab) if weights.ends_reply(token)]
        return lltokenizer_from_vocab(weights.vocab, eos_token=ends)

    @cached_property
    def _closers(self) -> tuple[int, ...]:
        found = (self._weights.continuation(text) for text in _CLOSERS)
        return tuple(tokens[0] for tokens in found if len(tokens) == 1)
