"""What a story's build says of its maker, whatever the words: read off the plot graph and a scene's lines.

Russell, Rajendhran, Pham, Iyyer & Wieting (2026), StoryScope: Investigating idiosyncrasies in AI fiction,
tell human from generated stories by such features alone: generated ones say their theme aloud, follow a
single track, settle everything, set nobody against anybody and go straight on in time. Theirs are answers
of a large model about whole stories; these are counted, and there are no plot graphs of human stories to
train a head on. So they are recorded and shown beside D, and a note may speak of them; D does not weigh
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import TopologicalSorter
from itertools import combinations
from typing import Final

import numpy as np

from writersroom.cast.said import words_in
from writersroom.critic.features.lexicon import FUNCTION_WORDS
from writersroom.critic.features.vector import Measure, Vector
from writersroom.story.beats import CAUSAL, ORDERING, Beat, LinkKind
from writersroom.story.emotions import PLEASANT, UNPLEASANT
from writersroom.story.graph import PlotGraph

NARRATIVE: Final = tuple(
    Measure(name=name, unit=unit, family="build of the story")
    for name, unit in (
        ("theme_said", "largest share of the theme's words in one line"),
        ("single_track", "share of the linked beats that lie on the longest chain of causes"),
        ("settled", "share of what was planted that is paid off"),
        ("undivided", "share of the beats felt by several that please or pain all of them"),
        ("straight", "share of pairs of beats told in the order in which they happen"),
    )
)
"""Each from 0 to 1; nearer 1 is more of what generated stories do."""

SAID: Final = 0.6
"""`theme_said` from which on a line is the theme."""
_LOOKED_AT: Final = 400
"""Beats whose order is compared, the last told: pairs grow with the square."""


def narrative(graph: PlotGraph, *, theme: str, lines: Sequence[str]) -> Vector:
    """Measure a story and a scene of it.

    Args:
        graph: the plot; cut beats are not looked at.
        theme: what the story argues; may be empty.
        lines: what is said in the scene.

    Returns:
        `NARRATIVE`; 0 where there is nothing to measure by.
    """
    beats = graph.beats()
    values = [
        theme_said(theme, lines),
        _single_track(graph, beats),
        _settled(graph, beats),
        _undivided(beats),
        _straight(beats),
    ]
    return Vector(measures=NARRATIVE, values=np.array(values, np.float64))


def theme_said(theme: str, lines: Sequence[str]) -> float:
    """The largest share of a theme's words that one line says, 0..1."""
    argued = _content(theme)
    return max((len(argued & _content(line)) / len(argued) for line in lines), default=0.0) if argued else 0.0


def _content(text: str) -> set[str]:
    return {word for word in words_in(text) if word not in FUNCTION_WORDS and len(word) > 3}


def _single_track(graph: PlotGraph, beats: Sequence[Beat]) -> float:
    """Where nearly all lies on one chain there is no second line of action."""
    ordered = CAUSAL & ORDERING  # motives may go round in circles, and have no longest chain
    causes: dict[str, set[str]] = {}
    for beat in beats:
        for link in graph.incoming(beat.id):
            if link.kind in ordered:
                causes.setdefault(link.source, set())
                causes.setdefault(link.target, set()).add(link.source)
    depth: dict[str, int] = {}
    for id in TopologicalSorter(causes).static_order():
        depth[id] = 1 + max((depth[cause] for cause in causes[id]), default=0)
    return max(depth.values()) / len(depth) if depth else 0.0


def _settled(graph: PlotGraph, beats: Sequence[Beat]) -> float:
    planted = [beat for beat in beats if beat.plants]
    paid = sum(any(link.kind is LinkKind.SETS_UP for link in graph.outgoing(beat.id)) for beat in planted)
    return paid / len(planted) if planted else 0.0


def _undivided(beats: Sequence[Beat]) -> float:
    """Where whoever is there feels alike, nothing that happens is good for one and bad for another."""
    felt = [set(beat.emotions.values()) for beat in beats if len(beat.emotions) > 1]
    alike = sum(not (one & PLEASANT and one & UNPLEASANT) for one in felt)
    return alike / len(felt) if felt else 0.0


def _straight(beats: Sequence[Beat]) -> float:
    """Kendall's distance between telling and happening; beats of one time stand as they are told."""
    pairs = [earlier.time <= later.time for earlier, later in combinations(beats[-_LOOKED_AT:], 2)]
    return sum(pairs) / len(pairs) if pairs else 0.0
