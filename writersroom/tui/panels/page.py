"""A screenplay set in cells as it prints: ten characters to the inch, 55 lines a page.

The columns are those of `script.html` and of screenplain's PDF: text 61 wide, dialogue 35 from column 10,
parentheticals from 15, cues from 20, transitions flush right. In fewer columns all margins shrink alike.
Imported when a script is first shown: reading Fountain takes 0.1 s to load.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from rich.cells import cell_len
from rich.style import Style as Look
from textual.strip import Strip

from writersroom.events.line_spoken import LineSpoken
from writersroom.events.scene_opened import SceneOpened
from writersroom.script.build import scene_elements
from writersroom.script.emphasis import Emphasis, Style, runs
from writersroom.script.errors import ScriptError
from writersroom.script.model import (
    Action,
    Centred,
    Dialogue,
    DualSpeech,
    Element,
    Heading,
    Lyric,
    Note,
    PageBreak,
    Parenthetical,
    Section,
    Speech,
    Transition,
)
from writersroom.script.reading import piece_from_fountain
from writersroom.story.beats import Beat, BeatId
from writersroom.tui.panels.cells import fit, line, safe, wrap
from writersroom.tui.panels.ink import Ink
from writersroom.tui.panels.panel import Part, strip

TEXT: Final = 61
"""Columns of a printed line."""
PAGE: Final = 55
"""Lines of a printed page."""

_LOOKS: Final = {
    Emphasis.BOLD: Look(bold=True),
    Emphasis.ITALIC: Look(italic=True),
    Emphasis.UNDERLINE: Look(underline=True),
}


class Measure(NamedTuple):
    """Margins, in columns of the panel."""

    text: int
    dialogue: int
    """Width of dialogue."""
    speech: int
    """Where dialogue begins."""
    aside: int
    """Where parentheticals begin."""
    cue: int
    """Where names begin."""


def measure(width: int) -> Measure:
    """The margins of a page that is this wide, or as wide as paper."""
    text = max(12, min(TEXT, width))
    share = text / TEXT
    return Measure(text, max(8, round(35 * share)), round(10 * share), round(15 * share), round(20 * share))


Row: TypeAlias = tuple[Part, ...]
"""A line before it is made: text in one or more styles."""


class Block(NamedTuple):
    """Lines that belong together."""

    lines: tuple[Strip, ...]
    before: int = 1
    """Blank lines before it, but at the top of a page."""
    stays: bool = False
    """Whether the next block must begin on the same page."""
    breaks: bool = False
    """Whether a new page begins here."""


class Setter:
    """Sets elements as blocks of lines.

    Args:
        ink: colours; paper has one.
        width: columns there are; the text stands in the middle of them.
    """

    def __init__(self, ink: Ink, width: int) -> None:
        self.ink, self.measure = ink, measure(width - 3)
        self._margin: Part = (" " * max(1, (width - self.measure.text) // 2), ink.plain)

    def line(self, *parts: Part) -> Strip:
        """A line of the page."""
        return strip(self._margin, *parts)

    def take(self, text: str) -> list[Block]:
        """The blocks of a take in Fountain; where it cannot be read as that, its lines as they are."""
        try:
            elements = piece_from_fountain(text).elements
        except ScriptError as error:
            said = tuple(((words, self.ink.plain),) for words in wrap(text[:20_000], self.measure.text))
            return [
                self._remark(f"This take is no Fountain and is shown as it is: {error}"),
                self._block(said),
            ]
        return list(self.blocks(elements))

    def spoken(
        self, opened: SceneOpened, lines: Sequence[LineSpoken], beats: Mapping[BeatId, Beat]
    ) -> list[Block]:
        """The blocks of a scene that is still being played."""
        return list(self.blocks(scene_elements(opened, lines, beats=beats)))

    def blocks(self, elements: Iterable[Element]) -> Iterator[Block]:
        """Each element that prints."""
        for element in elements:
            match element:
                case Heading():
                    number = f"{line(element.number)}  " if element.number else ""
                    rows = self._wrapped(f"{number}{element.text.upper()}", (), self.measure.text, bold=True)
                    yield self._block(rows, before=2, stays=True)
                case Action():
                    yield self._block(self._wrapped(element.text, element.styles, self.measure.text))
                case Centred():
                    yield self._block(
                        self._wrapped(element.text, element.styles, self.measure.text, align=0.5)
                    )
                case Lyric():
                    rows = self._wrapped(element.text, element.styles, self.measure.text, italic=True)
                    yield self._block(rows)
                case Speech():
                    yield self._block(self._speech(element))
                case DualSpeech():
                    yield self._block(self._dual(element))
                case Transition():
                    yield self._block(self._wrapped(element.text.upper(), (), self.measure.text, align=1.0))
                case PageBreak():
                    yield Block((), breaks=True)
                case Note() | Section():
                    continue

    def _block(self, rows: Iterable[Row], *, before: int = 1, stays: bool = False) -> Block:
        return Block(tuple(self.line(*parts) for parts in rows), before=before, stays=stays)

    def _remark(self, text: str) -> Block:
        return self._block(tuple(((words, self.ink.warn),) for words in wrap(text, self.measure.text)))

    def _speech(self, speech: Speech) -> tuple[Row, ...]:
        size = self.measure
        cue = fit(line(speech.cue), size.text - size.cue)
        rows: list[Row] = [((" " * size.cue + cue, self.ink.plain),)]
        for said in speech.lines:
            match said:
                case Dialogue():
                    rows += self._wrapped(said.text, said.styles, size.dialogue, indent=size.speech)
                case Lyric():
                    rows += self._wrapped(
                        said.text, said.styles, size.dialogue, indent=size.speech, italic=True
                    )
                case Parenthetical():
                    width = size.dialogue - 2 * (size.aside - size.speech) + 4
                    moved = [
                        Style(start=s.start + 1, end=s.end + 1, emphasis=s.emphasis) for s in said.styles
                    ]
                    rows += self._wrapped(f"({said.text})", moved, width, indent=size.aside)
                case Note():
                    continue
        return tuple(rows)

    def _dual(self, dual: DualSpeech) -> tuple[Row, ...]:
        """Two speeches side by side."""
        width = (self.measure.text - 2) // 2
        half = Setter(self.ink, width)
        half.measure = Measure(width, width, 0, min(3, width // 4), width // 4)
        left, right = half._speech(dual.left), half._speech(dual.right)
        rows: list[Row] = []
        for at in range(max(len(left), len(right))):
            here = left[at] if at < len(left) else ()
            used = sum(cell_len(text) for text, _ in here)
            gap = (" " * (width + 2 - used), self.ink.plain)
            rows.append((*here, gap, *(right[at] if at < len(right) else ())))
        return tuple(rows)

    def _wrapped(
        self,
        text: str,
        styles: Sequence[Style],
        width: int,
        *,
        indent: int = 0,
        align: float = 0.0,
        bold: bool = False,
        italic: bool = False,
    ) -> tuple[Row, ...]:
        base = self.ink.plain + Look(bold=bold or None, italic=italic or None)
        rows: list[list[Part]] = []
        if styles:
            for runs_ in runs(text, styles):
                looks = [(safe(run.text), sum((_LOOKS[e] for e in run.emphases), base)) for run in runs_]
                rows += wrap_parts(looks, width)
        else:
            rows = [[(words, base)] for words in wrap(text, width)]
        out: list[Row] = []
        for parts in rows:
            free = max(0, width - sum(cell_len(words) for words, _ in parts))
            out.append(((" " * (indent + round(free * align)), self.ink.plain), *parts))
        return tuple(out)


def wrap_parts(parts: Sequence[Part], width: int) -> list[list[Part]]:
    """Text in several styles as lines of at most `width` cells, broken at blanks where there are any."""
    rows: list[list[Part]] = [[]]
    used = 0
    words: list[list[Part]] = [[]]
    for text, style in parts:
        for at, piece in enumerate(text.split(" ")):
            if at:
                words.append([])
            if piece:
                words[-1].append((piece, style))
    for word in words:
        size = sum(cell_len(text) for text, _ in word)
        if not word:
            continue
        if used and used + 1 + size > width:
            rows.append([])
            used = 0
        if used:
            rows[-1].append((" ", word[0][1]))
            used += 1
        for text, style in word:
            for piece in wrap(text, width) if size > width else (text,):
                if used and used + cell_len(piece) > width:
                    rows.append([])
                    used = 0
                rows[-1].append((piece, style))
                used += cell_len(piece)
    return rows


def paginated(blocks: Sequence[Block], size: int = PAGE) -> Iterator[tuple[int, Block, int]]:
    """Each block with the number of the page it begins on, and the blank lines before it.

    A block that does not fit on what is left of a page begins the next, and takes with it what must stay with
    it; one longer than a page runs over.
    """
    page, used = 1, 0
    for at, block in enumerate(blocks):
        if block.breaks and used:
            page, used = page + 1, 0
        needed = block.before + len(block.lines)
        following = blocks[at + 1] if block.stays and at + 1 < len(blocks) else None
        if following is not None:
            needed += following.before + min(2, len(following.lines))
        if used and used + needed > size and len(block.lines) <= size:
            page, used = page + 1, 0
        blanks = block.before if used else 0
        yield page, block, blanks
        used += blanks + len(block.lines)
        while used > size:
            page, used = page + 1, used - size
