"""The closed list of emotions: the twenty-two types of Ortony, Clore & Collins (1988), and calm.

Kept apart from appraisal so that a beat can name an emotion without knowing how it arises.
"""

from enum import StrEnum


class Emotion(StrEnum):
    """An emotion type of the OCC model."""

    CALM = "calm"
    JOY = "joy"
    DISTRESS = "distress"
    HOPE = "hope"
    FEAR = "fear"
    SATISFACTION = "satisfaction"
    FEARS_CONFIRMED = "fears_confirmed"
    RELIEF = "relief"
    DISAPPOINTMENT = "disappointment"
    HAPPY_FOR = "happy_for"
    RESENTMENT = "resentment"
    GLOATING = "gloating"
    PITY = "pity"
    PRIDE = "pride"
    SHAME = "shame"
    ADMIRATION = "admiration"
    REPROACH = "reproach"
    GRATIFICATION = "gratification"
    REMORSE = "remorse"
    GRATITUDE = "gratitude"
    ANGER = "anger"
    LOVE = "love"
    HATE = "hate"


PLEASANT: frozenset[Emotion] = frozenset(
    {
        Emotion.JOY,
        Emotion.HOPE,
        Emotion.SATISFACTION,
        Emotion.RELIEF,
        Emotion.HAPPY_FOR,
        Emotion.GLOATING,
        Emotion.PRIDE,
        Emotion.ADMIRATION,
        Emotion.GRATIFICATION,
        Emotion.GRATITUDE,
        Emotion.LOVE,
    }
)
"""The types OCC calls positive reactions."""

UNPLEASANT: frozenset[Emotion] = frozenset(Emotion) - PLEASANT - {Emotion.CALM}
"""The types OCC calls negative reactions."""
