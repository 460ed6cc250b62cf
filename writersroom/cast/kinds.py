"""The kinds of text that agents write, and what is expected of each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from writersroom.frozen import Frozen

Kind: TypeAlias = Literal[
    "title", "phrase", "sentence", "beat", "reason", "verdict", "line", "thought", "note"
]
"""A verdict is the reason of an agent who is not in the story: the director, a critic."""


class Expected(Frozen):
    """What a text of a kind looks like."""

    fewest: int
    """Words."""
    most: int
    """Words for each sentence that the card allows, besides those the prompt gave."""
    own: int = 2
    """Words that have to follow those the prompt gave."""
    sentence: bool = True
    """It is made of whole sentences."""
    ends_at: tuple[str, ...] = ("\n",)
    """Where its reply is stopped."""
    says: bool = False
    """Somebody says it aloud; such texts must not be told in the third person by a narrator."""


EXPECTED: Final[Mapping[Kind, Expected]] = MappingProxyType(
    {
        "title": Expected(fewest=1, most=8, own=1, sentence=False),
        "phrase": Expected(fewest=1, most=24, own=1, sentence=False),
        "sentence": Expected(fewest=4, most=40),
        "beat": Expected(fewest=4, most=28),
        "reason": Expected(fewest=3, most=40),
        "verdict": Expected(fewest=3, most=40),
        "line": Expected(fewest=1, most=30, own=1, ends_at=("\n", '"', "\u201d"), says=True),
        "thought": Expected(fewest=2, most=30, own=3),
        "note": Expected(fewest=3, most=40),
    }
)
