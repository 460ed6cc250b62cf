"""Whether the words are words, and stand where words stand: what mistyping and fillers disturb.

A common word is one token of the eye; a mistyped one falls into several, each of them dear. No list of
words is needed.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from writersroom.critic.features.vector import Measure, Numbers
from writersroom.engine.interface import TextScore

_F: Final = "vocabulary"

LEGIBILITY: Final[tuple[Measure, ...]] = tuple(
    Measure(name=name, unit=unit, family=_F)
    for name, unit in (
        ("in_two", "share of words, in two tokens or more"),
        ("in_three", "share of words, in three tokens or more"),
        ("broken", "share of words, in several tokens that cost over 14 nats"),
        ("costly_14", "share of words that cost over 14 nats"),
        ("costly_10", "share of words that cost over 10 nats"),
        ("cost_05", "nats, 5th percentile of words"),
        ("cost_10", "nats, 10th percentile of words"),
        ("cost", "nats, mean of words"),
        ("tokens_12", "share of tokens that cost over 12 nats"),
        ("tokens_9", "share of tokens that cost over 9 nats"),
        ("token_03", "nats, 3rd percentile of tokens"),
    )
)
"""Shape of `legibility`; words are those of four lower-case letters or more."""

_WORD: Final = re.compile(r"(?<![\w'])[a-z]{4,}(?![\w'])")


def legibility(window: str, score: TextScore) -> Numbers:
    """Measure one window: shape (len(LEGIBILITY),), finite; zeros for fewer than two tokens."""
    if len(score.logprob) < 2:
        return np.zeros(len(LEGIBILITY))
    costs: list[float] = []
    tokens: list[int] = []
    for match in _WORD.finditer(window):
        # A token holds the blank before its word.
        begin = int(np.searchsorted(score.starts, max(match.start() - 1, 0), side="left"))
        end = max(int(np.searchsorted(score.starts, match.end() - 1, side="left")), begin + 1)
        if begin >= len(score.logprob):
            break
        costs.append(float(score.logprob[begin:end].sum()))
        tokens.append(end - begin)
    cost, count = np.array(costs or [0.0]), np.array(tokens or [1])
    logprob = score.logprob[1:]
    return np.array(
        [
            (count >= 2).mean(),
            (count >= 3).mean(),
            ((count >= 2) & (cost < -14)).mean(),
            (cost < -14).mean(),
            (cost < -10).mean(),
            np.quantile(cost, 0.05),
            np.quantile(cost, 0.1),
            cost.mean(),
            (logprob < -12).mean(),
            (logprob < -9).mean(),
            np.quantile(logprob, 0.03),
        ],
        np.float64,
    )
