"""What a person in a seat is asked: a form that offers only what is legal, and what comes back from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import Field as pydantic_field

from writersroom.frozen import Frozen
from writersroom.room.order import Turn
from writersroom.script.text import clean
from writersroom.story.text import one_line

LONGEST: Final = 2_000
"""Characters of an answer on one line."""
LONGEST_PAGE: Final = 60_000
"""Characters of one on several lines."""


class BadAnswer(ValueError):
    """An answer that cannot be taken.

    Attributes:
        field: the name of the field; empty where it is the form as a whole.
        problem: one sentence for a person.
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field
        self.problem = problem


class Option(Frozen):
    """One of the things that may be chosen."""

    key: str
    """What is answered."""
    label: str
    """What is read."""


class Field(Frozen):
    """One question of a form."""

    name: str
    label: str
    options: tuple[Option, ...] = ()
    """What may be chosen; empty where words are asked for."""
    value: str = ""
    """The answer that stands there at first."""
    multiline: bool = False
    required: bool = True
    shown_with: Mapping[str, tuple[str, ...]] = pydantic_field(default_factory=dict[str, tuple[str, ...]])
    """Shown only while each named field has one of these values."""


class Form(Frozen):
    """A turn that waits for a person."""

    turn: Turn
    agent: str
    """Whose seat it is."""
    title: str
    fields: tuple[Field, ...]


def is_shown(field: Field, answers: Mapping[str, str]) -> bool:
    """Whether a field is asked, given the answers to the others."""
    return all(answers.get(name) in values for name, values in field.shown_with.items())


def checked(form: Form, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers to all fields of a form, fit to keep; empty for those that are not shown.

    Raises:
        BadAnswer: one is missing, is none of the options or is too long, or there is no such field.
    """
    names = [field.name for field in form.fields]
    for name in answers:
        if name not in names:
            raise BadAnswer("", f"The form has no field {one_line(name)[:40]!r}, only {', '.join(names)}.")
    found: dict[str, str] = {}
    for field in form.fields:
        found[field.name] = (
            _answer(field, answers.get(field.name, field.value)) if is_shown(field, found) else ""
        )
    return found


def _answer(field: Field, given: str) -> str:
    if field.multiline:
        # Blanks and guards say in Fountain what a line is.
        text = clean(given, keep_guard=True).strip("\n")
        most = LONGEST_PAGE
    else:
        text, most = one_line(given), LONGEST
    if not text and field.required:
        wanted = "choose one" if field.options else "write something"
        raise BadAnswer(field.name, f"“{field.label}” is not answered; {wanted}.")
    if len(text) > most:
        raise BadAnswer(
            field.name, f"“{field.label}” has {len(text):,} characters; at most {most:,} are kept."
        )
    if text and field.options and text not in [option.key for option in field.options]:
        raise BadAnswer(field.name, f"{text[:60]!r} is none of the choices for “{field.label}”.")
    return text
