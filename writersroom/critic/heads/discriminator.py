"""D: the probability that a text reads as human-written.

Three standardised logistic heads, on what the eye foresaw, on stylometry and on the eye's mean state, and
the mean of their log-odds: one that leaves its domain is outvoted by two that have not. (Joining the
features into one head measured no better, and travels worse to unseen writers.) Platt's calibration is
fitted on what each head would say of a row had it been left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from writersroom.critic.features.vector import Numbers, Truth
from writersroom.critic.heads.logistic import Head, balanced, fit, left_out, newton, with_one
from writersroom.critic.rows import Rows
from writersroom.frozen import Frozen

STRENGTHS: Final = {"surprise": 0.1, "style": 0.01, "embedding": 0.03}
"""Inverse penalties, for standardised features."""
NINETY: Final = 1.645
"""Deviations of a normal distribution that hold 90 % between them and their negative."""
_UNCHANGED: Final = 1e-3
"""Penalty that holds a calibration where little is known near slope 1 and intercept 0."""


class Calibration(Frozen):
    """From log-odds to honest log-odds (Platt 1999)."""

    slope: float = 1.0
    intercept: float = 0.0

    def __call__(self, logits: Numbers) -> Numbers:
        """Calibrated log-odds."""
        return self.slope * logits + self.intercept


class Projection(Frozen):
    """The directions in which the eye's states differ between texts."""

    mean: Numbers
    """Shape (embedding size,)."""
    directions: Numbers
    """Shape (directions, embedding size), orthonormal rows."""

    def __call__(self, embedding: Numbers) -> Numbers:
        """Shape (rows, directions)."""
        return (embedding - self.mean) @ self.directions.T


class Panel(Frozen):
    """Three heads that vote on one kind of writer; rows given to it have their embedding projected."""

    surprise: Head
    style: Head
    embedding: Head
    calibration: Calibration

    def heads(self, rows: Rows) -> Numbers:
        """Log-odds of each head, shape (rows, 3)."""
        return np.stack(
            [
                self.surprise.logits(rows.surprise),
                self.style.logits(rows.style),
                self.embedding.logits(rows.embedding),
            ],
            axis=1,
        )

    def logits(self, rows: Rows) -> Numbers:
        """Calibrated log-odds, shape (rows,)."""
        return self.calibration(self.heads(rows).mean(axis=1))

    def variances(self, rows: Rows) -> Numbers:
        """Variance of the log-odds, shape (rows,).

        Two things are unsure: the coefficients (Laplace), and which head is right where they disagree.
        """
        fitted = (
            self.surprise.variances(rows.surprise)
            + self.style.variances(rows.style)
            + self.embedding.variances(rows.embedding)
        )
        between = self.heads(rows).var(axis=1, ddof=1)
        return self.calibration.slope**2 * (fitted / 9 + between / 3)


class Discriminator(Frozen):
    """D: panels for the kinds of writers there are: those of the stock, then the room's own.

    Models that were tuned to chat and models that were not leave different marks; one panel for both tells
    neither as well. A text is a machine's if it is any of theirs, so odds add up: a new writer is learned
    beside the known ones and not at their cost.
    """

    panels: tuple[Panel, ...]
    """At least one. The last is that of the room's own writer once it has one, else that of the commonest
    kind."""
    weights: tuple[float, ...]
    """How likely each panel's kind of writer is taken to be beforehand; sum to 1."""
    calibration: Calibration
    """Of the whole."""
    cap: float
    """Median log-odds of human rows: beyond it a text is not better, only more like the training."""

    def logits(self, rows: Rows) -> Numbers:
        """Calibrated log-odds, shape (rows,)."""
        return self.calibration(mixed([panel.logits(rows) for panel in self.panels], self.weights))

    def style(self, rows: Rows) -> Numbers:
        """Log-odds by the stylometric heads alone, shape (rows,)."""
        return mixed([panel.style.logits(rows.style) for panel in self.panels], self.weights)

    def shares(self, rows: Rows) -> Numbers:
        """How much each panel decides, shape (rows, panels); rows sum to 1."""
        against = -np.stack([panel.logits(rows) for panel in self.panels], axis=1) + np.log(self.weights)
        raised = np.exp(against - against.max(axis=1, keepdims=True))
        return raised / raised.sum(axis=1, keepdims=True)

    def spreads(self, rows: Rows) -> Numbers:
        """Half the width of a 90 % interval of the log-odds, shape (rows,)."""
        variances = np.stack([panel.variances(rows) for panel in self.panels], axis=1)
        return NINETY * self.calibration.slope * np.sqrt((self.shares(rows) * variances).sum(axis=1))


def mixed(logits: Sequence[Numbers], weights: Sequence[float]) -> Numbers:
    """Log-odds of human against a mixture of machines: odds against add up, each weighed by its share."""
    against = np.log(weights)[:, None] - np.stack(list(logits))
    top = against.max(axis=0)
    return -(top + np.log(np.exp(against - top).sum(axis=0)))


def panel_of(rows: Rows) -> tuple[Panel, Numbers]:
    """Fit a panel.

    Args:
        rows: embeddings projected; both sides must occur.

    Returns:
        The panel, and what it would say of each row had that one been left out: log-odds, shape (rows,).
    """
    heads: dict[str, Head] = {}
    without: list[Numbers] = []
    for name, strength in STRENGTHS.items():
        values: Numbers = getattr(rows, name)
        heads[name] = fit(values, rows.human, rows.weights, strength=strength)
        without.append(left_out(heads[name], values, rows.human, rows.weights))
    mean = np.mean(without, axis=0)
    scaled = platt(mean, rows.human, rows.weights)
    return Panel(calibration=scaled, **heads), scaled(mean)


def platt(logits: Numbers, human: Truth, weights: Numbers) -> Calibration:
    """Fit slope and intercept by Newton's method, with Platt's smoothed targets, sides of equal weight."""
    sides = int(human.sum()), int((~human).sum())
    target = np.where(human, (sides[0] + 1) / (sides[0] + 2), 1 / (sides[1] + 2))
    as_it_is = np.array([1.0, 0.0])
    at, _ = newton(
        with_one(logits[:, None]),
        target,
        balanced(human, weights),
        penalty=np.full(2, _UNCHANGED),
        start=as_it_is,
    )
    return Calibration(slope=float(max(at[0], 0.05)), intercept=float(at[1]))
