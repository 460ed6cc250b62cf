"""What a diff did is told change by change, each once."""

from __future__ import annotations

from tests.story.making import beat, story
from writersroom.story.beats import LinkKind, Status
from writersroom.story.describe import describe
from writersroom.story.emotions import Emotion
from writersroom.story.moves import (
    AddBeat,
    AddLink,
    BeatChange,
    BeatDraft,
    CutBeat,
    MergeBeats,
    RemoveLink,
    ReorderBeat,
    ReviseBeat,
)


def test_every_kind_of_change_has_its_line() -> None:
    graph = story("One", beat("Two", place="hall", characters=("Ann",)), "Three", links="b1 causes b2")
    draft = BeatDraft(summary="New", characters=("Ann", "Bob"), place="yard", act=2)
    added = graph.apply(AddBeat(beat=draft, after="b1", caused_by=("b1",)))
    assert describe(added) == ("b4 added: “New”", "b1 causes b4")
    assert describe(added.inverse) == (
        "b4 “New” taken back, as if it never had been",
        "b1 no longer causes b4",
    )
    assert describe(graph.apply(ReorderBeat(beat="b3", after=None))) == ("b3 is told 1st, not 4th",)
    assert describe(graph.apply(AddLink(source="b4", target="b2", link=LinkKind.SETS_UP))) == (
        "b4 sets up b2",
    )
    assert describe(graph.apply(RemoveLink(source="b4", target="b2", link=LinkKind.SETS_UP))) == (
        "b4 no longer sets up b2",
    )
    assert describe(graph.set_status(["b3"], Status.DRAFTED)) == ("b3 drafted",)
    assert describe(graph.apply(CutBeat(beat="b1"))) == (
        "b1 cut",
        "b1 no longer causes b2",
        "b1 no longer causes b4",
    )


def test_a_revision_says_each_field_before_and_after() -> None:
    graph = story(beat("Two", place="hall", characters=("Ann",)))
    change = BeatChange(
        summary="Otherwise",
        characters=("Ann", "Bob"),
        place="yard",
        act=3,
        time=2.5,
        stakes="all",
        value_before=-0.5,
        value_after=0.25,
        tension=1.0,
        emotions={"Ann": Emotion.JOY},
        witnesses=(),
        plants="a gun",
    )
    assert describe(graph.apply(ReviseBeat(beat="b1", change=change))) == (
        "b1 now reads “Otherwise”, not “Two”",
        "b1 characters: Ann → Ann, Bob",
        "b1 place: hall → yard",
        "b1 act: 1 → 3",
        "b1 time: 0 → 2.5",
        "b1 stakes: none → all",
        "b1 value before: 0 → -0.5",
        "b1 value after: 0 → 0.25",
        "b1 tension: 0 → 1",
        "b1 emotions: none → Ann joy",
        "b1 witnesses: its characters → none",
        "b1 plants: none → a gun",
    )


def test_places_are_counted_as_people_count() -> None:
    graph = story(*("Beat" for _ in range(23)))
    told = [
        describe(graph.apply(ReorderBeat(beat="b23", after=f"b{n}")))[0] for n in (1, 2, 10, 11, 12, 20, 21)
    ]
    assert [line.split()[3] for line in told] == ["2nd,", "3rd,", "11th,", "12th,", "13th,", "21st,", "22nd,"]


def test_a_merge_reads_as_a_cut_and_a_change() -> None:
    graph = story("One", "Two", links="b1 causes b2")
    assert describe(graph.apply(MergeBeats(beat="b1", absorbed="b2", summary="Both"))) == (
        "b1 now reads “Both”, not “One”",
        "b2 cut",
        "b1 no longer causes b2",
    )
