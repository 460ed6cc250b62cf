"""A screenplay from Fountain text.

The text is made ready (`preparation`) and read by `fountain-py` 0.3, which gives a flat list of typed lines;
here speeches and pairs of speeches are put together from them.

What the model does not hold is brought into what it does: a synopsis belongs to the heading or section before
it (to a note, where there is none), a cue under which nothing is said is action, emphasis of headings,
transitions, sections and the title page is dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from fountain.elements import ElementType, FountainElement
from fountain.parser import FountainParser
from pydantic import ValidationError

from writersroom.script.emphasis import EMPHASES, Style, unmarked
from writersroom.script.errors import NoScene, UnreadableScript
from writersroom.script.model import (
    MAX_EXTENSIONS,
    MAX_NAME,
    MAX_NUMBER,
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
    Screenplay,
    Section,
    Speech,
    Spoken,
    TitlePage,
    Transition,
    title_key,
)
from writersroom.script.preparation import CENTRED, LETTER, TITLE_FIELDS, prepared
from writersroom.script.text import GUARD, clean, one_line, without_note_marks


def from_fountain(text: str) -> Screenplay:
    """Read a screenplay.

    Raises:
        NoScene: There is no scene heading in it.
        UnreadableScript: It is too large, or a line, a name or a heading is; the message names the line.
    """
    screenplay = piece_from_fountain(text)
    if not any(isinstance(element, Heading) for element in screenplay.elements):
        raise NoScene
    return screenplay


def piece_from_fountain(text: str) -> Screenplay:
    """Read a piece of a script, which may have no scene heading.

    Raises:
        UnreadableScript: As `from_fountain`.
    """
    ready = prepared(text)
    document = FountainParser().parse(ready.text)
    assembly = _Assembly(duals=ready.duals)
    try:
        for element in document.elements:
            assembly.take(element)
        return Screenplay(title_page=_title_page(ready.title_page), elements=assembly.finished())
    except ValidationError as error:
        raise UnreadableScript(_said(error)) from error


def _said(error: ValidationError) -> str:
    """What is wrong, in the words of the model's validators."""
    message = error.errors()[0]["msg"].removeprefix("Value error, ")
    return f"{message[0].upper()}{message[1:]}."


def _title_page(fields: dict[str, str]) -> TitlePage:
    known: dict[str, str] = {}
    more: dict[str, str] = {}
    for key, value in fields.items():
        text = "\n".join(unmarked(without_note_marks(line))[0] for line in value.split("\n"))
        name = TITLE_FIELDS.get(key)
        if name:
            known[name] = f"{known[name]}\n{text}" if known.get(name) else text
        else:
            more[title_key(key)] = text
    return TitlePage.model_validate({**known, "more": more})


def _styles(element: FountainElement) -> tuple[Style, ...]:
    """Where a line stands out, counted without its guards, which the model takes out."""

    def at(place: int) -> int:
        return place - element.text.count(GUARD, 0, place)

    return tuple(
        Style(start=at(span.start), end=at(span.end), emphasis=emphasis)
        for span in element.formatting
        for emphasis in EMPHASES[span.format_type]
    )


def _moved(styles: tuple[Style, ...], by: int) -> tuple[Style, ...]:
    return tuple(
        Style(start=max(style.start + by, 0), end=max(style.end + by, 0), emphasis=style.emphasis)
        for style in styles
    )


@dataclass
class _Cue:
    """A speech as far as it has been read."""

    character: str
    dual: bool
    extensions: tuple[str, ...] = ()
    lines: list[Spoken] = field(default_factory=list[Spoken])
    pause: bool = False
    """A blank line came last."""

    def say(self, element: FountainElement) -> None:
        text, styles = element.text.replace(GUARD, ""), _styles(element)
        last = self.lines[-1] if self.lines else None
        if not text.strip():
            self.pause = isinstance(last, Dialogue)
        elif self.pause and isinstance(last, Dialogue):
            self.pause = False
            styles = last.styles + _moved(styles, len(last.text) + 2)
            self.lines[-1] = Dialogue(text=f"{last.text}\n\n{text}", styles=styles)
        else:
            self.pause = False
            self.lines.append(Dialogue(text=text, styles=styles))


class _Assembly:
    """Puts what fountain-py found together: speeches from cues and lines, pairs of speeches, synopses."""

    def __init__(self, *, duals: frozenset[int]) -> None:
        self._duals = duals
        self._elements: list[Element] = []
        self._synopses: dict[int, list[str]] = {}
        """By the index of the heading or section they belong to."""
        self._cue: _Cue | None = None
        self._end = 0
        """The last line read."""

    def take(self, element: FountainElement) -> None:
        """Add the next element."""
        assert element.type is not ElementType.DUAL_DIALOGUE, "no caret is left for fountain-py to pair"
        adjacent = element.line_number == self._end + 1
        self._end = element.line_number + element.text.count("\n")
        text = element.text.replace(LETTER, "")
        match element.type:
            case ElementType.CHARACTER:
                self._close()
                extension = element.metadata.get("extension")
                extensions = re.split(r"\)\s*\(", extension) if isinstance(extension, str) else []
                self._cue = _Cue(character=text, dual=element.line_number in self._duals)
                if len(extensions) <= MAX_EXTENSIONS and all(len(text) <= MAX_NAME for text in extensions):
                    self._cue.extensions = tuple(extensions)
                else:
                    self._cue.lines.append(Parenthetical(text=") (".join(extensions)))
            case ElementType.DIALOGUE if self._cue:
                self._cue.say(element)
            case ElementType.PARENTHETICAL if self._cue:
                self._parenthetical(self._cue, element)
            case ElementType.LYRICS if text.startswith(CENTRED):
                self._close()
                self._centred(element)
            case ElementType.LYRICS | ElementType.NOTE if self._cue and adjacent:
                self._cue.lines += self._aside(element, text)
            case _:
                self._close()
                self._elements += self._block(element, text)

    def finished(self) -> tuple[Element, ...]:
        """All elements."""
        self._close()
        for index, synopses in self._synopses.items():
            owner = self._elements[index]
            self._elements[index] = owner.model_copy(update={"synopses": tuple(synopses)})
        return tuple(self._elements)

    def _parenthetical(self, cue: _Cue, element: FountainElement) -> None:
        inside = element.text[1:-1]
        if inside.strip():
            cue.lines.append(Parenthetical(text=inside, styles=_moved(_styles(element), -1)))

    def _centred(self, element: FountainElement) -> None:
        text = element.text[len(CENTRED) :].lstrip(" ")
        if text:
            styles = _moved(_styles(element), len(text) - len(element.text))
            self._elements.append(Centred(text=text, styles=styles))

    def _aside(self, element: FountainElement, text: str) -> list[Lyric | Note]:
        if element.type == ElementType.LYRICS:
            return [Lyric(text=text, styles=_styles(element))] if clean(text).strip() else []
        inside = clean(text[2:-2]).strip()
        return [Note(text=inside)] if inside else []

    def _block(self, element: FountainElement, text: str) -> list[Element]:
        if not clean(text).strip():
            return []
        styles = _styles(element)
        match element.type:
            case ElementType.SCENE_HEADING:
                number = element.metadata.get("scene_number")
                number = number if isinstance(number, str) else ""
                if len(number) > MAX_NUMBER:
                    text, number = f"{text} #{number}#", ""
                return [Heading(text=text, number=number)]
            case ElementType.LYRICS | ElementType.NOTE:
                return [*self._aside(element, text)]
            case ElementType.TRANSITION:
                return [Transition(text=text)]
            case ElementType.SECTION:
                level = element.metadata.get("level")
                text = text.lstrip("# ")
                return (
                    [Section(text=text, level=min(level, 6) if isinstance(level, int) else 1)] if text else []
                )
            case ElementType.SYNOPSIS:
                return self._synopsis(text)
            case ElementType.PAGE_BREAK:
                return [PageBreak()]
            case _:
                return [Action(text=text, styles=styles)]

    def _synopsis(self, text: str) -> list[Element]:
        for index in range(len(self._elements) - 1, -1, -1):
            owner = self._elements[index]
            if isinstance(owner, Heading | Section):
                self._synopses.setdefault(index, []).append(one_line(text))
                return []
        return [Note(text=text)]

    def _close(self) -> None:
        cue, self._cue = self._cue, None
        if cue is None:
            return
        if all(isinstance(line, Note) for line in cue.lines):
            name = " ".join([cue.character, *(f"({extension})" for extension in cue.extensions)])
            self._elements.append(Action(text=name))
            self._elements += [line for line in cue.lines if isinstance(line, Note)]
            return
        speech = Speech(character=cue.character, extensions=cue.extensions, lines=tuple(cue.lines))
        # Notes between the two of a pair come after it.
        at = next(
            (i for i in reversed(range(len(self._elements))) if not isinstance(self._elements[i], Note)), 0
        )
        left = self._elements[at] if self._elements else None
        if cue.dual and isinstance(left, Speech):
            self._elements[at] = DualSpeech(left=left, right=speech)
        else:
            self._elements.append(speech)
