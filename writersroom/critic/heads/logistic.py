"""A standardised logistic head: fitted by scikit-learn, applied by two lines of numpy.

Beside the coefficients it keeps the inverse of the Hessian, which gives two things for nothing: how sure it
is of a text unlike those it was fitted on (Laplace's approximation), and what it would say of a row had
that row been left out (approximate leave-one-out, Rad and Maleki 2020), which is what calibration and the
balance of the game need.
"""

from __future__ import annotations

import importlib
from typing import Any, Protocol, cast

import numpy as np

from writersroom.critic.features.vector import Numbers, Truth
from writersroom.frozen import Frozen


class _Fitted(Protocol):
    coef_: Numbers
    intercept_: Numbers

    def fit(self, x: Numbers, y: Numbers, sample_weight: Numbers) -> object: ...


class Head(Frozen):
    """A fitted head."""

    mean: Numbers
    """Shape (features,)."""
    scale: Numbers
    """Shape (features,); standard deviations, at least a small positive number."""
    coef: Numbers
    """Shape (features,), on standardised values; positive is human."""
    intercept: float
    covariance: Numbers
    """Shape (features + 1, features + 1): of the coefficients, the intercept last."""

    def standardised(self, rows: Numbers) -> Numbers:
        """Rows in deviations from the mean, clipped at 5: no single oddity decides."""
        return np.clip((rows - self.mean) / self.scale, -5.0, 5.0)

    def logits(self, rows: Numbers) -> Numbers:
        """Log-odds of human, shape (rows,)."""
        return self.standardised(rows) @ self.coef + self.intercept

    def variances(self, rows: Numbers) -> Numbers:
        """Variance of each log-odds under Laplace's approximation, shape (rows,)."""
        wide = _with_one(self.standardised(rows))
        return np.einsum("ij,jk,ik->i", wide, self.covariance, wide)


def fit(rows: Numbers, human: Truth, weights: Numbers, *, strength: float, start: Head | None = None) -> Head:
    """Fit a head with an L2 penalty.

    Args:
        rows: shape (rows, features).
        human: shape (rows,); both sides must occur.
        weights: shape (rows,), positive; the two sides are brought to equal weight.
        strength: the inverse of the penalty, per scikit-learn's `C`, for standardised features and weights
            of mean 1.
        start: standardise as this head does, rather than by `rows`.
    """
    weights = balanced(human, weights)
    mean = np.average(rows, axis=0, weights=weights) if start is None else start.mean
    scale = np.sqrt(np.average((rows - mean) ** 2, axis=0, weights=weights)) if start is None else start.scale
    scale = np.where(scale > 1e-9, scale, 1.0)
    x = np.clip((rows - mean) / scale, -5.0, 5.0)
    model = _regression(strength)
    model.fit(x, human.astype(np.float64), sample_weight=weights)
    coef, intercept = model.coef_[0].astype(np.float64), float(model.intercept_[0])
    chance = _chance(x @ coef + intercept)
    wide = _with_one(x)
    hessian = (wide * (weights * chance * (1 - chance))[:, None]).T @ wide
    hessian[np.diag_indices(len(coef))] += 1 / strength
    hessian[-1, -1] += 1e-6
    return Head(
        mean=mean,
        scale=scale,
        coef=coef,
        intercept=intercept,
        covariance=np.linalg.inv(hessian).astype(np.float64),
    )


def left_out(head: Head, rows: Numbers, human: Truth, weights: Numbers) -> Numbers:
    """Log-odds that the head would give each of its rows, had that one been left out: shape (rows,)."""
    weights = balanced(human, weights)
    said = head.logits(rows)
    chance = _chance(said)
    leverage = head.variances(rows)
    pull = weights * (human.astype(np.float64) - chance) * leverage
    return said - pull / np.maximum(1 - weights * chance * (1 - chance) * leverage, 0.05)


def balanced(human: Truth, weights: Numbers) -> Numbers:
    """Weights scaled to a mean of 1, half of their sum on each side."""
    out = weights.astype(np.float64).copy()
    for side in (human, ~human):
        out[side] *= len(out) / 2 / out[side].sum()
    return out


def _chance(logits: Numbers) -> Numbers:
    return 1 / (1 + np.exp(-np.clip(logits, -30, 30)))


def _with_one(rows: Numbers) -> Numbers:
    return np.concatenate([rows, np.ones((len(rows), 1))], axis=1)


def _regression(strength: float) -> _Fitted:
    # scikit-learn takes a second to load, and judging needs none of it; it has no types of its own.
    linear: Any = importlib.import_module("sklearn.linear_model")
    return cast("_Fitted", linear.LogisticRegression(C=strength, max_iter=60, tol=1e-3))
