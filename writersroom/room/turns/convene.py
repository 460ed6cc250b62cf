"""The director opens the session: what the story is about, and who is in it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Final

from writersroom.cast.replies import placed, with_trait
from writersroom.cast.requests import Trait
from writersroom.events.convened import Convened
from writersroom.room.asking import Written, seed_of
from writersroom.room.moment import Moment
from writersroom.room.spoken import Entry, Spoken
from writersroom.story.characters import Character

_ROLES: Final = 6
"""Roles a character is weighed for."""
_SECRETS: Final = 4


async def convene(at: Moment) -> Spoken:
    """Title, premise and theme from the logline; each character's place in it."""
    people = [card.character for card in at.room.company.cards if card.character is not None]
    lead = people[0].name if people else "Somebody"
    title, premise, theme, cast = await asyncio.gather(
        at.asker.write(lambda turn: turn.title()),
        at.asker.write(lambda turn: turn.premise(lead=lead)),
        at.asker.write(lambda turn: turn.theme()),
        asyncio.gather(*(_adapted(at, place, people) for place in range(len(people)))),
    )
    body = Convened(title=_kept(title), premise=_kept(premise), theme=_kept(theme), characters=tuple(cast))
    return Spoken(entries=(Entry(body=body, agent=at.card.name, trace=premise.trace),))


def _kept(written: Written) -> str:
    """A text of the bible stands over everything that follows: better none than one with a fault."""
    return written.text if written.fit else ""


async def _adapted(at: Moment, place: int, people: Sequence[Character]) -> Character:
    """A character of the room, given its place in this story.

    Whom the logline is about, the model says in its own words; the others take a role each, of their own.
    """
    person, repertoire = people[place], at.room.repertoire
    role = person
    if place == 0:
        role = await _written(at, person, "role")
    elif options := _dealt(at, "roles", repertoire.roles, place, len(people), _ROLES):
        chosen = await at.asker.about(person.name, "role").pick(
            lambda turn: turn.choose_role(person, options=options)
        )
        role = placed(person, options[chosen])
    role = await _written(at, role, "want")
    if options := _dealt(at, "secrets", repertoire.secrets, place, len(people), _SECRETS):
        chosen = await at.asker.about(person.name, "secret").pick(
            lambda turn: turn.choose_secret(role, options=options)
        )
        role = role.model_copy(update={"secret": options[chosen]})
    return role


async def _written(at: Moment, person: Character, of: Trait) -> Character:
    written = await at.asker.about(person.name).write(lambda turn: turn.trait(of, person))
    return with_trait(person, of, written.text) if written.fit else person


def _dealt(
    at: Moment, what: str, options: Sequence[str], place: int, hands: int, size: int
) -> tuple[str, ...]:
    """The options of one character; no two are dealt the same, so that no two are alike."""
    deck = list(options)
    random.Random(seed_of(at.room.seed, what)).shuffle(deck)
    hand = tuple(deck[place::hands][:size])
    return hand if len(hand) > 1 else ()
