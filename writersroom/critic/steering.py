"""Steering: what the critic's linear part holds of words, as biases on the writer's logits.

D's stylometric head is linear in the rates of words, so its gradient with respect to a word is a number.
Adding a multiple of it to the logits of that word's tokens is the step by which the writer's expected D
rises most for the divergence it costs (an exponential tilt; as in PPLM, Dathathri et al. 2020, and FUDGE,
Yang & Klein 2021, with the discriminator's gradient known in closed form). The multiple is the one at which
the writer's distribution of words is so many nats from its own. Nothing of it is ever in a prompt, so no
writer can learn the list and please it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from writersroom.cast.said import words_in

KL: Final = 0.02
"""Nats a word by which the steered writer may differ from the plain one."""
CAP: Final = 2.0
"""The largest bias of a token, in nats: no word is forbidden or forced."""
_UNSEEN: Final = 0.25
"""What a word counts for that the writer has not used yet."""
_STEPS: Final = 40


def tilt(
    slopes: Mapping[str, float],
    spoken: Iterable[str],
    *,
    usual: Mapping[str, float] | None = None,
    kl: float = KL,
    cap: float = CAP,
) -> dict[str, float]:
    """A bias for each word, in nats.

    Args:
        slopes: how D's log-odds move with the word; see `Weighing.token_slopes`.
        spoken: texts of this writer, from which it is read how often it uses each word.
        usual: how often machines use each word, per 100 words, see `Weighing.token_rates`; it counts where
            the writer has said nothing yet.
        kl: the divergence to be spent, in nats a word (of the steered from the plain distribution).
        cap: the most that any bias may be.

    Returns:
        Words with their biases; nothing where there are no slopes, or neither speech nor a usual rate.
    """
    slopes = {word: slope for word, slope in slopes.items() if math.isfinite(slope) and slope}
    shares = _shares(slopes, spoken) or _usual_shares(slopes, usual or {})
    if not shares or kl <= 0:
        return {}
    top = max(abs(slope) for slope in slopes.values())
    low, high = 0.0, 100 * cap / top
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if divergence(_capped(slopes, middle, cap), shares) > kl:
            high = middle
        else:
            low = middle
    return _capped(slopes, low, cap)


def divergence(biases: Mapping[str, float], shares: Mapping[str, float]) -> float:
    """KL divergence, in nats, of the tilted distribution of words from the plain one.

    Args:
        biases: by word; all other words have none.
        shares: the probability of each of these words in the plain distribution.
    """
    raised = {word: shares[word] * math.exp(bias) for word, bias in biases.items()}
    others = 1 - sum(shares[word] for word in biases)
    norm = others + sum(raised.values())
    return sum(share * biases[word] for word, share in raised.items()) / norm - math.log(norm)


def token_biases(tilted: Mapping[str, float], tokens: Callable[[str], Sequence[int]]) -> dict[int, float]:
    """The biases of the tokens that are whole words.

    Args:
        tilted: biases by word.
        tokens: the writer's tokenizer.

    Returns:
        By token id. A word that its tokenizer splits has none: its pieces belong to other words too.
    """
    biases: dict[int, float] = {}
    for word, bias in tilted.items():
        for form in (f" {word}", f" {word.capitalize()}", word.capitalize()):
            ids = tokens(form)
            if len(ids) == 1:
                biases.setdefault(ids[0], bias)
    return biases


def _shares(words: Iterable[str], spoken: Iterable[str]) -> dict[str, float]:
    """How much of what was spoken each word is; nothing where nothing was."""
    counts = Counter(word for text in spoken for word in words_in(text))
    if not counts:
        return {}
    seen = {word: max(_UNSEEN, counts[word]) for word in words}
    total = sum(counts.values()) + sum(seen[word] - counts[word] for word in seen)
    return {word: count / total for word, count in seen.items()}


def _usual_shares(words: Iterable[str], rates: Mapping[str, float]) -> dict[str, float]:
    """The same by rates per 100 words; nothing where no word has one."""
    shares = {word: rates.get(word, 0.0) / 100 for word in words}
    return shares if any(shares.values()) else {}


def _capped(slopes: Mapping[str, float], scale: float, cap: float) -> dict[str, float]:
    return {word: min(cap, max(-cap, scale * slope)) for word, slope in slopes.items()}
