"""Any sequence of legal moves keeps the promises of the plot graph, undoes exactly, and can be replayed."""

from __future__ import annotations

import random

import networkx as nx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from writersroom.story.beats import ORDERING, Beat, Link, LinkKind, Status
from writersroom.story.describe import describe
from writersroom.story.emotions import Emotion
from writersroom.story.errors import IllegalMove
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import (
    AddBeat,
    AddLink,
    BeatChange,
    BeatDraft,
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

NAMES = ("Ann", "Bob", "Cyd")
UNITS = (-1.0, -0.5, 0.0, 0.5, 1.0)


def draft(seed: int) -> BeatDraft:
    """A new beat with some content; now and then someone feels who is not there."""
    rng = random.Random(seed)
    characters = tuple(rng.sample(NAMES, rng.randrange(4)))
    feel = characters if rng.random() < 0.9 else NAMES
    return BeatDraft(
        summary=rng.choice(("She leaves", "He stays", "A shot")),
        characters=characters,
        place=rng.choice(("", "hall", "yard")),
        act=rng.randrange(1, 4),
        time=rng.choice((None, None, 0.0, 1.0)),
        value_before=rng.choice(UNITS),
        value_after=rng.choice(UNITS),
        tension=rng.choice(UNITS),
        emotions={name: rng.choice(list(Emotion)) for name in feel[:1]},
        witnesses=rng.choice((None, (*characters, "Dee"))),
        plants=rng.choice(("", "a gun")),
    )


def change(seed: int) -> BeatChange:
    """A revision; one in a few changes nothing, or makes someone feel who is not there."""
    new = draft(seed)
    fields = random.Random(seed).sample(sorted(BeatChange.model_fields), 2)
    return BeatChange.model_validate({field: getattr(new, field) for field in fields})


# Content is drawn as a seed: it is the shape of the graph that the search for counterexamples should vary.
drafts = st.integers(0, 999).map(draft)
changes = st.integers(0, 999).map(change)
KINDS = (
    "add",
    "revise",
    "link",
    "link",
    "link",
    "unlink",
    "reorder",
    "merge",
    "merge",
    "cut",
    "plant",
    "pay_off",
)


@st.composite
def moves(draw: st.DrawFn, graph: PlotGraph) -> Move:
    """A move on a graph, more often legal than not: now and then it names a beat that is cut, or none."""
    live = graph.ids()
    ids = st.sampled_from(live or ("b99",))
    if draw(st.integers(0, 9)) == 9:
        ids = st.sampled_from([*graph.ids(include_cut=True), "b99"])
    after = st.sampled_from([None, *live])
    some = st.lists(ids, max_size=2).map(tuple) if live else st.just(())
    match draw(st.sampled_from(KINDS)):
        case "revise":
            return ReviseBeat(beat=draw(ids), change=draw(changes))
        case "link":
            source, kind = draw(ids), draw(st.sampled_from(LinkKind))
            links = [AddLink(source=source, target=target, link=kind) for target in (*live, draw(ids))]
            legal = [link for link in links if not graph.check(link)] if draw(st.integers(0, 3)) else []
            return draw(st.sampled_from(legal)) if legal else links[-1]
        case "unlink" if graph.links():
            link = draw(st.sampled_from(graph.links()))
            return RemoveLink(source=link.source, target=link.target, link=link.kind)
        case "reorder":
            return ReorderBeat(beat=draw(ids), after=draw(after))
        case "merge":
            linked = sorted({link.source for link in graph.links()}) or live
            absorbed = draw(st.sampled_from(linked)) if linked else "b99"
            return MergeBeats(beat=draw(ids), absorbed=absorbed, summary="Both at once")
        case "cut":
            return CutBeat(beat=draw(ids))
        case "plant":
            return PlantSetup(beat=draw(drafts), payoff=draw(ids), after=draw(after))
        case "pay_off":
            return PayOffSetup(beat=draw(drafts), setup=draw(ids), after=draw(ids))
        case "unlink":
            return RemoveLink(source=draw(ids), target=draw(ids), link=LinkKind.CAUSES)
        case _:
            effects = draw(some) if draw(st.booleans()) else ()
            return AddBeat(beat=draw(drafts), after=draw(after), caused_by=draw(some), causes=effects)


def ordering(graph: PlotGraph) -> nx.DiGraph[str]:
    """The ordering links, for networkx to judge."""
    judge: nx.DiGraph[str] = nx.DiGraph()
    judge.add_nodes_from(graph.ids())
    judge.add_edges_from((link.source, link.target) for link in graph.links() if link.kind in ORDERING)
    return judge


def follow(graph: nx.DiGraph[str], beat: str) -> set[str]:
    """All that follows a beat."""
    return set(nx.bfs_tree(graph, beat)) - {beat}


class PlotMachine(RuleBasedStateMachine):
    """Moves, changes of status, undo and redo in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.graph = PlotGraph()
        self.states = [self.graph.to_json()]
        self.diffs: list[GraphDiff] = []
        self.undone: list[tuple[GraphDiff, str]] = []

    @initialize(beats=st.lists(drafts, min_size=3, max_size=8), every=st.integers(1, 3))
    def begin(self, beats: list[BeatDraft], every: int) -> None:
        """A few beats to start from, some of them caused by the one before."""
        for place, beat in enumerate(beats):
            last = self.graph.ids()[-1:]
            move = AddBeat(beat=beat, after=last[0] if last else None, caused_by=last[: place % every == 0])
            if not self.graph.check(move):
                self.kept(self.graph.apply(move))

    def kept(self, diff: GraphDiff) -> None:
        self.diffs.append(diff)
        self.states.append(self.graph.to_json())
        self.undone.clear()

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        move = data.draw(moves(self.graph))
        locked, joined = self.locked()
        reach = ordering(self.graph) if isinstance(move, CutBeat) else None
        problems = self.graph.check(move)
        assert self.graph.to_json() == self.states[-1], "check changes nothing"
        if problems:
            with pytest.raises(IllegalMove) as caught:
                self.graph.apply(move)
            assert caught.value.problems == problems
            assert all(problem.endswith(".") for problem in problems)
            assert self.graph.to_json() == self.states[-1]
            return
        diff = self.graph.apply(move)
        self.kept(diff)
        assert self.locked()[0] == locked, "same beats, unchanged, in the same order"
        assert self.locked()[1] >= joined, "no link between locked beats is lost"
        assert describe(diff)
        if reach is not None and isinstance(move, CutBeat):
            self.chain_holds(reach, move.beat)

    @rule(data=st.data())
    def another_move(self, data: st.DataObject) -> None:
        self.move(data)  # so that moves outnumber the other steps

    @rule(data=st.data(), status=st.sampled_from([Status.PITCHED, Status.DRAFTED, Status.LOCKED]))
    @precondition(lambda self: self.graph.ids())
    def set_status(self, data: st.DataObject, status: Status) -> None:
        ids = data.draw(st.lists(st.sampled_from(self.graph.ids()), max_size=3))
        self.kept(self.graph.set_status(ids, status))
        assert all(self.graph.beat(id).status is status for id in ids)

    @rule()
    @precondition(lambda self: self.diffs)
    def undo(self) -> None:
        diff = self.diffs.pop()
        self.undone.append((diff, self.states.pop()))
        self.graph.undo(diff)
        assert self.graph.to_json() == self.states[-1]

    @rule()
    @precondition(lambda self: self.undone)
    def redo(self) -> None:
        diff, state = self.undone.pop()
        self.graph.redo(diff)
        assert self.graph.to_json() == state
        self.diffs.append(diff)
        self.states.append(state)

    def locked(self) -> tuple[tuple[Beat, ...], set[Link]]:
        """The locked beats in telling order, and the links between them."""
        beats = tuple(beat for beat in self.graph.beats() if beat.status is Status.LOCKED)
        ids = {beat.id for beat in beats}
        return beats, {link for link in self.graph.links() if {link.source, link.target} <= ids}

    def chain_holds(self, before: nx.DiGraph[str], cut: str) -> None:
        """What preceded what still does, the cut beat apart."""
        after = ordering(self.graph)
        for one in after:
            assert follow(before, one) - {cut} == follow(after, one)

    @invariant()
    def ordering_is_acyclic(self) -> None:
        assert nx.is_directed_acyclic_graph(ordering(self.graph))

    @invariant()
    def payoffs_follow_setups_and_links_join_live_beats(self) -> None:
        told = {id: place for place, id in enumerate(self.graph.ids())}
        links = self.graph.links()
        assert len(set(links)) == len(links)
        for link in links:
            assert link.source != link.target
            assert link.source in told
            assert link.target in told
            if link.kind is LinkKind.SETS_UP:
                assert told[link.source] < told[link.target]

    @invariant()
    def ids_are_numbered_on(self) -> None:
        ids = self.graph.ids(include_cut=True)
        assert sorted(ids) == sorted(f"b{i + 1}" for i in range(len(ids)))
        assert [self.graph.index(id) for id in ids] == list(range(len(ids)))

    def teardown(self) -> None:
        """The diffs, read back from JSON, rebuild the graph; a snapshot does; undone, nothing is left."""
        rebuilt = PlotGraph()
        for diff in self.diffs:
            rebuilt.redo(GraphDiff.model_validate_json(diff.model_dump_json()))
        assert rebuilt == self.graph
        assert PlotGraph.from_json(self.graph.to_json()) == self.graph
        twin = self.graph.copy()
        assert twin == self.graph
        for diff in reversed(self.diffs):
            twin.undo(diff)
        assert twin == PlotGraph()
        assert self.graph.to_json() == self.states[-1], "a copy is independent"


TestPlotMachine = PlotMachine.TestCase
TestPlotMachine.settings = settings(
    max_examples=40, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
