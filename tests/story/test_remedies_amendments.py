"""What another agent may propose in place of a pitch."""

from __future__ import annotations

import pytest

from tests.story.making import beat, chain, find, rising, story
from writersroom.story.beats import LinkKind
from writersroom.story.characters import Character
from writersroom.story.emotions import Emotion
from writersroom.story.moves import (
    AddBeat,
    AddLink,
    BeatChange,
    BeatDraft,
    CutBeat,
    MergeBeats,
    Move,
    PayOffSetup,
    PlantSetup,
    RemoveLink,
    ReorderBeat,
    ReviseBeat,
)
from writersroom.story.remedies import amendments
from writersroom.story.weaknesses import WeaknessKind

CAST = [Character(name=name) for name in ("Mara", "Tobias", "Ida")]
GRAPH = story(*rising(6, characters=("Mara",), place="the lighthouse"), beat(place="a boat"), links=chain(7))
DRAFT = BeatDraft(
    summary="Mara burns the radio.",
    characters=("Mara", "Tobias"),
    emotions={"Tobias": Emotion.FEAR},
    witnesses=("Mara", "Tobias"),
    place="the lighthouse",
    time=2.5,
)
MOVES: list[Move] = [
    AddBeat(beat=DRAFT, after="b3", caused_by=("b3",)),
    PlantSetup(beat=DRAFT, payoff="b6", after="b2"),
    PayOffSetup(beat=DRAFT, setup="b1", after="b6"),
    ReviseBeat(beat="b3", change=BeatChange(tension=0.2, witnesses=("Mara",))),
    AddLink(source="b2", target="b5", link=LinkKind.ENABLES),
    RemoveLink(source="b2", target="b3", link=LinkKind.CAUSES),
    ReorderBeat(beat="b4", after="b5"),
    MergeBeats(beat="b3", absorbed="b4", summary="Both at once"),
    CutBeat(beat="b4"),
]


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.kind)
def test_every_kind_of_move_can_be_amended(move: Move) -> None:
    before = GRAPH.snapshot()
    offered = amendments(GRAPH, move, CAST)
    assert len(offered) >= 2
    assert len({remedy.label for remedy in offered}) == len(offered) <= 8
    for remedy in offered:
        assert GRAPH.check(remedy.move) == ()
        assert remedy.move != move
        assert len(remedy.label.split()) <= 12
    assert GRAPH.snapshot() == before


def test_an_added_beat_is_told_peopled_joined_and_heightened_otherwise() -> None:
    pitch = MOVES[0]
    offered = {
        remedy.label: remedy.move
        for remedy in amendments(GRAPH, pitch, CAST, limit=50, places=("the cellar",))
    }
    for move in offered.values():
        assert isinstance(move, AddBeat)
        assert move.beat.summary == "Mara burns the radio."
    told = {label: move for label, move in offered.items() if isinstance(move, AddBeat)}
    assert told["yes, and let b2 cause it"].caused_by == ("b3", "b2")
    assert told["yes, and let it cause b4"].causes == ("b4",)
    assert told["yes, and Ida takes part"].beat.characters == ("Mara", "Tobias", "Ida")
    assert told["yes, and Ida takes part"].beat.witnesses == ("Mara", "Tobias", "Ida")
    assert told["yes, and Ida sees it"].beat.witnesses == ("Mara", "Tobias", "Ida")
    alone = told["yes, but without Tobias"].beat
    assert (alone.characters, alone.witnesses, dict(alone.emotions)) == (("Mara",), ("Mara",), {})
    assert told["yes, but with more to fear"].beat.tension == 0.3
    assert told["yes, but it turns things for the worse"].beat.value_after == -0.5
    assert told["yes, but told after b4"].after == "b4"
    assert told["yes, but elsewhere: the cellar"].beat.place == "the cellar"


def test_a_cut_can_be_spared() -> None:
    kinds = {remedy.move.kind for remedy in amendments(GRAPH, CutBeat(beat="b4"), CAST)}
    assert {"merge", "link", "reorder"} <= kinds


def test_a_pitch_about_beats_that_are_not_there_has_none() -> None:
    assert amendments(GRAPH, CutBeat(beat="b99"), CAST) == ()
    assert amendments(GRAPH, AddBeat(beat=DRAFT, after="b99"), CAST) == ()


def test_those_that_mend_what_the_pitch_was_for_come_first() -> None:
    graph = story(*rising(6), beat("A stranger passes", time=9), *rising(2)[:1], links=chain(6))
    weakness = find(graph, WeaknessKind.LOOSE)[0]
    pitch = AddLink(source="b1", target=weakness.beats[0], link=LinkKind.MOTIVATES)
    offered = amendments(graph, pitch, CAST, structure="none", weakness=weakness)
    assert offered[0].mends
    assert [remedy.mends for remedy in offered] == sorted((r.mends for r in offered), reverse=True)


def test_a_beat_told_first_stays_possible_to_amend() -> None:
    labels = {remedy.label for remedy in amendments(GRAPH, AddBeat(beat=DRAFT), CAST, limit=50)}
    assert "yes, but told after b1" in labels
    assert "yes, but told first" not in labels
