"""The two orders of a plot graph, against slow and obvious ones."""

from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writersroom.story import precedence, telling
from writersroom.story.precedence import ELLIPSIS, Precedence
from writersroom.story.telling import Telling

N = 14
BEATS = [f"b{i}" for i in range(1, N + 1)]


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_telling_agrees_with_a_list(data: st.DataObject) -> None:
    ids: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(telling, "_FULL", 4)
        order = Telling()
        for step in range(data.draw(st.integers(0, 60))):
            if ids and data.draw(st.booleans()):
                gone = data.draw(st.sampled_from(ids))
                ids.remove(gone)
                order.remove(gone)
            else:
                place = data.draw(st.integers(0, len(ids)))
                ids.insert(place, f"b{step}")
                order.insert(place, f"b{step}")
            assert list(order) == ids
            assert len(order) == len(ids)
            assert [order.index(id) for id in ids] == list(range(len(ids)))
        for place in range(len(ids) + 1):
            assert list(order.backward_from(place)) == ids[:place][::-1]
            assert list(order.forward_from(place)) == ids[place:]
        if ids:
            one, other = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(ids))
            assert order.before(one, other) == (ids.index(one) < ids.index(other))


def test_telling_from_a_sequence_and_past_its_end() -> None:
    ids = [f"b{i}" for i in range(1000)]
    order = Telling(ids)
    assert list(order) == ids
    assert [order.index(id) for id in ids] == list(range(1000))
    with pytest.raises(IndexError, match="past the end"):
        order.insert(1001, "b5000")


class Twin:
    """The order under test, and networkx as the judge."""

    def __init__(self) -> None:
        self.order = Precedence()
        self.judge: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for beat in BEATS:
            self.order.add_beat(beat)
            self.judge.add_node(beat)

    def leads(self, one: str, other: str) -> bool:
        return nx.has_path(self.judge, one, other)

    def add(self, source: str, target: str) -> None:
        """As the plot graph does: ask first, and put in only what closes no circle."""
        path = self.order.path([target], [source])
        assert (path is not None) == self.leads(target, source)
        if path is not None:
            self.is_path(path, target, source)
            return
        self.order.add((source, target))
        self.judge.add_edge(source, target)

    def try_at_once(self, links: list[tuple[str, str]]) -> None:
        """Put links in, and out again where they close a circle."""
        judge = self.judge.copy()
        judge.add_edges_from(links)
        self.order.add(*links)
        circle = self.order.circle()
        assert (circle is None) == nx.is_directed_acyclic_graph(judge)
        assert self.order.closed_by(links) == (circle is not None)
        if circle is None:
            self.judge = judge
            return
        assert circle[0] == circle[-1]
        assert all(judge.has_edge(*pair) for pair in pairwise(circle) if ELLIPSIS not in pair)
        for source, target in links:
            self.order.remove(source, target)

    def remove(self, source: str, target: str) -> None:
        self.order.remove(source, target)
        self.judge.remove_edge(source, target)

    def is_path(self, path: tuple[str, ...], start: str, goal: str) -> None:
        assert path[0] == start
        assert path[-1] == goal
        for one, other in pairwise(path):
            if ELLIPSIS not in (one, other):
                assert self.judge.has_edge(one, other)
        assert self.leads(start, goal)

    def agrees(self) -> None:
        for beat in BEATS:
            assert self.order.successors(beat) == set(self.judge.successors(beat))
            assert self.order.predecessors(beat) == set(self.judge.predecessors(beat))
            for other in BEATS:
                path = self.order.path((beat,), (other,))
                assert (path is not None) == self.leads(beat, other)
                if path is not None:
                    self.is_path(path, beat, other)


@pytest.mark.parametrize("looked_at", [1, 400])
@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_precedence_agrees_with_networkx(looked_at: int, data: st.DataObject) -> None:
    beat = st.sampled_from(BEATS)
    with pytest.MonkeyPatch.context() as patch:
        # Looking at one beat alone, only the ends of a path are told.
        patch.setattr(precedence, "_LOOKED_AT", looked_at)
        patch.setattr(precedence, "_FEW", 3)
        twin = Twin()
        for _ in range(data.draw(st.integers(0, 70))):
            edges = sorted((source, target) for source, target in twin.judge.edges())
            if edges and data.draw(st.integers(0, 4)) == 0:
                twin.remove(*data.draw(st.sampled_from(edges)))
            elif data.draw(st.integers(0, 4)) == 0:
                links = data.draw(st.lists(st.tuples(beat, beat), max_size=6))
                twin.try_at_once([(source, target) for source, target in links if source != target])
            else:
                source, target = data.draw(st.tuples(beat, beat))
                if source != target:
                    twin.add(source, target)
        twin.agrees()
        starts, goals = (data.draw(st.lists(beat, min_size=1, max_size=4, unique=True)) for _ in "12")
        there = any(twin.leads(start, goal) for start in starts for goal in goals)
        path = twin.order.path(starts, goals)
        assert (path is not None) == there
        if path is not None:
            assert path[0] in starts
            assert path[-1] in goals
            twin.is_path(path, path[0], path[-1])
        assert twin.order.path((), goals) is None
        assert twin.order.path(starts, ()) is None


@given(st.lists(st.tuples(st.sampled_from(BEATS), st.sampled_from(BEATS)), max_size=30))
@settings(deadline=None)
def test_precedence_built_at_once_is_the_same(edges: list[tuple[str, str]]) -> None:
    edges = [(one, other) for one, other in edges if one != other]
    judge: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    judge.add_nodes_from(BEATS)
    judge.add_edges_from(edges)
    if not nx.is_directed_acyclic_graph(judge):
        path = Precedence.of(BEATS, edges).circle()
        assert path is not None
        assert path[0] == path[-1]
        assert all(judge.has_edge(*pair) for pair in pairwise(path) if ELLIPSIS not in pair)
        return
    twin = Twin()
    twin.judge = judge
    twin.order = Precedence.of(BEATS, edges)
    twin.agrees()
    twin.order = twin.order.copy()
    twin.agrees()


def test_a_long_path_is_shortened_for_its_reader() -> None:
    order = Precedence()
    beats = [f"b{i}" for i in range(1, 101)]
    for beat in beats:
        order.add_beat(beat)
    for one, other in pairwise(beats):
        order.add((one, other))
    assert order.path(["b1"], ["b100"]) == ("b1", "b2", ELLIPSIS, "b99", "b100")
    assert order.path(["b1"], ["b4"]) == ("b1", "b2", "b3", "b4")
    order.add(("b100", "b1"))
    circle = order.circle()
    assert circle is not None
    assert circle[0] == circle[-1]
    assert circle[2] == ELLIPSIS
    assert len(circle) == 5


def test_of_a_path_too_long_to_look_at_only_the_ends_are_told() -> None:
    beats = [f"b{i}" for i in range(1, 1001)]
    order = Precedence.of([*beats, "c1", "c2", "c3"], [*pairwise(beats), ("b1000", "c1")])
    assert order.path(["c2", "b1"], ["c2", "c1"]) == ("c2",)
    assert order.path(["c2", "b1", "c1"], ["b3", "b2"]) == ("b1", "b2")
    assert order.path(["c2", "b1"], ["c3", "c1"]) == ("b1", ELLIPSIS, "c1")


def test_two_long_lines_are_joined_against_their_order() -> None:
    """Both ends see thousands of beats, and no path."""
    beats = [f"b{i}" for i in range(2000)]
    odd, even = beats[1::2], beats[::2]
    edges = [pair for line in (odd, even) for pair in pairwise(line)]
    order = Precedence.of(beats, edges)
    order.add((even[-1], odd[0]))
    assert order.path([even[0]], [odd[-1]]) is not None
    for one, other in ((odd[-1], even[0]), (odd[500], even[500]), (odd[0], even[-1])):
        assert order.path([other], [one]) is not None
    judge = nx.DiGraph([*edges, (even[-1], odd[0])])
    assert nx.is_directed_acyclic_graph(judge)


def test_a_beat_comes_in_the_place_of_one_that_is_gone() -> None:
    order = Precedence()
    order.add_beat("b1")
    order.add_beat("b2")
    order.add(("b1", "b2"))
    order.remove("b1", "b2")
    order.remove_beat("b1")
    order.add_beat("b3")
    order.add(("b2", "b3"))
    assert order.path(["b2"], ["b3"]) == ("b2", "b3")
    assert order.path(["b3"], ["b2"]) is None
