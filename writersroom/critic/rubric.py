"""What a large enough model says of two takes, and how takes rank by what it says of every pair.

A small model that is asked which of two texts is better answers by their order (SmolLM2-135M: the first in
98 cases of 100), so nobody below `LEAST_PARAMETERS` is asked; above, every pair is put in both orders, and
a model that changes its mind with the order has said nothing. What is asked follows the questions by which
experts told stories apart in Chakrabarty, Laban, Agarwal, Muresan & Wu (2024), Art or Artifice?
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final, TypeAlias

import numpy as np

LEAST_PARAMETERS: Final = 7_000_000_000
"""Of a model that is asked: what is sold as 8B has seven and a half."""

QUESTIONS: Final = (
    "Is more left unsaid in the second take than in the first?",
    "Does more change between these people in the second take than in the first?",
    "Are these people easier to tell apart by how they talk in the second take than in the first?",
    "Would a reader sooner read on after the second take than after the first?",
)
"""Each compares two takes and is answered yes or no."""

Pair: TypeAlias = tuple[str, str]
"""Names of two takes."""

_AVERAGE: Final = 0.5
"""Wins and losses that every take is given against an average one: with few comparisons nobody is certain."""
_ROUNDS: Final = 500
_CLOSE: Final = 1e-10


def pairs(takes: Sequence[str]) -> tuple[Pair, ...]:
    """Every two takes, in both orders."""
    return tuple(pair for a, b in combinations(takes, 2) for pair in ((a, b), (b, a)))


def preference(second: float, swapped: float) -> float:
    """How likely the second of two takes is the better one, 0..1; 0.5 where one answer contradicts the other.

    Args:
        second: probability of yes, the two in their order.
        swapped: the same with the first take put second.
    """
    if (second > 0.5) == (swapped > 0.5):
        return 0.5
    return (second + 1 - swapped) / 2


def strengths(takes: Sequence[str], yes: Mapping[Pair, Sequence[float]]) -> dict[str, float]:
    """The probability that each take is found better than an average one (Bradley & Terry 1952), 0..1.

    Fitted by minorisation and maximisation (Hunter 2004).

    Args:
        takes: two or more.
        yes: for each of `pairs`, the probability of yes to each question: that the second is the better one.
    """
    count = len(takes)
    wins = np.zeros((count, count))
    for (a, first), (b, second) in combinations(enumerate(takes), 2):
        for one, other in zip(yes[first, second], yes[second, first], strict=True):
            won = preference(one, other)
            wins[b, a] += won
            wins[a, b] += 1 - won
    games = wins + wins.T
    won = wins.sum(axis=1) + _AVERAGE
    strength = np.ones(count)
    for _ in range(_ROUNDS):
        against = games / (strength[:, None] + strength[None, :])
        new = won / (against.sum(axis=1) + 2 * _AVERAGE / (strength + 1))
        moved = float(np.abs(np.log(new / strength)).max())
        strength = new
        if moved < _CLOSE:
            break
    return {take: float(one / (one + 1)) for take, one in zip(takes, strength, strict=True)}
