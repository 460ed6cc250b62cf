"""Heads that know a cheap edit when they see one, and the head that looks at parts.

D's three heads look at means, and some edits move means: mistyped words are as hard to foresee as a poet's.
Each edit is caught by a small head of its own, fitted on human texts against edited ones; its limit is set
so that few human texts in a thousand are refused. Parts are judged like texts are, and the weakest counts.
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
"""Share of human texts that each edit's head refuses."""
WRONGED_PARTS: Final = 0.012
"""Share of human texts refused for their weakest part."""


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

    def weakest(self, parts: Numbers) -> float:
        """Log-odds of the most machine-like part; infinite where there is none."""
        if len(parts) < PARTS - 1:
            return float("inf")
        width = len(SURPRISE)
        return float(
            ((self.surprise.logits(parts[:, :width]) + self.style.logits(parts[:, width:])) / 2).min()
        )


def edit_head(kind: str, people: Numbers, edited: Numbers) -> EditHead:
    """Fit the head of one edit on human texts and edited ones, each of shape (texts, WIDTH)."""
    rows = np.concatenate([people, edited])
    human = np.arange(len(rows)) < len(people)
    weights = np.ones(len(rows))
    head = fit(rows, human, weights, strength=0.1)
    said = left_out(head, rows, human, weights)[human]
    return EditHead(kind=kind, head=head, limit=float(np.quantile(said, WRONGED)))


def part_head(
    people: Sequence[Numbers], machines: Sequence[Numbers], *, limit: float | None = None
) -> PartHead:
    """Fit the head of parts.

    Args:
        people: the parts of each human text.
        machines: those of each generated one.
        limit: the limit, if it is known from texts that were left out; else it is taken from these.
    """
    rows = np.concatenate([*people, *machines])
    human = np.arange(len(rows)) < sum(map(len, people))
    width = len(SURPRISE)
    weights = np.ones(len(rows))
    made = PartHead(
        surprise=fit(rows[:, :width], human, weights, strength=0.05),
        style=fit(rows[:, width:], human, weights, strength=0.003),
        limit=-np.inf if limit is None else limit,
    )
    if limit is not None:
        return made
    weakest = [value for parts in people if np.isfinite(value := made.weakest(parts))]
    return made.model_copy(update={"limit": float(np.quantile(weakest, WRONGED_PARTS))})


def left_out_limit(people: Sequence[Numbers], machines: Sequence[Numbers], *, folds: int = 5) -> float:
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
