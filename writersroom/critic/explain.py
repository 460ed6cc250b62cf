"""Why D says what it says: what moved it, in plain words, and where in the text.

The heads are linear, so their log-odds are sums over features; what is told is the sum over a family of
them. No number and no word list is named: whoever is told what is counted writes to the count.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from writersroom.critic.eye import Reading
from writersroom.critic.features.style import STYLE
from writersroom.critic.features.surprise import SURPRISE
from writersroom.critic.features.vector import FAMILIES, Numbers
from writersroom.critic.heads.discriminator import Discriminator
from writersroom.critic.heads.logistic import Head
from writersroom.critic.rows import Rows

WHOLE: Final = "sound of the whole"
"""The family of the embedding."""
MOST_REASONS: Final = 4
_LEAST: Final = 0.15
"""Log-odds that a family must move D by to be told."""
MOST_SENTENCES: Final = 6


def family_shares(head: Discriminator, row: Rows) -> dict[str, float]:
    """By how much each family of features moves D's log-odds for one text, positive towards human."""
    shares: dict[str, float] = {}
    for panel, weight in zip(head.panels, head.shares(row)[0], strict=True):
        scale = float(weight) * panel.calibration.slope * head.calibration.slope / 3
        parts = [
            (SURPRISE, panel.surprise, row.surprise),
            (STYLE, panel.style, row.style),
        ]
        for measures, one, values in parts:
            moved = one.standardised(values)[0] * one.coef * scale
            for measure, part in zip(measures, moved, strict=True):
                shares[measure.family] = shares.get(measure.family, 0.0) + float(part)
        whole = float((panel.embedding.standardised(row.embedding) @ panel.embedding.coef)[0]) * scale
        shares[WHOLE] = shares.get(WHOLE, 0.0) + whole
    return shares


def reasons(head: Discriminator, row: Rows) -> tuple[str, ...]:
    """What moved D most, strongest first, in plain words."""
    shares = family_shares(head, row)
    strongest = sorted(shares, key=lambda family: -abs(shares[family]))
    return tuple(
        FAMILIES[family].human if shares[family] > 0 else FAMILIES[family].machine
        for family in strongest[:MOST_REASONS]
        if abs(shares[family]) >= _LEAST
    )


def machine_like(head: Head, reading: Reading) -> Numbers:
    """How machine-like each sentence of a reading is, 0..1, shape (sentences,)."""
    return 1 / (1 + np.exp(np.clip(head.logits(reading.sentence_values), -30, 30)))


def worst_sentences(head: Head, reading: Reading) -> tuple[tuple[str, float], ...]:
    """The sentences most machine-like, most so first."""
    chances = machine_like(head, reading)
    order = sorted(range(len(chances)), key=lambda at: -float(chances[at]))[:MOST_SENTENCES]
    return tuple((reading.sentences[at], round(float(chances[at]), 3)) for at in order)
