"""The replay buffer: what D is fitted on, whole, each time something new is learned.

Stock that came with the weights keeps D from forgetting other writers; takes of the room and passages of a person's own
come on top, newest weighing most. Refitting the whole costs milliseconds and cannot drift, as stepping would.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from writersroom.critic.features.vector import Numbers
from writersroom.critic.rows import Rows, joined

NEW_SHARE: Final = 1.0
"""Weight of the room's own texts on a side, together, as a share of the stock's on that side; reached at `FULL`."""
FULL: Final = 16
"""Texts from which the room's own have their whole share."""
_FADING: Final = 0.9
"""Weight of a batch against that of the one learned after it."""
_MOST: Final = 256
"""Own texts kept on each side; the oldest go first."""


class Replay:
    """Stock and what has been learned since."""

    def __init__(self, stock: Rows, *, held_back: int) -> None:
        """Start from stock.

        Args:
            stock: rows of both sides, embeddings projected.
            held_back: the last so many human rows are never fitted on.
        """
        humans = np.flatnonzero(stock.human)
        back = humans[len(humans) - held_back :]
        used = np.ones(len(stock), bool)
        used[back] = False
        self._stock = stock.only(used)
        self.held_back = stock.only(back)
        """Human rows on which the game is valued."""
        self._learned: dict[bool, list[Rows]] = {True: [], False: []}

    def add(self, rows: Rows) -> None:
        """Learn a batch of one side."""
        batches = self._learned[bool(rows.human[0])]
        batches.append(rows)
        while len(batches) > 1 and sum(map(len, batches)) > _MOST:
            batches.pop(0)

    @property
    def learned(self) -> int:
        """Texts learned and kept."""
        return sum(len(batch) for batches in self._learned.values() for batch in batches)

    def rows(self) -> Rows:
        """All rows, with the weights that the fit should give them."""
        parts, weights = [self._stock], [self._stock.weights]
        for human, batches in self._learned.items():
            if batches:
                parts += batches
                weights.append(self._weights(human, batches))
        return joined(parts).weighing(np.concatenate(weights))

    def _weights(self, human: bool, batches: list[Rows]) -> Numbers:
        fading = np.concatenate(
            [np.full(len(batch), _FADING ** (len(batches) - 1 - at)) for at, batch in enumerate(batches)]
        )
        stock = float(self._stock.weights[self._stock.human == human].sum())
        share = NEW_SHARE * min(1.0, len(fading) / FULL)
        return fading / fading.sum() * stock * share
