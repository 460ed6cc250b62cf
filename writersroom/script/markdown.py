"""A screenplay as Markdown (CommonMark), to be read on the web or pasted into a document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from writersroom.script.emphasis import Emphasis, Run, Style, runs
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

# CommonMark lets a backslash stand before any ASCII punctuation; these are what could begin something.
_SPECIAL = re.compile(r"([\\`*_\[\]<#|~]|&(?=[#\w]))")
_OPENING = re.compile(r"([-+=>]|\d+(?=[.)]))")
"""What begins a list, a rule or a quotation, but only where it begins a line."""
_BREAK = "\\\n"


def to_markdown(screenplay: Screenplay) -> str:
    """The text; ends with a line end. Underlining, which Markdown lacks, is shown as italics."""
    parts = [*_title_page(screenplay.title_page)]
    for element in screenplay.elements:
        parts += _element(element)
    return "\n\n".join(parts) + "\n" if parts else ""


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _run(run: Run, before: str, after: str) -> str:
    """Markup of a run between two characters, NUL where they stand out too.

    A mark with a letter outside and punctuation inside is none, nor is one next to another: tags stand there.
    """
    inside = run.text.strip()
    if not inside or not run.emphases:
        return _escaped(run.text)
    start = run.text.index(inside)
    end = start + len(inside)
    opens = inside[0].isalnum() or (before + run.text)[start].isspace()
    closes = inside[-1].isalnum() or (run.text + after)[end].isspace()
    marks = opens and closes and "\0" not in before + after
    bold = ("**", "**") if marks else ("<strong>", "</strong>")
    italic = ("*", "*") if marks else ("<em>", "</em>")
    text = _escaped(inside)
    if run.emphases - {Emphasis.BOLD}:
        text = text.join(italic)
    if Emphasis.BOLD in run.emphases:
        text = text.join(bold)
    return run.text[:start] + text + run.text[end:]


def _marked(text: str, styles: Sequence[Style] = ()) -> str:
    lines: list[str] = []
    for line in runs(text, styles):
        befores = [" ", *("\0" if run.emphases else run.text[-1] for run in line)]
        afters = [*("\0" if run.emphases else run.text[0] for run in line[1:]), " "]
        parts = map(_run, line, befores, afters)
        markup = "".join(parts).lstrip(" ")
        opening = _OPENING.match(markup)
        if opening:
            at = 0 if not opening.group().isdigit() else opening.end()
            markup = f"{markup[:at]}\\{markup[at:]}"
        lines.append(markup)
    return _BREAK.join(line or "&nbsp;" for line in lines)


def _sung(line: Lyric | Parenthetical, text: str) -> str:
    """A line in italics; tags where more stands out in it, for marks within marks are not told apart."""
    return f"<em>{text}</em>" if line.styles else f"*{text}*"


def _title_page(page: TitlePage) -> list[str]:
    parts = [f"# {_marked(page.title.replace(chr(10), ' '))}"] if page.title else []
    rest = [page.credit, page.author, page.source, page.draft_date, page.contact, page.copyright, page.notes]
    rest += (f"{key}: {value}" for key, value in page.more.items())
    parts += (_marked(text) for text in rest if text)
    return [*parts, "---"] if parts else []


def _quoted(texts: Iterable[str]) -> list[str]:
    return [f"> {_marked(text)}".replace("\n", "\n> ") for text in texts]


def _element(element: Element) -> list[str]:
    match element:
        case Heading():
            number = f"{_escaped(element.number)} " if element.number else ""
            return [f"### {number}{_marked(element.text)}", *_quoted(element.synopses)]
        case Section():
            return [f"## {_marked(element.text)}", *_quoted(element.synopses)]
        case Action():
            return [_marked(element.text, element.styles)]
        case Speech():
            return [_speech(element)]
        case DualSpeech():
            return [_speech(element.left), _speech(element.right)]
        case Lyric():
            return [_sung(element, _marked(element.text, element.styles))]
        case Centred():
            return ['<div align="center">', _marked(element.text, element.styles), "</div>"]
        case Transition():
            return [f"**{_marked(element.text)}**"]
        case Note():
            return _quoted([f"Note: {element.text}"])
        case PageBreak():
            return ["---"]


def _speech(speech: Speech) -> str:
    return _BREAK.join([f"**{_marked(speech.cue)}**", *(_spoken(line) for line in speech.lines)])


def _spoken(line: Spoken) -> str:
    match line:
        case Dialogue():
            return _marked(line.text, line.styles)
        case Parenthetical():
            return _sung(line, f"({_marked(line.text, line.styles)})")
        case Lyric():
            return _sung(line, _marked(line.text, line.styles))
        case Note():
            return _marked(f"[Note: {line.text}]")
