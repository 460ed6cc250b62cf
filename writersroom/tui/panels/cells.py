"""Text from a session in terminal cells: harmless, and as wide as every terminal draws it.

`view.printable` takes the teeth out of control and direction characters. What is left may still be drawn
wider by one terminal than by another: emoji joined to families, flags, skin tones, presentation selectors,
blank fillers. Each is brought here to a form on whose width all agree, so that columns stay straight.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category

from rich.cells import cell_len

from writersroom.view.printable import printable

ELLIPSIS = "…"

MOST_MARKS = 3
"""Combining marks that one character keeps: enough for every script, too few to paint over other lines."""

REMEMBERED = 400
"""Characters of a text whose lines are kept for the next time."""

_NO_WIDTH = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200c\u200d\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_TONES = re.compile("(?<=[\u2600-\u27bf\U0001f300-\U0001faff])[\U0001f3fb-\U0001f3ff]")
_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff]")
_ASCII_LINES = re.compile(r"[\x20-\x7e\n]*\Z")


def safe(text: str) -> str:
    r"""The text as cells can show it: nothing a terminal obeys, nothing whose width is disputed.

    Line feeds stay; a tab is four blanks.

    >>> safe("a\u202eb")
    'a<U+202E>b'
    """
    if _ASCII_LINES.match(text):
        return text
    text = printable(text).replace("\t", "    ").replace("\u00ad", "-")
    text = _TONES.sub("", _NO_WIDTH.sub("", text))
    text = _FLAGS.sub(lambda letter: chr(ord(letter.group()) - 0x1F1E6 + ord("A")), text)
    return text if text.isascii() else _with_bases(text)


def _with_bases(text: str) -> str:
    """The text in which every combining mark has something to stand on, and few stand on one."""
    out: list[str] = []
    marks = 0
    based = False
    for character in text:
        if character < "\u0300" or category(character) not in ("Mn", "Me"):
            based, marks = character not in " \n", 0
        elif not based:
            out.append("◌")
            based, marks = True, 1
        elif marks >= MOST_MARKS:
            continue
        else:
            marks += 1
        out.append(character)
    return "".join(out)


def line(text: str) -> str:
    """The text as one line: runs of white space are one blank."""
    return " ".join(safe(text).split())


def fit(text: str, width: int) -> str:
    """One line cut to a width, an ellipsis where something is missing.

    Args:
        text: safe already.
        width: in cells.
    """
    if cell_len(text) <= width:
        return text
    return _taken(text, width - 1, least=0)[0].rstrip() + ELLIPSIS if width > 0 else ""


def filled(text: str, width: int) -> str:
    """One line of exactly this width: cut, or with blanks after it."""
    text = fit(text, width)
    return text + " " * (width - cell_len(text))


def wrap(text: str, width: int) -> tuple[str, ...]:
    """The text, made safe, as lines of at most `width` cells, broken at blanks where there are any.

    Line breaks stay; runs of other white space are one blank. An empty text is one empty line.
    """
    return _short(text, width) if len(text) <= REMEMBERED else _wrapped(text, width)


@lru_cache(maxsize=4096)
def _short(text: str, width: int) -> tuple[str, ...]:
    return _wrapped(text, width)


def _wrapped(text: str, width: int) -> tuple[str, ...]:
    width = max(1, width)
    lines: list[str] = []
    for paragraph in safe(text).split("\n"):
        words: list[str] = []
        used = 0
        for word in paragraph.split():
            size = cell_len(word)
            if words and used + 1 + size <= width:
                words.append(word)
                used += 1 + size
                continue
            if words:
                lines.append(" ".join(words))
            while size > width:
                piece, word = _taken(word, width)
                lines.append(piece)
                size = cell_len(word)
            words, used = [word] if word else [], size
        lines.append(" ".join(words))
    return tuple(lines)


def _taken(text: str, width: int, *, least: int = 1) -> tuple[str, str]:
    """As much of the text as fits, with its combining marks, and the rest; so many characters at least."""
    used = 0
    for index, character in enumerate(text):
        size = cell_len(character)
        if used + size > width and index >= least:
            return text[:index], text[index:]
        used += size
    return text, ""
