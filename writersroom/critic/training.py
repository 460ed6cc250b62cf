"""Weights from texts of known origin: what `critic train` and the making of the shipped weights share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from writersroom.critic.errors import TooFewTexts
from writersroom.critic.evaluation import auroc, calibration_error, caught_at
from writersroom.critic.eye import Reading
from writersroom.critic.features.vector import Numbers, Truth
from writersroom.critic.heads.discriminator import Calibration, Projection, platt
from writersroom.critic.heads.logistic import Head, fit
from writersroom.critic.replay import Replay
from writersroom.critic.rows import Rows, joined, rows_of
from writersroom.critic.weights import Trained, Weights

LEAST: Final = 8
"""Texts of each side below which nothing can be learned."""
DIRECTIONS: Final = 64
"""Of the eye's states that the embedding head looks at."""
HELD_BACK: Final = 0.12
"""Share of human texts that D is never fitted on."""
_FOLDS: Final = 5


def projection(embeddings: Numbers, *, directions: int = DIRECTIONS) -> Projection:
    """The directions in which states differ most: principal components, fewer than there are texts."""
    mean = embeddings.mean(axis=0)
    _, _, right = np.linalg.svd(embeddings - mean, full_matrices=False)
    return Projection(mean=mean, directions=right[: min(directions, max(len(embeddings) - 1, 1))])


def unseen_logits(rows: Rows, groups: Sequence[str], *, learned: int = 0) -> tuple[Numbers, Numbers]:
    """What D says, uncalibrated, of texts of writers it has not seen, on prompts it has not seen.

    Every machine source is left out in turn, and judged with as many human texts as there are on its prompts'
    folds; human texts are judged once for each source, and the log-odds averaged.

    Args:
        rows: embeddings projected.
        groups: the prompt of each row; rows of one prompt are never on both sides.
        learned: how many texts of the source left out are learned first, from other prompts.

    Returns:
        Log-odds, shape (rows,), and how often each row was judged.
    """
    names = sorted({source for source, human in zip(rows.sources, rows.human, strict=True) if not human})
    sources, prompts = np.array(rows.sources), np.array(list(groups))
    order = {name: at % _FOLDS for at, name in enumerate(sorted(set(groups), key=_scattered))}
    fold = np.array([order[name] for name in groups])
    total, times = np.zeros(len(rows)), np.zeros(len(rows))
    for name in names if len(names) > 1 else [""]:
        own = ~rows.human & ((sources == name) | (name == ""))
        for at in range(_FOLDS):
            test = (fold == at) & (rows.human | own)
            far = ~np.isin(prompts, prompts[test])
            used = far & ~own if name else far
            known = Replay(rows.only(used), held_back=0) if (~rows.human[used]).any() else None
            if known is None or not test.any() or not rows.human[used].any():
                continue
            new = np.flatnonzero(far & own)[:learned]
            if len(new):
                known.add(rows.only(new))
            head = known.fit(known=Calibration(), room=Calibration())
            total[test] += head.logits(rows.only(test))
            times[test] += 1
    return total / np.maximum(times, 1), times


def cross_calibrated(logits: Numbers, human: Truth, sources: Sequence[str]) -> Numbers:
    """Log-odds as calibrations say them that have not seen them.

    Each machine source is calibrated on the others, and with it a like share of the human texts; where there
    is one source alone, its texts are parted by folds.

    Args:
        logits: uncalibrated, shape (rows,).
        human: shape (rows,).
        sources: who wrote each row.
    """
    names, writer = np.unique(np.array(sources)[~human], return_inverse=True)
    parts = len(names) if len(names) > 1 else _FOLDS
    part = np.empty(len(logits), int)
    part[human] = np.arange(int(human.sum())) % parts
    part[~human] = writer if len(names) > 1 else np.arange(int((~human).sum())) % parts
    out = logits.copy()
    for at in range(parts):
        own = part == at
        if human[~own].any() and (~human[~own]).any():
            out[own] = platt(logits[~own], human[~own], np.ones(int((~own).sum())))(logits[own])
    return out


def trained(
    human: Sequence[tuple[str, Reading]],
    machine: Sequence[tuple[str, Reading]],
    *,
    base: Weights,
    told: Trained,
) -> Weights:
    """Weights whose D knows these texts; C, J and the sentences' head are taken over.

    Args:
        human: who wrote, and what was read.
        machine: the same of generated texts.
        base: what everything but D is taken from.
        told: where the texts come from; the figures are filled in here.

    Raises:
        TooFewTexts: fewer than `LEAST` on a side.
    """
    for side, texts in (("human", human), ("machine", machine)):
        if len(texts) < LEAST:
            raise TooFewTexts(
                f"There are {len(texts)} {side} texts that can be read; it takes {LEAST} at least."
            )
    # The last ones are held back: in the order in which they came they could be all of one author.
    people = [human[int(at)] for at in np.random.default_rng(0).permutation(len(human))]
    parts = [
        rows_of([reading], human=is_human, source=source)
        for is_human, texts in ((True, people), (False, machine))
        for source, reading in texts
    ]
    rows = joined(parts)
    # Few texts tell little of the directions; the stock's do, if it is the same eye that read them.
    same = base.projection.mean.shape == rows.embedding.shape[1:]
    few = len(rows) < 4 * DIRECTIONS
    whole = base.projection if same and few else projection(rows.embedding)
    rows = rows.model_copy(update={"embedding": whole(rows.embedding)})
    groups = [str(at) for at in range(len(rows))]
    logits, times = unseen_logits(rows, groups)
    seen = times > 0
    scaled = platt(logits[seen], rows.human[seen], np.ones(int(seen.sum())))
    later, again = unseen_logits(rows, groups, learned=8)
    room = platt(later[again > 0], rows.human[again > 0], np.ones(int((again > 0).sum())))
    writers = [source for source, was in zip(rows.sources, seen, strict=True) if was]
    told_apart = cross_calibrated(logits[seen], rows.human[seen], writers)
    chances = 1 / (1 + np.exp(-np.clip(told_apart, -30, 30)))
    figures = (
        ("auroc", auroc(logits[seen], rows.human[seen])),
        ("tpr_at_5fpr", caught_at(logits[seen], rows.human[seen])),
        ("ece", calibration_error(chances, rows.human[seen])),
    )
    several = len({source for source, _ in machine}) > 1
    measured_on = "writers left out" if several else "texts left out, all by the one writer it knows"
    return base.model_copy(
        update={
            "rows": rows,
            "held_back": max(1, round(HELD_BACK * len(human))),
            "projection": whole,
            "calibration": scaled,
            "room_calibration": room,
            "kinds": {},
            "trained": told.model_copy(update={"figures": figures, "measured_on": measured_on}),
        }
    )


def sentence_head(human: Sequence[Reading], machine: Sequence[Reading]) -> Head:
    """The head that points at sentences, fitted on the sentences of texts of known origin."""
    values = np.concatenate([reading.sentence_values for reading in (*human, *machine)])
    sides = np.concatenate(
        [
            np.full(len(reading.sentences), side)
            for side, texts in ((True, human), (False, machine))
            for reading in texts
        ]
    )
    return fit(values, sides, np.ones(len(values)), strength=0.1)


def usual_floor(logits: Numbers) -> float:
    """The C that one take in fifty of a writer falls below, from the log-odds of its takes."""
    return float(1 / (1 + np.exp(-np.quantile(logits, 0.02))))


def _scattered(name: str) -> int:
    """An order of names that has nothing to do with the alphabet, the same in every run."""
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 % 2**32
    return value
