"""J: how good a reader would find a text.

Two fits on experts' scores of paragraphs, added: a ridge on the scores, and a logistic one on which of two
versions of the same paragraph an expert scored higher. The second knows no author and no subject, which is
what the first mostly explains. Each has a standard deviation of 1 among the experts' paragraphs; the sum is
not scaled again, and has one of about 1.8 in the shipped weights.
"""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, Protocol, cast

import numpy as np
import numpy.typing as npt

from writersroom.critic.features.vector import Numbers
from writersroom.frozen import Frozen

RIDGE: Final = 2000.0
PAIRS: Final = 1e-3
_LARGEST: Final = 8
"""Versions of one paragraph above which it is no paragraph but a stock phrase that joins many."""


class _Linear(Protocol):
    coef_: Numbers

    def fit(self, x: Numbers, y: Numbers, sample_weight: Numbers | None = None) -> object: ...


class Quality(Frozen):
    """J, fitted."""

    mean: Numbers
    scale: Numbers
    coef: Numbers
    """Shapes (features,)."""
    quantiles: Numbers
    """Scores of the experts' paragraphs at 0, 1, …, 100 %, shape (101,)."""

    def scores(self, rows: Numbers) -> Numbers:
        """Shape (rows,); more is better. The unit is a standard deviation of either fit, not of their sum."""
        return np.clip((rows - self.mean) / self.scale, -4.0, 4.0) @ self.coef

    def ranks(self, rows: Numbers) -> Numbers:
        """Share of the experts' paragraphs that lie below, 0..1, shape (rows,)."""
        return np.interp(self.scores(rows), self.quantiles, np.linspace(0, 1, len(self.quantiles)))


def quality_head(rows: Numbers, scores: Numbers, paragraphs: Sequence[int]) -> Quality:
    """Fit J.

    Args:
        rows: shape (texts, features).
        scores: an expert's, shape (texts,).
        paragraphs: texts with the same number are versions of one paragraph.
    """
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    x = np.clip((rows - mean) / scale, -4.0, 4.0)
    linear: Any = importlib.import_module("sklearn.linear_model")
    ridge = cast("_Linear", linear.Ridge(alpha=RIDGE))
    ridge.fit(x, scores)
    coef = ridge.coef_ / max(float((x @ ridge.coef_).std()), 1e-9)
    pairs = version_pairs(scores, paragraphs)
    if len(pairs):
        gap = x[pairs[:, 0]] - x[pairs[:, 1]]
        weights = scores[pairs[:, 0]] - scores[pairs[:, 1]]
        logistic = cast("_Linear", linear.LogisticRegression(C=PAIRS, fit_intercept=False, max_iter=300))
        logistic.fit(
            np.concatenate([gap, -gap]),
            np.concatenate([np.ones(len(gap)), np.zeros(len(gap))]),
            np.concatenate([weights, weights]),
        )
        coef = coef + logistic.coef_[0] / max(float((x @ logistic.coef_[0]).std()), 1e-9)
    quantiles = np.quantile(x @ coef, np.linspace(0, 1, 101))
    return Quality(mean=mean, scale=scale, coef=coef, quantiles=np.maximum.accumulate(quantiles))


def version_pairs(scores: Numbers, paragraphs: Sequence[int]) -> npt.NDArray[np.int64]:
    """Pairs of versions of one paragraph with different scores, the better one first: shape (pairs, 2)."""
    versions: dict[int, list[int]] = defaultdict(list)
    for at, paragraph in enumerate(paragraphs):
        versions[paragraph].append(at)
    pairs = [
        (a, b) if scores[a] > scores[b] else (b, a)
        for group in versions.values()
        if len(group) <= _LARGEST
        for at, a in enumerate(group)
        for b in group[at + 1 :]
        if scores[a] != scores[b]
    ]
    return np.array(pairs, np.int64).reshape(-1, 2)
