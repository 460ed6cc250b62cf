r"""Bold, italic and underline as Fountain marks them, and the escapes of `*`, `_` and `\`.

Format: "Emphasis" in the Fountain 1.1 specification (fountain.io/syntax). Marks are read back by
`fountain-py`, so that what is written here is, by construction, what the reader finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import groupby

from fountain.parser import FountainParser
from pydantic import Field

from writersroom.frozen import Frozen


class Emphasis(StrEnum):
    """How a run of characters stands out."""

    UNDERLINE = "underline"
    BOLD = "bold"
    ITALIC = "italic"


class Style(Frozen):
    """Characters `start` up to, not including, `end` of a text stand out."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    emphasis: Emphasis


_MARKS = {Emphasis.UNDERLINE: "_", Emphasis.BOLD: "**", Emphasis.ITALIC: "*"}
_ORDER = list(Emphasis)
EMPHASES = {
    "underline": (Emphasis.UNDERLINE,),
    "bold": (Emphasis.BOLD,),
    "italic": (Emphasis.ITALIC,),
    "bold_italic": (Emphasis.BOLD, Emphasis.ITALIC),
}
"""What each kind of span that `fountain-py` finds stands for."""
_SPECIAL = re.compile(r"(\\+)?([*_])?")


class Run(Frozen):
    """Characters in a row that stand out in the same way."""

    text: str
    emphases: frozenset[Emphasis] = frozenset()


def runs(text: str, styles: Sequence[Style] = ()) -> list[list[Run]]:
    """The lines of a text, each as its runs; an empty line has none."""
    kinds = _by_character(len(text), styles)
    lines: list[list[Run]] = []
    start = 0
    for line in text.split("\n"):
        parts = groupby(range(len(line)), key=lambda index: frozenset(kinds[start + index]))
        lines.append([Run(text="".join(line[i] for i in part), emphases=kind) for kind, part in parts])
        start += len(line) + 1
    return lines


def _escaped(line: str, *, underscores: bool) -> str:
    r"""Escape what would be read as a mark or an escape.

    A lone backslash stays bare, and so do underscores unless `underscores`: `screenplain` reads `\*` alone,
    so every escape that can be spared is.
    """

    def escape(match: re.Match[str]) -> str:
        slashes, mark = match.group(1) or "", match.group(2) or ""
        if len(slashes) > 1 or (slashes and mark):
            slashes += slashes
        if mark == "*" or (mark == "_" and (underscores or slashes)):
            mark = "\\" + mark
        return slashes + mark

    return _SPECIAL.sub(escape, line)


def literal(line: str) -> str:
    """Markup of a line without emphasis, which reads as exactly these characters."""
    return _escaped(line, underscores=line.count("_") > 1)


def _by_character(length: int, styles: Iterable[Style]) -> list[set[Emphasis]]:
    kinds: list[set[Emphasis]] = [set() for _ in range(length)]
    for style in styles:
        for index in range(style.start, min(style.end, length)):
            kinds[index].add(style.emphasis)
    return kinds


def _spans(kinds: Sequence[set[Emphasis]]) -> tuple[Style, ...]:
    spans: list[Style] = []
    for emphasis in _ORDER:
        start: int | None = None
        for index in range(len(kinds) + 1):
            on = index < len(kinds) and emphasis in kinds[index]
            if on and start is None:
                start = index
            elif not on and start is not None:
                spans.append(Style(start=start, end=index, emphasis=emphasis))
                start = None
    return tuple(sorted(spans, key=lambda span: (span.start, -span.end, _ORDER.index(span.emphasis))))


def _marked_line(line: str, kinds: Sequence[set[Emphasis]]) -> str:
    ends = {(style.start, style.emphasis): style.end for style in _spans(kinds)}
    underlined = any(Emphasis.UNDERLINE in kind for kind in kinds)
    underscores = underlined or line.count("_") > 1
    out: list[str] = []
    stack: list[Emphasis] = []
    pending = 0
    for index in range(len(line) + 1):
        wanted = kinds[index] if index < len(line) else set[Emphasis]()
        if wanted == set(stack):
            continue
        out.append(_escaped(line[pending:index], underscores=underscores))
        pending = index
        while not set(stack) <= wanted:
            out.append(_MARKS[stack.pop()])
        opening = sorted(
            wanted - set(stack),
            key=lambda kind: (-ends.get((index, kind), len(line)), _ORDER.index(kind)),
        )
        out.extend(_MARKS[kind] for kind in opening)
        stack.extend(opening)
    out.append(_escaped(line[pending:], underscores=underscores))
    return "".join(out)


def marked(text: str, styles: Sequence[Style]) -> list[str]:
    """Markup of each line of `text`."""
    if not styles:
        return [literal(line) for line in text.split("\n")]
    kinds = _by_character(len(text), styles)
    lines: list[str] = []
    start = 0
    for line in text.split("\n"):
        lines.append(_marked_line(line, kinds[start : start + len(line)]))
        start += len(line) + 1
    return lines


def unmarked(line: str) -> tuple[str, tuple[Style, ...]]:
    """The characters and styles of one line of markup."""
    if not line.strip():
        return line, ()  # A bare mark would be read as itself.
    elements = FountainParser().parse("!" + line).elements
    if not elements:
        return "", ()
    found = ((span.start, span.end, EMPHASES[span.format_type]) for span in elements[0].formatting)
    styles = tuple(Style(start=a, end=b, emphasis=kind) for a, b, kinds in found for kind in kinds)
    return elements[0].text, styles


def canonical(text: str, styles: Sequence[Style]) -> tuple[Style, ...]:
    """The same emphasis in the one form the model keeps.

    Spans don't overlap their like, cross a line end, or begin or end with a space. Where Fountain has no way
    to say them (a mark between a letter and a bracket is no mark), all of the text's emphasis is dropped
    rather than have the marks show as characters.
    """
    kinds = _by_character(len(text), styles)
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        for emphasis in Emphasis:
            for span in _spans([{emphasis} & kind for kind in kinds[start:end]]):
                covered = line[span.start : span.end]
                left = len(covered) - len(covered.lstrip())
                right = len(covered.rstrip())
                for index in range(span.start, span.end):
                    if not left <= index - span.start < right:
                        kinds[start + index].discard(emphasis)
        if end < len(text):
            kinds[end].clear()
        start = end + 1
    spans = _spans(kinds)
    return spans if spans and _reads_back(text, spans) else ()


def _reads_back(text: str, spans: tuple[Style, ...]) -> bool:
    kinds: list[set[Emphasis]] = []
    for line, markup in zip(text.split("\n"), marked(text, spans), strict=True):
        read, styles = unmarked(markup)
        if read != line:
            return False
        kinds += _by_character(len(line), styles)
        kinds.append(set())
    return _spans(kinds[:-1]) == spans
