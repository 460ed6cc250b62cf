"""A reply as it should be kept: without what surrounds the text, cut to its whole sentences."""

from __future__ import annotations

import re
from typing import Final

from writersroom.cast.kinds import EXPECTED, Kind
from writersroom.cast.neutral import neutral
from writersroom.story.text import one_line

_LONGEST: Final = 4000
_ROUNDS: Final = 20
_TOKEN: Final = re.compile(r"<\|.*|</?s>.*|\[/?INST\].*|<(?:start|end)_of_turn>.*", re.DOTALL)
_MARKDOWN: Final = re.compile(r"\*+|`+|__+|^\s*(?:#+|>|[-\u2022])\s+")
_NUMBER: Final = re.compile(r"^(?:\d{1,2}|b\d{1,3})[.)]\s+")
_ID: Final = re.compile(r"b\d+\b")
"""A beat's id is written small, at the beginning of a sentence too."""
_QUOTES: Final = '"\u201c\u201d\u00ab\u00bb'
_ASIDE: Final = re.compile(r"^\s*[(\[][^()\[\]]*[)\]]\s*")
_END: Final = re.compile(r"(?:[.!?\u2026]+)[\"'\u201d\u2019)\u00bb]*(?=\s|$)")
_ABBREVIATED: Final = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Prof|Sgt|Capt|Lt|Col|Gen|Rev|vs|etc|e\.g|i\.e)$"
)


def sentences_of(text: str) -> list[str]:
    """The whole sentences of a line of text; what follows the last end mark is left out."""
    found: list[str] = []
    begun = 0
    for end in _END.finditer(text):
        after = text[end.end() :].lstrip()
        if after and _goes_on(text, begun, end, after):
            continue
        found.append(text[begun : end.end()].strip())
        begun = end.end()
    return found


def _goes_on(text: str, begun: int, end: re.Match[str], after: str) -> bool:
    """Whether an end mark ends no sentence: that of an abbreviation, or dots before a small letter."""
    mark = end[0].rstrip("\"'\u201d\u2019)\u00bb")
    if mark == ".":
        return _ABBREVIATED.search(text, begun, end.start()) is not None
    return mark in ("..", "...", "\u2026") and after[0].islower()


def tidy(text: str, kind: Kind, *, speaker: str = "", sentences: int = 1, ended: bool = False) -> str:
    """A reply without quotation marks, markdown, numbers and the speaker's name round it.

    Args:
        text: the whole reply, its begun words included.
        kind: of the text.
        speaker: whose name may stand before it.
        sentences: how many it may have; what comes after them goes, and so does a sentence that was cut.
        ended: whether the reply ended by itself; then a full stop that is missing is set.

    Returns:
        One line. Where no sentence is whole the text is left unfinished, which `filters.faults` then says.
        Tidying again changes nothing.
    """
    text = _TOKEN.sub("", text[:_LONGEST])
    # Taking one thing away can bring another to the front.
    for _ in range(_ROUNDS):
        before = text
        text = _in_one_line(text, kind, speaker, sentences, ended=ended)
        if text == before:
            break
    return text


def _in_one_line(text: str, kind: Kind, speaker: str, sentences: int, *, ended: bool) -> str:
    text = _NUMBER.sub("", _MARKDOWN.sub("", neutral(one_line(text)))).strip()
    text = _without_cue(text, speaker)
    if EXPECTED[kind].says:
        text = _ASIDE.sub("", text)
    text = _unquoted(text, says=EXPECTED[kind].says or kind == "title")
    if EXPECTED[kind].sentence:
        return _told(text, sentences, ended=ended)
    whole = sentences_of(text)
    return (whole[0] if whole else text).strip(" .,;:!?\u2026-\u2013\u2014")


def _told(text: str, sentences: int, *, ended: bool) -> str:
    whole = sentences_of(text)
    if whole:
        text = " ".join(whole[:sentences])
    elif ended and text:
        text = text.rstrip(" ,;:-\u2013\u2014") + "."
    if sum(mark in _QUOTES for mark in text) % 2:
        text = "".join(mark for mark in text if mark not in _QUOTES)
    return text if _ID.match(text) else text[:1].upper() + text[1:]


def _without_cue(text: str, speaker: str) -> str:
    """The text after `NAME:` or `NAME (aside):`, where it begins so."""
    if not speaker:
        return text
    cue = re.compile(rf"{re.escape(speaker)}\s*(?:\([^)]*\)\s*)?:\s*", re.IGNORECASE)
    found = cue.match(text)
    return text[found.end() :] if found else text


def _unquoted(text: str, *, says: bool) -> str:
    """Without quotation marks round it; of what is said, only what stands in the first ones."""
    if text[:1] and text[0] in _QUOTES:
        inner = text[1:]
        close = next((at for at, mark in enumerate(inner) if mark in _QUOTES), -1)
        if close < 0:
            return inner.strip()
        if says or not inner[close + 1 :].strip():
            return inner[:close].strip()
    if sum(mark in _QUOTES for mark in text) % 2:
        return "".join(mark for mark in text if mark not in _QUOTES)
    return text
