"""Each rule of the plot graph refuses what breaks it, with a sentence, and allows what does not."""

from __future__ import annotations

import json

import pytest

from tests.story.making import beat, story
from writersroom.story.beats import Beat, LinkKind, Status
from writersroom.story.emotions import Emotion
from writersroom.story.errors import BrokenGraph, DiffMismatch, IllegalMove, UnknownBeat
from writersroom.story.graph import GraphSnapshot, PlotGraph
from writersroom.story.legality import strangers
from writersroom.story.moves import (
    AddBeat,
    AddLink,
    BeatChange,
    BeatDraft,
    BeatPlaced,
    CutBeat,
    GraphDiff,
    MergeBeats,
    Move,
    PayOffSetup,
    PlantSetup,
    RemoveLink,
    ReorderBeat,
    ReviseBeat,
)
from writersroom.story.precedence import Precedence

NEW = BeatDraft(summary="Something new")


def causes(source: str, target: str) -> AddLink:
    return AddLink(source=source, target=target, link=LinkKind.CAUSES)


def plot() -> PlotGraph:
    """b1 causes b2 causes b3, b1 sets up b4, b5 is locked, b6 cut."""
    graph = story(
        "One", "Two", "Three", "Four", "Five", "Six", links="b1 causes b2 b2 causes b3 b1 sets_up b4"
    )
    graph.set_status(["b5"], Status.LOCKED)
    graph.apply(CutBeat(beat="b6"))
    return graph


@pytest.mark.parametrize(
    ("move", "problem"),
    [
        (AddBeat(beat=NEW, after="b9"), "There is no beat 'b9'; the story has b1 to b6."),
        (AddBeat(beat=NEW, after="b6"), "b6 was cut and cannot be told before anything."),
        (
            AddBeat(beat=NEW, caused_by=("x" * 99,)),
            "There is no beat 'xxxxxxxxxxxxxxxxxxx…'; the story has b1 to b6.",
        ),
        (AddBeat(beat=NEW, causes=("b6",)), "b6 was cut and cannot be an effect."),
        (
            AddBeat(beat=NEW, caused_by=("b3",), causes=("b1",)),
            "The new beat would close a circle: it would cause b1 and be caused by b3, "
            "but b1 already leads to b3, by way of b2.",
        ),
        (
            AddBeat(beat=NEW, caused_by=("b2",), causes=("b2",)),
            "The new beat would close a circle: it would cause b2 and be caused by b2, but both are b2.",
        ),
        (
            AddBeat(beat=BeatDraft(summary="Rage", characters=("Bob",), emotions={"Ann": Emotion.ANGER})),
            "Ann feels anger but is not present in the beat; add the name.",
        ),
        (
            ReviseBeat(beat="b5", change=BeatChange(summary="Otherwise")),
            'b5 "Five" is locked and cannot be revised; unlock it first.',
        ),
        (ReviseBeat(beat="b6", change=BeatChange(summary="Otherwise")), "b6 was cut and cannot be revised."),
        (
            ReviseBeat(beat="b1", change=BeatChange(summary="One")),
            'The revision leaves b1 "One" as it is; change at least one thing.',
        ),
        (
            ReviseBeat(beat="b1", change=BeatChange()),
            'The revision leaves b1 "One" as it is; change at least one thing.',
        ),
        (
            ReviseBeat(beat="b1", change=BeatChange(emotions={"Ann": Emotion.JOY})),
            "Ann feels joy but is not present in the beat; add the name.",
        ),
        (causes("b1", "b1"), "A beat cannot be linked to itself; b1 needs another beat."),
        (causes("b1", "b2"), "b1 already causes b2."),
        (causes("b1", "b6"), "b6 was cut and cannot be linked."),
        (
            causes("b3", "b1"),
            "That b3 causes b1 would close a circle: b1 already leads to b3, by way of b2.",
        ),
        (causes("b2", "b1"), "That b2 causes b1 would close a circle: b1 already leads to b2."),
        (
            AddLink(source="b4", target="b2", link=LinkKind.SETS_UP),
            "A payoff is told after its setup, but b2 comes before b4; reorder one first.",
        ),
        (
            RemoveLink(source="b1", target="b3", link=LinkKind.CAUSES),
            "There is no link that says b1 causes b3.",
        ),
        (
            RemoveLink(source="b1", target="b2", link=LinkKind.SETS_UP),
            "There is no link that says b1 sets up b2.",
        ),
        (ReorderBeat(beat="b5", after=None), 'b5 "Five" is locked and cannot be reordered; unlock it first.'),
        (ReorderBeat(beat="b2", after="b2"), "b2 cannot be told after itself."),
        (ReorderBeat(beat="b2", after="b1"), "b2 is already told after b1."),
        (ReorderBeat(beat="b1", after=None), "b1 is already told first."),
        (ReorderBeat(beat="b2", after="b6"), "b6 was cut and cannot be told before anything."),
        (ReorderBeat(beat="b4", after=None), "b4 pays off b1 and must be told after it, not first."),
        (ReorderBeat(beat="b1", after="b4"), "b1 sets up b4 and must be told before it, not after b4."),
        (
            MergeBeats(beat="b2", absorbed="b5", summary="Both"),
            'b5 "Five" is locked and cannot be merged; unlock it first.',
        ),
        (MergeBeats(beat="b2", absorbed="b2", summary="Both"), "b2 cannot be merged with itself."),
        (
            MergeBeats(beat="b1", absorbed="b3", summary="Both"),
            "b1 and b3 cannot be one beat, because others lie between: b1 already leads to b3, by way of b2.",
        ),
        (
            MergeBeats(beat="b3", absorbed="b1", summary="Both"),
            "b3 and b1 cannot be one beat, because others lie between: b1 already leads to b3, by way of b2.",
        ),
        (CutBeat(beat="b5"), 'b5 "Five" is locked and cannot be cut; unlock it first.'),
        (CutBeat(beat="b6"), "b6 was cut and cannot be cut again."),
        (PlantSetup(beat=NEW, payoff="b6"), "b6 was cut and cannot be a payoff."),
        (
            PlantSetup(beat=NEW, payoff="b2", after="b2"),
            "A setup is told before its payoff, but b2 is told before what follows b2; plant it earlier.",
        ),
        (PayOffSetup(beat=NEW, setup="b9", after="b1"), "There is no beat 'b9'; the story has b1 to b6."),
        (
            PayOffSetup(beat=NEW, setup="b2", after="b1"),
            "A payoff is told after its setup, but b1 comes before b2; pay off later.",
        ),
    ],
)
def test_what_is_refused_and_why(move: Move, problem: str) -> None:
    graph = plot()
    assert graph.check(move) == (problem,)
    with pytest.raises(IllegalMove, match="^" + problem.split("'")[0].split("(")[0]):
        graph.apply(move)
    assert graph == plot()


def test_a_merge_may_not_put_a_payoff_before_its_setup() -> None:
    graph = story("One", "Two", "Three", "Four", links="b2 sets_up b4")
    assert graph.check(MergeBeats(beat="b1", absorbed="b4", summary="x")) == (
        "b4 pays off b2, which is told after b1; merge b1 into b4 instead.",
    )
    graph = story("One", "Two", "Three", "Four", links="b1 sets_up b3")
    assert graph.check(MergeBeats(beat="b4", absorbed="b1", summary="x")) == (
        "b1 sets up b3, which is told before b4; merge b4 into b1 instead.",
    )
    assert not graph.check(MergeBeats(beat="b1", absorbed="b4", summary="x"))


def test_what_is_allowed_that_may_surprise() -> None:
    graph = plot()
    assert not graph.check(causes("b4", "b1")), "a flashback: the effect is told first"
    assert not graph.check(causes("b5", "b1")), "a locked beat may get new effects"
    assert not graph.check(AddLink(source="b1", target="b5", link=LinkKind.SETS_UP)), "and new setups"
    assert not graph.check(AddBeat(beat=NEW, after="b5")), "and others told after it"
    graph.apply(AddLink(source="b2", target="b1", link=LinkKind.MOTIVATES))
    assert not graph.check(AddLink(source="b1", target="b2", link=LinkKind.MOTIVATES)), "they goad each other"


def test_links_between_locked_beats_stay() -> None:
    graph = story("One", "Two", "Three", links="b1 causes b2 b2 causes b3")
    graph.set_status(["b1", "b2"], Status.LOCKED)
    assert graph.check(RemoveLink(source="b1", target="b2", link=LinkKind.CAUSES)) == (
        "b1 and b2 are both locked, so what joins them stays; unlock one first.",
    )
    assert not graph.check(RemoveLink(source="b2", target="b3", link=LinkKind.CAUSES))
    graph.set_status(["b2"], Status.DRAFTED)
    assert not graph.check(RemoveLink(source="b1", target="b2", link=LinkKind.CAUSES))


def test_a_cut_joins_causes_to_effects_by_the_weaker_word() -> None:
    graph = story(
        "A",
        "B",
        "C",
        "X",
        "D",
        "E",
        "F",
        links="b1 causes b4 b2 enables b4 b3 motivates b4 b4 causes b5 b4 precedes b6 b4 sets_up b7",
    )
    graph.apply(CutBeat(beat="b4"))
    said = {(link.source, link.kind.value, link.target) for link in graph.links()}
    assert said == {
        ("b1", "causes", "b5"),
        ("b2", "enables", "b5"),
        ("b3", "motivates", "b5"),
        ("b1", "precedes", "b6"),
        ("b2", "precedes", "b6"),
    }
    assert graph.beat("b4").status is Status.CUT


def test_a_cut_adds_no_weaker_word_where_a_stronger_is_said() -> None:
    graph = story("A", "X", "B", links="b1 enables b2 b1 causes b2 b2 causes b3 b2 enables b3")
    graph.apply(CutBeat(beat="b2"))
    assert [link.kind for link in graph.links()] == [LinkKind.CAUSES]
    graph = story("A", "X", "B", links="b1 causes b3 b1 motivates b2 b2 causes b3 b1 precedes b2")
    graph.apply(CutBeat(beat="b2"))
    assert [link.kind for link in graph.links()] == [LinkKind.CAUSES]


def test_a_circle_of_motives_is_cut_without_a_link_to_itself() -> None:
    graph = story("A", "X", links="b1 motivates b2 b2 motivates b1")
    graph.apply(CutBeat(beat="b2"))
    assert graph.links() == ()


def test_a_merge_joins_what_both_say() -> None:
    graph = story(
        beat("Early", characters=("Ann",), value_before=0.5, value_after=0.1, tension=0.2, plants="a gun"),
        beat(
            "Late",
            characters=("Bob", "Ann"),
            witnesses=("Cyd",),
            place="yard",
            stakes="his life",
            value_before=-0.2,
            value_after=-0.9,
            tension=0.8,
            emotions={"Bob": Emotion.FEAR},
        ),
        "Other",
        "Last",
        links="b1 causes b2 b3 precedes b1 b3 causes b1 b1 enables b4 b1 sets_up b4 b2 sets_up b4",
    )
    graph.apply(MergeBeats(beat="b2", absorbed="b1", summary="At once"))
    merged = graph.beat("b2")
    assert merged.summary == "At once"
    assert merged.characters == ("Bob", "Ann")
    assert merged.seen_by == ("Cyd", "Ann")
    assert (merged.place, merged.stakes, merged.plants) == ("yard", "his life", "a gun")
    assert (merged.value_before, merged.value_after, merged.tension) == (0.5, -0.9, 0.8)
    assert merged.emotions == {"Bob": Emotion.FEAR}
    assert {(link.source, link.kind.value, link.target) for link in graph.links()} == {
        ("b3", "precedes", "b2"),
        ("b3", "causes", "b2"),
        ("b2", "enables", "b4"),
        ("b2", "sets_up", "b4"),
    }
    assert graph.beat("b1").status is Status.CUT


def test_a_planted_setup_remembers_what_it_is() -> None:
    graph = story("One", "Two")
    graph.apply(PlantSetup(beat=NEW, payoff="b2", after="b1"))
    graph.apply(PlantSetup(beat=NEW.model_copy(update={"plants": "a gun"}), payoff="b2"))
    assert graph.beat("b3").plants == "Something new"
    assert graph.beat("b4").plants == "a gun"
    assert graph.ids() == ("b4", "b1", "b3", "b2")


def test_time_is_taken_from_the_beat_told_before() -> None:
    graph = PlotGraph()
    graph.apply(AddBeat(beat=NEW))
    graph.apply(AddBeat(beat=BeatDraft(summary="Later", time=4.0), after="b1"))
    graph.apply(AddBeat(beat=NEW, after="b2"))
    graph.apply(AddBeat(beat=NEW))
    assert [graph.beat(id).time for id in ("b1", "b2", "b3", "b4")] == [0.0, 4.0, 4.0, 0.0]


def test_ids_are_never_given_twice() -> None:
    graph = story("One", "Two")
    graph.apply(CutBeat(beat="b2"))
    added = graph.apply(AddBeat(beat=NEW))
    assert added.after[0].beat.id == "b3"
    graph.undo(added)
    assert graph.apply(AddBeat(beat=NEW)).after[0].beat.id == "b3", "an undone beat never was"
    high = PlotGraph.of(GraphSnapshot(beats=(beat().model_copy(update={"id": "b41"}), beat())))
    diff = high.apply(AddBeat(beat=NEW))
    assert diff.after[0].beat.id == "b42"
    high.undo(diff)
    assert high.apply(AddBeat(beat=NEW)).after[0].beat.id == "b42"


def test_reordering_over_cut_beats_counts_only_live_ones() -> None:
    graph = story("One", "Two", "Three", "Four")
    graph.apply(CutBeat(beat="b2"))
    assert graph.check(ReorderBeat(beat="b3", after="b1")) == ("b3 is already told after b1.",)
    graph.apply(ReorderBeat(beat="b4", after="b1"))
    assert graph.ids() == ("b1", "b4", "b3")


def test_statuses() -> None:
    graph = story("One", "Two")
    assert graph.set_status(["b1"], Status.ADOPTED) == GraphDiff(), "it has that status already"
    diff = graph.set_status(["b2", "b1", "b2"], Status.LOCKED)
    assert [placed.beat.id for placed in diff.after] == ["b1", "b2"]
    assert graph.ids(include_locked=False) == ()
    for ids, status, says in (
        (["b1"], Status.CUT, "by the move `cut`"),
        (["b1", "b7"], Status.DRAFTED, "no beat 'b7'"),
    ):
        with pytest.raises(IllegalMove, match=says):
            graph.set_status(ids, status)
    graph.undo(diff)
    graph.apply(CutBeat(beat="b2"))
    with pytest.raises(IllegalMove, match="b2 was cut and cannot become adopted"):
        graph.set_status(["b2"], Status.ADOPTED)


def test_reading_what_is_not_there() -> None:
    graph = plot()
    assert "b1" in graph
    assert "b9" not in graph
    assert 1 not in graph
    assert len(graph) == 6
    for read in (graph.beat, graph.incoming, graph.outgoing, graph.index):
        with pytest.raises(UnknownBeat, match="no beat 'b9'"):
            read("b9")
    assert [link.target for link in graph.outgoing("b1")] == ["b2", "b4"]
    assert [link.source for link in graph.incoming("b4")] == ["b1"]
    assert graph.index("b6") == 5
    assert graph != "a graph"
    with pytest.raises(TypeError, match="unhashable"):
        hash(graph)


def test_names_are_held_against_a_cast() -> None:
    cast = {"Ann", "Bob"}
    draft = BeatDraft(
        summary="x", characters=("Ann", "Cyd"), witnesses=("Dee",), emotions={"Ann": Emotion.JOY}
    )
    assert strangers(AddBeat(beat=draft), cast) == (
        "Nobody in the cast is called Cyd; the cast is Ann, Bob.",
        "Nobody in the cast is called Dee; the cast is Ann, Bob.",
    )
    assert strangers(PayOffSetup(beat=draft, setup="b1", after="b1"), ())[0].endswith("the cast is empty.")
    assert strangers(ReviseBeat(beat="b1", change=BeatChange(characters=("Bob", "Eve"))), cast) == (
        "Nobody in the cast is called Eve; the cast is Ann, Bob.",
    )
    assert strangers(CutBeat(beat="b1"), cast) == ()


def placed(index: int, **fields: object) -> BeatPlaced:
    return BeatPlaced(beat=beat(**fields), index=index)  # pyright: ignore[reportArgumentType] - fields of Beat


def test_a_diff_of_another_graph_is_refused_and_changes_nothing() -> None:
    graph = story("One", "Two", "Three", links="b1 causes b2")
    one = BeatPlaced(beat=graph.beat("b1"), index=0)
    two = BeatPlaced(beat=graph.beat("b2"), index=1)
    new = BeatPlaced(beat=beat("New").model_copy(update={"id": "b4"}), index=3)
    link, back, up = (
        json.loads(text)
        for text in (
            '{"source": "b1", "target": "b2", "kind": "causes"}',
            '{"source": "b2", "target": "b1", "kind": "causes"}',
            '{"source": "b3", "target": "b1", "kind": "sets_up"}',
        )
    )
    far = {"source": "b1", "target": "b9", "kind": "causes"}
    odd = new.beat.model_copy(update={"id": "x1"})
    cases: list[tuple[dict[str, object], str]] = [
        ({"before": [two.model_copy(update={"index": 0})]}, "b2 is not as it was"),
        ({"before": [new]}, "There is no b4 to change"),
        ({"after": [one]}, "b1 is there already"),
        ({"after": [new, new]}, "names a beat twice"),
        ({"after": [new, BeatPlaced(beat=odd, index=3)]}, "two beats in one place"),
        ({"after": [BeatPlaced(beat=odd, index=3)]}, "'x1' is no id"),
        ({"after": [new.model_copy(update={"index": 4})]}, "b4 would be told past the end"),
        ({"before": [one]}, "b1 has links by now"),
        ({"links_added": [link]}, "There is a link b1 causes b2 already"),
        ({"links_added": [far]}, "A link b1 causes b9 cannot be"),
        ({"links_removed": [back]}, "There is no link b2 causes b1"),
        ({"links_removed": [link, link]}, "names a link twice"),
        ({"links_added": [back]}, "close a circle"),
        ({"links_added": [up]}, "b1 is told before b3, which sets it up"),
        ({"after": [new], "before": [two], "links_added": [up]}, "b2 has links by now"),
        (
            {"before": [two], "after": [two, new.model_copy(update={"index": 0})]},
            "places contradict each other",
        ),
    ]
    before = graph.to_json()
    for fields, says in cases:
        with pytest.raises(DiffMismatch, match=says):
            graph.redo(GraphDiff.model_validate(fields))
        assert graph.to_json() == before
    with pytest.raises(DiffMismatch, match="There is no b4 to change"):
        graph.undo(GraphDiff(after=(new,)))


def test_a_setup_that_says_no_more_plants_its_summary_as_far_as_a_phrase_may_go() -> None:
    graph = story("Payoff")
    told = "x" * 499 + " and more"
    graph.apply(PlantSetup(beat=BeatDraft(summary=told), payoff="b1", after=None))
    planted = graph.beat("b2").plants
    assert planted == "x" * 499
    assert Beat.model_validate(graph.beat("b2").model_dump()).plants == planted


def test_what_was_recorded_is_told_again_without_a_look_at_the_whole_graph(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph, again = PlotGraph(), PlotGraph()
    diffs = [graph.apply(AddBeat(beat=NEW))]
    diffs += [graph.apply(AddBeat(beat=NEW, caused_by=(id,))) for id in ("b1", "b2", "b1")]
    diffs.append(graph.apply(causes("b3", "b4")))

    def whole(_order: Precedence) -> None:
        pytest.fail("It searched the whole graph.")

    monkeypatch.setattr(Precedence, "circle", whole)
    for diff in diffs:
        again.redo(diff)
    assert again == graph


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nothing", "Invalid JSON"),
        ('{"beats": [{"id": "b1"}]}', "At beats.0.summary: Field required"),
        ('{"beats": [{"id": "1", "summary": "x"}]}', "'1' is no id"),
        ('{"beats": [{"id": "b1", "summary": "x"}, {"id": "b1", "summary": "y"}]}', "same id"),
        (
            '{"beats": [{"id": "b1", "summary": "x"}], '
            '"links": [{"source": "b1", "target": "b2", "kind": "causes"}]}',
            "A link b1 causes b2 cannot be",
        ),
        (
            '{"beats": [{"id": "b1", "summary": "x"}, {"id": "b2", "summary": "y"}], '
            '"links": [{"source": "b1", "target": "b2", "kind": "causes"},'
            ' {"source": "b1", "target": "b2", "kind": "causes"}]}',
            "A link is there twice",
        ),
        (
            '{"beats": [{"id": "b1", "summary": "x"}, {"id": "b2", "summary": "y"}], '
            '"links": [{"source": "b1", "target": "b2", "kind": "causes"},'
            ' {"source": "b2", "target": "b1", "kind": "enables"}]}',
            "Its links close a circle: b1 → b2 → b1",
        ),
        (
            '{"beats": [{"id": "b2", "summary": "x"}, {"id": "b1", "summary": "y"}], '
            '"links": [{"source": "b1", "target": "b2", "kind": "sets_up"}]}',
            "b2 is told before b1, which sets it up",
        ),
        (
            '{"beats": [{"id": "b1", "summary": "x", "status": "cut"}, {"id": "b2", "summary": "y"}], '
            '"links": [{"source": "b1", "target": "b2", "kind": "causes"}]}',
            "b1 is cut but has links",
        ),
    ],
)
def test_a_snapshot_that_no_moves_lead_to_is_refused(text: str, says: str) -> None:
    with pytest.raises(BrokenGraph, match=says):
        PlotGraph.from_json(text)
