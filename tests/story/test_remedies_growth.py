"""How stories begin and go on: a session of nothing but choices comes to a plot that holds together."""

from __future__ import annotations

import random

import networkx as nx
import pytest

from tests.story.making import beat, chain, find, rising, story
from writersroom.story.characters import Character
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import AddBeat, PayOffSetup, PlantSetup
from writersroom.story.remedies import growth, opening, remedies, with_summary
from writersroom.story.structures import SAVE_THE_CAT, STRUCTURES, THREE_ACT, Structure
from writersroom.story.weaknesses import WeaknessKind, weaknesses

CAST = [Character(name=name) for name in ("Mara", "Tobias", "Ida")]


def played(structure: str, seed: int, rounds: int, cast: list[Character] = CAST) -> PlotGraph:
    """A session whose director takes the worst weakness and then chooses among the first few at random."""
    rng, graph = random.Random(seed), PlotGraph()
    for turn in range(rounds):
        found = weaknesses(graph, cast, structure)
        offered = remedies(graph, found[0], cast, structure) if found and found[0].severity >= 0.35 else ()
        remedy = rng.choice((offered or growth(graph, cast, structure))[:5])
        if remedy.needs_sentence:
            remedy = with_summary(remedy, f"Event {turn} comes to pass.")
        graph.apply(remedy.move)
    return graph


@pytest.mark.parametrize("structure", sorted(STRUCTURES))
@pytest.mark.parametrize("seed", range(3))
def test_a_session_of_choices_comes_to_a_whole_plot(structure: str, seed: int) -> None:
    graph = played(structure, seed, 13)
    told = graph.beats()
    assert len(told) >= 8
    net: nx.Graph[str] = nx.Graph((link.source, link.target) for link in graph.links())
    assert set(max(nx.connected_components(net), key=len)) == set(graph.ids())
    assert len({each.tension for each in told}) > 1
    assert {name for each in told for name in each.characters} == {"Mara", "Tobias", "Ida"}
    assert sum(found.severity for found in weaknesses(graph, CAST, structure)) < 1.5
    if structure == "three_act":
        third = len(told) // 3
        assert sum(b.tension for b in told[-third:]) > sum(b.tension for b in told[:third])


def test_the_same_choices_give_the_same_plot() -> None:
    assert played("three_act", 5, 9) == played("three_act", 5, 9)


def test_nobody_in_the_cast_is_no_obstacle() -> None:
    assert len(played("freytag", 1, 9, []).ids()) >= 6


@pytest.mark.parametrize("structure", STRUCTURES.values(), ids=STRUCTURES)
def test_a_story_opens_by_the_points_of_its_structure(structure: Structure) -> None:
    graph = PlotGraph()
    offered = opening(graph, CAST, structure)
    assert growth(graph, CAST, structure) == offered
    assert 4 <= len(offered) <= 12
    for point in structure.points[:2]:
        assert any(point.what.rstrip(".") in remedy.brief for remedy in offered)
    assert any("upsets" in remedy.label for remedy in offered)
    assert any("middle of things" in remedy.label for remedy in offered)
    assert {len(remedy.move.beat.characters) for remedy in offered if isinstance(remedy.move, AddBeat)} >= {
        1,
        2,
    }
    assert not graph.ids()


def test_a_place_of_the_bible_is_where_it_begins() -> None:
    moves = [remedy.move for remedy in opening(PlotGraph(), CAST, "none", places=("the lighthouse",))]
    assert all(isinstance(move, AddBeat) and move.beat.place == "the lighthouse" for move in moves)


def test_a_story_with_too_few_beats_goes_on_to_its_next_point() -> None:
    graph = story(*rising(2), links=chain(2))
    for remedy in growth(graph, CAST, THREE_ACT):
        assert isinstance(remedy.move, AddBeat)
        assert "commits fully" in remedy.brief
        assert "b2" in remedy.move.caused_by
        assert remedy.move.after == "b2"


def test_the_setback_is_the_lowest_and_the_climax_the_tensest() -> None:
    low = growth(story(*rising(3), links=chain(3)), CAST, THREE_ACT)[0].move
    assert isinstance(low, AddBeat)
    assert low.beat.value_after < -0.5
    climax = growth(story(*rising(4), links=chain(4)), CAST, THREE_ACT)[0].move
    assert isinstance(climax, AddBeat)
    assert climax.beat.tension == 1.0


def test_growth_pays_off_brings_back_plants_and_complicates() -> None:
    graph = story(
        beat("Ida hides a gun", plants="a gun", characters=("Ida",), tension=-0.5),
        *rising(9, characters=("Mara",)),
        links=chain(10),
    )
    offered = growth(graph, CAST, THREE_ACT)
    moves = [remedy.move for remedy in offered]
    assert any(isinstance(move, PayOffSetup) and move.setup == "b1" for move in moves)
    assert any(isinstance(move, PlantSetup) for move in moves)
    labels = [remedy.label for remedy in offered]
    assert any(label.startswith("complicate the way from") for label in labels)
    assert any(label.startswith("go on from b10") for label in labels)
    assert "bring Tobias in after b10" in labels
    assert "bring Ida back after b10" in labels
    for move in moves:
        assert not isinstance(move, AddBeat) or move.caused_by


def test_every_new_beat_but_the_first_is_tied_in() -> None:
    graph = story("One beat")
    for remedy in growth(graph, (), "none"):
        assert isinstance(remedy.move, AddBeat)
        assert remedy.move.caused_by == ("b1",)


def test_points_with_no_figure_to_check_them_do_not_hold_up_the_story() -> None:
    graph = PlotGraph()
    for turn in range(len(SAVE_THE_CAT.checked)):
        remedy = growth(graph, CAST, SAVE_THE_CAT)[0]
        graph.apply(with_summary(remedy, f"Event {turn}.").move)
    assert not find(graph, WeaknessKind.UNFINISHED, structure="save_the_cat")
