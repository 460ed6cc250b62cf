"""From a reply of the model to what an event holds."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from writersroom.cast.filters import Fault, faults
from writersroom.cast.requests import Asked, Trait
from writersroom.cast.said import Said, named_in, words_in
from writersroom.cast.tidy import tidy
from writersroom.engine.interface import Take
from writersroom.frozen import Frozen
from writersroom.story.beats import Beat
from writersroom.story.characters import Character

_TELLING: Final = 5
"""Letters from which on a word tells one beat from another."""


class Reply(Frozen):
    """A text as it would be kept, and what speaks against keeping it."""

    text: str
    faults: tuple[Fault, ...] = ()


def whole(asked: Asked, written: str) -> str:
    """The words the prompt began with and those the model wrote, as one text."""
    return f"{asked.begun}{written}"


def read(asked: Asked, take: Take, *, said: Said, speaker: str, others: Collection[str]) -> Reply:
    """A take, tidied and looked at.

    Args:
        asked: what was asked for.
        take: one of the completion's.
        said: what was said before in the session; the text is not added.
        speaker: whose words these are.
        others: everybody else's names.
    """
    text = tidy(
        whole(asked, take.text),
        asked.kind,
        speaker=speaker,
        sentences=asked.sentences,
        ended=take.finish == "stop",
    )
    found = faults(
        text,
        prompt=asked.prompt,
        said=said,
        speaker=speaker,
        others=others,
        kind=asked.kind,
        sentences=asked.sentences,
        inventive=asked.inventive,
        given=asked.begun,
    )
    return Reply(text=text, faults=found)


def best(replies: Iterable[Reply]) -> Reply:
    """The first with the fewest faults.

    Raises:
        ValueError: there is none at all.
    """
    return min(replies, key=lambda reply: len(reply.faults))


def with_trait(person: Character, of: Trait, phrase: str) -> Character:
    """The character with a trait that was written for it; the words before the phrase are the template's."""
    phrase = phrase.rstrip(".")
    field = "description" if of == "role" else of
    if of == "role":
        phrase = re.sub(r"^(?:is|was)\s+", "", phrase)
    return person.model_copy(update={field: phrase})


def placed(person: Character, role: str) -> Character:
    """The character with a role that was chosen for it; what the card says of it stays."""
    return person.model_copy(update={"description": ", ".join(filter(None, (role, person.description)))})


def cites(text: str, *, beats: Iterable[Beat], characters: Iterable[str]) -> tuple[str, ...]:
    """The beats, by id, and the characters that a reason names, in the order given, each once.

    A beat is named by its id, or by two words of its summary that are long enough to tell it from others,
    names apart.
    """
    said = set(words_in(text))
    names = list(characters)
    in_names = {word for name in names for word in words_in(name)}
    named: list[str] = []
    for beat in beats:
        telling = {word for word in words_in(beat.summary) if len(word) >= _TELLING and word not in in_names}
        if beat.id.lower() in said or len(telling & said) >= 2:
            named.append(beat.id)
    named += named_in(text, names)
    return tuple(dict.fromkeys(named))
