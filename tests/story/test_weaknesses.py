"""The whole agenda: sorted, silent where a weakness is intended, and sound on any story."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.story.making import beat, chain, keys, rising, story
from writersroom.story.beats import Beat
from writersroom.story.characters import Character
from writersroom.story.emotions import Emotion
from writersroom.story.graph import PlotGraph
from writersroom.story.structures import STRUCTURES
from writersroom.story.weaknesses import DETECTORS, WeaknessKind, weaknesses


def test_the_severest_comes_first_and_what_is_intended_stays_silent() -> None:
    graph = story(*["Beat"] * 10, links="b9 causes b10")
    found = weaknesses(graph, [Character(name="Ann")], "three_act")
    assert [weakness.severity for weakness in found] == sorted((w.severity for w in found), reverse=True)
    for weakness in found:
        rest = weaknesses(graph, [Character(name="Ann")], "three_act", intended={weakness.key})
        assert rest == tuple(other for other in found if other.key != weakness.key)
    everything = frozenset(weakness.key for weakness in found)
    assert weaknesses(graph, [Character(name="Ann")], STRUCTURES["three_act"], everything) == ()


def test_a_key_outlives_changes_elsewhere() -> None:
    beats = [beat("A gun", plants="the gun"), *rising(6)]
    before = keys(story(*beats, links=chain(7)), WeaknessKind.UNPAID_SETUP)
    after = keys(story(*beats, *rising(3), links=chain(10)), WeaknessKind.UNPAID_SETUP)
    assert before == after == ["unpaid_setup:b1"]


def test_an_unknown_structure_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="no structure 'five_act'; choose one of three_act, save_the_cat"):
        weaknesses(PlotGraph(), (), "five_act")


def test_every_detector_says_after_whom() -> None:
    kinds = {kind.value for kind in WeaknessKind}
    assert {detector.__name__ for detector in DETECTORS} == kinds
    assert all(detector.__doc__ for detector in DETECTORS)


def any_beat(seed: int) -> Beat:
    rng = random.Random(seed)
    who = rng.choice([(), ("Ann",), ("Ann", "Bob"), ("Cyd",)])
    return beat(
        tension=rng.uniform(-1, 1),
        value_after=rng.uniform(-1, 1),
        characters=who,
        place=rng.choice(["", "hall", "yard"]),
        act=rng.randrange(1, 4),
        time=rng.randrange(4),
        plants=rng.choice(["", "a gun"]),
        emotions={name: rng.choice(list(Emotion)) for name in who},
    )


@given(
    beats=st.lists(st.integers(0, 999).map(any_beat), max_size=14),
    links=st.sets(
        st.tuples(st.integers(1, 14), st.integers(1, 14), st.sampled_from(["causes", "motivates", "sets_up"]))
    ),
    structure=st.sampled_from(sorted(STRUCTURES)),
)
@settings(max_examples=80, deadline=None)
def test_on_any_story(beats: list[Beat], links: set[tuple[int, int, str]], structure: str) -> None:
    said = " ".join(f"b{a} {kind} b{b}" for a, b, kind in sorted(links) if a < b <= len(beats))
    graph = story(*beats, links=said)
    cast = [Character(name=name) for name in ("Ann", "Bob", "Zoe")]
    found = weaknesses(graph, cast, structure)
    assert len({weakness.key for weakness in found}) == len(found)
    assert found == weaknesses(PlotGraph.from_json(graph.to_json()), cast, structure)
    ids = graph.ids()
    for weakness in found:
        assert weakness.key.startswith(weakness.kind.value)
        assert set(weakness.beats) <= set(ids)
        assert list(weakness.beats) == sorted(weakness.beats, key=ids.index)
        assert weakness.evidence.endswith(".")
        assert weakness.suggests
