"""Text from outside made safe to print: what no reader of a script should ever meet is taken out.

Every string of the screenplay model passes through here, so the writers may take text at its word.
"""

from __future__ import annotations

import re

GUARD = "\u2060"
"""WORD JOINER, invisible and without width. The Fountain writer puts it before a line of dialogue that would
otherwise be read as something else (`#hashtag`, `@home`); Fountain has no other escape there."""

MAX_LINE = 10_000
"""Characters in one line."""

WIDEST_GAP = 200
"""Spaces in a row; more say nothing, and readers of Fountain take time that grows with their square."""

_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

# Control characters; zero-width space and joiners; bidirectional embeddings, overrides and isolates (text
# that shows in another order than it is stored); interlinear annotation; byte order mark; Hangul fillers
# (blank letters); tags (hidden text); private use (means nothing elsewhere, and `screenplain` uses some as
# markers); surrogates and non-characters (not allowed in XML). Joiners of scripts and emoji (U+200C, U+200D)
# and directional marks (U+200E, U+200F, U+061C) are needed to write some languages and stay.
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)
_DROPPED_BUT_GUARD = re.compile(_DROPPED.pattern.replace("\u2060-\u206f", "\u2061-\u206f"))
_OPENING_NOTE = re.compile(r"\[(?=\[)")
_WIDE = re.compile(rf"[^\S\n]{{{WIDEST_GAP + 1},}}")
_SPACES = re.compile(r"\s+")


def clean(text: str, *, keep_guard: bool = False) -> str:
    """Text without control, hidden and direction-overriding characters.

    Line ends of all kinds become line feeds, a tab four spaces (as the Fountain specification reads it), and
    no gap is wider than `WIDEST_GAP`.
    """
    text = _NEWLINES.sub("\n", text).replace("\t", "    ")
    text = _WIDE.sub(" " * WIDEST_GAP, text)
    return (_DROPPED_BUT_GUARD if keep_guard else _DROPPED).sub("", text)


def without_note_marks(text: str) -> str:
    """Text in which `[[` no longer opens a note; Fountain cannot escape it, so a space parts the brackets."""
    return _OPENING_NOTE.sub("[ ", text)


def _checked(line: str) -> str:
    if len(line) > MAX_LINE:
        raise ValueError(f"a line of {len(line):,} characters; at most {MAX_LINE:,} fit: break it up")
    return line


def one_line(text: str) -> str:
    """A single line: line ends become spaces.

    Raises:
        ValueError: Nothing is left, or it is longer than `MAX_LINE`.
    """
    line = without_note_marks(clean(text).replace("\n", " ")).strip()
    if not line:
        raise ValueError("the text is empty")
    return _checked(line)


def label(text: str) -> str:
    """A single line with single spaces, for names and headings. Raises as `one_line`."""
    return _SPACES.sub(" ", one_line(text))


def paragraph(text: str) -> str:
    """The lines of an action paragraph: no blank ones, indented only with spaces. Raises as `one_line`."""
    lines: list[str] = []
    for line in without_note_marks(clean(text)).split("\n"):
        bare = line.strip()
        if bare:
            indent = len(line) - len(line.lstrip())
            lines.append(_checked(" " * indent + bare))
    if not lines:
        raise ValueError("the text is empty")
    return "\n".join(lines)


def speech(text: str) -> str:
    """The lines of a speech: stripped, at most one blank line between two others. Raises as `one_line`."""
    lines: list[str] = []
    for line in without_note_marks(clean(text)).split("\n"):
        bare = _checked(line.strip())
        if bare or (lines and lines[-1]):
            lines.append(bare)
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise ValueError("the text is empty")
    return "\n".join(lines)


def note(text: str) -> str:
    """The lines of a note: none blank, and no `]]` that would end it. Raises as `one_line`."""
    lines = [_checked(bare) for line in clean(text).split("\n") if (bare := line.strip())]
    joined = re.sub(r"\](?=\])", "] ", "\n".join(lines))
    if not joined:
        raise ValueError("the text is empty")
    return joined
