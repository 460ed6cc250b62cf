"""Moods stay in their space, come to rest, and move the way emotions point."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writersroom.story.affect import (
    FAINT,
    OCTANTS,
    PAD,
    Pace,
    axes,
    cooled,
    decayed,
    described,
    rested,
    stirred,
)
from writersroom.story.characters import Character, CharacterState, Feeling, Mood
from writersroom.story.emotions import PLEASANT, UNPLEASANT, Emotion

unit = st.floats(-1, 1)
moods = st.builds(Mood, pleasure=unit, arousal=unit, dominance=unit)
feelings = st.builds(Feeling, emotion=st.sampled_from(Emotion), intensity=st.floats(0, 1))
turns = st.floats(0, 1_000)
half_lives = st.floats(0.1, 100)


def distance(one: Mood, other: Mood) -> float:
    return max(abs(a - b) for a, b in zip(axes(one), axes(other), strict=True))


@settings(max_examples=60, deadline=None)
@given(moods, st.lists(feelings, max_size=6), st.floats(0, 1))
def test_emotions_never_carry_a_mood_out_of_the_cube(mood: Mood, felt: list[Feeling], pull: float) -> None:
    # `model_copy` and arithmetic check nothing; making the mood anew does.
    Mood.model_validate(stirred(mood, felt, pull=pull).model_dump())


@settings(max_examples=60, deadline=None)
@given(moods, moods, turns, turns, half_lives)
def test_moods_decay_towards_temperament_and_never_away_or_past(
    mood: Mood, temperament: Mood, first: float, more: float, half_life: float
) -> None:
    sooner = decayed(mood, temperament, turns=first, half_life=half_life)
    later = decayed(mood, temperament, turns=first + more, half_life=half_life)
    for start, one, two, end in zip(axes(mood), axes(sooner), axes(later), axes(temperament), strict=True):
        assert abs(two - end) <= abs(one - end) <= abs(start - end)
        assert min(start, end) <= two <= max(start, end)


@settings(max_examples=60, deadline=None)
@given(moods, moods, half_lives)
def test_a_half_life_halves_and_many_bring_to_rest(mood: Mood, temperament: Mood, half_life: float) -> None:
    half = decayed(mood, temperament, turns=half_life, half_life=half_life)
    assert distance(half, temperament) == pytest.approx(distance(mood, temperament) / 2, abs=1e-9)
    assert distance(decayed(mood, temperament, turns=60 * half_life, half_life=half_life), temperament) < 1e-9
    assert decayed(mood, temperament, turns=0, half_life=half_life) == mood
    assert decayed(mood, temperament, turns=-5, half_life=half_life) == mood


@settings(max_examples=60, deadline=None)
@given(feelings, turns, turns)
def test_emotions_weaken_and_end(feeling: Feeling, first: float, more: float) -> None:
    sooner = cooled(feeling, turns=first, half_life=3)
    later = cooled(feeling, turns=first + more, half_life=3)
    assert later.intensity <= sooner.intensity <= feeling.intensity
    assert (later.emotion == Emotion.CALM) == (later.intensity == 0)
    assert later.intensity == 0 or later.intensity >= FAINT
    assert later.emotion in (feeling.emotion, Emotion.CALM)


@settings(max_examples=60, deadline=None)
@given(moods, st.sampled_from(sorted(PLEASANT | UNPLEASANT)), st.floats(0.05, 1))
def test_an_emotion_pulls_the_mood_towards_itself_or_pushes_one_beyond_it(
    mood: Mood, emotion: Emotion, intensity: float
) -> None:
    place, now = axes(PAD[emotion]), axes(mood)
    after = axes(stirred(mood, [Feeling(emotion=emotion, intensity=intensity)]))
    along = sum(a * b for a, b in zip(now, place, strict=True))
    if along <= sum(a * a for a in place):
        for before, moved, centre in zip(now, after, place, strict=True):
            assert abs(moved - centre) <= abs(before - centre) + 1e-9
    else:
        assert sum(a * b for a, b in zip(after, place, strict=True)) >= along - 1e-9 or 1.0 in map(abs, after)


def test_nothing_felt_moves_nothing() -> None:
    mood = Mood(pleasure=0.3)
    assert stirred(mood, []) == mood
    assert stirred(mood, [Feeling(emotion=Emotion.JOY, intensity=0)]) == mood


def test_emotions_together_pull_to_where_they_balance() -> None:
    joy, fear = Feeling(emotion=Emotion.JOY, intensity=0.5), Feeling(emotion=Emotion.FEAR, intensity=1.0)
    both = stirred(Mood(), [joy, fear], pull=1)
    expected = [(a + 2 * b) / 3 for a, b in zip(axes(PAD[Emotion.JOY]), axes(PAD[Emotion.FEAR]), strict=True)]
    assert axes(both) == pytest.approx(tuple(expected))


# The last column of the table in Gebhard (2005), against slips of the pen in its numbers.
CORNERS = {
    "exuberant": "gratification happy_for joy love pride",
    "dependent": "admiration gratitude hope",
    "relaxed": "relief satisfaction",
    "docile": "gloating",
    "hostile": "anger hate",
    "anxious": "disappointment fear remorse shame",
    "disdainful": "reproach",
    "bored": "distress fears_confirmed pity resentment",
}


def test_every_emotion_lies_in_the_corner_the_source_gives_it() -> None:
    assert set(PAD) == set(Emotion)
    named = {Emotion(name): corner for corner, names in CORNERS.items() for name in names.split()}
    assert set(named) == set(Emotion) - {Emotion.CALM}
    for emotion, corner in named.items():
        pleasure, arousal, dominance = axes(PAD[emotion])
        assert OCTANTS[pleasure > 0, arousal > 0, dominance > 0] == corner
    assert all(PAD[emotion].pleasure > 0 for emotion in PLEASANT)
    assert all(PAD[emotion].pleasure < 0 for emotion in UNPLEASANT)


def test_moods_in_words() -> None:
    assert described(Mood()) == "even"
    assert described(Mood(pleasure=-0.2, arousal=0.3, dominance=-0.2)) == "slightly anxious"
    assert described(Mood(pleasure=0.7, arousal=0.6, dominance=0.5)) == "moderately exuberant"
    assert described(Mood(pleasure=-1, arousal=1, dominance=1)) == "fully hostile"


def test_rest_touches_nothing_but_mood_and_emotion() -> None:
    mara = Character(name="Mara", temperament=Mood(pleasure=0.5))
    fear = Feeling(emotion=Emotion.FEAR, intensity=0.8, cause="b1")
    state = CharacterState(feeling=fear, beliefs=frozenset({"b1"}), goal="the lamp", prospects=(fear,))
    after = rested(state, mara, turns=3, pace=Pace(mood_half_life=3, feeling_half_life=3))
    assert after.mood.pleasure == pytest.approx(0.25)
    assert after.feeling == Feeling(emotion=Emotion.FEAR, intensity=0.4, cause="b1")
    assert (after.beliefs, after.goal, after.prospects) == (state.beliefs, state.goal, state.prospects)
