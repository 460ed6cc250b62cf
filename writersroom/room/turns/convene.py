"""The director opens the session: what the story is about, and who is in it."""

from __future__ import annotations

import asyncio
from typing import Final

from writersroom.cast.replies import with_trait
from writersroom.cast.requests import Trait
from writersroom.events.convened import Convened
from writersroom.room.asking import Written
from writersroom.room.moment import Moment
from writersroom.room.spoken import Entry, Spoken
from writersroom.story.characters import Character

_TRAITS: Final[tuple[Trait, ...]] = ("role", "want")
"""What is written anew for a logline; the rest of a character is its card's."""


async def convene(at: Moment) -> Spoken:
    """Title, premise and theme from the logline; each character's place in it."""
    people = [card.character for card in at.room.company.cards if card.character is not None]
    lead = people[0].name if people else "Somebody"
    title, premise, theme, cast = await asyncio.gather(
        at.asker.write(lambda turn: turn.title()),
        at.asker.write(lambda turn: turn.premise(lead=lead)),
        at.asker.write(lambda turn: turn.theme()),
        asyncio.gather(*(_adapted(at, person) for person in people)),
    )
    body = Convened(title=_kept(title), premise=_kept(premise), theme=_kept(theme), characters=tuple(cast))
    return Spoken(entries=(Entry(body=body, agent=at.card.name, trace=premise.trace),))


def _kept(written: Written) -> str:
    """A text of the bible stands over everything that follows: better none than one with a fault."""
    return written.text if written.fit else ""


async def _adapted(at: Moment, person: Character) -> Character:
    """A character of the room, given its place in this story."""
    asker = at.asker.about(person.name)
    for of in _TRAITS:
        written = await asker.write(lambda turn, of=of, person=person: turn.trait(of, person))
        if written.fit:
            person = with_trait(person, of, written.text)
    return person
