"""The cast as a screen shows it: who they are, what they feel, want and know."""

from __future__ import annotations

from typing import TypeAlias

from writersroom.events.affect_changed import AffectChanged
from writersroom.events.convened import Convened
from writersroom.frozen import Frozen
from writersroom.story.characters import Character, CharacterState, Mood


class Member(Frozen):
    """A character and the state that turns have brought them to."""

    character: Character
    state: CharacterState
    cause: str = ""
    """What last changed the state."""
    moods: tuple[Mood, ...] = ()
    """The last moods, oldest first, the present one included."""


Cast: TypeAlias = dict[str, Member]
"""By name, in the order of the bible; those it does not name come last, and go with the next bible."""

MOODS = 32
"""How many moods a member keeps: enough for a small curve."""


def convened(cast: Cast, body: Convened) -> Cast:
    """The cast of a new bible; who was there before keeps their state."""
    named = {
        character.name: cast[character.name].model_copy(update={"character": character})
        if character.name in cast
        else Member(character=character, state=CharacterState(mood=character.temperament))
        for character in body.characters
    }
    return named


def affected(cast: Cast, body: AffectChanged) -> Cast:
    """The cast after a change of somebody's state."""
    before = cast.get(body.character)
    moods = (*(before.moods if before else ()), body.state.mood)[-MOODS:]
    # A change may name someone whom the bible does not; `construct` because the name was never checked.
    character = before.character if before else Character.model_construct(name=body.character)
    member = Member(character=character, state=body.state, cause=body.cause, moods=moods)
    return cast | {body.character: member}
