"""Two programs that know nothing of this one read the same script from what it writes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TypeAlias

from fountain.elements import ElementType, FountainElement
from fountain.parser import FountainParser
from hypothesis import given, settings
from hypothesis import strategies as st
from screenplain import types as screenplain
from screenplain.parsers import fountain as screenplain_fountain

from writersroom.script import Screenplay, to_fountain
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
    Spoken,
    TitlePage,
    Transition,
)

Printed: TypeAlias = tuple[str, str]
"""What a line is, and its text."""


def bare(text: str) -> str:
    r"""Text without marks, escapes and guards: `screenplain` knows the escape `\*` but not `\_` and `\\`."""
    return re.sub(r"[*_\\\u2060]", "", text).strip()


def ours(screenplay: Screenplay, *, sung: bool = True) -> list[Printed]:
    """What will print, in order. Unless `sung`, lyrics are what a reader sees who knows none."""
    return [printed for element in screenplay.elements for printed in _ours(element, sung)]


def _ours(element: object, sung: bool) -> Iterator[Printed]:
    match element:
        case Heading():
            yield "heading", bare(f"{element.text} #{element.number}").upper()
        case Action():
            yield "action", bare(element.text)
        case Speech():
            yield from _speech(element, sung)
        case DualSpeech():
            yield "dual", ""
            yield from _speech(element.left, sung)
            yield from _speech(element.right, sung)
        case Transition():
            yield "transition", bare(element.text).upper()
        case Centred():
            yield "centred", bare(element.text)
        case Lyric():
            yield ("lyric", bare(element.text)) if sung else ("action", bare(f"~{element.text}"))
        case Section():
            yield "section", f"{element.level} {bare(element.text)}"
        case PageBreak():
            yield "page break", ""
        case _:
            assert isinstance(element, Note)


def _speech(speech: Speech, sung: bool) -> Iterator[Printed]:
    yield "cue", bare(speech.cue)
    for line in speech.lines:
        yield from _spoken(line, sung)


def _spoken(line: Spoken, sung: bool) -> Iterator[Printed]:
    match line:
        case Dialogue():
            yield from (("dialogue", bare(text)) for text in line.text.split("\n") if bare(text))
        case Parenthetical():
            yield "parenthetical", bare(f"({line.text})")
        case Lyric():
            yield ("lyric", bare(line.text)) if sung else ("dialogue", bare(f"~{line.text}"))
        case Note():
            pass


def by_fountain_py(text: str) -> list[Printed]:
    """What fountain-py finds, in order."""
    return [printed for element in FountainParser().parse(text).elements for printed in _fountain_py(element)]


def _fountain_py(element: FountainElement) -> Iterator[Printed]:
    text = bare(element.text)
    match element.type:
        case ElementType.SCENE_HEADING:
            yield "heading", bare(f"{element.text} #{element.metadata.get('scene_number', '')}").upper()
        case ElementType.CHARACTER:
            extension = element.metadata.get("extension")
            yield "cue", bare(f"{element.text} ({extension})" if extension else element.text)
        case ElementType.DUAL_DIALOGUE:
            yield "dual", ""
            for column in element.dual_dialogue_columns():
                for line in column:
                    yield from _fountain_py(line)
        case ElementType.TRANSITION:
            yield "transition", text.upper()
        case ElementType.CENTERED:
            yield "centred", text
        case ElementType.LYRICS:
            yield "lyric", text
        case ElementType.SECTION:
            yield "section", f"{element.metadata['level']} {text}"
        case ElementType.PAGE_BREAK:
            yield "page break", ""
        case ElementType.NOTE | ElementType.SYNOPSIS | ElementType.BONEYARD | ElementType.TITLE_PAGE:
            pass
        case ElementType.ACTION | ElementType.DIALOGUE | ElementType.PARENTHETICAL:
            if text:
                yield element.type.value, text


def by_screenplain(text: str) -> list[Printed]:
    """What screenplain finds, in order. It takes a lyric for action and leaves its `~`."""
    return [
        printed
        for paragraph in screenplain_fountain.parse(io.StringIO(text))
        for printed in _screenplain(paragraph)
    ]


def _screenplain(paragraph: object) -> Iterator[Printed]:
    match paragraph:
        case screenplain.Slug():
            yield "heading", bare(f"{paragraph.line} #{paragraph.scene_number or ''}").upper()
        case screenplain.Action():
            lines = "\n".join(str(line) for line in paragraph.lines)
            if paragraph.centered:
                yield "centred", bare(lines)
            else:
                yield "action", bare(lines)
        case screenplain.Dialog():
            yield "cue", bare(str(paragraph.character))
            for parenthetical, line in paragraph.blocks:
                said = str(line)
                if bare(said):
                    yield "parenthetical" if parenthetical else "dialogue", bare(said)
        case screenplain.DualDialog():
            yield "dual", ""
            yield from _screenplain(paragraph.left)
            yield from _screenplain(paragraph.right)
        case screenplain.Transition():
            yield "transition", bare(str(paragraph.line)).upper()
        case screenplain.Section():
            yield "section", f"{paragraph.level} {bare(str(paragraph.text))}"
        case _:
            assert isinstance(paragraph, screenplain.PageBreak)
            yield "page break", ""


def sayable_to_fountain_py(screenplay: Screenplay) -> bool:
    """Whether fountain-py knows everything in it; our reader works around what it doesn't.

    It knows no heading forced before a letter beyond A-Z and no `<` in a centred line, and loses what is sung
    or noted within dual dialogue.
    """

    def known(element: object) -> bool:
        match element:
            case Heading():
                return element.text[0].isascii()
            case Centred():
                return "<" not in element.text
            case DualSpeech():
                said = (*element.left.lines, *element.right.lines)
                return all(isinstance(line, Dialogue | Parenthetical) for line in said)
            case _:
                return True

    return all(known(element) for element in screenplay.elements)


@settings(max_examples=100, deadline=None)
@given(st.from_type(Screenplay))
def test_screenplain_reads_what_was_written(screenplay: Screenplay) -> None:
    assert by_screenplain(to_fountain(screenplay)) == ours(screenplay, sung=False)


@settings(max_examples=100, deadline=None)
@given(st.from_type(Screenplay))
def test_fountain_py_reads_what_was_written(screenplay: Screenplay) -> None:
    known = screenplay.model_copy(
        update={
            "elements": tuple(
                element
                for element in screenplay.elements
                if sayable_to_fountain_py(Screenplay(elements=(element,)))
            )
        }
    )
    assert by_fountain_py(to_fountain(known)) == ours(known)


@settings(max_examples=50, deadline=None)
@given(st.from_type(Screenplay))
def test_both_read_the_same_title_page(screenplay: Screenplay) -> None:
    text = to_fountain(screenplay)
    one = {key: value.split("\n") for key, value in FountainParser().parse(text).metadata.items()}
    other = screenplain_fountain.parse(io.StringIO(text)).title_page
    assert one == {key.lower(): value for key, value in other.items()}
    assert bool(one) == (screenplay.title_page != TitlePage())
