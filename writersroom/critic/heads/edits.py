"""Heads that know a cheap edit when they see one, and the head that looks at parts.

D's three heads look at means, and some edits move means: mistyped words are as hard to foresee as a poet's.
Each edit is caught by a small head of its own, fitted on human texts against edited ones; its limit is where
few human texts in a thousand of those it was fitted on would be refused. Of texts it has not seen it refuses
more, and so do all guards together: see "wronged" in docs/critic.md. Parts are judged like texts are, and
the weakest of each window counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from writersroom.critic.features.coherence import COHERENCE
from writersroom.critic.features.legibility import LEGIBILITY
from writersroom.critic.features.parts import PARTS
from writersroom.critic.features.surprise import SURPRISE
from writersroom.critic.features.vector import Numbers
from writersroom.critic.heads.logistic import Head, fit, left_out
from writersroom.frozen import Frozen

EDITS: Final = ("typing errors", "rare words", "fillers", "words shuffled")
"""Attacks that have a head."""
WIDTH: Final = len(LEGIBILITY) + len(COHERENCE) + len(SURPRISE)
WRONGED: Final = 0.004
"""Share of the human texts of its training that each edit's head would refuse, left out one by one."""
WRONGED_PARTS: Final = 0.012
"""Share of the human texts of its training, left out by fives, refused for their weakest part."""


class EditHead(Frozen):
    """Knows one edit."""

    kind: str
    head: Head
    limit: float
    """Log-odds below which a text is refused."""


class PartHead(Frozen):
    """Judges a part as D judges a text, without the eye's state."""

    surprise: Head
    style: Head
    limit: float
    """Log-odds of the weakest part below which a text is refused."""

    def weakest(self, windows: Sequence[Numbers]) -> float:
        """Log-odds of the most machine-like part of a window, mean of the windows.

        The limit is that of texts of one window. Of a longer text the least of all parts would be lower the
        more parts there are, whoever wrote it.

        Args:
            windows: the parts of each.

        Returns:
            Infinite where no window has parts.
        """
        width = len(SURPRISE)
        least = [
            ((self.surprise.logits(parts[:, :width]) + self.style.logits(parts[:, width:])) / 2).min()
            for parts in windows
            if len(parts) >= PARTS - 1
        ]
        return float(np.mean(least)) if least else float("inf")


def edit_head(kind: str, people: Numbers, edited: Numbers) -> EditHead:
    """Fit the head of one edit on human texts and edited ones, each of shape (texts, WIDTH)."""
    rows = np.concatenate([people, edited])
    human = np.arange(len(rows)) < len(people)
    weights = np.ones(len(rows))
    head = fit(rows, human, weights, strength=0.1)
    said = left_out(head, rows, human, weights)[human]
    return EditHead(kind=kind, head=head, limit=float(np.quantile(said, WRONGED)))


def part_head(
    people: Sequence[Sequence[Numbers]], machines: Sequence[Sequence[Numbers]], *, limit: float | None = None
) -> PartHead:
    """Fit the head of parts.

    Args:
        people: the parts of each human text, window by window.
        machines: those of each generated one.
        limit: the limit, if it is known from texts that were left out; else it is taken from these.
    """
    sides = [np.concatenate([parts for text in texts for parts in text]) for texts in (people, machines)]
    rows = np.concatenate(sides)
    human = np.arange(len(rows)) < len(sides[0])
    width = len(SURPRISE)
    weights = np.ones(len(rows))
    made = PartHead(
        surprise=fit(rows[:, :width], human, weights, strength=0.05),
        style=fit(rows[:, width:], human, weights, strength=0.003),
        limit=-np.inf if limit is None else limit,
    )
    if limit is not None:
        return made
    weakest = [value for text in people if np.isfinite(value := made.weakest(text))]
    return made.model_copy(update={"limit": float(np.quantile(weakest, WRONGED_PARTS))})


def left_out_limit(
    people: Sequence[Sequence[Numbers]], machines: Sequence[Sequence[Numbers]], *, folds: int = 5
) -> float:
    """The limit that human texts left out of the fit would set."""
    weakest: list[float] = []
    for fold in range(folds):
        head = part_head(
            [one for at, one in enumerate(people) if at % folds != fold],
            [one for at, one in enumerate(machines) if at % folds != fold],
            limit=0.0,
        )
        weakest += [head.weakest(one) for at, one in enumerate(people) if at % folds == fold]
    return float(np.quantile([value for value in weakest if np.isfinite(value)], WRONGED_PARTS))
