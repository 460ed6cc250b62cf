"""How a story is built, told from its plot graph and what is said in a scene."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.story.making import beat, chain, story
from writersroom.critic.features.narrative import NARRATIVE, SAID, narrative, theme_said
from writersroom.story.emotions import Emotion
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import CutBeat

THEME = "Who keeps a secret pays for every silence."


def measured(graph: PlotGraph, name: str) -> float:
    return narrative(graph, theme="", lines=())[name]


def test_a_line_that_is_the_theme_is_told_from_talk() -> None:
    assert (
        theme_said(THEME, ["Pass the salt.", "Every secret somebody keeps, somebody pays in silence."])
        >= SAID
    )
    assert theme_said(THEME, ["Pass the salt.", "It was a secret once."]) < SAID
    # No line is the theme where several together have its words.
    assert theme_said(THEME, ["A secret.", "She keeps silence.", "He pays, every time."]) < SAID
    assert (
        theme_said("", ["Every secret."])
        == theme_said("It is so.", ["It is so."])
        == theme_said(THEME, [])
        == 0
    )


def test_a_second_line_of_action_is_a_second_track() -> None:
    beats = [beat() for _ in range(6)]
    assert measured(story(*beats, links=chain(6)), "single_track") == 1
    parted = story(*beats, links="b1 causes b2 b2 causes b3 b4 enables b5 b5 causes b6")
    assert measured(parted, "single_track") == 0.5
    goaded = story(*beats, links="b1 motivates b2 b2 motivates b1 b3 precedes b4")
    assert measured(goaded, "single_track") == 0  # no chain of causes


def test_what_is_paid_off_is_settled() -> None:
    planted = [beat("A gun", plants="the gun"), beat("A promise", plants="the promise"), beat(), beat()]
    assert measured(story(*planted), "settled") == 0
    assert measured(story(*planted, links="b1 sets_up b3"), "settled") == 0.5
    assert measured(story(*planted, links="b1 sets_up b3 b1 sets_up b4 b2 sets_up b4"), "settled") == 1


def test_one_mans_joy_divides_a_beat() -> None:
    def felt(ann: Emotion, bob: Emotion) -> PlotGraph:
        return story(beat(characters=("Ann", "Bob"), emotions={"Ann": ann, "Bob": bob}))

    assert measured(felt(Emotion.JOY, Emotion.ANGER), "undivided") == 0
    assert measured(felt(Emotion.JOY, Emotion.PRIDE), "undivided") == 1
    assert measured(felt(Emotion.FEAR, Emotion.CALM), "undivided") == 1
    assert measured(story(beat(characters=("Ann",), emotions={"Ann": Emotion.JOY})), "undivided") == 0


@pytest.mark.parametrize(
    ("times", "straight"), [([0, 1, 2, 3], 1), ([3, 0, 1, 2], 0.5), ([3, 2, 1, 0], 0), ([0, 0], 1)]
)
def test_a_flashback_is_not_straight_on(times: list[float], straight: float) -> None:
    assert measured(story(*(beat(time=time) for time in times)), "straight") == straight


def test_what_was_cut_is_not_looked_at() -> None:
    graph = story(beat(time=5, plants="a gun"), beat(time=1), beat(time=2))
    graph.apply(CutBeat(beat="b1"))
    assert measured(graph, "straight") == 1
    assert measured(graph, "settled") == 0


@given(
    times=st.lists(st.floats(-9, 9), max_size=12),
    links=st.sets(
        st.tuples(st.integers(1, 12), st.integers(1, 12), st.sampled_from(["causes", "sets_up", "motivates"]))
    ),
    theme=st.text(max_size=60),
    lines=st.lists(st.text(max_size=60), max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_every_figure_is_a_share(
    times: list[float], links: set[tuple[int, int, str]], theme: str, lines: list[str]
) -> None:
    said = " ".join(f"b{a} {kind} b{b}" for a, b, kind in sorted(links) if a < b <= len(times))
    graph = story(*(beat(time=time, plants="a gun") for time in times), links=said)
    found = narrative(graph, theme=theme, lines=lines)
    assert found.measures == NARRATIVE
    assert np.all((found.values >= 0) & (found.values <= 1))


def test_an_empty_story_measures_nothing() -> None:
    assert not narrative(PlotGraph(), theme=THEME, lines=()).values.any()
