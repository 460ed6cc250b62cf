"""Points of a structure that are missing, and stories that have only begun."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.story.making import beat, chain, find, keys, rising, story
from writersroom.story.beats import Beat
from writersroom.story.characters import Character
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import CutBeat
from writersroom.story.structures import STRUCTURES
from writersroom.story.weaknesses import WeaknessKind, weaknesses


def test_an_empty_story_has_one_weakness_whatever_its_structure() -> None:
    for structure in STRUCTURES:
        (only,) = weaknesses(PlotGraph(), [Character(name="Ann")], structure)
        assert (only.key, only.severity, only.suggests) == ("nothing_happens", 1.0, ("add",))
    cut = story("One")
    cut.apply(CutBeat(beat="b1"))
    assert keys(cut, WeaknessKind.NOTHING_HAPPENS) == ["nothing_happens"]


def test_one_beat_is_a_beginning() -> None:
    (only,) = weaknesses(story("A stranger comes"), (), "none")
    assert only.key == "unfinished:consequence"
    assert only.evidence == 'The story has 1 beat, up to b1 "A stranger comes"; still to come: a consequence.'
    assert keys(story("One", "Two"), WeaknessKind.UNFINISHED) == []


def test_an_unfinished_story_names_what_is_still_to_come() -> None:
    graph = story("One", "Two", "Three", links=chain(3))
    (found,) = find(graph, WeaknessKind.UNFINISHED, structure="three_act")
    assert found.evidence.endswith("still to come: Major setback, Climax.")
    assert found.key == "unfinished:major_setback"
    assert found.severity < find(story("One"), WeaknessKind.UNFINISHED, structure="three_act")[0].severity
    assert keys(story(*rising(5)), WeaknessKind.UNFINISHED, structure="three_act") == []


def shaped(values: list[float], tensions: list[float]) -> PlotGraph:
    """Ten beats whose value runs through the given points."""
    return story(
        *(
            beat(value_before=before, value_after=after, tension=tension)
            for (before, after), tension in zip(pairwise(values), tensions, strict=True)
        ),
        links=chain(len(tensions)),
    )


RISE = [i / 10 for i in range(10)]
WHOLE = shaped([0, 0.3, 0.3, 0.7, 0.7, 0.2, 0.2, -0.6, -0.7, -0.2, 0.9], RISE)


@pytest.mark.parametrize("structure", ["three_act", "freytag", "none"])
def test_a_whole_story_misses_nothing(structure: str) -> None:
    assert keys(WHOLE, WeaknessKind.MISSING_POINT, structure=structure) == []


@pytest.mark.parametrize(
    ("values", "tensions", "missing"),
    [
        ([0, 0, 0, 0.6, 0.6, 0.1, 0.1, -0.6, -0.7, -0.2, 0.9], RISE, "opportunity"),
        (
            [0, 0.3, 0.3, 0.3, 0.3, -0.1, -0.1, -0.6, -0.7, -0.2, 0.9],
            RISE,
            "change_of_plans",
        ),
        ([0, 0.3, 0.3, 0.7, 0.7, 0.7, 0.7, -0.6, -0.7, -0.2, 0.9], RISE, "midpoint"),
        ([0, 0.3, 0.3, 0.7, 0.7, 0.2, 0.2, 0.2, 0.2, 0.2, 0.9], RISE, "major_setback"),
        (
            [0, 0.3, 0.3, 0.7, 0.7, 0.2, 0.2, -0.6, -0.7, -0.2, 0.9],
            [0, 0.1, 0.2, 0.9, 0, 0, 0, 0, 0, 0.5],
            "climax",
        ),
    ],
)
def test_each_turning_point_of_three_acts_is_missed(
    values: list[float], tensions: list[float], missing: str
) -> None:
    (found,) = find(shaped(values, tensions), WeaknessKind.MISSING_POINT, structure="three_act")
    assert found.key == f"missing_point:three_act:{missing}"
    assert found.suggests[0] == "add"
    assert found.beats


def points(graph: PlotGraph, structure: str) -> set[str]:
    """The points that are missed."""
    missed = keys(graph, WeaknessKind.MISSING_POINT, structure=structure)
    return {key.removeprefix(f"missing_point:{structure}:") for key in missed}


def test_the_points_of_the_other_structures() -> None:
    still = shaped([0.1] * 11, RISE)
    assert {
        key.split(":")[-1] for key in keys(still, WeaknessKind.MISSING_POINT, structure="save_the_cat")
    } == {
        "catalyst",
        "break_into_two",
        "midpoint",
        "all_is_lost",
        "break_into_three",
    }
    assert points(still, "freytag") == {"exciting_force", "climax"}
    undecided = shaped([0, 0.9, 0.9, 0.9, 0.9, -0.9, -0.9, -0.9, 0, 0, 0], RISE)
    assert keys(undecided, WeaknessKind.MISSING_POINT, structure="freytag") == [
        "missing_point:freytag:catastrophe"
    ]


@pytest.mark.parametrize(
    ("fifth", "links", "missing"),
    [
        (beat(characters=("Ann",), place="hall"), chain(8), True),
        (beat(characters=("Ann",), place="moon"), chain(8), False),
        (beat(characters=("Ann", "Stranger"), place="hall"), chain(8), False),
        (beat(characters=("Ann",), place="hall"), chain(4) + " " + chain(4, first=5), False),
    ],
)
def test_kishotenketsu_wants_something_from_elsewhere(fifth: Beat, links: str, missing: bool) -> None:
    known = [beat(characters=("Ann",), place="hall") for _ in range(8)]
    known[4] = fifth
    found = keys(story(*known, links=links), WeaknessKind.MISSING_POINT, structure="kishotenketsu")
    assert found == (["missing_point:kishotenketsu:ten"] if missing else [])


def test_what_was_never_given_is_said_once() -> None:
    bare = story(*["Beat"] * 10, links=chain(10))
    found = {weakness.kind for weakness in weaknesses(bare, (), "three_act")}
    assert found == {WeaknessKind.UNVALUED, WeaknessKind.FLAT_TENSION}
