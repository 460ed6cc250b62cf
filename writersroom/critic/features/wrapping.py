"""Which lines of a text are one paragraph.

A file wrapped at 72 columns and one with a line for each paragraph say the same, so they have to be measured
alike: what is done to a paragraph (its quotes, its first dash, a number that makes it an item of a list, a
title that is left out) must not be done to a line that is only a piece of one. Verse needs no exception: its
lines stand in one line in the end, joined here or later.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Final

HEADING: Final = re.compile(r"^\s{0,3}#{1,6}(?:\s|$)")
RULE: Final = re.compile(r"^\s*(?:[-*_=~+#]\s*){2,}$")
BOLD_LINE: Final = re.compile(r"^\s*(?:\*\*|__)[^*_\n]{1,80}(?:\*\*|__)\s*:?\s*$")
TITLE_LINE: Final = re.compile(
    r"^\s*(?:title|chapter|scene|part|prompt|story)\b\s*(?:\d+|"
    r"[ivxlc]+)?\s*[:.].{0,80}$|"
                               r"^\s*chapter\s+\S{1,12}\s*$", re.I)  # fmt: skip
BULLET: Final = re.compile(r"^\s{0,6}(?:[*+\u2022\u00b7]|-(?=\s)|\d{1,3}[.)](?=\s))\s+")
_WIDEST: Final = 100
"""Columns that texts are wrapped at, at most: where a line is longer, each line is a paragraph."""
_ENDED: Final = re.compile(r"[.!?:\u2026\u2014][\"'\u201d\u2019)\]*_]*\s*$")
_GOES_ON: Final = re.compile(r"^\s*(?:[\u2014\u2013-]+|\.{3}|\u2026)?\s*[a-z]")
_SPEAKS: Final = re.compile(r"^\s*[\"'\u201c\u2018\u2014\u2013-]")


def unwrapped(lines: Sequence[str]) -> list[str]:
    """The paragraphs of prose, a line each, and its blank lines.

    Args:
        lines: without the marks of quoted lines.
    """
    out: list[str] = []
    for blank, group in itertools.groupby(lines, key=lambda line: not line.strip()):
        block = list(group)
        out += block if blank else _paragraphs(block)
    return out


def _paragraphs(block: Sequence[str]) -> list[str]:
    """Of lines with no blank one between them."""
    width = max(len(line.rstrip()) for line in block)
    margin = min(map(_indent, block))
    out: list[list[str]] = []
    ended = marked = False
    for at, line in enumerate(block):
        alone = not out or ended or _stands_alone(line)
        if (
            alone
            or _is_item(block, at, after_item=marked)
            or not _continues(block[at - 1], line, width, margin)
        ):
            out.append([line])
            ended, marked = _is_whole(line, first=len(out) == 1), _marked(line)
        else:
            out[-1].append(line)
    return [lines[0] if len(lines) == 1 else _joined(lines) for lines in out]


def _joined(lines: Sequence[str]) -> str:
    return " ".join([lines[0].rstrip(), *(line.strip() for line in lines[1:])])


def _stands_alone(line: str) -> bool:
    return bool(RULE.match(line) or BOLD_LINE.match(line))


def _is_whole(line: str, *, first: bool) -> bool:
    """Whether no other line goes on with it; a title is none unless a blank line is before it."""
    title = first and TITLE_LINE.match(line) and line.lstrip()[:1].isupper()
    return bool(title or HEADING.match(line)) or _stands_alone(line)


def _is_item(block: Sequence[str], at: int, *, after_item: bool) -> bool:
    """Whether a line, not the first, is an item or a heading, and not one that happens to begin with a year.

    Args:
        block: lines with no blank one between them.
        at: which of them.
        after_item: whether the paragraph before it is one.
    """
    if not _marked(block[at]):
        return False
    return after_item or bool(_ENDED.search(block[at - 1])) or any(map(_marked, block[at + 1 : at + 2]))


def _marked(line: str) -> bool:
    return bool(BULLET.match(line) or HEADING.match(line))


def _continues(before: str, line: str, width: int, margin: int) -> bool:
    """Whether a line goes on with the paragraph of the one before it.

    Args:
        before: the line before.
        line: not blank.
        width: columns of the longest line beside them.
        margin: blanks that all those lines begin with.
    """
    if _GOES_ON.match(line):
        return True
    if width > _WIDEST or _indent(line) > margin + 1:
        return False
    if not _ENDED.search(before):
        return True
    full = len(before.rstrip()) + 1 + len(line.split()[0]) > width
    return full and not _SPEAKS.match(line)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
