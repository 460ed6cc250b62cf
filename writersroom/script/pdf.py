"""A screenplay as PDF, set by `screenplain`: Courier Prime, 55 lines a page, side-by-side dual dialogue.

Needs the extra `pdf` (screenplain and reportlab). The paragraphs are handed over as objects, not as Fountain,
so that every character prints as it is. Characters Courier Prime does not have (it covers Latin letters)
print as boxes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from writersroom.script.emphasis import Emphasis, Style, runs
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
    TitlePage,
    Transition,
)

try:
    from screenplain import types as printed
    from screenplain.export.pdf import to_pdf as _write
    from screenplain.richstring import Bold, Italic, RichString, Segment, Underline
    from screenplain.richstring import Style as PrintedStyle
except ImportError as missing:
    raise ImportError(
        "Writing PDF needs screenplain and reportlab: install them with `pip install 'writersroom-sim[pdf]'`."
    ) from missing


_STYLES: dict[Emphasis, type[PrintedStyle]] = {
    Emphasis.BOLD: Bold,
    Emphasis.ITALIC: Italic,
    Emphasis.UNDERLINE: Underline,
}


def to_pdf(screenplay: Screenplay) -> bytes:
    """The bytes of the document. Notes, sections and synopses are not printed."""
    paragraphs = [paragraph for element in screenplay.elements for paragraph in _printed(element)]
    script = printed.Screenplay(_title_page(screenplay.title_page), paragraphs)
    out = io.BytesIO()
    _write(script, out)
    return out.getvalue()


def _rich(text: str, styles: Sequence[Style] = (), *more: Emphasis) -> list[RichString]:
    """The lines of a text."""
    return [
        RichString(*(Segment(run.text, {_STYLES[kind] for kind in (*run.emphases, *more)}) for run in line))
        for line in runs(text, styles)
    ]


def _printed(element: Element) -> list[object]:
    match element:
        case Heading():
            number = _rich(element.number)[0] if element.number else None
            return [printed.Slug(_rich(element.text.upper(), (), Emphasis.BOLD)[0], number)]
        case Action():
            return [printed.Action(_rich(element.text, element.styles))]
        case Centred():
            return [printed.Action(_rich(element.text, element.styles), centered=True)]
        case Lyric():
            return [printed.Action(_rich(element.text, element.styles, Emphasis.ITALIC))]
        case Speech():
            return [_speech(element)]
        case DualSpeech():
            return [printed.DualDialog(_speech(element.left), _speech(element.right))]
        case Transition():
            return [printed.Transition(_rich(element.text.upper())[0])]
        case PageBreak():
            return [printed.PageBreak()]
        case Note() | Section():
            return []


def _speech(speech: Speech) -> printed.Dialog:
    dialog = printed.Dialog(_rich(speech.cue)[0])
    for line in speech.lines:
        match line:
            case Dialogue():
                dialog.blocks += ((False, text) for text in _rich(line.text, line.styles))
            case Parenthetical():
                inside = [Style(start=s.start + 1, end=s.end + 1, emphasis=s.emphasis) for s in line.styles]
                dialog.blocks += ((True, text) for text in _rich(f"({line.text})", inside))
            case Lyric():
                dialog.blocks += ((False, text) for text in _rich(line.text, line.styles, Emphasis.ITALIC))
            case Note():
                pass
    return dialog


def _title_page(page: TitlePage) -> dict[str, list[str]]:
    # `screenplain` reads emphasis here, and knows one escape for it: of the asterisk. Of the fields that it
    # does not know it prints none, so they stand with those at the foot.
    rest = (page.contact, page.notes, *(f"{key}: {value}" for key, value in page.more.items()))
    fields = {
        "Title": page.title,
        "Credit": page.credit,
        "Author": page.author,
        "Source": page.source,
        "Draft date": page.draft_date,
        "Contact": "\n".join(filter(None, rest)),
        "Copyright": page.copyright,
    }
    return {key: text.replace("*", "\\*").split("\n") for key, text in fields.items() if text}
