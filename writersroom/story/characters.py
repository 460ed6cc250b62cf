"""Who is in the story: what a character is, and the state that turns change."""

from __future__ import annotations

from pydantic import Field, field_serializer

from writersroom.frozen import Frozen
from writersroom.story.emotions import Emotion
from writersroom.story.text import Name


class Mood(Frozen):
    """A point in PAD space (Mehrabian 1996), each axis in -1..1."""

    pleasure: float = Field(default=0.0, ge=-1, le=1)
    arousal: float = Field(default=0.0, ge=-1, le=1)
    dominance: float = Field(default=0.0, ge=-1, le=1)


class Voice(Frozen):
    """How a character talks."""

    habits: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    """Lines the character might say."""


class Relationship(Frozen):
    """What a character holds towards another."""

    to: Name
    description: str = ""
    liking: float = Field(default=0.0, ge=-1, le=1)
    """-1 hates, 1 loves: the `fortunes of others` and `attraction` rules read it."""


class Character(Frozen):
    """A person of the story as the bible knows them."""

    name: Name
    description: str = ""
    want: str = ""
    need: str = ""
    flaw: str = ""
    secret: str = ""
    voice: Voice = Voice()
    temperament: Mood = Mood()
    """Where the mood decays to."""
    relationships: tuple[Relationship, ...] = ()


class Feeling(Frozen):
    """One emotion with its strength and cause."""

    emotion: Emotion = Emotion.CALM
    intensity: float = Field(default=0.0, ge=0, le=1)
    cause: str = ""
    """Beat id, or words for a person."""


class CharacterState(Frozen):
    """What turns change about a character."""

    mood: Mood = Mood()
    feeling: Feeling = Feeling()
    beliefs: frozenset[str] = frozenset()
    """Ids of the beats they witnessed or were told of."""
    goal: str = ""
    """What they are after at the moment; empty: what they want anyway."""
    prospects: tuple[Feeling, ...] = ()
    """Hopes and fears not yet settled, oldest first; the cause of each is what is hoped for or feared."""

    @field_serializer("beliefs", when_used="json")
    def _by_number(self, beliefs: frozenset[str]) -> list[str]:
        """In one order always, so that equal states are equal as text."""
        return sorted(beliefs, key=lambda id: (len(id), id))
