"""How hypothesis makes screenplays: full of what Fountain could misread."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import strategies as st

from writersroom.script.emphasis import Emphasis, Style
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

T = TypeVar("T", Action, Centred, Dialogue, Lyric, Parenthetical)

AWKWARD = [
    *r"""
INT. HOUSE - DAY¦int the house¦EXT ROAD¦I/E. CAR¦INT./EXT. CAR¦INTERNAL AFFAIRS¦EST. 1904¦CUT TO:¦FADE IN:
FADE OUT.¦SMASH-CUT TO:¦he goes TO:¦Title: x¦Note: mind¦key:¦BOB¦ÉLODIE¦MR. & MRS. SMITH¦BOB (V.O.)¦(softly)
(softly) yes¦(a¦b)¦THE END¦BANG!¦NO. NEVER.¦23¦#1#¦#1A#¦[[note]]¦[[¦]]¦]¦[¦/*¦*/¦/* c */¦*¦**¦_¦__¦a_b_c
snake_case_name¦\¦\\¦\*¦\_¦=¦==¦===¦= s¦#¦## x¦#tag¦~¦~la¦>¦<¦> x <¦> x¦@¦@home¦!¦!!¦.¦..¦...¦.x¦...and so
.É¦^¦^^¦-¦--¦—¦“Well,”¦日本語¦ЖЕНЯ¦عربي¦İstanbul¦straße¦ǅ¦<b>¦&amp;¦"q"¦'¦`¦|¦$¦Yes.¦He runs.¦it is late
""".strip()
    .replace("\n", "¦")
    .split("¦"),
    *("  ", " ", "\t", "\n", "\n\n", "\n\n\n", "\r\n", "\x00", "\x1b[31m", "\x07", "\x0c", "\x85", "\u2028"),
    *("\u202eevil", "\u2066x\u2069", "\ufeff", "\u2060", "\ue700", "\ue702", "\u00a0", "\u3000", "\u2019"),
    "👩\u200d🚀",
]

words = st.one_of(
    st.sampled_from(AWKWARD), st.text(max_size=6), st.text("ab AB*_\\[]()", max_size=8), st.just(" ")
)


# Composite, for they are described by their names: hypothesis spells others out, in full, with every failure.
@st.composite
def texts(draw: st.DrawFn) -> str:
    return "".join(draw(st.lists(words, min_size=1, max_size=6)))


@st.composite
def lines(draw: st.DrawFn) -> str:
    """A text that is not empty however it is cleaned."""
    text = draw(texts())
    at = draw(st.integers(0, 30))
    letter = draw(st.sampled_from("xX"))
    return text[:at] + letter + text[at:]


@st.composite
def styled(draw: st.DrawFn, kind: type[T]) -> T:
    text = draw(lines())
    span = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)), st.sampled_from(Emphasis))
    spans = draw(st.lists(span, max_size=3)) if draw(st.booleans()) else []
    styles = tuple(Style(start=min(a, b), end=max(a, b), emphasis=e) for a, b, e in spans)
    return kind.model_validate({"text": text, "styles": styles})


@st.composite
def headings(draw: st.DrawFn) -> Heading:
    number = draw(st.one_of(st.just(""), st.text("0123456789ABab.-", max_size=4)))
    return Heading(text=draw(lines()), number=number, synopses=draw(synopses()))


@st.composite
def synopses(draw: st.DrawFn) -> tuple[str, ...]:
    return tuple(draw(st.lists(lines(), max_size=2)))


@st.composite
def notes(draw: st.DrawFn) -> Note:
    return Note(text=draw(lines()))


NAMES = ["BOB", "MARA", "ROBOT_1", "DEALER #2", "McCLANE", "ÉLODIE", "INT. VOICE", "R2-D2", "FADE OUT."]


@st.composite
def speeches(draw: st.DrawFn) -> Speech:
    name = (
        draw(st.sampled_from(NAMES))
        if draw(st.booleans())
        else draw(texts())[:20] + draw(st.sampled_from("xX"))
    )
    some = st.one_of(st.sampled_from(["V.O.", "O.S.", "CONT'D"]), texts().map(lambda text: text[:20]))
    aside = st.one_of(styled(Dialogue), styled(Parenthetical), styled(Lyric), notes())
    said: list[Spoken] = [*draw(st.lists(aside, max_size=3)), draw(styled(Dialogue))]
    said += draw(st.lists(aside, max_size=3))
    return Speech(character=name, extensions=tuple(draw(st.lists(some, max_size=2))), lines=tuple(said))


@st.composite
def transitions(draw: st.DrawFn) -> Transition:
    plain = st.sampled_from(["CUT TO:", "FADE OUT.", "TO BLACK TO:"])
    return Transition(text=draw(plain if draw(st.booleans()) else lines()))


@st.composite
def sections(draw: st.DrawFn) -> Section:
    return Section(text=draw(lines()), level=draw(st.integers(1, 6)), synopses=draw(synopses()))


@st.composite
def dual_speeches(draw: st.DrawFn) -> DualSpeech:
    return DualSpeech(left=draw(speeches()), right=draw(speeches()))


@st.composite
def title_pages(draw: st.DrawFn) -> TitlePage:
    if draw(st.booleans()):
        return TitlePage()
    names = ("title", "credit", "author", "source", "draft_date", "contact", "copyright", "notes")
    named = draw(st.dictionaries(st.sampled_from(names), texts()))
    more = st.sampled_from(["Revision", "draft number", "Über uns", "2nd Unit"])
    return TitlePage.model_validate({**named, "more": draw(st.dictionaries(more, texts(), max_size=2))})


ELEMENT: st.SearchStrategy[Element] = st.one_of(
    headings(),
    styled(Action),
    speeches(),
    dual_speeches(),
    transitions(),
    styled(Centred),
    styled(Lyric),
    notes(),
    sections(),
    st.just(PageBreak()),
)


@st.composite
def screenplays(draw: st.DrawFn) -> Screenplay:
    elements = [*draw(st.lists(ELEMENT, max_size=2)), draw(headings()), *draw(st.lists(ELEMENT, max_size=5))]
    return Screenplay(title_page=draw(title_pages()), elements=tuple(elements))


st.register_type_strategy(Screenplay, lambda _: screenplays())
st.register_type_strategy(Action, lambda _: styled(Action))
