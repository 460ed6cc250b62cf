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
