"""A window in parts, each measured on its own: what was glued together does not hide behind a mean."""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np

from writersroom.critic.features.normal import sentences_of
from writersroom.critic.features.style import STYLE, style
from writersroom.critic.features.surprise import SURPRISE, surprise
from writersroom.critic.features.vector import Numbers
from writersroom.engine.interface import TextScore

PARTS: Final = 3
LEAST: Final = 15
"""Words below which a part is not measured."""
WIDTH: Final = len(SURPRISE) + len(STYLE)
"""Values of a part: surprise, then style."""


def parts(window: str, score: TextScore) -> Numbers:
    """Measure the thirds of a window, cut between sentences.

    Returns:
        Shape (parts, WIDTH); no row where the window is too short to have parts.
    """
    sentences = sentences_of(window)
    starts = np.cumsum([0, *(len(one) + 1 for one in sentences)])
    words = np.cumsum([len(one.split()) for one in sentences])
    cuts = [
        0,
        *(int(np.searchsorted(words, float(words[-1]) * at / PARTS)) + 1 for at in range(1, PARTS)),
        len(sentences),
    ]
    rows: list[Numbers] = []
    for first, last in itertools.pairwise(cuts):
        text = " ".join(sentences[first:last])
        # A token holds the blank before its word.
        own = (score.starts >= starts[first] - 1) & (score.starts < starts[last] - 1)
        if len(text.split()) < LEAST or own.sum() < 8:
            continue
        inside = TextScore(
            starts=np.maximum(score.starts[own] - starts[first], 0).astype(np.int32),
            logprob=score.logprob[own],
            rank=score.rank[own],
            entropy=score.entropy[own],
            variance=score.variance[own],
        )
        rows.append(
            np.concatenate(
                [surprise(inside, (starts[first:last] - starts[first]).astype(np.float64)), style(text)]
            )
        )
    return np.array(rows).reshape(-1, WIDTH)
