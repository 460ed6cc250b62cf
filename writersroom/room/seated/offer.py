"""A form together with what its answers come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from writersroom.events import Body
from writersroom.room.forms import Field, Form, Option, checked
from writersroom.room.order import Turn
from writersroom.room.spoken import Entry, Spoken


@dataclass(frozen=True)
class Offer:
    """What a person can do in one turn."""

    form: Form
    _spoken: Callable[[Mapping[str, str]], Spoken]

    def filled(self, answers: Mapping[str, str]) -> Spoken:
        """The turn that the answers make.

        Raises:
            BadAnswer: one of them cannot be taken.
        """
        return self._spoken(checked(self.form, answers))


def offer(
    turn: Turn, title: str, fields: Iterable[Field], spoken: Callable[[Mapping[str, str]], Spoken]
) -> Offer:
    """A form for a turn, and what its answers make."""
    return Offer(Form(turn=turn, agent=turn.agent, title=title, fields=tuple(fields)), spoken)


def said(turn: Turn, body: Body, *follows: Entry, scene: str = "") -> Spoken:
    """A turn in which its agent says one thing, and what follows from it."""
    return Spoken(entries=(Entry(body=body, agent=turn.agent, scene=scene), *follows))


def options(labels: Iterable[str]) -> tuple[Option, ...]:
    """Options with the numbers 1, 2, … for keys."""
    return tuple(Option(key=str(number), label=label) for number, label in enumerate(labels, start=1))


def named(names: Iterable[str]) -> tuple[Option, ...]:
    """Options that are their own keys."""
    return tuple(Option(key=name, label=name) for name in names)
