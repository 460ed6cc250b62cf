"""Faces: one for every emotion there is, all different, all made of cells."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from writersroom.story.characters import Feeling, Mood
from writersroom.story.emotions import Emotion
from writersroom.tui.panels.face import FACES, HEIGHT, WIDTH, face, features, small

NONE = Style()
AXIS = st.floats(-1, 1)


def drawn(feeling: Feeling, mood: Mood | None = None) -> str:
    rows = face(features(feeling, mood or Mood()), NONE, NONE)
    return "\n".join("".join(text for text, _ in row) for row in rows)


def test_every_emotion_of_the_closed_list_has_a_face_of_its_own() -> None:
    assert set(FACES) == set(Emotion)
    faces = {emotion: drawn(Feeling(emotion=emotion, intensity=1.0)) for emotion in Emotion}
    assert len(set(faces.values())) == len(Emotion)


@pytest.mark.parametrize("emotion", [e for e in Emotion if e is not Emotion.CALM])
def test_a_stronger_feeling_shows_more(emotion: Emotion) -> None:
    faint, full = (drawn(Feeling(emotion=emotion, intensity=i)) for i in (0.1, 1.0))
    assert faint != full
    assert faint != drawn(Feeling())


def test_a_mood_shows_without_any_emotion() -> None:
    moods = [
        Mood(),
        Mood(pleasure=1),
        Mood(pleasure=-1),
        Mood(arousal=1),
        Mood(dominance=1),
        Mood(dominance=-1),
    ]
    assert len({drawn(Feeling(), mood) for mood in moods}) == len(moods)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(Emotion), st.floats(0, 1), AXIS, AXIS, AXIS)
def test_faces_keep_to_their_cells(
    emotion: Emotion, intensity: float, pleasure: float, arousal: float, dominance: float
) -> None:
    mood = Mood(pleasure=pleasure, arousal=arousal, dominance=dominance)
    feeling = Feeling(emotion=emotion, intensity=intensity)
    rows = drawn(feeling, mood).split("\n")
    assert len(rows) == HEIGHT
    assert all(cell_len(row) == WIDTH for row in rows)
    assert len(small(features(feeling, mood))) == 5


def test_smiles_go_up_and_frowns_go_down() -> None:
    glad, sad = (features(Feeling(emotion=e, intensity=1.0), Mood()) for e in (Emotion.JOY, Emotion.DISTRESS))
    assert glad.mouth > 0.8 > -0.8 > sad.mouth
    assert small(glad) == "(-O-)"
    assert small(sad) == "(.n.)"
