"""The plot graph in formats that other programs read: JSON, GraphML, Graphviz's DOT and Mermaid.

Every text in them is data of a session and is escaped by the rules of its format, after control characters
were made visible. The picture is in `svg`.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as xml
from collections.abc import Iterator

from writersroom.story.beats import LINK_WORDS, Beat, LinkKind, Status
from writersroom.view.plot import Plot
from writersroom.view.printable import one_line, printable

LABEL = 160
"""Characters of a summary that a label shows."""

COLOURS: dict[LinkKind, str] = {
    LinkKind.CAUSES: "#b3261e",
    LinkKind.ENABLES: "#1a6b3c",
    LinkKind.MOTIVATES: "#7a4cb5",
    LinkKind.PRECEDES: "#7a7a7a",
    LinkKind.SETS_UP: "#b06000",
}
"""One colour for each kind of link, told apart on white also by most colour-blind readers."""

DASHES: dict[LinkKind, str] = {
    LinkKind.PRECEDES: "3 4",
    LinkKind.MOTIVATES: "8 4",
    LinkKind.SETS_UP: "10 3 2 3",
}
"""Dash patterns, so that colour is not all that tells kinds apart."""


def beat_json(beat: Beat) -> dict[str, object]:
    """A beat as other programs read it: its fields, with `witnesses` spelt out."""
    fields: dict[str, object] = beat.model_dump(mode="json")
    fields["witnesses"] = list(beat.seen_by)
    return fields


def links_json(plot: Plot) -> list[dict[str, object]]:
    """The links as other programs read them."""
    return [{"from": link.source, "to": link.target, "kind": link.kind.value} for link in plot.links]


def graph_json(plot: Plot) -> dict[str, object]:
    """Beats in telling order, each with its place on the map, and links."""
    beats = [
        beat_json(beat) | {"layout": dict[str, object](plot.places[beat.id]._asdict())} for beat in plot.told
    ]
    return {"beats": beats, "links": links_json(plot)}


def graphml(plot: Plot) -> str:
    """A GraphML document (graphml.graphdrawing.org), directed, with typed attributes."""
    root = xml.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    for key, kind in _NODE_KEYS.items():
        xml.SubElement(root, "key", {"id": key, "for": "node", "attr.name": key, "attr.type": kind})
    for key in ("kind", "label"):
        xml.SubElement(root, "key", {"id": key, "for": "edge", "attr.name": key, "attr.type": "string"})
    graph = xml.SubElement(root, "graph", id="plot", edgedefault="directed")
    for index, beat in enumerate(plot.told):
        node = xml.SubElement(graph, "node", id=printable(beat.id))
        for key, value in _node_values(index, beat).items():
            xml.SubElement(node, "data", key=key).text = value
    for index, link in enumerate(plot.links):
        ends = {"source": printable(link.source), "target": printable(link.target)}
        edge = xml.SubElement(graph, "edge", ends, id=f"e{index}")
        xml.SubElement(edge, "data", key="kind").text = link.kind.value
        xml.SubElement(edge, "data", key="label").text = LINK_WORDS[link.kind]
    xml.indent(root)
    return xml.tostring(root, encoding="unicode", xml_declaration=False)


_NODE_KEYS = {
    "label": "string",
    "summary": "string",
    "characters": "string",
    "witnesses": "string",
    "place": "string",
    "status": "string",
    "stakes": "string",
    "act": "int",
    "index": "int",
    "time": "double",
    "tension": "double",
    "value_before": "double",
    "value_after": "double",
}


def _node_values(index: int, beat: Beat) -> dict[str, str]:
    """Text of each attribute; lists are joined with `; `."""
    return {
        "label": one_line(f"{beat.id} {beat.summary}", LABEL),
        "summary": printable(beat.summary),
        "characters": printable("; ".join(beat.characters)),
        "witnesses": printable("; ".join(beat.seen_by)),
        "place": printable(beat.place),
        "status": beat.status.value,
        "stakes": printable(beat.stakes),
        "act": str(beat.act),
        "index": str(index),
        "time": repr(beat.time),
        "tension": repr(beat.tension),
        "value_before": repr(beat.value_before),
        "value_after": repr(beat.value_after),
    }


def dot(plot: Plot) -> str:
    """A digraph in Graphviz's language, one cluster for each act."""
    lines = ["digraph plot {", "  rankdir=LR;", '  node [shape=box, style="rounded", fontname="Helvetica"];']
    for act, beats in _acts(plot):
        lines += [f"  subgraph cluster_act{act} {{", f'    label="Act {act}";']
        for beat in beats:
            style = ', style="rounded,bold"' if beat.status is Status.LOCKED else ""
            lines.append(f"    {_dot_text(beat.id)} [label={_dot_text(_label(beat))}{style}];")
        lines.append("  }")
    for link in plot.links:
        attributes = f'label="{LINK_WORDS[link.kind]}", color="{COLOURS[link.kind]}"'
        if link.kind in DASHES:
            attributes += ", style=dashed"
        lines.append(f"  {_dot_text(link.source)} -> {_dot_text(link.target)} [{attributes}];")
    return "\n".join([*lines, "}", ""])


def _dot_text(text: str) -> str:
    r"""A quoted string; backslashes are doubled, since `\N`, `\l` and the like mean something in labels."""
    return '"' + printable(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def mermaid(plot: Plot) -> str:
    """A Mermaid flowchart, one subgraph for each act."""
    names = {
        beat: f"n{index}" if not _PLAIN.fullmatch(beat) else beat for index, beat in enumerate(plot.order)
    }
    lines = ["flowchart LR"]
    for act, beats in _acts(plot):
        lines.append(f'  subgraph act{act}["Act {act}"]')
        lines += [f'    {names[beat.id]}["{_mermaid_text(_label(beat))}"]' for beat in beats]
        lines.append("  end")
    for index, link in enumerate(plot.links):
        arrow = "-.->" if link.kind in DASHES else "-->"
        lines.append(f"  {names[link.source]} {arrow}|{LINK_WORDS[link.kind]}| {names[link.target]}")
        lines.append(f"  linkStyle {index} stroke:{COLOURS[link.kind]}")
    return "\n".join([*lines, ""])


_PLAIN = re.compile(r"b\d+")
"""Beat ids that need no other name in Mermaid; any other might be a word of its language."""

_MERMAID_ENTITY = re.compile(r"[^\w\s.,:!?'()+=/-]")


def _mermaid_text(text: str) -> str:
    """Text inside quotes: what might be markup becomes Mermaid's own numbered entity, lines become `<br>`."""
    escaped = _MERMAID_ENTITY.sub(lambda match: f"#{ord(match.group())};", text)
    return escaped.replace("\n", "<br>")


def _label(beat: Beat) -> str:
    """Id, summary and who is in it, on three lines at most."""
    who = one_line(", ".join(beat.characters), LABEL)
    return f"{one_line(beat.id, 24)}: {one_line(beat.summary, LABEL)}" + (f"\n({who})" if who else "")


def _acts(plot: Plot) -> Iterator[tuple[int, list[Beat]]]:
    """The acts in order, each with its beats in telling order."""
    acts: dict[int, list[Beat]] = {}
    for beat in plot.told:
        acts.setdefault(beat.act, []).append(beat)
    yield from sorted(acts.items())
