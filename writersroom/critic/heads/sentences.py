"""How machine-like each sentence is: a head of its own, on what one sentence can show.

Trained on the sentences of human and generated texts of known origin; it serves to point at places, never
to decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from writersroom.critic.features import lexicon
from writersroom.critic.features.vector import Measure, Numbers, Places
from writersroom.engine.interface import TextScore

SENTENCE: Final[tuple[Measure, ...]] = tuple(
    Measure(name=name, unit=unit, family=family)
    for name, unit, family in (
        ("logprob", "nats, mean", "surprise"),
        ("logprob_deviation", "nats", "rhythm of surprise"),
        ("logprob_least", "nats", "surprise"),
        ("excess", "nats, mean", "surprise"),
        ("foreseen", "share of tokens", "surprise"),
        ("rank_10", "share of tokens", "surprise"),
        ("entropy", "nats, mean", "surprise"),
        ("length", "log of words", "sentence length"),
        ("letters", "per word", "vocabulary"),
        ("participle", "1 or 0", "participles"),
        ("stock", "1 or 0", "stock phrases"),
        ("summing_up", "1 or 0", "summing up"),
        ("feelings", "1 or 0", "named feelings"),
        ("spoken", "1 or 0", "dialogue"),
        ("contracted", "1 or 0", "spoken language"),
        ("aside", "1 or 0", "spoken language"),
        ("first_person", "1 or 0", "voice"),
        ("commas", "per word", "punctuation"),
    )
)
"""Shape of a row of `sentence_values`."""

_STOCK: Final = re.compile("|".join(pattern for name, pattern in lexicon.STOCK.items() if name != "people"))
_SUM: Final = re.compile("|".join((lexicon.SUMMING_UP["realised"], lexicon.SUMMING_UP["ending"])))
_FLAGS: Final = (
    re.compile(r", (?:\w+ly )?\w{2,}ing\b"),
    _STOCK,
    _SUM,
    re.compile(lexicon.FEELINGS),
    re.compile('"'),
    re.compile(r"\w'(?:t|s|re|ve|ll|d|m)\b"),
    re.compile(lexicon.SPOKEN),
    re.compile(r"\b(?:i|me|my|we|our|us)\b"),
)


def sentence_values(sentences: Sequence[str], starts: Numbers, score: TextScore) -> Numbers:
    """Measure the sentences of one window.

    Args:
        sentences: of the window.
        starts: characters at which they begin.
        score: of the window.

    Returns:
        Shape (len(sentences), len(SENTENCE)), finite.
    """
    number = np.maximum(np.searchsorted(starts, score.starts + 1, side="right") - 1, 0)
    rows = [_row(one, np.flatnonzero(number == at), score) for at, one in enumerate(sentences)]
    return np.nan_to_num(np.array(rows, np.float64)).reshape(len(sentences), len(SENTENCE))


def _row(sentence: str, tokens: Places, score: TextScore) -> list[float]:
    low = sentence.lower()
    words = low.split() or [""]
    seen = [0.0] * 7
    if len(tokens):
        logprob = np.maximum(score.logprob[tokens].astype(np.float64), -20.0)
        rank = score.rank[tokens]
        seen = [
            float(logprob.mean()),
            float(logprob.std()),
            float(logprob.min()),
            float((logprob + score.entropy[tokens]).mean()),
            float((rank == 0).mean()),
            float((rank < 10).mean()),
            float(score.entropy[tokens].mean()),
        ]
    return [
        *seen,
        float(np.log1p(len(words))),
        float(np.mean([len(word) for word in words])),
        *(float(pattern.search(low) is not None) for pattern in _FLAGS),
        low.count(",") / len(words),
    ]
