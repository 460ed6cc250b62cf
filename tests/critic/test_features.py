"""Features: named, finite, and blind to length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.critic.measuring import reading, seen
from tests.critic.texts import HUMAN, MACHINE, people_like
from writersroom.critic.features.coherence import COHERENCE, coherence, longest_repeat
from writersroom.critic.features.normal import normal_form
from writersroom.critic.features.style import STYLE, style
from writersroom.critic.features.surprise import SURPRISE, surprise
from writersroom.critic.features.vector import FAMILIES, MEASUREMENT
from writersroom.critic.features.windows import LEAST, MOST, WINDOW, windows
from writersroom.critic.heads.sentences import SENTENCE
from writersroom.engine.interface import TextScore

ALL = (*SURPRISE, *STYLE, *COHERENCE, *SENTENCE)
MEASURED = {
    2: [
        *(7.10367, 45.04374, 3.33954, 0.03788, -14.85021, 13.01801),
        *(8.21138, 83.1014, 0.88547, 0.0825, -8.05539, -2.48643),
    ]
}
"""By version, sums that every feature of two texts enters; a new version takes the place of the old one."""


def _style(text: str) -> dict[str, float]:
    return dict(zip((one.name for one in STYLE), style(normal_form(text).text), strict=True))


def test_every_feature_has_a_name_of_its_own_a_unit_and_words_for_a_person() -> None:
    for measures in (SURPRISE, STYLE, COHERENCE, SENTENCE):
        assert len({one.name for one in measures}) == len(measures)
    assert len(STYLE) > 190
    assert all(one.unit for one in ALL)
    assert {one.family for one in ALL} <= set(FAMILIES)


def test_plain_words_name_no_numbers() -> None:
    told = [words for family in FAMILIES.values() for words in (family.human, family.machine)]
    assert not any(char.isdigit() for words in told for char in words)


def test_stylometry_sees_what_it_is_said_to_see() -> None:
    human, machine = _style(HUMAN), _style(MACHINE)
    assert human["sentence_variation"] > machine["sentence_variation"]
    assert human["voice_contractions"] > machine["voice_contractions"]
    assert human["spoken_short"] > machine["spoken_short"]
    assert machine["clause_ing"] > human["clause_ing"]
    assert sum(machine[name] for name in machine if name.startswith("stock_")) > 3
    assert sum(human[name] for name in human if name.startswith("stock_")) < 1


def test_a_rate_is_the_same_in_half_a_text() -> None:
    """Over many texts each rate is in the half what it is in the whole; a count would be half of it."""
    wholes = [people_like(seed, 30).split() for seed in range(40)]
    rows = {
        part: np.stack(
            [style(normal_form(" ".join(words[: int(len(words) * part)])).text) for words in wholes]
        )
        for part in (0.5, 1.0)
    }
    rates = [at for at, one in enumerate(STYLE) if one.unit == "per 100 words"]
    common = [at for at in rates if rows[1.0][:, at].mean() > 1]
    assert len(common) > 10
    share = rows[0.5][:, common].mean(axis=0) / rows[1.0][:, common].mean(axis=0)
    assert np.median(np.abs(share - 1)) < 0.1
    assert np.abs(share - 1).max() < 0.4


def test_what_is_measured_changes_with_its_version_alone() -> None:
    """Weights name the version of what they were made for: whoever changes a feature raises it."""
    found: list[float] = []
    for text in (HUMAN, MACHINE):
        read = reading(text)
        for values in (
            read.surprise,
            read.style,
            read.coherence,
            read.legibility,
            read.parts[0].ravel(),
            read.sentence_values.ravel(),
        ):
            found.append(float(values @ np.sin(1 + np.arange(len(values)))))
    assert found == pytest.approx(MEASURED[MEASUREMENT], rel=1e-4, abs=1e-4)


def test_windows_are_of_one_length_and_few() -> None:
    assert windows("") == ()
    assert windows("one") == ("one",)
    long = " ".join(str(number) for number in range(10 * WINDOW + LEAST - 1))
    cuts = windows(long)
    assert len(cuts) == MOST
    assert [len(cut.split()) for cut in cuts] == [WINDOW] * MOST
    assert cuts[0].startswith("0 ")
    assert cuts[-1].endswith(f" {10 * WINDOW - 1}")
    assert [len(cut.split()) for cut in windows(long, most=1)] == [WINDOW]
    assert len(windows(" ".join(["word"] * (WINDOW + LEAST)))) == 2
    assert len(windows(" ".join(["word"] * (WINDOW + LEAST - 1)))) == 1


def test_a_reading_is_the_mean_of_its_windows() -> None:
    whole = normal_form(people_like(1, 60)).text
    cuts = windows(whole)
    assert len(cuts) > 1
    weights = [len(cut.split()) for cut in cuts]
    expected = np.average([style(cut) for cut in cuts], axis=0, weights=weights)
    np.testing.assert_allclose(reading(whole).style, expected)


@pytest.mark.parametrize(
    ("name", "better", "worse"),
    [
        ("twice_8", "a b c d e f g h i. j k l m n o p.", "a b c d e f g h i. a b c d e f g h i."),
        ("gender_turns", "He went. He sat. He ate. He slept.", "He went. She sat. He ate. She slept."),
        ("tense_turns", "He was it. He was so. It was he.", "He was it. He is so. It was he."),
        (
            "open_quotes",
            '"Go," he said to her. "Now, please." He went.',
            '"Go, he said to her. Now, please." He went.',
        ),
    ],
)
def test_coherence_sees_damage(name: str, better: str, worse: str) -> None:
    place = [one.name for one in COHERENCE].index(name)
    assert coherence(worse, seen(worse))[place] > coherence(better, seen(better))[place]


def test_the_longest_repeat_is_found() -> None:
    assert longest_repeat(["a", "b", "c", "x", "a", "b", "c", "y"]) == 3
    assert longest_repeat(["a", "b", "c", "d"]) == 0
    assert longest_repeat([]) == 0


def test_surprise_of_a_known_sequence() -> None:
    score = TextScore(
        starts=np.arange(5, dtype=np.int32),
        logprob=np.array([-9, -1, -3, -1, -3], np.float32),
        rank=np.array([99, 0, 7, 0, 200], np.int32),
        entropy=np.full(5, 2, np.float32),
        variance=np.ones(5, np.float32),
    )
    values = dict(zip((one.name for one in SURPRISE), surprise(score, np.array([0.0])), strict=True))
    assert values["logprob_mean"] == -2  # the first token says nothing
    assert values["logprob_deviation"] == 1
    assert values["rank_first"] == 0.5
    assert values["rank_100"] == 0.75
    assert values["excess"] == 0
    assert values["echo_1"] == pytest.approx(-1)
    assert values["drift"] == 0


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=600))
def test_whatever_the_text_all_values_are_finite(text: str) -> None:
    plain = normal_form(text).text
    for window in windows(plain)[:1]:
        score = seen(window)
        for values in (style(window), coherence(window, score), surprise(score, np.array([0.0]))):
            assert np.isfinite(values).all()
    if plain.split():
        assert np.isfinite(reading(text).sentence_values).all()


def test_a_reading_is_read_by_name() -> None:
    vector = reading(HUMAN).vector
    assert vector["sentence_mean"] == pytest.approx(_style(HUMAN)["sentence_mean"])
    assert len(vector.as_mapping()) == len(SURPRISE) + len(STYLE) + len(COHERENCE)
