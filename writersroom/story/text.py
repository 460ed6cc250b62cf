"""Words from outside (a model, a person, a file) made fit to keep: one line, printable, of bounded length."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Annotated, TypeAlias

from pydantic import AfterValidator

_JOINERS = frozenset("\u200c\u200d")
"""Zero-width characters that spelling needs (Persian, Hindi, joined emoji); other format characters go."""


def one_line(text: str) -> str:
    """The text without control and format characters, composed (NFC), every run of white space one blank.

    Control characters and line breaks count as white space. Format characters (bidirectional overrides, soft
    hyphens) and lone surrogates, which no file can hold, vanish.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = " ".join(text.split())
    if text.isprintable():
        return text
    return " ".join("".join(map(_printable, text)).split())


@lru_cache(maxsize=1024)
def _printable(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Zl" | "Zp" | "Zs":
            return " "
        case "Cf":
            return character if character in _JOINERS else ""
        case "Cs" | "Cn":
            return ""
        case _:
            return character


def short(text: str, width: int = 60) -> str:
    """The text, cut at a word to at most `width` characters, with an ellipsis where something was cut."""
    if len(text) <= width:
        return text
    head = text[: width - 1]
    word, blank, _ = head.rpartition(" ")
    return (word if blank and len(word) > width // 2 else head).rstrip(" ,;:") + "…"


_COMMON = """
about after again all and any are back been before but can come could does for from get going
has have her here him his how into its just keep make may more must never next not off one only
other our out over own see she should some than that the their them then there these they this
those too until very want wants was were what when where which while who will with without would
you your
"""
"""Words that say nothing of what a text is about."""
_UNTELLING = frozenset(_COMMON.split())
_ENDING = re.compile(r"(?<=...)(?:ing|ed|es|s)$")


def telling(text: str) -> frozenset[str]:
    """The words that say what a text is about, without endings, so that `lights` and `lighting` meet."""
    found = re.findall(r"[^\W\d_]+", text.lower())
    return frozenset(_ENDING.sub("", word) for word in found if len(word) > 2 and word not in _UNTELLING)


_recurring = lru_cache(maxsize=4096)(one_line)
"""For names and places: every beat that is read holds some, and mostly the same."""


def _bounded(text: str, limit: int, what: str) -> str:
    text = _recurring(text) if len(text) <= 40 else one_line(text)
    if len(text) > limit:
        raise ValueError(f"{what} may have {limit} characters, this one has {len(text)}; shorten it")
    return text


_PHRASE = 500
"""Characters in a phrase."""


def _summary(text: str) -> str:
    text = _bounded(text, 2000, "a summary")
    if not text:
        raise ValueError("a summary needs words; say what happens")
    return text


def _name(text: str) -> str:
    text = _bounded(text, 80, "a character's name")
    if not text:
        raise ValueError("a character's name needs letters")
    return text


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _phrase(text: str) -> str:
    return _bounded(text, _PHRASE, "a place, stake or plant") if text else text


def as_phrase(sentence: str) -> str:
    """A sentence as a phrase: itself, as far as one may go."""
    return one_line(one_line(sentence)[:_PHRASE])


# The limits are checked in code, not said in the JSON schema: grammars made from schemas unroll a maximal
# length into as many rules.
Summary: TypeAlias = Annotated[str, AfterValidator(_summary)]
"""What happens: one line of 1 to 2,000 characters."""
Name: TypeAlias = Annotated[str, AfterValidator(_name)]
"""A character's name: one line of 1 to 80 characters."""
Names: TypeAlias = Annotated[tuple[Name, ...], AfterValidator(_names)]
"""Names in order, each once."""
Phrase: TypeAlias = Annotated[str, AfterValidator(_phrase)]
"""A few words: one line of at most 500 characters."""
