"""The layout stays put: beats move only when a link would point backwards or when they change their act."""

from __future__ import annotations

import random
from itertools import pairwise

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from writersroom.story.beats import Beat, BeatId, Link, LinkKind, Status
from writersroom.story.moves import BeatPlaced, GraphDiff
from writersroom.view.layout import FORWARD, Place, arranged, crossings, settle
from writersroom.view.plot import Plot, replotted, tidied


def added(plot: Plot, beat: Beat, index: int, links: list[Link]) -> Plot:
    """The plot after one beat, with links, was added."""
    placed = BeatPlaced(beat=beat, index=index)
    return replotted(plot, GraphDiff(after=(placed,), links_added=tuple(links)))


def forward_links(plot: Plot) -> list[Link]:
    """Links that the layout must draw forward: both ends in one act."""
    return [
        link
        for link in plot.links
        if link.kind in FORWARD and plot.beats[link.source].act == plot.beats[link.target].act
    ]


def acyclic(plot: Plot, links: list[Link]) -> bool:
    ends = [(link.source, link.target) for link in (*plot.links, *links) if link.kind in FORWARD]
    return nx.is_directed_acyclic_graph(nx.DiGraph(ends))


@st.composite
def growths(draw: st.DrawFn) -> list[Plot]:
    """Plots, each from the one before by one added, cut or revised beat, or one added link."""
    plots = [Plot()]
    for number in range(1, draw(st.integers(1, 16)) + 1):
        plot = plots[-1]
        beats = sorted(plot.beats)
        change = draw(st.sampled_from(["add", "add", "add", "link", "cut", "act"])) if beats else "add"
        kind = draw(st.sampled_from(list(LinkKind)))
        if change == "add":
            beat = Beat(id=f"b{number}", summary="x", act=draw(st.integers(1, 2)))
            sources = draw(st.lists(st.sampled_from(beats), unique=True, max_size=2)) if beats else []
            targets = draw(st.lists(st.sampled_from(beats), unique=True, max_size=2)) if beats else []
            links = [Link(source=s, target=beat.id, kind=kind) for s in sources]
            links += [Link(source=beat.id, target=t, kind=kind) for t in targets if t not in sources]
            if acyclic(plot, links):
                plots.append(added(plot, beat, draw(st.integers(0, len(plot.order))), links))
        elif change == "link":
            source, target = draw(st.sampled_from(beats)), draw(st.sampled_from(beats))
            link = Link(source=source, target=target, kind=kind)
            if source != target and acyclic(plot, [link]):
                plots.append(replotted(plot, GraphDiff(links_added=(link,))))
        else:
            old = plot.beats[draw(st.sampled_from(beats))]
            new = old.model_copy(update={"status": Status.CUT} if change == "cut" else {"act": 3 - old.act})
            index = plot.order.index(old.id)
            gone = tuple(
                link for link in plot.links if change == "cut" and old.id in (link.source, link.target)
            )
            diff = GraphDiff(
                before=(BeatPlaced(beat=old, index=index),),
                after=(BeatPlaced(beat=new, index=index),),
                links_removed=gone,
            )
            plots.append(replotted(plot, diff))
    return plots


@given(growths())
def test_every_beat_has_its_own_place_past_all_that_leads_to_it(plots: list[Plot]) -> None:
    plot = plots[-1]
    assert plot.places.keys() == plot.beats.keys()
    assert len(set(plot.places.values())) == len(plot.places)
    assert all(place.act == plot.beats[beat].act for beat, place in plot.places.items())
    for link in forward_links(plot):
        assert plot.places[link.source].layer < plot.places[link.target].layer


@given(growths())
def test_beats_move_only_when_they_must_and_no_further(plots: list[Plot]) -> None:
    for before, after in pairwise(plots):
        stayed = {
            beat: before.places[beat]
            for beat in after.beats
            if beat in before.places and before.places[beat].act == after.beats[beat].act
        }
        assert {beat: after.places[beat].layer for beat in stayed} == least_layers(after, stayed)
        for beat, place in stayed.items():
            if after.places[beat].layer == place.layer:
                assert after.places[beat] == place, "stayed in its layer but changed its slot"


def least_layers(plot: Plot, stayed: dict[BeatId, Place]) -> dict[BeatId, int]:
    """By brute force: the least layers, no less than the old ones, in which no link points backwards.

    Beats that are new stand where the layout put them.
    """
    layers = {beat: plot.places[beat].layer for beat in plot.beats}
    new = set(layers) - set(stayed)
    layers |= {beat: place.layer for beat, place in stayed.items()}
    for _ in range(len(layers) + 1):
        for link in forward_links(plot):
            if link.target not in new:
                layers[link.target] = max(layers[link.target], layers[link.source] + 1)
    return {beat: layers[beat] for beat in stayed}


@given(growths())
def test_an_unlinked_beat_never_moves_another(plots: list[Plot]) -> None:
    plot = plots[-1]
    after = added(plot, Beat(id="new", summary="x"), 0, [])
    assert {beat: place for beat, place in after.places.items() if beat != "new"} == plot.places


@given(growths())
def test_laid_out_anew_layers_are_topological_generations(plots: list[Plot]) -> None:
    plot = tidied(plots[-1])
    for act in {beat.act for beat in plot.beats.values()}:
        graph: nx.DiGraph[BeatId] = nx.DiGraph()
        graph.add_nodes_from(beat.id for beat in plot.told if beat.act == act)
        graph.add_edges_from(
            (link.source, link.target) for link in forward_links(plot) if plot.beats[link.source].act == act
        )
        for layer, generation in enumerate(nx.topological_generations(graph)):
            assert {plot.places[beat].layer for beat in generation} == {layer}
            assert sorted(plot.places[beat].slot for beat in generation) == list(range(len(generation)))


def chain(*pairs: tuple[str, str]) -> list[Link]:
    return [Link(source=source, target=target, kind=LinkKind.CAUSES) for source, target in pairs]


def test_a_beat_put_between_two_pushes_only_what_follows() -> None:
    plot = Plot()
    for name in "abcx":
        plot = added(plot, Beat(id=name, summary=name), len(plot.order), [])
    plot = replotted(plot, GraphDiff(links_added=tuple(chain(("a", "b"), ("b", "c")))))
    assert [plot.places[name].layer for name in "abcx"] == [0, 1, 2, 0]
    after = added(plot, Beat(id="m", summary="m"), 2, chain(("a", "m"), ("m", "b")))
    assert [after.places[name].layer for name in "ambcx"] == [0, 1, 2, 3, 0]
    assert after.places["a"] == plot.places["a"]
    assert after.places["x"] == plot.places["x"]


def test_a_new_cause_stands_just_before_its_effect() -> None:
    plot = Plot()
    for name in "abc":
        plot = added(plot, Beat(id=name, summary=name), len(plot.order), [])
    plot = replotted(plot, GraphDiff(links_added=tuple(chain(("a", "b"), ("b", "c")))))
    after = added(plot, Beat(id="m", summary="m"), 0, chain(("m", "c")))
    assert after.places["m"].layer == 1
    assert {name: after.places[name] for name in "abc"} == {name: plot.places[name] for name in "abc"}


def test_a_circle_in_a_damaged_file_ends_in_some_layout() -> None:
    plot = Plot()
    for name in "abc":
        plot = added(plot, Beat(id=name, summary=name), len(plot.order), [])
    plot = replotted(
        plot, GraphDiff(links_added=tuple(chain(("a", "b"), ("b", "c"), ("c", "a"), ("b", "b"))))
    )
    assert plot.places.keys() == plot.beats.keys()
    fresh = arranged(plot.map)
    assert fresh.keys() == plot.beats.keys()
    assert settle(fresh, plot.map, ["a"]).keys() == plot.beats.keys()


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_sweeps_never_leave_more_crossings_than_telling_order(seed: int) -> None:
    draw = random.Random(seed)
    names = [f"b{n}" for n in range(12)]
    plot = Plot()
    for name in names:
        plot = added(plot, Beat(id=name, summary=name), len(plot.order), [])
    pairs = {(a, b) for a, b in (draw.sample(names, 2) for _ in range(16)) if names.index(a) < names.index(b)}
    plot = replotted(plot, GraphDiff(links_added=tuple(chain(*sorted(pairs)))))
    fresh = arranged(plot.map)
    layers = {beat: place.layer for beat, place in fresh.items()}
    told: dict[BeatId, int] = {}
    for layer in set(layers.values()):
        told |= {beat: slot for slot, beat in enumerate(b for b in plot.order if layers[b] == layer)}
    slots = {beat: place.slot for beat, place in fresh.items()}
    assert crossings(plot.map, layers, slots) <= crossings(plot.map, layers, told)


def test_crossings_are_counted() -> None:
    plot = Plot()
    for name in "abcd":
        plot = added(plot, Beat(id=name, summary=name), len(plot.order), [])
    plot = replotted(plot, GraphDiff(links_added=tuple(chain(("a", "d"), ("b", "c")))))
    layers = {"a": 0, "b": 0, "c": 1, "d": 1}
    assert crossings(plot.map, layers, {"a": 0, "b": 1, "c": 0, "d": 1}) == 1
    assert crossings(plot.map, layers, {"a": 0, "b": 1, "c": 1, "d": 0}) == 0
