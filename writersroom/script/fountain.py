"""A screenplay as Fountain text.

Format: Fountain 1.1 (fountain.io/syntax). What could be read as another element is forced (`!` action, `@`
cue, `.` heading, `>` transition); what could be read as markup is escaped. Besides the specification the
writer heeds two readers that differ from it here and there, `fountain-py` 0.3 and `screenplain` 0.12: all
read the same.
"""

from __future__ import annotations

import re
from typing import cast

from writersroom.script.emphasis import Emphasis, Style, literal, marked
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
    Screenplay,
    Section,
    Speech,
    Spoken,
    TitlePage,
    Transition,
)
from writersroom.script.text import GUARD

HEADING = re.compile(r"(?:INT|EXT|EST|INT\./EXT|INT/EXT|I/E)[. ]", re.IGNORECASE)
"""What a line that is a scene heading without being forced begins with."""
LIKE_A_HEADING = re.compile(r"(?:INT|EXT|EST|I/E|INT\.?/EXT)(?:\s*\.|\s)", re.IGNORECASE)
"""What a line begins with that `fountain-py` may take for one."""
_PLAIN_CUE = re.compile(r"(?=[^A-Z]*[A-Z])[A-Z0-9][A-Z0-9 _.'#-]*")
_PLAIN_TRANSITION = re.compile(r"[A-Z][A-Z .'/-]* TO:")
_LIKE_A_NUMBER = re.compile(r"#[\w.-]+#$")
_MARKERS = frozenset(".!@#=~>")

TITLE_KEYS = {
    "title": "Title",
    "credit": "Credit",
    "author": "Author",
    "source": "Source",
    "draft_date": "Draft date",
    "contact": "Contact",
    "copyright": "Copyright",
    "notes": "Notes",
}
"""Fields of a title page and how Fountain calls them, in the order they are written."""


def to_fountain(screenplay: Screenplay) -> str:
    """The text of a screenplay; ends with a line end. `reading.from_fountain` gives the screenplay back."""
    title = _title_page(screenplay.title_page)
    body = "\n\n".join(
        _element(element, first=not title and index == 0) for index, element in enumerate(screenplay.elements)
    )
    if not title and ":" in body.split("\n", 1)[0]:
        # `screenplain` takes any first line with a colon for a title page; an empty line comes before a body.
        title = "\n"
    return f"{title}{body}\n" if body else title


def _title_page(page: TitlePage) -> str:
    fields = [(key, cast(str, getattr(page, name))) for name, key in TITLE_KEYS.items()]
    out: list[str] = []
    for key, text in [*fields, *page.more.items()]:
        lines = [literal(line) for line in text.split("\n")]
        if len(lines) > 1:
            out.append(f"{key}:")
            out += (f"    {line}" for line in lines)
        elif text:
            out.append(f"{key}: {lines[0]}")
    return "\n".join([*out, "", ""]) if out else ""


def _element(element: Element, *, first: bool) -> str:
    match element:
        case Heading():
            return "\n\n".join([_heading(element), *_synopses(element.synopses)])
        case Action():
            return _action(element, first=first)
        case Speech():
            return _speech(element)
        case DualSpeech():
            return f"{_speech(element.left)}\n\n{_speech(element.right, dual=True)}"
        case Transition():
            return _transition(element.text)
        case Centred():
            return f"> {_line(element)} <"
        case Lyric():
            return f"~{_line(element)}"
        case Note():
            return _note(element)
        case Section():
            opening = f"{'#' * element.level} {literal(element.text)}"
            return "\n\n".join([opening, *_synopses(element.synopses)])
        case PageBreak():
            return "==="


def _line(element: Centred | Lyric) -> str:
    return marked(element.text, element.styles)[0]


def _heading(heading: Heading) -> str:
    text = literal(heading.text)
    if heading.number:
        text = f"{text} #{heading.number}#"
    elif _LIKE_A_NUMBER.search(text):
        text += GUARD
    return text if HEADING.match(text) else f".{text}"


def _synopses(texts: tuple[str, ...]) -> list[str]:
    return [f"= {literal(text)}" for text in texts]


def _action(action: Action, *, first: bool) -> str:
    lines = action.text.split("\n")
    forced = any(_misread_as_action(line.lstrip()) for line in lines) or (first and ":" in lines[0])
    mark = "!" if forced else ""
    return "\n".join(mark + line for line in marked(action.text, action.styles))


def _misread_as_action(line: str) -> bool:
    if line.startswith("..") and not line.isupper():
        return False
    return line[0] in _MARKERS or line.split("(")[0].isupper() or bool(LIKE_A_HEADING.match(line))


def _transition(text: str) -> str:
    if _PLAIN_TRANSITION.fullmatch(text) and not LIKE_A_HEADING.match(text):
        return text
    return f"> {literal(text)}{GUARD if text.endswith('<') else ''}"


def _note(note: Note) -> str:
    text = "\n".join(literal(line) for line in note.text.split("\n"))
    # `[[a]]]` would end before the third bracket.
    return f"[[{text} ]]" if text.endswith("]") else f"[[{text}]]"


def _speech(speech: Speech, *, dual: bool = False) -> str:
    first = speech.lines[0]
    plain = (
        bool(_PLAIN_CUE.fullmatch(speech.character))
        and not LIKE_A_HEADING.match(speech.cue)
        and isinstance(first, Dialogue | Parenthetical)
        and _surely_said(first)
    )
    cue = f"{'' if plain else '@'}{speech.cue}{' ^' if dual else ''}"
    return "\n".join([cue, *(_spoken(line) for line in speech.lines)])


def _surely_said(line: Dialogue | Parenthetical) -> bool:
    """Whether the line under a cue leaves no doubt that the cue is one; `fountain-py` looks ahead at it."""
    if isinstance(line, Parenthetical):
        return True
    opening = line.text.split("\n", 1)[0]
    return any(character.islower() for character in opening.split("(")[0]) and not LIKE_A_HEADING.match(
        opening
    )


def _spoken(line: Spoken) -> str:
    match line:
        case Dialogue():
            return _dialogue(line)
        case Parenthetical():
            return f"({marked(line.text, line.styles)[0]})"
        case Lyric():
            return f"~{_line(line)}"
        case Note():
            return _note(line)


def _dialogue(dialogue: Dialogue) -> str:
    text = ""
    styles = list(dialogue.styles)
    for line in dialogue.text.split("\n"):
        if line and (line[0] in _MARKERS or line[0] == "("):
            at = len(text)
            styles = [_moved_past(style, at) for style in styles]
            line = GUARD + line
        text += line + "\n"
    lines = marked(text[:-1], styles)
    # Two spaces keep an empty line from ending the speech.
    return "\n".join(line or "  " for line in lines)


def _moved_past(style: Style, at: int) -> Style:
    """The span after one character was put in at `at`. One that began there grows: its mark stays outside."""
    return Style(
        start=style.start + (style.start > at),
        end=style.end + (style.end > at),
        emphasis=Emphasis(style.emphasis),
    )
