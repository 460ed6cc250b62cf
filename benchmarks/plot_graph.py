"""The plot graph at 10,000 beats: milliseconds per move with its validation, and seconds for all weaknesses.

    uv run python benchmarks/plot_graph.py [--beats 10000] [--moves 200] [--json]

A story of four interwoven lines is built at a tenth of the size and at full size. Each kind of move is drawn
at random many times, applied (that includes its validation) and undone (so does that). A move is timed three
times and the fastest counts, so that what other programs do on the machine does not; the worst is the worst
over all moves drawn, and must stay below 2 ms. The last rows are made to hurt: a circle refused at the end of
a single chain of all beats; two lines of half the beats each, joined against their order; a beat with many
causes and effects cut.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable

from writersroom.story.beats import Beat, Link, LinkKind
from writersroom.story.emotions import Emotion
from writersroom.story.errors import IllegalMove
from writersroom.story.graph import GraphSnapshot, PlotGraph
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
from writersroom.story.weaknesses import weaknesses

_LINES = 4
_NAMES = tuple(f"Person {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def story(n: int, rng: random.Random) -> PlotGraph:
    """A story of `n` beats in four lines that touch now and then, with setups, motives and flashbacks."""
    beats: list[Beat] = []
    links: set[Link] = set()
    for i in range(n):
        line = rng.randrange(_LINES)
        who = tuple(rng.sample(_NAMES[line * 6 : line * 6 + 6], 3))
        before = rng.uniform(-1, 1)
        beats.append(
            Beat(
                id=f"b{i + 1}",
                summary=f"{who[0]} does the {i}th thing that {who[1]} will come to regret",
                characters=who,
                place=f"Place {rng.randrange(40)}",
                act=1 + i * 5 // n,
                time=i,
                value_before=before,
                value_after=max(-1.0, min(1.0, before + rng.uniform(-0.5, 0.5))),
                tension=max(-1.0, min(1.0, i / n + rng.uniform(-0.4, 0.4))),
                emotions={who[0]: rng.choice(list(Emotion))},
                plants="a promise" if rng.random() < 0.05 else "",
            )
        )
        for reach, kind in ((6, LinkKind.CAUSES), (20, LinkKind.ENABLES), (50, LinkKind.MOTIVATES)):
            if i <= reach or rng.random() > 0.8:
                continue
            source = i - rng.randrange(1, reach)
            knows = any(name in beats[source].characters for name in who)
            if knows or kind is not LinkKind.MOTIVATES or rng.random() < 0.1:
                links.add(Link(source=f"b{source + 1}", target=f"b{i + 1}", kind=kind))
        if i > 100 and rng.random() < 0.1:
            links.add(
                Link(source=f"b{i + 1 - rng.randrange(10, 100)}", target=f"b{i + 1}", kind=LinkKind.SETS_UP)
            )
    return PlotGraph.of(GraphSnapshot(beats=tuple(beats), links=tuple(links)))


def some_moves(graph: PlotGraph, rng: random.Random) -> dict[str, Callable[[], Move]]:
    """A way to draw a move of each kind."""
    ids, links = graph.ids(), graph.links()
    draft = BeatDraft(summary="Something new happens to someone", characters=_NAMES[:2], place="Place 1")

    def pair() -> tuple[str, str]:
        one, other = sorted(rng.sample(range(len(ids)), 2))
        return ids[one], ids[other]

    def add() -> Move:
        cause, effect = pair()
        return AddBeat(beat=draft, after=cause, caused_by=(cause,), causes=(effect,))

    def link(kind: LinkKind, *, near: bool = False) -> Move:
        source, target = pair()
        if near:
            place = rng.randrange(len(ids) - 10)
            source, target = ids[place], ids[place + rng.randrange(1, 10)]
        return AddLink(source=source, target=target, link=kind)

    def unlink() -> Move:
        chosen = rng.choice(links)
        return RemoveLink(source=chosen.source, target=chosen.target, link=chosen.kind)

    def merge() -> Move:
        place = rng.randrange(len(ids) - 1)
        return MergeBeats(beat=ids[place], absorbed=ids[place + 1], summary="Both at once")

    return {
        "add": add,
        "revise": lambda: ReviseBeat(beat=rng.choice(ids), change=BeatChange(summary="It went otherwise")),
        "link causes, near": lambda: link(LinkKind.CAUSES, near=True),
        "link causes, far": lambda: link(LinkKind.CAUSES),
        "link motivates": lambda: link(LinkKind.MOTIVATES),
        "link sets_up": lambda: link(LinkKind.SETS_UP),
        "unlink": unlink,
        "reorder": lambda: ReorderBeat(beat=rng.choice(ids), after=rng.choice(ids)),
        "merge": merge,
        "cut": lambda: CutBeat(beat=rng.choice(ids)),
        "plant": lambda: PlantSetup(beat=draft, payoff=rng.choice(ids), after=None),
        "pay_off": lambda: PayOffSetup(beat=draft, setup=rng.choice(ids), after=ids[-1]),
        "link backwards (mostly refused)": lambda: AddLink(
            source=(ends := pair())[1], target=ends[0], link=LinkKind.CAUSES
        ),
    }


LIMITS = {"worst_ms": 2.0, "weaknesses_s": 0.5}


def milliseconds(graph: PlotGraph, move: Move, undone: list[float], repeats: int = 3) -> tuple[float, bool]:
    """The fastest of some applications, and whether it was legal; the fastest undoing joins `undone`."""
    fastest, legal, back = float("inf"), True, float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        try:
            diff = graph.apply(move)
        except IllegalMove:
            diff = None
        fastest = min(fastest, time.perf_counter() - start)
        if diff is None:
            legal = False
        else:
            start = time.perf_counter()
            graph.undo(diff)
            back = min(back, time.perf_counter() - start)
    if legal:
        undone.append(back * 1000)
    return fastest * 1000, legal


@dataclasses.dataclass(frozen=True, kw_only=True)
class Times:
    """Milliseconds of one kind of move."""

    median_ms: float
    worst_ms: float
    legal: float
    """The share of the moves drawn that was legal."""


def times(timed: Iterable[tuple[float, bool]]) -> Times:
    """What some timed moves come to."""
    rows = list(timed)
    spent = [ms for ms, _ in rows]
    legal = sum(legal for _, legal in rows) / len(rows)
    return Times(median_ms=statistics.median(spent), worst_ms=max(spent), legal=legal)


def time_moves(graph: PlotGraph, count: int, rng: random.Random) -> dict[str, Times]:
    """The times of each kind of move."""
    undone: list[float] = []
    found = {
        kind: times(milliseconds(graph, draw(), undone) for _ in range(count))
        for kind, draw in some_moves(graph, rng).items()
    }
    return found | {"undoing any of these": times((ms, True) for ms in undone)}


def chained(n: int, lines: int, reach: int = 2) -> PlotGraph:
    """Chains side by side, told in turns; every beat causes the next `reach` of its line."""
    beats = tuple(Beat(id=f"b{i + 1}", summary=f"Beat {i}") for i in range(n))
    links = tuple(
        Link(source=f"b{i + 1}", target=f"b{i + 1 + lines * step}", kind=LinkKind.CAUSES)
        for i in range(n)
        for step in range(1, reach + 1)
        if i + lines * step < n
    )
    return PlotGraph.of(GraphSnapshot(beats=beats, links=links))


def time_worst_cases(n: int) -> dict[str, Times]:
    """Moves made to be slow."""
    one, two = chained(n, 1), chained(n, 2)
    hub = PlotGraph()
    hub.apply(AddBeat(beat=BeatDraft(summary="The hub")))
    for i in range(12):
        hub.apply(AddBeat(beat=BeatDraft(summary="A cause"), causes=("b1",)))
        hub.apply(AddBeat(beat=BeatDraft(summary="An effect"), after="b1", caused_by=("b1",)))
        assert len(hub) == 3 + 2 * i
    cases = {
        "circle in one chain (refused)": (one, AddLink(source=f"b{n}", target="b1", link=LinkKind.CAUSES)),
        "two lines against order": (two, AddLink(source=f"b{n}", target="b1", link=LinkKind.CAUSES)),
        "two lines against order, midway": (
            two,
            AddLink(source=f"b{n * 3 // 4 // 2 * 2}", target=f"b{n // 4 // 2 * 2 + 1}", link=LinkKind.CAUSES),
        ),
        "merge of first and last (refused)": (
            one,
            MergeBeats(beat="b1", absorbed=f"b{n}", summary="All in one"),
        ),
        "cut in the middle of a chain": (one, CutBeat(beat=f"b{n // 2}")),
        "cut of a hub, 12 causes by 12 effects": (hub, CutBeat(beat="b1")),
    }
    undone: list[float] = []
    found = {name: times([milliseconds(graph, move, undone)]) for name, (graph, move) in cases.items()}
    return found | {"undoing any of these": times((ms, True) for ms in undone)}


def seconds(work: Callable[[], object]) -> float:
    """The fastest of three runs."""
    fastest = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        work()
        fastest = min(fastest, time.perf_counter() - start)
    return fastest


@dataclasses.dataclass(frozen=True, kw_only=True)
class Figures:
    """All figures at one size."""

    beats: int
    links: int
    moves: dict[str, Times]
    worst_cases: dict[str, Times]
    snapshot_ms: float
    from_json_ms: float
    copy_ms: float
    weaknesses_s: float
    weaknesses_found: int

    @property
    def worst_ms(self) -> float:
        """The slowest of all moves."""
        return max(row.worst_ms for rows in (self.moves, self.worst_cases) for row in rows.values())


def measure(n: int, count: int) -> Figures:
    """Build a story and time it."""
    rng = random.Random(7)
    graph = story(n, rng)
    text = graph.to_json()
    gc.collect()
    gc.freeze()
    return Figures(
        beats=n,
        links=len(graph.links()),
        moves=time_moves(graph, count, rng),
        worst_cases=time_worst_cases(n),
        snapshot_ms=seconds(graph.snapshot) * 1000,
        from_json_ms=seconds(lambda: PlotGraph.from_json(text)) * 1000,
        copy_ms=seconds(graph.copy) * 1000,
        weaknesses_s=seconds(lambda: weaknesses(graph, (), "three_act")),
        weaknesses_found=len(weaknesses(graph, (), "three_act")),
    )


def print_table(small: Figures, large: Figures) -> None:
    """Both sizes side by side, with the ratio of medians."""
    print(f"{'milliseconds':40} {small.beats:>13} beats {large.beats:>13} beats")
    print(f"{'':40} {'median':>9} {'worst':>9} {'median':>9} {'worst':>9} {'ratio':>7} {'legal':>6}")
    for few, many in ((small.moves, large.moves), (small.worst_cases, large.worst_cases)):
        for kind, row in many.items():
            less = few[kind]
            print(
                f"{kind:40} {less.median_ms:9.3f} {less.worst_ms:9.3f} {row.median_ms:9.3f} "
                f"{row.worst_ms:9.3f} {row.median_ms / less.median_ms:7.1f} {row.legal:6.0%}"
            )
    for name, less, more in (
        ("snapshot, ms", small.snapshot_ms, large.snapshot_ms),
        ("from_json, ms", small.from_json_ms, large.from_json_ms),
        ("copy, ms", small.copy_ms, large.copy_ms),
        ("weaknesses, s", small.weaknesses_s, large.weaknesses_s),
        ("weaknesses found", small.weaknesses_found, large.weaknesses_found),
    ):
        print(f"{name:40} {less:9.3f} {'':9} {more:9.3f} {'':9} {more / less:7.1f}")
    print(f"the worst move: {large.worst_ms:.2f} ms ({_verdict('worst_ms', large.worst_ms)})")
    print(f"all weaknesses: {large.weaknesses_s:.2f} s ({_verdict('weaknesses_s', large.weaknesses_s)})")


def _verdict(name: str, value: float) -> str:
    return f"at most {LIMITS[name]:g}: {'yes' if value <= LIMITS[name] else 'NO'}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Times the plot graph.")
    parser.add_argument("--beats", type=int, default=10_000)
    parser.add_argument("--moves", type=int, default=200, help="moves drawn of each kind")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    small, large = measure(asked.beats // 10, asked.moves), measure(asked.beats, asked.moves)
    if asked.json:
        json.dump(
            {"small": dataclasses.asdict(small), "large": dataclasses.asdict(large)}, sys.stdout, indent=2
        )
        print()
    else:
        print_table(small, large)


if __name__ == "__main__":
    main()
