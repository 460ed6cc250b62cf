"""A screenplay: title page, and elements in the order they print.

The words are those of the Fountain 1.1 specification (fountain.io/syntax). Text is plain: what emphasis it
has lies beside it as spans. Every field is brought into the one form Fountain can say when it is set
(`text`), so that a screenplay written and read back is equal to itself.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias, cast

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from writersroom.frozen import Frozen
from writersroom.script import text as plain
from writersroom.script.emphasis import Style, canonical

MAX_NAME = 80
MAX_HEADING = 500
MAX_EXTENSIONS = 4
MAX_NUMBER = 20
NUMBER = re.compile(rf"\s*#([A-Za-z0-9.-]{{1,{MAX_NUMBER}}})#$")
"""A scene number at the end of a heading, as Fountain writes it."""


def _bounded(text: str, limit: int, what: str) -> str:
    if len(text) > limit:
        raise ValueError(f"{what} of {len(text):,} characters; at most {limit} fit")
    return text


def _heading(text: str) -> str:
    # A dot forces a heading only before a letter or digit, so nothing else can begin one.
    text = re.sub(r"^[\W_]+", "", plain.label(text))
    if not text:
        raise ValueError("a scene heading needs a letter or digit")
    return _bounded(text, MAX_HEADING, "a scene heading")


def _character(text: str) -> str:
    text = plain.label(re.sub(r"[*\\^()]", " ", text))
    if not any(character.isalpha() for character in text):
        raise ValueError(f"the name {plain.without_note_marks(text)[:40]!r} has no letter; a cue needs one")
    return _bounded(text, MAX_NAME, "a character's name")


def _extensions(texts: tuple[str, ...]) -> tuple[str, ...]:
    kept = (re.sub(r"[()\[\]*_\\^\s]+", " ", plain.clean(text)).strip() for text in texts)
    return tuple(_bounded(text, MAX_NAME, "the extension of a cue") for text in kept if text)


def _section(text: str) -> str:
    return plain.one_line(plain.one_line(text).lstrip("#"))


def _synopses(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(plain.one_line(text) for text in texts)


def _title_field(text: str) -> str:
    try:
        return "\n".join(line.strip() for line in plain.paragraph(text).split("\n"))
    except ValueError:
        if plain.clean(text).strip():
            raise
        return ""


Line: TypeAlias = Annotated[str, AfterValidator(plain.one_line)]
"""One line, not empty."""
Synopses: TypeAlias = Annotated[tuple[str, ...], AfterValidator(_synopses)]
"""What happens, for the writer; not printed. A line each."""
TitleField: TypeAlias = Annotated[str, AfterValidator(_title_field)]
"""Any number of lines."""


class _Styled(Frozen):
    """Text with emphasis."""

    text: Line
    styles: tuple[Style, ...] = ()
    """Spans of `text` that stand out."""

    @field_validator("styles")
    @classmethod
    def _sayable(cls, styles: tuple[Style, ...], info: ValidationInfo) -> tuple[Style, ...]:
        text = cast("str | None", info.data.get("text"))
        return canonical(text, styles) if text and styles else ()


class Heading(Frozen):
    """Where and when a scene plays; opens it."""

    kind: Literal["heading"] = "heading"
    text: Annotated[str, AfterValidator(_heading)]
    """As it prints, such as `INT. LIGHTHOUSE - NIGHT`."""
    number: str = Field(default="", pattern=rf"^[A-Za-z0-9.-]{{0,{MAX_NUMBER}}}$")
    synopses: Synopses = ()

    @model_validator(mode="before")
    @classmethod
    def _number_apart(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        fields = cast("dict[str, object]", data)
        text = fields.get("text")
        if fields.get("number") or not isinstance(text, str):
            return fields
        found = NUMBER.search(text.rstrip())
        if not found or not re.search(r"[^\W_]", text[: found.start()]):
            return fields
        return fields | {"text": text[: found.start()], "number": found.group(1)}


class Action(_Styled):
    """What is seen and heard: one paragraph, of one or more lines."""

    kind: Literal["action"] = "action"
    text: Annotated[str, AfterValidator(plain.paragraph)]


class Dialogue(_Styled):
    """What is said: lines, with a blank one where the speaker breaks off."""

    kind: Literal["dialogue"] = "dialogue"
    text: Annotated[str, AfterValidator(plain.speech)]


class Parenthetical(_Styled):
    """How it is said. The text is without its brackets."""

    kind: Literal["parenthetical"] = "parenthetical"


class Lyric(_Styled):
    """A line that is sung."""

    kind: Literal["lyric"] = "lyric"


class Note(Frozen):
    """A remark of the writer, not printed. One or more lines."""

    kind: Literal["note"] = "note"
    text: Annotated[str, AfterValidator(plain.note)]


Spoken: TypeAlias = Annotated[Dialogue | Parenthetical | Lyric | Note, Field(discriminator="kind")]


class Speech(Frozen):
    """A character's cue and everything said under it."""

    kind: Literal["speech"] = "speech"
    character: Annotated[str, AfterValidator(_character)]
    """The name as it prints; usually in capitals."""
    extensions: Annotated[tuple[str, ...], AfterValidator(_extensions), Field(max_length=MAX_EXTENSIONS)] = ()
    """What follows the name in brackets: `V.O.`, `O.S.`, `CONT'D`. Without the brackets."""
    lines: tuple[Spoken, ...]

    @field_validator("lines")
    @classmethod
    def _joined(cls, lines: tuple[Spoken, ...]) -> tuple[Spoken, ...]:
        joined: list[Spoken] = []
        for line in lines:
            last = joined[-1] if joined else None
            if isinstance(line, Dialogue) and isinstance(last, Dialogue):
                shift = len(last.text) + 1
                moved = tuple(
                    Style(start=style.start + shift, end=style.end + shift, emphasis=style.emphasis)
                    for style in line.styles
                )
                joined[-1] = Dialogue(text=f"{last.text}\n{line.text}", styles=last.styles + moved)
            else:
                joined.append(line)
        if all(isinstance(line, Note) for line in joined):
            raise ValueError("nothing is said under the cue")
        return tuple(joined)

    @property
    def cue(self) -> str:
        """Name and extensions, as they print."""
        return " ".join([self.character, *(f"({extension})" for extension in self.extensions)])


class DualSpeech(Frozen):
    """Two characters speak at once; printed side by side."""

    kind: Literal["dual_speech"] = "dual_speech"
    left: Speech
    right: Speech


class Transition(Frozen):
    """How one scene gives way to the next, such as `CUT TO:`."""

    kind: Literal["transition"] = "transition"
    text: Line


class Centred(_Styled):
    """A centred line, such as `THE END`."""

    kind: Literal["centred"] = "centred"


class Section(Frozen):
    """A heading of the outline (an act, a sequence), not printed."""

    kind: Literal["section"] = "section"
    text: Annotated[str, AfterValidator(_section)]
    level: int = Field(default=1, ge=1, le=6)
    synopses: Synopses = ()


class PageBreak(Frozen):
    """A new page begins."""

    kind: Literal["page_break"] = "page_break"


Element: TypeAlias = Annotated[
    Heading | Action | Speech | DualSpeech | Transition | Centred | Lyric | Note | Section | PageBreak,
    Field(discriminator="kind"),
]


def _more(fields: dict[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for key, value in fields.items():
        name = title_key(key)
        if not names_a_field(name):
            raise ValueError(
                f"{plain.clean(key)[:40]!r} cannot name a field of a title page; use words in letters"
            )
        if name.lower() in _KNOWN:
            raise ValueError(f"{name!r} has its own field on the title page")
        text = _title_field(value)
        if text:
            kept[name] = text
    return kept


def names_a_field(name: str) -> bool:
    """Whether `fountain-py` takes it for a field it doesn't know, and gives back the same name."""
    words = name.split()
    return (
        bool(words)
        and all(re.fullmatch(r"[\w-]+", word) and (word[0].isupper() or word[0].isdigit()) for word in words)
        and not re.match(r"(?:INT|EXT|EST)\b", name, re.IGNORECASE)
        and title_key(name.lower()) == name
        and len(name) <= MAX_NAME
    )


def title_key(key: str) -> str:
    """The name of a title page field with each word capitalised; Fountain does not tell cases apart."""
    return " ".join(word.capitalize() for word in plain.clean(key).split())


class TitlePage(Frozen):
    """The page before the script. Empty fields are left out. Emphasis is not kept here."""

    title: TitleField = ""
    credit: TitleField = ""
    """Such as `written by`."""
    author: TitleField = ""
    """One name a line."""
    source: TitleField = ""
    draft_date: TitleField = ""
    contact: TitleField = ""
    copyright: TitleField = ""
    notes: TitleField = ""
    more: Annotated[dict[str, str], AfterValidator(_more)] = Field(default_factory=dict)
    """Fields the specification does not name, by their name."""


_KNOWN = frozenset({*(name.replace("_", " ") for name in TitlePage.model_fields), "authors"}) - {"more"}


class Scene(Frozen):
    """A heading and what plays under it."""

    heading: Heading
    elements: tuple[Element, ...] = ()
    """Without the heading."""

    @property
    def characters(self) -> tuple[str, ...]:
        """Who speaks, in the order of their first cue."""
        return tuple(dict.fromkeys(speech.character for speech in speeches(self.elements)))


class Screenplay(Frozen):
    """A title page and elements in the order they print."""

    title_page: TitlePage = TitlePage()
    elements: tuple[Element, ...] = ()

    @property
    def scenes(self) -> tuple[Scene, ...]:
        """The elements by scene.

        What comes before the first heading, and from a section on until the next heading, is in no scene.
        """
        scenes: list[Scene] = []
        heading: Heading | None = None
        under: list[Element] = []
        for element in self.elements:
            if isinstance(element, Heading | Section):
                if heading:
                    scenes.append(Scene(heading=heading, elements=tuple(under)))
                heading = element if isinstance(element, Heading) else None
                under = []
            else:
                under.append(element)
        if heading:
            scenes.append(Scene(heading=heading, elements=tuple(under)))
        return tuple(scenes)

    @property
    def characters(self) -> tuple[str, ...]:
        """Who speaks, in the order of their first cue."""
        return tuple(dict.fromkeys(speech.character for speech in speeches(self.elements)))


def speeches(elements: tuple[Element, ...]) -> list[Speech]:
    """Every speech, both sides of a dual one, in order."""
    found: list[Speech] = []
    for element in elements:
        match element:
            case Speech():
                found.append(element)
            case DualSpeech():
                found += (element.left, element.right)
            case _:
                pass
    return found
