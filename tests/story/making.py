"""Small stories for tests, told in a few words."""

from __future__ import annotations

from writersroom.story.beats import Beat, Link, LinkKind
from writersroom.story.characters import Character
from writersroom.story.graph import GraphSnapshot, PlotGraph
from writersroom.story.weaknesses import Weakness, WeaknessKind, weaknesses

VERBS = {
    "causes": LinkKind.CAUSES,
    "enables": LinkKind.ENABLES,
    "motivates": LinkKind.MOTIVATES,
    "precedes": LinkKind.PRECEDES,
    "sets_up": LinkKind.SETS_UP,
}


def story(*told: Beat | str, links: str = "") -> PlotGraph:
    """A graph of beats in telling order (a string is a beat that only says that) and of links.

    Links are words, three each: `"b1 causes b2  b2 sets_up b4"`.
    """
    beats = [
        Beat(id=f"b{place}", summary=beat)
        if isinstance(beat, str)
        else beat.model_copy(update={"id": f"b{place}"})
        for place, beat in enumerate(told, start=1)
    ]
    words = links.split()
    triples = zip(words[::3], words[1::3], words[2::3], strict=True)
    return PlotGraph.of(
        GraphSnapshot(
            beats=tuple(beats),
            links=tuple(Link(source=one, target=other, kind=VERBS[verb]) for one, verb, other in triples),
        )
    )


def beat(summary: str = "Something happens", **fields: object) -> Beat:
    """A beat; its id is given by its place in `story`."""
    return Beat.model_validate({"id": "b1", "summary": summary, **fields})


def chain(n: int, *, first: int = 1) -> str:
    """Links by which each of `n` beats causes the next."""
    return "  ".join(f"b{i} causes b{i + 1}" for i in range(first, first + n - 1))


def find(graph: PlotGraph, kind: WeaknessKind, *names: str, structure: str = "none") -> list[Weakness]:
    cast = [Character(name=name) for name in names]
    return [weakness for weakness in weaknesses(graph, cast, structure) if weakness.kind is kind]


def keys(graph: PlotGraph, kind: WeaknessKind, *names: str, structure: str = "none") -> list[str]:
    return [weakness.key for weakness in find(graph, kind, *names, structure=structure)]


def rising(n: int, **fields: object) -> list[Beat]:
    """Beats whose tension rises from -0.5 to 0.9 and each of which turns the value."""
    return [
        beat(
            f"Step {i}",
            tension=-0.5 + 1.4 * i / max(1, n - 1),
            value_before=0.5 if i % 2 else -0.5,
            value_after=-0.5 if i % 2 else 0.5,
            time=i,
            **fields,
        )
        for i in range(n)
    ]
