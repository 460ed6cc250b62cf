"""What goes wrong when writers please a critic: takes grow alike, grow longer, or please D alone.

Measured on the takes that lead against the first takes of the same scenes, and on what is new in the takes of
a round against the same places of the first takes. Sources: distinct-n, Li et al.
2016; self-similarity as in self-BLEU (Zhu et al. 2018), with the overlap of word trigrams in BLEU's place,
which needs no brevity penalty; the gap between a proxy and what it stands for, Gao, Schulman & Hilton 2023.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final, Literal, TypeAlias

from writersroom.cast.said import runs_of, words_in
from writersroom.critic.verdict import Verdict
from writersroom.frozen import Frozen

About: TypeAlias = Literal["gaming", "collapse", "length"]

DISTINCT_LOST: Final = 0.05
"""Share of distinct trigrams that may be lost before takes are said to grow alike."""
ALIKE_GAINED: Final = 0.05
"""By how much the overlap of trigrams between scenes, or between takes of one, may grow."""
DRIFT: Final = 0.10
"""Share by which takes may grow or shrink on average."""
SCENES: Final = 3
"""Scenes below which nothing is said of length: two takes of one scene differ by more than drift."""


class Caution(Frozen):
    """Something a person should know of."""

    about: About
    message: str
    before: float
    after: float


def distinct(texts: Sequence[str], run: int = 3) -> float:
    """Share of the runs of so many words that are different ones, 0..1; 1 where there is none."""
    runs = [one for text in texts for one in runs_of(words_in(text), run)]
    return len(set(runs)) / len(runs) if runs else 1.0


def alike(texts: Sequence[str], run: int = 3) -> float:
    """Mean overlap (Jaccard) of the runs of words of any two texts, 0..1; 0 for a text alone."""
    sets = [set(runs_of(words_in(text), run)) for text in texts]
    pairs = [(a, b) for a, b in combinations(sets, 2) if a and b]
    return sum(len(a & b) / len(a | b) for a, b in pairs) / len(pairs) if pairs else 0.0


def mean_words(texts: Sequence[str]) -> float:
    """Mean length, in words."""
    return sum(len(words_in(text)) for text in texts) / len(texts)


def watched(first: Sequence[str], leading: Sequence[str]) -> tuple[Caution, ...]:
    """What the loop has done to the texts themselves.

    Args:
        first: the first take of every scene, one or more.
        leading: the take that leads now, scene by scene.
    """
    found: list[Caution] = []
    before, after = distinct(first), distinct(leading)
    near, nearer = alike(first), alike(leading)
    if after < before * (1 - DISTINCT_LOST):
        share = f"{after:.0%} of their runs of three words are new, {before:.0%} before"
        message = f"The takes repeat themselves: {share}."
        found.append(Caution(about="collapse", message=message, before=before, after=after))
    elif nearer > near + ALIKE_GAINED:
        message = (
            f"The scenes grow alike: they share {nearer:.0%} of their runs of three words, {near:.0%} before."
        )
        found.append(Caution(about="collapse", message=message, before=near, after=nearer))
    length, now = mean_words(first), mean_words(leading)
    if len(first) >= SCENES and abs(now - length) > DRIFT * max(1.0, length):
        message = (
            f"The takes grow {'longer' if now > length else 'shorter'}: {now:.0f} words, {length:.0f} before."
        )
        found.append(Caution(about="length", message=message, before=length, after=now))
    return tuple(found)


def gathered(first: Sequence[str], later: Sequence[str]) -> Caution | None:
    """Whether the takes of a later round are closer to each other than first takes are.

    Args:
        first: what each first take of the scene says in some places; nothing is said of fewer than two.
        later: what each take of the round says in the same places.
    """
    near, nearer = alike(first), alike(later)
    if len(first) < 2 or nearer <= near + ALIKE_GAINED:
        return None
    shared = f"what is new in them shares {nearer:.0%} of its runs of three words, {near:.0%} before"
    return Caution(about="collapse", message=f"The takes grow alike: {shared}.", before=near, after=nearer)


def gamed(first: Verdict, leading: Verdict) -> Caution | None:
    """Whether D was pleased at the cost of quality: D above the first take's while J's score is below."""
    before, after = first.j_score, leading.j_score
    if leading.logit > first.logit and leading.reads_worse(first):
        message = f"It reads more human and worse: quality {after:+.1f} after {before:+.1f} while D rose."
        return Caution(about="gaming", message=message, before=before, after=after)
    return None
