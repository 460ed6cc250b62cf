"""A screenplay as Final Draft XML.

Format: the `FinalDraft` document of Final Draft 8 and later, version 1 (no public specification; the names
follow files it saves). Sections, synopses and notes become script notes, which Final Draft shows and does not
print.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element as Node
from xml.etree.ElementTree import SubElement, indent, tostring

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
    TitlePage,
    Transition,
)

_NAMES = {Emphasis.BOLD: "Bold", Emphasis.ITALIC: "Italic", Emphasis.UNDERLINE: "Underline"}


def to_fdx(screenplay: Screenplay) -> str:
    """The text of a Final Draft document, to be saved as UTF-8."""
    root = Node("FinalDraft", DocumentType="Script", Template="No", Version="1")
    content = SubElement(root, "Content")
    page = _Page(content)
    for element in screenplay.elements:
        page.add(element)
    page.close()
    _title_page(root, screenplay.title_page)
    indent(root)
    head = '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n'
    return head + tostring(root, encoding="unicode") + "\n"


class _Page:
    """Appends paragraphs. A note goes with the one before it, sections and page breaks with the next."""

    def __init__(self, content: Node) -> None:
        self._content = content
        self._notes: list[tuple[str, str]] = []
        self._new_page = False

    def add(self, element: Element) -> None:
        match element:
            case Heading():
                node = self._paragraph("Scene Heading", runs(element.text))
                if element.number:
                    node.set("Number", element.number)
                self._notes += (("Synopsis", text) for text in element.synopses)
                self._attach_notes(node)
            case Section():
                self._notes.append((f"Section {element.level}", element.text))
                self._notes += (("Synopsis", text) for text in element.synopses)
            case Note():
                self._notes.append(("Note", element.text))
                if len(self._content):
                    self._attach_notes(self._content[-1])
            case PageBreak():
                self._new_page = True
            case Action():
                self._paragraph("Action", runs(element.text, element.styles))
            case Centred():
                self._paragraph("Action", runs(element.text, element.styles)).set("Alignment", "Center")
            case Lyric():
                self._paragraph("Lyrics", runs(element.text, element.styles))
            case Transition():
                self._paragraph("Transition", runs(element.text))
            case Speech():
                self._speech(element)
            case DualSpeech():
                self._dual(element)

    def close(self) -> None:
        """Write what still waits."""
        if self._notes or self._new_page:
            self._paragraph("General", [])

    def _dual(self, element: DualSpeech) -> None:
        outer = SubElement(self._content, "Paragraph")
        self._decorate(outer)
        content, self._content = self._content, SubElement(outer, "DualDialogue")
        self._speech(element.left)
        self._speech(element.right)
        self._content = content

    def _speech(self, speech: Speech) -> None:
        self._paragraph("Character", runs(speech.cue))
        for line in speech.lines:
            match line:
                case Dialogue():
                    node = self._paragraph("Dialogue", runs(line.text, line.styles))
                case Parenthetical():
                    inside = [
                        Style(start=s.start + 1, end=s.end + 1, emphasis=s.emphasis) for s in line.styles
                    ]
                    node = self._paragraph("Parenthetical", runs(f"({line.text})", inside))
                case Lyric():
                    node = self._paragraph("Lyrics", runs(line.text, line.styles))
                case Note():
                    node = self._content[-1]
                    self._notes.append(("Note", line.text))
                    self._attach_notes(node)

    def _paragraph(self, kind: str, lines: Sequence[Iterable[Run]]) -> Node:
        node = SubElement(self._content, "Paragraph", Type=kind)
        self._decorate(node)
        for number, line in enumerate(lines):
            if number:
                SubElement(node, "Text").text = "\n"
            for run in line:
                text = SubElement(node, "Text")
                text.text = run.text
                style = "+".join(_NAMES[emphasis] for emphasis in _NAMES if emphasis in run.emphases)
                if style:
                    text.set("Style", style)
        return node

    def _decorate(self, node: Node) -> None:
        if self._new_page:
            node.set("StartsNewPage", "Yes")
            self._new_page = False
        self._attach_notes(node)

    def _attach_notes(self, node: Node) -> None:
        for name, text in self._notes:
            note = SubElement(node, "ScriptNote", Name=name)
            for line in text.split("\n"):
                SubElement(SubElement(note, "Paragraph"), "Text").text = line
        self._notes = []


def _title_page(root: Node, page: TitlePage) -> None:
    centred = (page.title, page.credit, page.author, page.source)
    left = (page.draft_date, page.contact, page.copyright, page.notes)
    left += tuple(f"{key}: {value}" for key, value in page.more.items())
    if not any(centred + left):
        return
    content = SubElement(SubElement(root, "TitlePage"), "Content")
    for alignment, texts in (("Center", centred), ("Left", left)):
        for line in "\n\n".join(filter(None, texts)).split("\n"):
            SubElement(SubElement(content, "Paragraph", Alignment=alignment), "Text").text = line
