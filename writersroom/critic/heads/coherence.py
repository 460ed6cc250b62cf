"""C: does a text hold together, or is it one of its own damaged copies?

Fitted on differences between a text and its copies, so that what an author's habits put into the features
cancels; the copies are self-made (`critic.damage`). The absolute value is Platt's calibration of the same
sum on wholes against copies: good for a floor that nonsense does not reach, and for comparing takes of one
writer. Between writers it would favour whoever the eye foresees best.
"""

from __future__ import annotations

import importlib
from typing import Any, Final, Protocol, cast

import numpy as np
import numpy.typing as npt

from writersroom.critic.features.vector import Numbers
from writersroom.critic.heads.discriminator import Calibration, platt
from writersroom.frozen import Frozen

STRENGTH: Final = 0.02
"""Inverse penalty, for differences in deviations of whole texts."""


class _Fitted(Protocol):
    coef_: Numbers

    def fit(self, x: Numbers, y: Numbers, sample_weight: Numbers) -> object: ...


class Coherence(Frozen):
    """C, fitted."""

    scale: Numbers
    """Shape (len(COHERENCE),); deviations among whole texts."""
    coef: Numbers
    """Shape (len(COHERENCE),), on scaled values; positive is whole."""
    calibration: Calibration

    def scores(self, rows: Numbers) -> Numbers:
        """The sum that differences are taken of, shape (rows,)."""
        return (rows / self.scale) @ self.coef

    def chances(self, rows: Numbers) -> Numbers:
        """Probability of being whole, 0..1, shape (rows,)."""
        return 1 / (1 + np.exp(-np.clip(self.calibration(self.scores(rows)), -30, 30)))

    def prefers(self, first: Numbers, second: Numbers) -> Numbers:
        """Probability that the first of two versions of one text is the whole one, shape (pairs,)."""
        return 1 / (1 + np.exp(-np.clip(self.scores(first) - self.scores(second), -30, 30)))


def coherence_head(
    whole: Numbers,
    copies: Numbers,
    of: npt.NDArray[np.int64],
    weights: Numbers,
    *,
    strength: float = STRENGTH,
) -> Coherence:
    """Fit C.

    Args:
        whole: shape (texts, features).
        copies: damaged ones, shape (copies, features).
        of: which text each is a copy of, shape (copies,).
        weights: of the copies, so that each damage counts alike.
        strength: inverse penalty.
    """
    scale = whole.std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    gap = np.clip((whole[of] - copies) / scale, -6.0, 6.0)
    linear: Any = importlib.import_module("sklearn.linear_model")
    model = cast("_Fitted", linear.LogisticRegression(C=strength, fit_intercept=False, max_iter=300))
    model.fit(
        np.concatenate([gap, -gap]),
        np.concatenate([np.ones(len(gap)), np.zeros(len(gap))]),
        sample_weight=np.concatenate([weights, weights]),
    )
    coef = model.coef_[0].astype(np.float64)
    sums = np.concatenate([(whole / scale) @ coef, (copies / scale) @ coef])
    is_whole = np.arange(len(sums)) < len(whole)
    centre = float(sums.mean())
    scaled = platt(sums - centre, is_whole, np.concatenate([np.ones(len(whole)), weights]))
    shifted = Calibration(slope=scaled.slope, intercept=scaled.intercept - scaled.slope * centre)
    return Coherence(scale=scale, coef=coef, calibration=shifted)
