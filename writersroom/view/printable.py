"""Text from a session is data: nothing in it may drive the terminal that shows it.

Control characters can move the cursor, retitle the window or paste; bidirectional overrides can make a line
read as another (CVE-2021-42574, "Trojan Source"); lone surrogates cannot be encoded at all. Each is drawn as
a visible stand-in, so that a reader sees that something was there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from unicodedata import combining, east_asian_width

_CONTROL = "\x00-\x08\x0b-\x1f\x7f-\x9f"
# Arabic letter mark, LRM, RLM, line and paragraph separators, embeddings and overrides, isolates, word
# joiner and invisible operators, byte order mark, annotations, noncharacters, lone surrogates, tags.
# Zero-width joiners stay: emoji and several scripts are written with them.
_UNSEEN = (
    "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
_UNSAFE = re.compile(f"[{_CONTROL}{_UNSEEN}]")
_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")

_ELLIPSIS = "…"


def _stand_in(odd: str) -> str:
    code = ord(odd)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    return f"<U+{code:04X}>"


def printable(text: str) -> str:
    r"""The text with everything that a terminal might obey made visible; `\n` and `\t` stay.

    >>> printable("\x1b[2Jgone")
    '␛[2Jgone'
    """
    return without_teeth(_BREAKS.sub("\n", text), _stand_in)


def without_teeth(text: str, stand_in: Callable[[str], str]) -> str:
    """The text with something of one's own in place of each character that a terminal might obey."""
    return _UNSAFE.sub(lambda match: stand_in(match.group()), text)


def one_line(text: str, limit: int | None = None) -> str:
    r"""The text as one printable line: runs of white space become a space, a long one ends in an ellipsis.

    Args:
        text: anything.
        limit: longest result, in characters.

    >>> one_line("two\n  words", 6)
    'two w…'
    """
    if limit is not None and len(text) > 8 * limit + 64:
        text = text[: 8 * limit + 64]  # A name of a million characters is not worth folding whole.
    line = " ".join(printable(text).split())
    if limit is not None and len(line) > limit:
        return line[: max(0, limit - 1)].rstrip() + _ELLIPSIS
    return line


def columns(text: str) -> int:
    """Terminal columns that a printable text takes: wide characters two, combining ones none."""
    return sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    if combining(character) or character in _NO_COLUMN:
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


_NO_COLUMN = frozenset("\u200c\u200d\ufe0e\ufe0f")


def wrapped(text: str, width: int) -> list[str]:
    """The text as printable lines of at most `width` columns, broken at blanks where there are any.

    Line breaks of the text stay; runs of other white space become one blank.
    """
    lines: list[str] = []
    for paragraph in printable(text).split("\n"):
        line = ""
        for word in paragraph.split():
            joined = f"{line} {word}" if line else word
            if columns(joined) <= width:
                line = joined
                continue
            lines += [line] if line else []
            *full, line = _pieces(word, width)
            lines += full
        lines.append(line)
    return lines


def _pieces(word: str, width: int) -> list[str]:
    """A word in pieces that fit; a character wider than the width stands alone."""
    pieces, taken = [""], 0
    for character in word:
        needed = _columns_of(character)
        if taken + needed > width and pieces[-1]:
            pieces.append("")
            taken = 0
        pieces[-1] += character
        taken += needed
    return pieces


def json_safe(document: str) -> str:
    r"""A JSON document in which what a terminal might obey is escaped; it parses to the same value."""
    return without_teeth(document, _escape)


def _escape(odd: str) -> str:
    code = ord(odd)
    if code in (0x0A, 0x0D, 0x09):
        return odd
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"
