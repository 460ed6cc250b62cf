"""The plot graph in every format is read back by somebody else's reader, whatever the texts hold."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as xml
from itertools import pairwise
from typing import Any, cast

import networkx as nx
import pydot  # pyright: ignore[reportMissingTypeStubs]  # has none
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.view.playing import session
from writersroom.story.beats import Beat, Link, LinkKind, Status
from writersroom.story.moves import BeatPlaced, GraphDiff
from writersroom.view.graph_formats import dot, graph_json, graphml, mermaid
from writersroom.view.plot import Plot, replotted
from writersroom.view.printable import columns, printable, wrapped
from writersroom.view.screen import folded
from writersroom.view.svg import BOX_HEIGHT, BOX_WIDTH, svg, tension_colour

NASTY = [
    'He says "no"; then <b>goes</b> & -->',
    "back\\slash\\N \\l \\",
    "\x1b[31m\x00\x9b\u202eover \ud800 half",
    "]]> --> end subgraph ; } { | `code` #quot;",
    "灯台守のラジオ" * 40,
    "line\nbreak\r\nand\ttab",
    "x" * 2000,
    "%%{init: {}}%%",
    "",
]


def beat_with(**fields: Any) -> Beat:
    """A beat of any texts: files of earlier versions may hold what is refused today."""
    return Beat(id="b1", summary="x").model_copy(update=fields)


@st.composite
def plots(draw: st.DrawFn) -> Plot:
    """Small plots with texts of all kinds."""
    texts = st.sampled_from(NASTY) | st.text(max_size=30)
    count = draw(st.integers(0, 6))
    beats = tuple(
        BeatPlaced(
            beat=beat_with(
                id=f"b{n + 1}",
                act=draw(st.integers(1, 3)),
                tension=draw(st.floats(-1, 1)),
                value_after=draw(st.sampled_from([0.0, 0.5])),
                status=draw(st.sampled_from([s for s in Status if s is not Status.CUT])),
                summary=draw(texts),
                characters=(draw(texts),),
                place=draw(texts),
            ),
            index=n,
        )
        for n in range(count)
    )
    ids = [placed.beat.id for placed in beats]
    pairs = draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=8)) if ids else []
    links = {
        Link(source=a, target=b, kind=draw(st.sampled_from(list(LinkKind))))
        for a, b in pairs
        if int(a[1:]) < int(b[1:])
    }
    return replotted(Plot(), GraphDiff(after=beats, links_added=tuple(links)))


def ends(plot: Plot) -> list[tuple[str, str]]:
    return sorted((link.source, link.target) for link in plot.links)


@given(plots())
def test_networkx_reads_the_graphml(plot: Plot) -> None:
    graph = cast(Any, nx).parse_graphml(graphml(plot), force_multigraph=True)
    assert graph.is_directed()
    assert list(graph.nodes) == [beat.id for beat in plot.told]
    assert sorted(graph.edges()) == ends(plot)
    for beat in plot.told:
        node = graph.nodes[beat.id]
        assert node["tension"] == beat.tension
        assert node["act"] == beat.act
        assert node["status"] == beat.status.value
        assert (node.get("summary") or "").split() == printable(beat.summary).split()
    kinds = sorted(kind for _, _, kind in graph.edges(data="kind"))
    assert kinds == sorted(link.kind.value for link in plot.links)


def quoted(text: str) -> str:
    return text.strip('"').replace('\\"', '"').replace("\\\\", "\\")


@settings(max_examples=40, deadline=None)
@given(plots())
def test_pydot_reads_the_dot(plot: Plot) -> None:
    parsed = cast(Any, pydot).graph_from_dot_data(dot(plot))
    assert parsed is not None
    (graph,) = parsed
    nodes = [node for cluster in graph.get_subgraphs() for node in cluster.get_nodes()]
    assert sorted(quoted(node.get_name()) for node in nodes) == sorted(beat.id for beat in plot.told)
    found = sorted((quoted(edge.get_source()), quoted(edge.get_destination())) for edge in graph.get_edges())
    assert found == ends(plot)


MERMAID_LINE = re.compile(
    r"flowchart LR|  subgraph act\d+\[\"Act \d+\"\]|  end"
    r"|    (?P<node>\w+)\[\"(?P<label>[^\"`<>{}\[\]\\&|]*(?:<br>[^\"`<>{}\[\]\\&|]*)?)\"\]"
    r"|  (?P<source>\w+) (?:-->|-\.->)\|[a-z ]+\| (?P<target>\w+)"
    r"|  linkStyle \d+ stroke:#[0-9a-f]{6}"
)


@given(plots())
def test_mermaid_has_no_line_but_those_of_a_flowchart(plot: Plot) -> None:
    matches = [MERMAID_LINE.fullmatch(line) for line in mermaid(plot).splitlines()]
    assert all(matches), mermaid(plot)
    found = [match for match in matches if match]
    assert [m["node"] for m in found if m["node"]] == [
        beat.id for beat in sorted(plot.told, key=lambda beat: beat.act)
    ]
    assert sorted((m["source"], m["target"]) for m in found if m["source"]) == ends(plot)


def test_mermaid_gives_an_id_that_is_no_plain_one_another_name() -> None:
    odd = BeatPlaced(beat=beat_with(id="end"), index=0)
    assert 'n0["end: x"]' in mermaid(replotted(Plot(), GraphDiff(after=(odd,))))


@given(plots())
def test_json_holds_beats_places_and_links(plot: Plot) -> None:
    value: Any = json.loads(json.dumps(graph_json(plot)))
    assert [beat["id"] for beat in value["beats"]] == [beat.id for beat in plot.told]
    assert all(set(beat["layout"]) == {"act", "layer", "slot"} for beat in value["beats"])
    assert sorted((link["from"], link["to"]) for link in value["links"]) == ends(plot)


def boxes(document: str) -> dict[str, tuple[float, float]]:
    """Upper left corner of each beat's box."""
    root = xml.fromstring(document)
    found: dict[str, tuple[float, float]] = {}
    for group in root.findall("{http://www.w3.org/2000/svg}g"):
        corner = re.fullmatch(r"translate\((\S+) (\S+)\)", group.attrib["transform"])
        assert corner
        found[group.attrib["id"]] = (float(corner[1]), float(corner[2]))
    return found


@given(plots())
def test_the_picture_is_xml_with_a_box_for_each_beat_and_none_on_another(plot: Plot) -> None:
    placed = boxes(svg(plot, NASTY[2]))
    assert placed.keys() == plot.beats.keys()
    corners = list(placed.values())
    for index, (x, y) in enumerate(corners):
        assert all(abs(x - a) >= BOX_WIDTH or abs(y - b) >= BOX_HEIGHT for a, b in corners[:index])


def segments(path: str) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The straight runs of a path made of M, L and Q."""
    points = [
        tuple(map(float, point.split(",")))
        for point in re.findall(r"(?:[ML]|Q\S+ )(-?[\d.e+]+,-?[\d.e+]+)", path)
    ]
    return [((a[0], a[1]), (b[0], b[1])) for a, b in pairwise(points)]


def two_rows() -> Plot:
    """Two acts of five layers each, and links from everywhere to everywhere forward."""
    beats = tuple(
        BeatPlaced(beat=Beat(id=f"b{n}", summary="x", act=1 + n // 6), index=n - 1) for n in range(1, 11)
    )
    links = tuple(
        Link(source=f"b{a}", target=f"b{b}", kind=LinkKind.CAUSES) for b in range(1, 11) for a in range(1, b)
    )
    back = tuple(Link(source=f"b{a}", target="b1", kind=LinkKind.MOTIVATES) for a in range(2, 11))
    return replotted(Plot(), GraphDiff(after=beats, links_added=links + back))


@pytest.mark.parametrize("seed", [None, 0, 1, 2])
def test_no_link_is_drawn_through_a_beat(seed: int | None) -> None:
    plot = two_rows() if seed is None else folded(session(seed, 700, most_beats=40)).plot
    document = svg(plot)
    placed = boxes(document)
    root = xml.fromstring(document)
    paths = [
        path.attrib["d"]
        for path in root.findall("{http://www.w3.org/2000/svg}path")
        if " L" in path.attrib["d"]
    ]
    assert paths
    for path in paths:
        for (x1, y1), (x2, y2) in segments(path):
            left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
            for x, y in placed.values():
                inside = left < x + BOX_WIDTH and right > x and top < y + BOX_HEIGHT and bottom > y
                assert not inside, (path, x, y)


def test_an_act_of_many_layers_goes_on_in_a_new_row() -> None:
    beats = tuple(BeatPlaced(beat=Beat(id=f"b{n}", summary="x"), index=n - 1) for n in range(1, 15))
    links = tuple(Link(source=f"b{n}", target=f"b{n + 1}", kind=LinkKind.PRECEDES) for n in range(1, 14))
    placed = boxes(svg(replotted(Plot(), GraphDiff(after=beats, links_added=links))))
    assert placed["b7"][0] == placed["b1"][0]
    assert placed["b7"][1] > placed["b6"][1]


def test_tension_goes_from_blue_over_grey_to_red() -> None:
    assert [tension_colour(t) for t in (-1, 0, 1)] == ["#4678be", "#cdc8be", "#be281e"]
    assert tension_colour(5) == tension_colour(1)


@given(st.text(), st.integers(2, 30))
def test_wrapped_lines_fit_and_lose_nothing_but_blanks(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(columns(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(printable(text).split())


def test_wide_characters_count_as_two_and_combining_ones_as_none() -> None:
    assert columns("ab") == 2
    assert columns("灯台") == 4
    assert columns("e\u0301") == 1
    assert wrapped("灯台守", 3) == ["灯", "台", "守"]
