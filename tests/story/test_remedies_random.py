"""Remedies on plots that came about by random legal moves."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writersroom.story.beats import LinkKind
from writersroom.story.characters import Character
from writersroom.story.emotions import Emotion
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import (
    AddBeat,
    AddLink,
    BeatDraft,
    CutBeat,
    Move,
    PayOffSetup,
    PlantSetup,
    ReorderBeat,
)
from writersroom.story.remedies import amendments, growth, opening, remedies
from writersroom.story.structures import STRUCTURES
from writersroom.story.weaknesses import WeaknessKind, weaknesses

NAMES = ("Mara", "Tobias", "Ida", "Jon")


def a_draft(rng: random.Random, manner: str) -> BeatDraft:
    """A beat in a manner: `flat` and `unvalued` plots lack figures, a `home` story stays in one place."""
    who = tuple(rng.sample(NAMES, rng.randint(0, 3)))

    def figure(*without: str) -> float:
        return 0.0 if manner in without else round(rng.uniform(-1, 1), 1)

    return BeatDraft(
        summary=f"{who[0] if who else 'Nobody'} does thing {rng.randint(1, 999)}.",
        characters=who,
        place="the lighthouse" if manner == "home" else rng.choice(("the lighthouse", "the harbour", "")),
        act=rng.randint(1, 3),
        time=None if rng.random() < 0.6 else rng.randint(0, 5),
        value_before=figure("unvalued", "flat"),
        value_after=figure("unvalued", "flat"),
        tension=figure("flat"),
        emotions={
            name: Emotion.FEAR if manner == "home" else rng.choice((Emotion.FEAR, Emotion.JOY))
            for name in who
            if rng.random() < 0.5
        },
        witnesses=None if rng.random() < 0.7 else (*rng.sample(NAMES, rng.randint(0, 2)), *who),
        plants=rng.choice(("", "", "", "a gun")),
    )


def a_move(rng: random.Random, graph: PlotGraph, manner: str) -> Move:
    """A move, legal or not; mostly a beat more in the end."""
    ids = graph.ids()
    last = ids[-1] if ids else None
    if len(ids) < 2 or rng.random() < 0.6:
        causes = tuple(rng.sample(ids, min(len(ids), rng.choice((0, 0, 1, 1, 2)))))
        after = rng.choice((None, *ids)) if rng.random() < 0.3 else last
        return AddBeat(beat=a_draft(rng, manner), after=after, caused_by=causes)
    one, other = rng.choice(ids), rng.choice(ids)
    moves: tuple[Move, ...] = (
        AddLink(source=one, target=other, link=rng.choice(list(LinkKind))),
        AddLink(source=one, target=other, link=LinkKind.MOTIVATES),
        PayOffSetup(beat=a_draft(rng, manner), setup=one, after=other),
        PlantSetup(beat=a_draft(rng, manner), payoff=one, after=other),
        CutBeat(beat=one),
        ReorderBeat(beat=one, after=other),
    )
    return rng.choice(moves)


def a_plot(seed: int, beats: int) -> PlotGraph:
    rng = random.Random(seed)
    manner = rng.choice(("", "", "flat", "unvalued", "home"))
    graph = PlotGraph()
    while len(graph.ids()) < beats:
        move = a_move(rng, graph, manner)
        if not graph.check(move):
            graph.apply(move)
    return graph


def a_cast(seed: int, kinds: int = 4) -> list[Character]:
    names = ((), NAMES, (*NAMES, "Zed"), NAMES[:2])[seed % kinds]
    return [Character(name=name) for name in names]


@given(st.integers(0, 10**6), st.integers(0, 15), st.sampled_from(sorted(STRUCTURES)))
@settings(max_examples=40, deadline=None)
def test_what_is_offered_is_legal_and_leaves_the_plot_alone(seed: int, beats: int, structure: str) -> None:
    graph, cast = a_plot(seed, beats), a_cast(seed)
    before = graph.snapshot()
    pitched: list[Move] = []
    for weakness in weaknesses(graph, cast, structure):
        offered = remedies(graph, weakness, cast, structure)
        pitched += [remedy.move for remedy in offered[:1]]
        assert offered, weakness
        assert len({remedy.label for remedy in offered}) == len(offered) <= 12
        for remedy in offered:
            assert graph.check(remedy.move) == ()
            assert remedy.mends <= (weakness.key in remedy.mended)
    for offered in (growth(graph, cast, structure), opening(graph, cast, structure)):
        assert offered
        assert all(graph.check(remedy.move) == () and remedy.needs_sentence for remedy in offered)
    for move in pitched[:4]:
        for remedy in amendments(graph, move, cast, structure=structure):
            assert graph.check(remedy.move) == ()
            assert remedy.move != move
    assert graph.snapshot() == before


def test_nearly_every_weakness_of_random_plots_can_be_mended(capsys: pytest.CaptureFixture[str]) -> None:
    met: Counter[WeaknessKind] = Counter()
    mended: Counter[WeaknessKind] = Counter()
    for seed in range(48):
        graph, cast = a_plot(seed, 1 + seed % 15), a_cast(seed, 3)
        structure = sorted(STRUCTURES)[seed % len(STRUCTURES)]
        for weakness in weaknesses(graph, cast, structure):
            met[weakness.kind] += 1
            mended[weakness.kind] += remedies(graph, weakness, cast, structure)[0].mends
    with capsys.disabled():
        print("\nmended at a stroke: ", end="")
        print(", ".join(f"{kind} {mended[kind]}/{met[kind]}" for kind in sorted(met)))
    assert len(met) >= 14
    assert sum(mended.values()) >= 0.95 * sum(met.values())
    # What takes several moves by its nature: a whole curve.
    for kind in met.keys() - {WeaknessKind.FALLING_TENSION}:
        assert mended[kind] == met[kind], kind
