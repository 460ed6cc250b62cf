"""Measured texts side by side: what the heads are fitted on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from writersroom.critic.eye import Reading
from writersroom.critic.features.vector import Numbers, Places, Truth
from writersroom.frozen import Frozen


class Rows(Frozen):
    """Texts, one a row."""

    surprise: Numbers
    """Shape (rows, len(SURPRISE))."""
    style: Numbers
    """Shape (rows, len(STYLE))."""
    embedding: Numbers
    """Shape (rows, embedding size), or (rows, directions) once projected."""
    human: Truth
    """Shape (rows,)."""
    weights: Numbers
    """Shape (rows,), positive."""
    sources: tuple[str, ...]
    """Who wrote each."""

    def __len__(self) -> int:
        """How many."""
        return len(self.human)

    def only(self, which: Truth | Places) -> Rows:
        """Some of them: a mask, or places."""
        places: Places = np.arange(len(self), dtype=np.int64)[which]
        return Rows(
            surprise=self.surprise[places],
            style=self.style[places],
            embedding=self.embedding[places],
            human=self.human[places],
            weights=self.weights[places],
            sources=tuple(self.sources[int(at)] for at in places.tolist()),
        )

    def weighing(self, weights: Numbers) -> Rows:
        """The same, weighted otherwise."""
        return self.model_copy(update={"weights": weights})


def rows_of(readings: Sequence[Reading], *, human: bool, source: str) -> Rows:
    """Rows of one writer's texts, each of weight 1; at least one reading."""
    return Rows(
        surprise=np.stack([reading.surprise for reading in readings]),
        style=np.stack([reading.style for reading in readings]),
        embedding=np.stack([reading.embedding for reading in readings]),
        human=np.full(len(readings), human),
        weights=np.ones(len(readings)),
        sources=(source,) * len(readings),
    )


def joined(parts: Sequence[Rows]) -> Rows:
    """All rows in one; at least one part."""
    return Rows(
        surprise=np.concatenate([part.surprise for part in parts]),
        style=np.concatenate([part.style for part in parts]),
        embedding=np.concatenate([part.embedding for part in parts]),
        human=np.concatenate([part.human for part in parts]),
        weights=np.concatenate([part.weights for part in parts]),
        sources=tuple(source for part in parts for source in part.sources),
    )
