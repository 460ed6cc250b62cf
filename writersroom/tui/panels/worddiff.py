"""Two texts side by side, and the words in which they differ (Ratcliff & Metzener 1988: `difflib`)."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import NamedTuple

LONGEST = 40_000
"""Characters of a text that are compared; more is cut."""
ALIKE = 0.3
"""Share of words that two lines have in common at least, to be taken for two forms of one."""


class Word(NamedTuple):
    """A word, and whether the other text has it in this place."""

    text: str
    new: bool


class Pair(NamedTuple):
    """A line of each text; None where one has nothing beside the other's line."""

    left: tuple[Word, ...] | None
    right: tuple[Word, ...] | None

    @property
    def same(self) -> bool:
        """Whether the two say the same."""
        return self.left == self.right


def compared(left: str, right: str) -> tuple[Pair, ...]:
    """The lines of two texts that belong beside each other, with the words that differ marked."""
    one, two = left[:LONGEST].splitlines(), right[:LONGEST].splitlines()
    pairs: list[Pair] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if kind == "equal":
            for text in one[a:b]:
                same = tuple(Word(word, False) for word in text.split())
                pairs.append(Pair(same, same))
        else:
            pairs += _beside(one[a:b], two[c:d])
    return tuple(pairs)


def _beside(one: list[str], two: list[str]) -> Iterator[Pair]:
    """Lines that stand for each other, beside each other."""
    for old, new in zip_longest(one, two):
        if old is None:
            yield Pair(None, _all(new or ""))
        elif new is None:
            yield Pair(_all(old), None)
        else:
            words, others = old.split(), new.split()
            matcher = SequenceMatcher(None, words, others, autojunk=False)
            if words and others and matcher.ratio() < ALIKE:
                yield Pair(_all(old), None)
                yield Pair(None, _all(new))
            else:
                yield _words(words, others, matcher)


def _words(words: list[str], others: list[str], matcher: SequenceMatcher[str]) -> Pair:
    left: list[Word] = []
    right: list[Word] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        left += [Word(word, kind != "equal") for word in words[a:b]]
        right += [Word(word, kind != "equal") for word in others[c:d]]
    return Pair(tuple(left), tuple(right))


def _all(text: str) -> tuple[Word, ...]:
    return tuple(Word(word, True) for word in text.split())
