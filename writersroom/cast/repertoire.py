"""The repertoire: dramatic devices to choose from, and what feelings look like; TOML that a person edits."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from writersroom.cast.cards import Said, same_name
from writersroom.cast.errors import BadRepertoire
from writersroom.cast.toml import line_of, parse_table, read_text, validated
from writersroom.frozen import Frozen
from writersroom.story.emotions import Emotion
from writersroom.story.weakness import WeaknessKind

FILE: Final = "repertoire.toml"
"""Its name in a room's `prompts/`, and its key beside the templates that a session keeps."""
_OTHER: Final = "{other}"
_ACTS: Final = 3


def _begin(text: str) -> str:
    if "{" in text.replace(_OTHER, "") or "}" in text.replace(_OTHER, ""):
        raise ValueError(f"the only blank to fill in is {_OTHER}")
    return text


_Words: TypeAlias = Annotated[Said, Field(min_length=1)]
_Begin: TypeAlias = Annotated[Said, Field(min_length=1), AfterValidator(_begin)]


class Device(Frozen):
    """A dramatic device: a kind of thing that can happen."""

    name: _Words
    label: _Words
    """Its name with its article."""
    tells: _Words
    """What it is, in a sentence."""
    begins: Annotated[tuple[_Begin, ...], Field(min_length=1, max_length=12)]
    """How a beat goes on after the name of whoever acts. `{other}` is another character."""
    mends: tuple[WeaknessKind, ...] = ()
    acts: Annotated[tuple[int, ...], Field(min_length=1)] = (1, 2, 3)
    """Where it is at home; acts after the third count as the third."""
    turn: float = Field(default=0.0, ge=-2, le=2)
    """What it does to the value at stake (`Beat.turn`)."""
    tension: float = Field(default=0.0, ge=-1, le=1)
    feels: Emotion = Emotion.CALM
    """What the one who acts feels."""
    other_feels: Emotion | None = None
    """What the other feels; None where there need be no other."""
    source: _Words

    def opening(self, number: int, other: str = "") -> str:
        """How a beat goes on after the name of whoever acts.

        Args:
            number: any; the openings take turns by it.
            other: another character's name. An opening that names them is taken, where there is one; if
                empty, one that names nobody.
        """
        fitting = [begin for begin in self.begins if (_OTHER in begin) is bool(other)] or self.begins
        return fitting[number % len(fitting)].replace(_OTHER, other or "somebody")


class Actions(Frozen):
    """What people visibly do when they feel so."""

    words: Annotated[tuple[_Words, ...], Field(min_length=1)]
    """Verbs with what belongs to them, to follow a name: "looks away"."""
    emotions: Annotated[tuple[Emotion, ...], Field(min_length=1)]
    source: _Words


class Tactic(Frozen):
    """What somebody does to another by saying something."""

    name: _Words
    """A verb, to follow a name: "accuses"."""
    opens: Annotated[tuple[_Words, ...], Field(min_length=1, max_length=12)]
    """First words of a line that does it."""
    emotions: Annotated[tuple[Emotion, ...], Field(min_length=1)]
    """With which it goes."""
    source: _Words


class Places(Frozen):
    """Where things happen."""

    inside: bool
    names: Annotated[tuple[_Words, ...], Field(min_length=1)]
    """Nouns that follow "the"."""


class Repertoire(Frozen):
    """All that a session of the room chooses from."""

    roles: tuple[_Words, ...] = ()
    """Who somebody may be, after "is": "a doctor"."""
    secrets: tuple[_Words, ...] = ()
    """What nobody knows of somebody, after their name: "caused the accident"."""
    places: tuple[Places, ...] = ()

    devices: Annotated[tuple[Device, ...], Field(min_length=1)]
    actions: tuple[Actions, ...] = ()
    tactics: tuple[Tactic, ...] = ()
    text: str = Field(default="", exclude=True, repr=False)
    """The TOML text it was read from, as a session keeps it."""

    @model_validator(mode="after")
    def _names(self) -> Self:
        for what, names in (
            ("devices", [device.name for device in self.devices]),
            ("roles", self.roles),
            ("secrets", self.secrets),
            ("tactics", [tactic.name for tactic in self.tactics]),
        ):
            seen: set[str] = set()
            for name in names:
                if (same := same_name(name)) in seen:
                    raise ValueError(f"two {what} are called {name!r}; rename one of them")
                seen.add(same)
        return self

    @property
    def place_names(self) -> tuple[str, ...]:
        """All places, each once, in the order of the file."""
        return tuple(dict.fromkeys(name for places in self.places for name in places.names))

    def is_inside(self, place: str) -> bool:
        """Whether a place is indoors, as a scene heading says it; of one that is not listed, yes."""
        return next((places.inside for places in self.places if place in places.names), True)

    def named(self, name: str) -> Device | None:
        """The device of this name; case and blanks do not tell names apart."""
        return next((device for device in self.devices if same_name(device.name) == same_name(name)), None)

    def devices_for(self, weakness: WeaknessKind | None, act: int) -> tuple[Device, ...]:
        """Devices to choose from, in the order of the file.

        Args:
            weakness: what is to be mended; None: nothing in particular.
            act: where, from 1.

        Returns:
            Those that help there; where there are none, those that help anywhere; and where there are none
            of these either, those that are at home in the act, or all.
        """
        here = [device for device in self.devices if min(act, _ACTS) in device.acts]
        helping = [device for device in self.devices if weakness is None or weakness in device.mends]
        both = [device for device in helping if device in here]
        return tuple(both or helping or here or self.devices)

    def actions_for(self, emotion: Emotion) -> tuple[str, ...]:
        """What somebody who feels so may do, in the order of the file; none where nothing is known."""
        fitting: Sequence[Actions] = [actions for actions in self.actions if emotion in actions.emotions]
        return tuple(dict.fromkeys(words for actions in fitting for words in actions.words))

    def tactics_for(self, emotion: Emotion) -> tuple[Tactic, ...]:
        """What somebody who feels so may do by speaking, in the order of the file."""
        return tuple(tactic for tactic in self.tactics if emotion in tactic.emotions)


@functools.lru_cache(maxsize=4)
def parse_repertoire(text: str, where: str) -> Repertoire:
    """Read a repertoire; the same text once.

    Args:
        text: TOML.
        where: the file, or what else it came from, for messages.

    Raises:
        BadRepertoire: with the line and the reason.
    """
    table = parse_table(text, where, BadRepertoire)
    if "text" in table:
        raise BadRepertoire(where, line_of(text, ("text",)), "there is no `text` in a repertoire")
    return validated(Repertoire, table, text, where, BadRepertoire).model_copy(update={"text": text})


def load_repertoire(folder: Path) -> Repertoire:
    """The repertoire of a room: `repertoire.toml` in its `prompts/`.

    Raises:
        BadRepertoire: it is missing or has a mistake.
    """
    file = folder / FILE
    return parse_repertoire(read_text(file, BadRepertoire), str(file))
