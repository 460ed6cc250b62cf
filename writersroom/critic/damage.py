"""Self-made damage: copies that no reader would take for whole, to train and test the coherence head.

Every damage keeps the words' own quality, so that only what holds them together can tell the copies apart.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from writersroom.critic.features.normal import sentences_of

Damage: TypeAlias = Callable[[Sequence[str], Sequence[str], random.Random], Sequence[str]]
"""From the sentences of a text, those of another, and chance, to the sentences of the copy."""

_NAME: Final = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}")
_OTHERS: Final = ("Margaret", "Tobias", "Ellen", "Ruben")
_TURNED: Final[Mapping[str, str]] = {
    "he": "she",
    "she": "he",
    "his": "her",
    "her": "his",
    "him": "her",
    "He": "She",
    "She": "He",
    "His": "Her",
    "Her": "His",
    "I": "she",
    "my": "their",
    "My": "Their",
    "me": "him",
}
_WORD: Final = re.compile(r"\b[A-Za-z]+\b")


def _shuffled(own: Sequence[str], _: Sequence[str], chance: random.Random) -> Sequence[str]:
    order = list(own)
    for _attempt in range(20):
        chance.shuffle(order)
        if order != list(own):
            break
    return order


def _words(own: Sequence[str], _: Sequence[str], chance: random.Random) -> Sequence[str]:
    out: list[str] = []
    for sentence in own:
        words = sentence.split()
        chance.shuffle(words)
        out.append(" ".join(words))
    return out


def _twice(own: Sequence[str], _: Sequence[str], __: random.Random) -> Sequence[str]:
    half = own[: max(1, len(own) // 2)]
    return [*half, *half]


def _spliced(own: Sequence[str], other: Sequence[str], _: random.Random) -> Sequence[str]:
    return [*own[: len(own) // 2], *other[len(other) // 2 :]]


def _dropped(own: Sequence[str], _: Sequence[str], __: random.Random) -> Sequence[str]:
    return [sentence for at, sentence in enumerate(own) if at % 3 != 1]


def _names(own: Sequence[str], other: Sequence[str], chance: random.Random) -> Sequence[str]:
    """Every other sentence speaks of other people."""
    names = set(_NAME.findall(" ".join(own)))
    others = sorted(set(_NAME.findall(" ".join(other)))) or list(_OTHERS)

    def turn(match: re.Match[str]) -> str:
        word = match.group()
        return chance.choice(others) if word in names else _TURNED.get(word, word)

    return [_WORD.sub(turn, sentence) if at % 2 else sentence for at, sentence in enumerate(own)]


def _strewn(own: Sequence[str], other: Sequence[str], _: random.Random) -> Sequence[str]:
    return [other[at % len(other)] if at % 3 == 2 else sentence for at, sentence in enumerate(own)]


def _turned(own: Sequence[str], _: Sequence[str], __: random.Random) -> Sequence[str]:
    half = len(own) // 2
    return [*own[half:], *own[:half]]


def _reversed(own: Sequence[str], _: Sequence[str], __: random.Random) -> Sequence[str]:
    return own[::-1]


DAMAGES: Final[Mapping[str, Damage]] = {
    "sentences shuffled": _shuffled,
    "words shuffled": _words,
    "half said twice": _twice,
    "two stories spliced": _spliced,
    "every third sentence dropped": _dropped,
    "names and persons swapped": _names,
    "another story strewn in": _strewn,
    "halves exchanged": _turned,
    "sentences reversed": _reversed,
}
"""Every damage by its name."""
LEAST: Final = 5
"""Sentences a text needs, so that there is something to damage."""


def damaged(plain: str, other: str, kind: str, seed: int) -> str | None:
    """A damaged copy of a text.

    Args:
        plain: in normal form.
        other: another text in normal form, for the damages that need one.
        kind: a name in `DAMAGES`.
        seed: of what is left to chance.

    Returns:
        The copy, or None where the text is too short or comes out as it was.
    """
    own, others = sentences_of(plain), sentences_of(other)
    if len(own) < LEAST or len(others) < 2:
        return None
    copy = " ".join(DAMAGES[kind](own, others, random.Random(seed)))
    return copy if copy != plain else None
