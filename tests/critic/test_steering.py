"""Steering: along D's gradient, within its divergence, on whole words alone."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writersroom.cast.said import words_in
from writersroom.critic.steering import CAP, divergence, tilt, token_biases

SPOKEN = ["My heart is in the radio, and the radio is on.", "The heart of it is the light."] * 3
words = st.sampled_from(["heart", "radio", "the", "light", "sea", "never"])


def shares(biases: dict[str, float]) -> dict[str, float]:
    said = [word for text in SPOKEN for word in words_in(text)]
    counts = {word: max(0.25, said.count(word)) for word in biases}
    total = len(said) + sum(counts[word] - said.count(word) for word in biases)
    return {word: count / total for word, count in counts.items()}


@given(st.dictionaries(words, st.floats(-5, 5).filter(lambda one: abs(one) > 0.01)), st.floats(0.001, 0.2))
@settings(max_examples=60, deadline=None)
def test_the_divergence_is_never_exceeded_and_the_direction_is_ds(
    slopes: dict[str, float], kl: float
) -> None:
    biases = tilt(slopes, SPOKEN, kl=kl)
    assert divergence(biases, shares(biases)) <= kl * 1.001 + 1e-9
    for word, bias in biases.items():
        assert abs(bias) <= CAP
        assert bias * slopes[word] >= 0


def test_all_of_the_divergence_is_spent() -> None:
    biases = tilt({"heart": -2.0, "radio": 1.0}, SPOKEN, kl=0.02)
    assert divergence(biases, shares(biases)) == pytest.approx(0.02, rel=0.01)
    assert biases["heart"] == pytest.approx(-2 * biases["radio"])


def test_the_divergence_is_that_of_the_tilted_words() -> None:
    plain = {"a": 0.25, "b": 0.75}
    raised = {"a": 0.25 * math.e, "b": 0.75}
    norm = sum(raised.values())
    expected = sum(raised[w] / norm * math.log(raised[w] / norm / plain[w]) for w in plain)
    assert divergence({"a": 1.0}, plain) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("slopes", "spoken", "kl"),
    [
        ({}, SPOKEN, 0.02),
        ({"heart": 1.0}, [], 0.02),
        ({"heart": 1.0}, SPOKEN, 0.0),
        ({"heart": math.nan}, SPOKEN, 1),
    ],
)
def test_without_slopes_speech_or_leave_nothing_is_steered(
    slopes: dict[str, float], spoken: list[str], kl: float
) -> None:
    assert tilt(slopes, spoken, kl=kl) == {}


def test_where_nothing_was_said_yet_the_usual_rates_count() -> None:
    slopes, usual = {"heart": -2.0, "radio": 1.0}, {"heart": 1.0, "radio": 0.5, "the": 6.0}
    biases = tilt(slopes, [], usual=usual, kl=0.02)
    assert divergence(biases, {"heart": 0.01, "radio": 0.005}) == pytest.approx(0.02, rel=0.01)
    assert biases["heart"] < 0 < biases["radio"]
    assert tilt(slopes, [], usual={"the": 6.0}) == {}  # of no word that D leans on is it known
    assert tilt(slopes, SPOKEN, usual=usual) == tilt(slopes, SPOKEN)


def test_words_that_the_tokenizer_splits_are_left_alone() -> None:
    known = {" heart": [7], " Heart": [8], "Heart": [9], " lighthouse": [1, 2], " Lighthouse": [3, 2]}
    biases = token_biases({"heart": -1.0, "lighthouse": 2.0}, lambda text: known.get(text, [0, 0]))
    assert biases == {7: -1.0, 8: -1.0, 9: -1.0}
