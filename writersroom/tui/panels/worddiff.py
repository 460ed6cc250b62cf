"""Two texts side by side, and the words in which they differ (Ratcliff & Metzener 1988: `difflib`)."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import NamedTuple

LINES, WORDS = 300, 400
"""Of a text, and of a line, in which what belongs together is sought, for that takes time that grows with
their square. What lies past them is compared place by place."""
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
    one, two = left.splitlines(), right.splitlines()
    pairs: list[Pair] = []
    for kind, a, b, c, d in _steps(one, two, LINES):
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
            pair = _words(old.split(), new.split())
            if _common(pair) < ALIKE:
                yield Pair(_all(old), None)
                yield Pair(None, _all(new))
            else:
                yield pair


def _words(words: list[str], others: list[str]) -> Pair:
    left: list[Word] = []
    right: list[Word] = []
    for kind, a, b, c, d in _steps(words, others, WORDS):
        left += [Word(word, kind != "equal") for word in words[a:b]]
        right += [Word(word, kind != "equal") for word in others[c:d]]
    return Pair(tuple(left), tuple(right))


def _common(pair: Pair) -> float:
    """Share of the words of two lines that both have; 1 where one of them is empty."""
    words = (*(pair.left or ()), *(pair.right or ()))
    if not pair.left or not pair.right:
        return 1.0
    return sum(not word.new for word in words) / len(words)


def _steps(one: list[str], two: list[str], most: int) -> Iterator[tuple[str, int, int, int, int]]:
    """What `difflib` calls opcodes: of so many pieces as it does them, of the others one by one."""
    yield from SequenceMatcher(None, one[:most], two[:most], autojunk=False).get_opcodes()
    left, right = min(most, len(one)), min(most, len(two))
    while left < len(one) and right < len(two):
        same = one[left] == two[right]
        yield ("equal" if same else "replace"), left, left + 1, right, right + 1
        left, right = left + 1, right + 1
    if left < len(one) or right < len(two):
        yield "replace", left, len(one), right, len(two)


def _all(text: str) -> tuple[Word, ...]:
    return tuple(Word(word, True) for word in text.split())
