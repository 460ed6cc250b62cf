"""Whatever is in a screenplay, each format stays well formed and says the same words."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import zlib
from html.parser import HTMLParser
from typing import BinaryIO
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from screenplain import types as printed
from screenplain.export import pdf as screenplain_pdf

from writersroom.script import Screenplay, TitlePage, from_fountain, pdf
from writersroom.script.emphasis import Emphasis, Style
from writersroom.script.fdx import to_fdx
from writersroom.script.html import to_html
from writersroom.script.markdown import to_markdown
from writersroom.script.model import (
    Action,
    Centred,
    Dialogue,
    DualSpeech,
    Heading,
    Lyric,
    Note,
    PageBreak,
    Parenthetical,
    Section,
    Speech,
    Transition,
    speeches,
)
from writersroom.script.pdf import to_pdf

SCENE = Screenplay(
    title_page=TitlePage(title="The <Lamp> Room", author="Ines & Co", more={"Lights": "two"}),
    elements=(
        Section(text="Act One", synopses=("Two keepers.",)),
        Heading(text="INT. LAMP ROOM - NIGHT", number="1A", synopses=("Mara finds out.",)),
        Action(text="Rain & glass.\nShe <stops>.", styles=(Style(start=0, end=4, emphasis=Emphasis.BOLD),)),
        Note(text="Too slow?"),
        Speech(
            character="MARA",
            extensions=("O.S.",),
            lines=(
                Parenthetical(text="low"),
                Dialogue(text="Tom.\n\nTom!", styles=(Style(start=6, end=9, emphasis=Emphasis.ITALIC),)),
                Lyric(text="The lamp is low"),
                Note(text="sung?"),
            ),
        ),
        PageBreak(),
        DualSpeech(
            left=Speech(character="TOM", lines=(Dialogue(text="I'm coming!"),)),
            right=Speech(character="MARA", lines=(Dialogue(text="Don't!"),)),
        ),
        Transition(text="CUT TO:"),
        Heading(text="EXT. ROCKS - DAWN"),
        Lyric(text="Oh the sea"),
        Centred(text="THE END"),
    ),
)


def words(text: str) -> str:
    """Text without white space, for formats differ in how they break lines."""
    return re.sub(r"\s+", "", text)


def all_texts(screenplay: Screenplay) -> list[str]:
    """Every text of a screenplay that is not in a title page."""
    texts: list[str] = []
    for element in screenplay.elements:
        match element:
            case Speech() | DualSpeech():
                for speech in speeches((element,)):
                    texts += [speech.cue, *(line.text for line in speech.lines)]
            case Heading() | Section():
                texts += [element.text, *element.synopses]
            case PageBreak():
                pass
            case _:
                texts.append(element.text)
    return texts


VOID = ("meta", "hr", "br")
"""Tags that never close."""


class Page(HTMLParser):
    """The text of an HTML page and the tags still open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag in VOID or self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def rendered(markdown: str) -> str:
    """The text a reader of the rendered Markdown sees."""
    page = MarkdownIt("commonmark").render(markdown)
    return Page(page).text


@settings(max_examples=40, deadline=None)
@given(st.from_type(Screenplay))
def test_html_is_well_formed_and_says_every_word_in_order(screenplay: Screenplay) -> None:
    page = Page(to_html(screenplay))
    assert not page.open
    text, at = words(page.text), 0
    for expected in map(words, all_texts(screenplay)):
        assert expected in text[at:]
        at = text.index(expected, at) + len(expected)


@settings(max_examples=40, deadline=None)
@given(st.from_type(Screenplay))
def test_markdown_shows_every_word_in_order(screenplay: Screenplay) -> None:
    text, at = words(rendered(to_markdown(screenplay))), 0
    for expected in map(words, all_texts(screenplay)):
        assert expected in text[at:]
        at = text.index(expected, at) + len(expected)


@settings(max_examples=40, deadline=None)
@given(st.from_type(Screenplay))
def test_fdx_is_xml_and_says_every_word(screenplay: Screenplay) -> None:
    root = ElementTree.fromstring(to_fdx(screenplay))
    paragraphs = [
        "".join(text.text or "" for text in node.findall("Text")) for node in root.iter("Paragraph")
    ]
    text = words("".join(paragraphs))
    for expected in map(words, all_texts(screenplay)):
        assert expected in text


def test_fdx_names_what_final_draft_names() -> None:
    root = ElementTree.fromstring(to_fdx(SCENE))
    assert (root.tag, root.get("DocumentType")) == ("FinalDraft", "Script")
    content = root.find("Content")
    assert content is not None
    kinds = [
        (node.get("Type"), "".join(text.text or "" for text in node.findall("Text"))) for node in content
    ]
    assert kinds == [
        ("Scene Heading", "INT. LAMP ROOM - NIGHT"),
        ("Action", "Rain & glass.\nShe <stops>."),
        ("Character", "MARA (O.S.)"),
        ("Parenthetical", "(low)"),
        ("Dialogue", "Tom.\n\nTom!"),
        ("Lyrics", "The lamp is low"),
        (None, ""),
        ("Transition", "CUT TO:"),
        ("Scene Heading", "EXT. ROCKS - DAWN"),
        ("Lyrics", "Oh the sea"),
        ("Action", "THE END"),
    ]
    heading, action = content[0], content[1]
    assert heading.get("Number") == "1A"
    notes = [(note.get("Name"), "".join(note.itertext()).strip()) for note in content.iter("ScriptNote")]
    assert notes == [
        ("Section 1", "Act One"),
        ("Synopsis", "Two keepers."),
        ("Synopsis", "Mara finds out."),
        ("Note", "Too slow?"),
        ("Note", "sung?"),
    ]
    assert [text.get("Style") for text in action.findall("Text")] == ["Bold", None, None, None]
    assert content[6].get("StartsNewPage") == "Yes"
    cues = [node.findtext("Text") for node in content[6].iter("Paragraph") if node.get("Type") == "Character"]
    assert cues == ["TOM", "MARA"]
    assert content[10].get("Alignment") == "Center"
    title = [node.findtext("Text") for node in root.findall("TitlePage/Content/Paragraph")]
    assert title == ["The <Lamp> Room", "", "Ines & Co", "Lights: two"]


def test_fdx_keeps_notes_and_breaks_that_no_paragraph_follows() -> None:
    root = ElementTree.fromstring(to_fdx(Screenplay(elements=(Note(text="Only this."), PageBreak()))))
    (paragraph,) = root.findall("Content/Paragraph")
    assert (paragraph.get("StartsNewPage"), "".join(paragraph.itertext()).strip()) == ("Yes", "Only this.")
    assert root.find("TitlePage") is None


def test_markdown() -> None:
    assert to_markdown(SCENE) == (
        "# The \\<Lamp> Room\n\nInes & Co\n\nLights: two\n\n---\n\n"
        "## Act One\n\n> Two keepers.\n\n"
        "### 1A INT. LAMP ROOM - NIGHT\n\n> Mara finds out.\n\n"
        "**Rain** & glass.\\\nShe \\<stops>.\n\n> Note: Too slow?\n\n"
        "**MARA (O.S.)**\\\n*(low)*\\\nTom.\\\n&nbsp;\\\n*Tom*!\\\n*The lamp is low*\\\n"
        "\\[Note: sung?\\]\n\n"
        "---\n\n**TOM**\\\nI'm coming!\n\n**MARA**\\\nDon't!\n\n**CUT TO:**\n\n### EXT. ROCKS - DAWN\n\n"
        '*Oh the sea*\n\n<div align="center">\n\nTHE END\n\n</div>\n'
    )
    assert to_markdown(Screenplay()) == ""


@pytest.mark.parametrize(
    "text", ["- no list", "1. one", "23) x", "> no quote", "+ x", "=====", "# no heading", "    no code"]
)
def test_markdown_of_action_is_a_paragraph(text: str) -> None:
    page = MarkdownIt("commonmark").render(to_markdown(Screenplay(elements=(Action(text=text),))))
    assert re.fullmatch(r"<p>[^<]*</p>\n", page)


@settings(max_examples=40, deadline=None)
@given(st.from_type(Action))
def test_markdown_keeps_what_stands_out(action: Action) -> None:
    page = MarkdownIt("commonmark").render(to_markdown(Screenplay(elements=(action,))))
    bold = "".join(re.findall(r"<strong>(.*?)</strong>", page, re.DOTALL))
    expected = "".join(action.text[s.start : s.end] for s in action.styles if s.emphasis == Emphasis.BOLD)
    assert words(Page(bold).text) == words(expected)


def pages_of(document: bytes) -> list[str]:
    """The words on each page of a PDF, as far as they are ASCII, without white space."""
    pages: list[str] = []
    for found in re.finditer(
        rb"/Filter \[ /ASCII85Decode /FlateDecode \].*?stream\r?\n(.*?)~>", document, re.DOTALL
    ):
        drawn = zlib.decompress(base64.a85decode(found[1])).decode("latin-1")
        shown = re.findall(r"\(((?:[^()\\]|\\.)*)\) Tj", drawn)
        pages.append(words("".join(re.sub(r"\\(.)", r"\1", text) for text in shown)))
    return pages


def printed_texts(screenplay: Screenplay) -> list[str]:
    """Every text that a printed script has, in order."""
    texts: list[str] = []
    for element in screenplay.elements:
        match element:
            case Speech() | DualSpeech():
                for speech in speeches((element,)):
                    texts.append(speech.cue)
                    texts += (
                        f"({line.text})" if isinstance(line, Parenthetical) else line.text
                        for line in speech.lines
                        if not isinstance(line, Note)
                    )
            case Heading() | Transition():
                texts.append(element.text.upper())
            case Action() | Centred() | Lyric():
                texts.append(element.text)
            case Note() | Section() | PageBreak():
                pass
    return texts


def lines_of(paragraph: object) -> list[str]:
    """The text of what `screenplain` prints."""
    match paragraph:
        case printed.Action():
            lines = list(paragraph.lines)
        case printed.Slug() | printed.Transition():
            lines = [paragraph.line]
        case printed.Dialog():
            lines = [paragraph.character, *(line for _, line in paragraph.blocks)]
        case printed.DualDialog():
            return [*lines_of(paragraph.left), *lines_of(paragraph.right)]
        case _:
            lines = []
    return ["".join(segment.text for segment in line.segments) for line in lines]


def test_pdf_prints_the_script() -> None:
    page = TitlePage(
        title="The <Lamp> Room", author="Ines & Co", contact="Quay 4", notes="A draft", more={"Lights": "two"}
    )
    title, *script = pages_of(to_pdf(SCENE.model_copy(update={"title_page": page})))
    assert title == "The<Lamp>RoomInes&CoQuay4AdraftLights:two"
    assert len(script) == 2, "what follows the page break is on a page of its own"
    said, at = "".join(script), 0
    for expected in map(words, printed_texts(SCENE)):
        assert expected in said[at:]
        at = said.index(expected, at) + len(expected)
    assert "Tooslow" not in said


def test_pdf_of_nothing_is_still_a_document() -> None:
    document = to_pdf(Screenplay())
    assert document.startswith(b"%PDF-")
    assert "".join(pages_of(document)) == ""


@settings(max_examples=15, deadline=None)
@given(st.from_type(Screenplay))
def test_anything_can_be_printed(screenplay: Screenplay) -> None:
    handed_on: list[printed.Screenplay] = []

    def write(script: printed.Screenplay, out: BinaryIO) -> None:
        handed_on.append(script)
        screenplain_pdf.to_pdf(script, out)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "_write", write)
        assert to_pdf(screenplay).startswith(b"%PDF-")
    (script,) = handed_on
    said = "".join(words(text) for paragraph in script for text in lines_of(paragraph))
    assert said == "".join(map(words, printed_texts(screenplay)))


def test_a_speech_longer_than_a_page_can_be_printed() -> None:
    long = Speech(character="TOM", lines=(Dialogue(text="And so it went on. " * 500),))
    script = Screenplay(
        elements=(
            Heading(text="INT. " + "LONG " * 90),
            Action(text="x" * 10_000),
            DualSpeech(left=long, right=long),
        )
    )
    assert len(re.findall(rb"/Type /Page\b", to_pdf(script))) > 3


def test_without_the_extra_the_error_says_what_to_install() -> None:
    code = "import sys; sys.modules['screenplain'] = None; import writersroom.script.pdf"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "pip install 'writersroom-sim[pdf]'" in done.stderr.splitlines()[-1]


def test_the_title_of_the_page_is_escaped() -> None:
    page = to_html(SCENE)
    assert "<title>The &lt;Lamp&gt; Room</title>" in page
    assert '<span class="number">1A</span>' in page
    assert '<div class="dual">' in page
    assert "<strong>Rain</strong> &amp; glass." in page


def test_a_script_read_from_fountain_goes_out_in_every_format() -> None:
    script = from_fountain("INT. ROOM - DAY\n\nBOB\nHi.\n")
    assert "Hi." in to_html(script)
    assert "Hi." in to_markdown(script)
    assert "Hi." in to_fdx(script)
