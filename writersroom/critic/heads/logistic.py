"""A standardised logistic head: fitted by Newton's method, applied by two lines of numpy.

It is fitted here rather than by scikit-learn because every session starts with a fit, and loading
scikit-learn takes longer than the model does; a few hundred rows and columns take a few milliseconds.

Beside the coefficients it keeps the inverse of the Hessian, which gives two things for nothing: how sure it
is of a text unlike those it was fitted on (Laplace's approximation), and what it would say of a row had
that row been left out (approximate leave-one-out, Rad and Maleki 2020), which is what calibration and the
balance of the game need.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from writersroom.critic.features.vector import Numbers, Truth
from writersroom.frozen import Frozen

_MOST_STEPS: Final = 50
_CLOSE: Final = 1e-6
"""Length of a step, in any coordinate, at which the optimum is reached."""
_FREE: Final = 1e-6
"""Penalty of an intercept: next to none."""


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
        wide = with_one(self.standardised(rows))
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
    wide = with_one(x)
    penalty = np.append(np.full(x.shape[1], 1 / strength), _FREE)
    at, hessian = newton(
        wide, human.astype(np.float64), weights, penalty=penalty, start=np.zeros(len(penalty))
    )
    return Head(
        mean=mean,
        scale=scale,
        coef=at[:-1],
        intercept=float(at[-1]),
        covariance=np.linalg.inv(hessian).astype(np.float64),
    )


def newton(
    wide: Numbers, target: Numbers, weights: Numbers, *, penalty: Numbers, start: Numbers
) -> tuple[Numbers, Numbers]:
    """Minimise the penalised cross-entropy of a logistic model (Hastie et al. 2009, section 4.4.1).

    Args:
        wide: shape (rows, columns), a column of ones among them where there is an intercept.
        target: the probability wanted of each row, shape (rows,).
        weights: shape (rows,), positive.
        penalty: of squared distance from `start`, halved, for each column; positive, shape (columns,).
        start: shape (columns,).

    Returns:
        The coefficients, and the Hessian there, shape (columns, columns).
    """

    def loss(at: Numbers) -> float:
        said = wide @ at
        return float(weights @ (np.logaddexp(0.0, said) - target * said) + penalty @ (at - start) ** 2 / 2)

    def curve(at: Numbers) -> tuple[Numbers, Numbers]:
        chance = _chance(wide @ at)
        slope = wide.T @ (weights * (chance - target)) + penalty * (at - start)
        hessian = (wide * (weights * chance * (1 - chance))[:, None]).T @ wide
        hessian[np.diag_indices(len(at))] += penalty
        return slope, hessian

    at, least = start.astype(np.float64), loss(start)
    slope, hessian = curve(at)
    for _ in range(_MOST_STEPS):
        step = np.linalg.solve(hessian, slope)
        # The loss is convex: a step that is short enough lowers it, unless there is nothing left to lower.
        while (found := loss(at - step)) > least and np.abs(step).max() > _CLOSE:
            step /= 2
        at, least = at - step, found
        slope, hessian = curve(at)
        if np.abs(step).max() < _CLOSE:
            break
    return at, hessian


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


def with_one(rows: Numbers) -> Numbers:
    """Rows with a last column of ones, for an intercept."""
    return np.concatenate([rows, np.ones((len(rows), 1))], axis=1)
