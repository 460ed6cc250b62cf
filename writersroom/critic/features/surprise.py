"""How foreseeable a text is to the eye: statistics of per-token log-probabilities.

Sources: mean log-probability and rank shares, GLTR (Gehrmann et al. 2019); curvature, Fast-DetectGPT (Bao
et al. 2024); ratio to the entropy, Binoculars (Hans et al. 2024); the rest is what distinguishes a sequence
from white noise (drift, autocorrelation, spread between sentences).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from writersroom.critic.features.vector import Measure, Numbers
from writersroom.engine.interface import TextScore

_N: Final = "nats"
_T: Final = "share of tokens"
_S: Final = "surprise"
_R: Final = "rhythm of surprise"

SURPRISE: Final[tuple[Measure, ...]] = tuple(
    Measure(name=name, unit=unit, family=family)
    for name, unit, family in (
        ("logprob_mean", _N, _S),
        ("logprob_deviation", _N, _R),
        ("logprob_05", _N, _S),
        ("logprob_10", _N, _S),
        ("logprob_25", _N, _S),
        ("logprob_50", _N, _S),
        ("logprob_75", _N, _S),
        ("logprob_90", _N, _S),
        ("rank_first", _T, _S),
        ("rank_5", _T, _S),
        ("rank_10", _T, _S),
        ("rank_100", _T, _S),
        ("rank_1000", _T, _S),
        ("log_rank", "nats of 1 + rank", _S),
        ("log_rank_deviation", "nats of 1 + rank", _R),
        ("entropy_mean", _N, _S),
        ("entropy_deviation", _N, _R),
        ("entropy_25", _N, _S),
        ("entropy_75", _N, _S),
        ("variance_mean", "nats squared", _S),
        ("curvature", "deviations, per root of tokens", _S),
        ("excess", "nats below the entropy", _S),
        ("excess_deviation", _N, _R),
        ("excess_10", _N, _S),
        ("excess_90", _N, _S),
        ("to_entropy", "ratio", _S),
        ("drift", "nats, second half less first", _R),
        ("echo_1", "correlation", _R),
        ("echo_2", "correlation", _R),
        ("with_entropy", "correlation", _R),
        ("between_sentences", "nats, deviation of sentence means", _R),
        ("sentence_start", "nats, first token less the rest", _R),
        ("tail", "fourth standardised moment", _R),
        ("runs_foreseen", "tokens, mean run of first ranks", _R),
        ("steps", "nats, mean size of change", _R),
    )
)
"""Shape of `surprise`."""

_SHARES: Final = (1, 5, 10, 100, 1000)


def surprise(score: TextScore, sentence_starts: Numbers) -> Numbers:
    """The statistics of one window.

    Args:
        score: of the window, first token included (it is left out: what a text begins with tells nothing).
        sentence_starts: characters at which the window's sentences begin.

    Returns:
        Shape (len(SURPRISE),), finite; zeros for what too short a window does not have.
    """
    if len(score.logprob) < 4:
        return np.zeros(len(SURPRISE))
    logprob = np.maximum(score.logprob[1:].astype(np.float64), -20.0)
    entropy = score.entropy[1:].astype(np.float64)
    variance = score.variance[1:].astype(np.float64)
    rank = score.rank[1:].astype(np.float64)
    log_rank = np.log1p(rank)
    excess = logprob + entropy
    half = len(logprob) // 2
    means, first = _by_sentence(score, sentence_starts, logprob)
    foreseen = np.concatenate([[0], (rank == 0).astype(int), [0]])
    edges = np.flatnonzero(np.diff(foreseen))
    runs: Numbers = (edges[1::2] - edges[::2]).astype(np.float64)
    values = [
        logprob.mean(),
        logprob.std(),
        *np.quantile(logprob, (0.05, 0.1, 0.25, 0.5, 0.75, 0.9)),
        *((rank < limit).mean() for limit in _SHARES),
        log_rank.mean(),
        log_rank.std(),
        entropy.mean(),
        entropy.std(),
        *np.quantile(entropy, (0.25, 0.75)),
        variance.mean(),
        excess.sum() / np.sqrt(max(float(variance.sum()), 1e-6)) / np.sqrt(len(excess)),
        excess.mean(),
        excess.std(),
        *np.quantile(excess, (0.1, 0.9)),
        logprob.mean() / max(float(entropy.mean()), 0.1),
        logprob[half:].mean() - logprob[:half].mean(),
        _correlation(logprob[1:], logprob[:-1]),
        _correlation(logprob[2:], logprob[:-2]),
        _correlation(logprob, entropy),
        float(np.std(means)) if len(means) > 2 else 0.0,
        first,
        float(np.power((logprob - logprob.mean()) / max(float(logprob.std()), 1e-6), 4).mean()),
        float(runs.mean()) if len(runs) else 0.0,
        float(np.abs(np.diff(logprob)).mean()),
    ]
    return np.nan_to_num(np.array(values, np.float64), posinf=0.0, neginf=0.0)


def _by_sentence(score: TextScore, sentence_starts: Numbers, logprob: Numbers) -> tuple[Numbers, float]:
    """Mean log-probability of each sentence of at least 4 tokens; the first tokens' mean less that of all."""
    number = np.searchsorted(sentence_starts, score.starts[1:] + 1, side="right") - 1
    number = np.maximum(number, 0)
    count = np.bincount(number)
    sums = np.bincount(number, weights=logprob)
    means = sums[count >= 4] / count[count >= 4]
    begins = np.flatnonzero(np.diff(number)) + 1
    first = float(logprob[begins].mean() - logprob.mean()) if len(begins) else 0.0
    return means, first


def _correlation(left: Numbers, right: Numbers) -> float:
    if len(left) < 3 or left.std() < 1e-9 or right.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(left, right)[0, 1])
