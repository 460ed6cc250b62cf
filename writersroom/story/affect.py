"""Mood: how emotions move it and how it comes to rest, in the space of pleasure, arousal and dominance.

The space is Mehrabian's (1996, "Pleasure-arousal-dominance: a general framework for describing and measuring
individual differences in temperament", Current Psychology 14); the layers (a short emotion, a longer mood, a
lasting temperament) and how one moves the other are those of ALMA (Gebhard 2005, "ALMA: a layered model of
affect", AAMAS). Time is counted in turns: a stage has no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import Field

from writersroom.frozen import Frozen
from writersroom.story.characters import Character, CharacterState, Feeling, Mood
from writersroom.story.emotions import Emotion

FAINT = 0.05
"""Below this intensity nothing is felt (the thresholds of Ortony, Clore & Collins 1988, chapter 4)."""


def _pad(pleasure: float, arousal: float, dominance: float) -> Mood:
    return Mood(pleasure=pleasure, arousal=arousal, dominance=dominance)


PAD: Mapping[Emotion, Mood] = {
    Emotion.CALM: _pad(0.0, 0.0, 0.0),
    Emotion.JOY: _pad(0.4, 0.2, 0.1),
    Emotion.DISTRESS: _pad(-0.4, -0.2, -0.5),
    Emotion.HOPE: _pad(0.2, 0.2, -0.1),
    Emotion.FEAR: _pad(-0.64, 0.60, -0.43),
    Emotion.SATISFACTION: _pad(0.3, -0.2, 0.4),
    Emotion.FEARS_CONFIRMED: _pad(-0.5, -0.3, -0.7),
    Emotion.RELIEF: _pad(0.2, -0.3, 0.4),
    Emotion.DISAPPOINTMENT: _pad(-0.3, 0.1, -0.4),
    Emotion.HAPPY_FOR: _pad(0.4, 0.2, 0.2),
    Emotion.RESENTMENT: _pad(-0.2, -0.3, -0.2),
    Emotion.GLOATING: _pad(0.3, -0.3, -0.1),
    Emotion.PITY: _pad(-0.4, -0.2, -0.5),
    Emotion.PRIDE: _pad(0.4, 0.3, 0.3),
    Emotion.SHAME: _pad(-0.3, 0.1, -0.6),
    Emotion.ADMIRATION: _pad(0.5, 0.3, -0.2),
    Emotion.REPROACH: _pad(-0.3, -0.1, 0.4),
    Emotion.GRATIFICATION: _pad(0.6, 0.5, 0.4),
    Emotion.REMORSE: _pad(-0.3, 0.1, -0.6),
    Emotion.GRATITUDE: _pad(0.4, 0.2, -0.3),
    Emotion.ANGER: _pad(-0.51, 0.59, 0.25),
    Emotion.LOVE: _pad(0.3, 0.1, 0.2),
    Emotion.HATE: _pad(-0.6, 0.6, 0.3),
}
"""Where each emotion lies: Gebhard (2005), table 2. Calm, which is not in it, lies at the origin."""

OCTANTS: Mapping[tuple[bool, bool, bool], str] = {
    (True, True, True): "exuberant",
    (False, False, False): "bored",
    (True, True, False): "dependent",
    (False, False, True): "disdainful",
    (True, False, True): "relaxed",
    (False, True, False): "anxious",
    (True, False, False): "docile",
    (False, True, True): "hostile",
}
"""Mehrabian's names for the eight corners, by whether pleasure, arousal and dominance are above zero."""


class Pace(Frozen):
    """How fast feelings come and go."""

    mood_half_life: float = Field(default=12.0, gt=0)
    """Turns until a mood is half way back to temperament."""
    feeling_half_life: float = Field(default=3.0, gt=0)
    """Turns until an emotion is half as strong."""
    pull: float = Field(default=0.4, ge=0, le=1)
    """How far the strongest emotion moves the mood in one turn, as a share of the way to where it lies."""


def axes(mood: Mood) -> tuple[float, float, float]:
    """Pleasure, arousal, dominance."""
    return mood.pleasure, mood.arousal, mood.dominance


def decayed(mood: Mood, temperament: Mood, *, turns: float, half_life: float) -> Mood:
    """The mood after some turns in which nothing happens: nearer to temperament, never past it."""
    if turns <= 0:
        return mood
    left = 0.5 ** (turns / half_life)
    return _pad(*(_between(now, rest, left) for now, rest in zip(axes(mood), axes(temperament), strict=True)))


def _between(now: float, rest: float, left: float) -> float:
    value = rest + (now - rest) * left
    # Rounding must not carry it past either end.
    return min(max(value, min(now, rest)), max(now, rest))


def cooled(feeling: Feeling, *, turns: float, half_life: float) -> Feeling:
    """The emotion after some turns: weaker by half each half-life, and gone when faint."""
    intensity = feeling.intensity * 0.5 ** (max(turns, 0.0) / half_life)
    if feeling.emotion == Emotion.CALM or intensity < FAINT:
        return Feeling()
    return feeling.model_copy(update={"intensity": intensity})


def stirred(mood: Mood, feelings: Iterable[Feeling], *, pull: float = Pace().pull) -> Mood:
    """The mood after emotions, by the pull and push of ALMA (Gebhard 2005, section 4).

    The emotions have a centre: where they lie, weighted by intensity. A mood short of the centre is pulled
    towards it; one already beyond it in the same direction is pushed further, for what confirms a mood
    deepens it.
    """
    felt = [feeling for feeling in feelings if feeling.intensity > 0]
    weight = sum(feeling.intensity for feeling in felt)
    if not felt or weight <= 0:
        return mood
    places = [axes(PAD[feeling.emotion]) for feeling in felt]
    centre = [
        sum(place[axis] * feeling.intensity for place, feeling in zip(places, felt, strict=True)) / weight
        for axis in range(3)
    ]
    now = axes(mood)
    beyond = sum(a * b for a, b in zip(now, centre, strict=True)) > sum(a * a for a in centre)
    step = pull * max(feeling.intensity for feeling in felt)
    moved = (a + step * (b if beyond else b - a) for a, b in zip(now, centre, strict=True))
    return _pad(*(min(max(value, -1.0), 1.0) for value in moved))


def rested(
    state: CharacterState, character: Character, *, turns: float = 1.0, pace: Pace | None = None
) -> CharacterState:
    """The state after some turns in which nothing touches the character."""
    pace = pace or Pace()
    return state.model_copy(
        update={
            "mood": decayed(state.mood, character.temperament, turns=turns, half_life=pace.mood_half_life),
            "feeling": cooled(state.feeling, turns=turns, half_life=pace.feeling_half_life),
        }
    )


def described(mood: Mood) -> str:
    """A mood in words, such as `slightly anxious`; `even` at the origin.

    The corner is named as Mehrabian names it; how far out, in thirds of the way there, as ALMA says it.
    """
    pleasure, arousal, dominance = axes(mood)
    strength = (pleasure**2 + arousal**2 + dominance**2) ** 0.5 / 3**0.5
    if strength < FAINT:
        return "even"
    degree = "slightly" if strength < 1 / 3 else "moderately" if strength < 2 / 3 else "fully"
    return f"{degree} {OCTANTS[pleasure > 0, arousal > 0, dominance > 0]}"
