"""Words in which letters stand that pass for others.

A small table of what the eye confuses, from Unicode's (UTS 39). Such a letter proves nothing by itself: Greek
and Russian are written with some, Turkish with another. A word counts only where no honest spelling has it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from writersroom.critic.features.lexicon import FUNCTION_WORDS

_SCRIPTS: Final = frozenset(["CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"])
_ALIKE: Final = {
    "a": "\u0430\u03b1\u0251", "c": "\u0441\u1d04", "d": "\u0501", "e": "\u0435", "g": "\u0261",
    "h": "\u04bb", "i": "\u0456\u03b9\u0131\u0269", "j": "\u0458", "o": "\u043e\u03bf\u1d0f",
    "p": "\u0440\u03c1", "q": "\u051b", "s": "\u0455", "u": "\u1d1c", "v": "\u0475\u03bd\u1d20",
    "w": "\u1d21", "x": "\u0445", "y": "\u0443", "z": "\u1d22",
    "A": "\u0410\u0391", "B": "\u0412\u0392", "C": "\u0421", "E": "\u0415\u0395", "H": "\u041d\u0397",
    "I": "\u0406\u0399", "J": "\u0408", "K": "\u041a\u039a", "M": "\u041c\u039c", "N": "\u039d",
    "O": "\u041e\u039f", "P": "\u0420\u03a1", "S": "\u0405", "T": "\u0422\u03a4", "X": "\u0425\u03a7",
    "Y": "\u0423\u03a5", "Z": "\u0396",
}  # fmt: skip
_SHOWN: Final = str.maketrans({other: latin for latin, others in _ALIKE.items() for other in others})
_DOTLESS: Final = "\u0131"
_ENGLISH: Final = re.compile(r"(?:ing|ings|tion|tions|ight|ive|ity)$")
_WORDS: Final = frozenset(FUNCTION_WORDS)


def disguised(words: Sequence[str]) -> float:
    """Share of words that are written with letters that pass for others, 0..1.

    Args:
        words: of a text, in order, without punctuation; at least one.
    """
    plain = {word.lower() for word in words if word.isascii()}
    return sum(_passes(words, at, plain) for at, word in enumerate(words) if not word.isascii()) / len(words)


def _passes(words: Sequence[str], at: int, plain: set[str]) -> bool:
    word = words[at]
    scripts = {unicodedata.name(char, "").split(" ")[0] for char in word if char.isalpha()}
    if "LATIN" in scripts and scripts & _SCRIPTS:
        return True
    if len(word) == 1 and "GREEK" in scripts:
        return False  # A symbol: "an alpha particle".
    shown = word.translate(_SHOWN).lower()
    if not shown.isascii():
        return False
    english = shown in _WORDS or shown in plain
    if "LATIN" not in scripts:
        # Whole words of another language stand together; an article between English words is one of them.
        return english and all(
            near.isascii() for near in (*words[max(at - 1, 0) : at], *words[at + 1 : at + 2])
        )
    return english or _DOTLESS not in word or _ENGLISH.search(shown) is not None
