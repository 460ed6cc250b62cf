"""A screenplay as one HTML page that needs nothing else: set on a screen and printed as a script is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

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
    Spoken,
    TitlePage,
    Transition,
)

_TAGS = {Emphasis.UNDERLINE: "u", Emphasis.BOLD: "strong", Emphasis.ITALIC: "em"}

# Columns of a script page in characters of ten to the inch: text 61, dialogue 35 from 10, cue from 20.
_STYLE = """
body { margin: 2em auto; max-width: 61ch; padding: 0 1em; }
body { font: 12pt/1.2 "Courier Prime", Courier, monospace; }
p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
h1 { font-size: 1.4em; }
.title { text-align: center; margin-bottom: 4em; }
.title .aside { text-align: left; }
.section, .synopsis, .note { color: #767676; font-style: italic; }
.section { margin-top: 2em; font-weight: bold; font-size: 1em; }
.heading { position: relative; margin: 2em 0 0; font-size: 1em; font-weight: bold; overflow-wrap: anywhere; }
.heading .number { position: absolute; right: 100%; margin-right: 1em; }
.action, .centred, .transition, .speech, .dual, .lyric, .note, .synopsis { margin-top: 1em; }
.centred { text-align: center; }
.transition { text-align: right; }
.speech { margin-left: 10ch; max-width: 35ch; }
.speech .cue { margin-left: 10ch; }
.speech .parenthetical { margin-left: 5ch; }
.speech .lyric, .speech .note { margin-top: 0; }
.lyric { font-style: italic; }
.dual { display: flex; gap: 2ch; }
.dual .speech { flex: 1; margin: 0; }
.dual .speech .cue { margin-left: 5ch; }
hr { margin: 2em 0; border: 0; border-top: 1px dashed #999; }
@media print {
  .section, .synopsis, .note { display: none; }
  .title, hr { break-after: page; border: 0; }
  .heading, .cue, .parenthetical { break-after: avoid; }
}
@media (max-width: 40em) { .speech { margin-left: 2ch; } .heading .number { position: static; } }
"""


def to_html(screenplay: Screenplay) -> str:
    """The text of the page, to be saved as UTF-8. Notes, sections and synopses show but don't print."""
    title = screenplay.title_page.title.split("\n")[0] or "Screenplay"
    body = "\n".join(_element(element) for element in screenplay.elements)
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"{_title_page(screenplay.title_page)}<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _marked(text: str, styles: Sequence[Style] = ()) -> str:
    lines: list[str] = []
    for line in runs(text, styles):
        parts: list[str] = []
        for run in line:
            tags = [tag for emphasis, tag in _TAGS.items() if emphasis in run.emphases]
            opening = "".join(f"<{tag}>" for tag in tags)
            closing = "".join(f"</{tag}>" for tag in reversed(tags))
            parts.append(f"{opening}{escape(run.text, quote=False)}{closing}")
        lines.append("".join(parts))
    return "\n".join(lines)


def _paragraph(kind: str, text: str, styles: Sequence[Style] = ()) -> str:
    return f'<p class="{kind}">{_marked(text, styles)}</p>'


def _title_page(page: TitlePage) -> str:
    lines = [f"<h1>{_marked(page.title)}</h1>"] if page.title else []
    lines += (_paragraph("centred", text) for text in (page.credit, page.author, page.source) if text)
    aside = [page.draft_date, page.contact, page.copyright, page.notes]
    aside += (f"{key}: {value}" for key, value in page.more.items())
    lines += (_paragraph("aside", text) for text in aside if text)
    inside = "\n".join(lines)
    return f'<header class="title">\n{inside}\n</header>\n' if lines else ""


def _synopses(texts: Iterable[str]) -> str:
    return "".join(f"\n{_paragraph('synopsis', text)}" for text in texts)


def _element(element: Element) -> str:
    match element:
        case Heading():
            number = f'<span class="number">{escape(element.number)}</span>' if element.number else ""
            heading = f'<h2 class="heading">{number}{_marked(element.text)}</h2>'
            return heading + _synopses(element.synopses)
        case Section():
            return _paragraph("section", element.text) + _synopses(element.synopses)
        case Speech():
            return _speech(element)
        case DualSpeech():
            return f'<div class="dual">\n{_speech(element.left)}\n{_speech(element.right)}\n</div>'
        case PageBreak():
            return "<hr>"
        case Note() | Transition():
            return _paragraph(element.kind, element.text)
        case Action() | Centred() | Lyric():
            return _paragraph(element.kind, element.text, element.styles)


def _speech(speech: Speech) -> str:
    lines = "\n".join(_spoken(line) for line in speech.lines)
    return f'<div class="speech">\n{_paragraph("cue", speech.cue)}\n{lines}\n</div>'


def _spoken(line: Spoken) -> str:
    match line:
        case Parenthetical():
            return f'<p class="parenthetical">({_marked(line.text, line.styles)})</p>'
        case Dialogue() | Lyric():
            return _paragraph(line.kind, line.text, line.styles)
        case Note():
            return _paragraph("note", line.text)
