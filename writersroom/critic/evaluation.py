"""How good a critic is on texts it was not fitted on: the figures that the card and the commands give.

AUROC: the probability that a human text gets a higher D than a machine's. True positives at 5 % false
alarms: of the machine texts, how many are caught where one human text in twenty is suspected. Calibration
error: expected difference between D and the share of humans among texts that got it (Naeini et al. 2015),
sides of equal weight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from pydantic import TypeAdapter, ValidationError

from writersroom.critic.errors import TooFewTexts, UnreadableText
from writersroom.critic.features.vector import Numbers, Truth
from writersroom.critic.verdict import UNJUDGED, Guard, Verdict
from writersroom.frozen import Frozen

_RESAMPLES: Final = 1000
SEEN_THROUGH: Final[frozenset[Guard]] = frozenset(("duplicated", "disguised", "capitals"))
"""Guards that see an edit in the text itself."""
EDITED: Final[frozenset[Guard]] = frozenset(
    ("duplicated", "disguised", "copied", "mechanical", "incoherent", "spliced")
)
"""Guards that say a text was edited to please D: wrong of whoever wrote it himself."""
MATCHED: Final = 0.1
"""Log of the ratio of words below which a pair is matched for length."""
_LINE: Final = TypeAdapter(dict[str, Any])


class Figure(Frozen):
    """A number with the 95 % interval of a bootstrap."""

    value: float
    low: float
    high: float


def auroc(scores: Numbers, human: Truth) -> float:
    """Area under the ROC curve, ties counted half; 0.5 where a side is missing."""
    sides = scores[human], scores[~human]
    if not len(sides[0]) or not len(sides[1]):
        return 0.5
    order = np.sort(sides[1])
    below = np.searchsorted(order, sides[0], side="left")
    ties = np.searchsorted(order, sides[0], side="right") - below
    return float((below + ties / 2).mean() / len(order))


def auroc_with_interval(scores: Numbers, human: Truth, *, seed: int = 0) -> Figure:
    """The area and its interval, each side resampled."""
    chance = np.random.default_rng(seed)
    people, machines = scores[human], scores[~human]
    areas: list[float] = []
    for _ in range(_RESAMPLES if len(people) and len(machines) else 0):
        a = people[chance.integers(len(people), size=len(people))]
        b = machines[chance.integers(len(machines), size=len(machines))]
        areas.append(auroc(np.concatenate([a, b]), np.arange(len(a) + len(b)) < len(a)))
    low, high = np.quantile(areas, (0.025, 0.975)) if areas else (0.0, 1.0)
    return Figure(value=auroc(scores, human), low=float(low), high=float(high))


def caught_at(scores: Numbers, human: Truth, *, alarms: float = 0.05) -> float:
    """Share of machine texts below the score under which `alarms` of the human ones lie."""
    if not human.any() or human.all():
        return 0.0
    people = np.sort(scores[human])
    # At most this many humans may be suspected.
    allowed = int(np.floor(alarms * len(people) + 1e-9))
    limit = people[min(allowed, len(people) - 1)]
    return float((scores[~human] < limit).mean())


def calibration_error(chances: Numbers, human: Truth, *, bins: int = 10) -> float:
    """Expected calibration error over bins of equal width, 0..1."""
    weights = np.where(human, 0.5 / max(int(human.sum()), 1), 0.5 / max(int((~human).sum()), 1))
    place = np.minimum((chances * bins).astype(int), bins - 1)
    error = 0.0
    for at in range(bins):
        here = place == at
        mass = float(weights[here].sum())
        if mass > 0:
            said = float((chances[here] * weights[here]).sum()) / mass
            true = float((human[here] * weights[here]).sum()) / mass
            error += mass * abs(said - true)
    return error


def agreement(first: Numbers, second: Numbers, prefers_first: Truth, *, seed: int = 0) -> Figure:
    """Share of pairs in which the higher score is on the preferred text, ties counted half.

    Args:
        first: scores of the first texts, shape (pairs,).
        second: of the second ones.
        prefers_first: whether the first is preferred.
        seed: of the bootstrap.
    """
    right = np.where(first == second, 0.5, ((first > second) == prefers_first).astype(np.float64))
    if not len(right):
        return Figure(value=0.5, low=0.0, high=1.0)
    chance = np.random.default_rng(seed)
    means = right[chance.integers(len(right), size=(_RESAMPLES, len(right)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Figure(value=float(right.mean()), low=float(low), high=float(high))


def by_source(scores: Numbers, human: Truth, sources: Sequence[str]) -> dict[str, float]:
    """The area of each machine source against all human texts."""
    names = np.array(sources)
    return {
        str(name): auroc(
            np.concatenate([scores[human], scores[~human & (names == name)]]),
            _first(int(human.sum()), int((~human & (names == name)).sum())),
        )
        for name in sorted(set(names[~human]))
    }


def _first(people: int, machines: int) -> Truth:
    return np.arange(people + machines) < people


class Pair(Frozen):
    """Two texts of which one is preferred."""

    a: str
    b: str
    preferred: Literal[1, 2]


def read_pairs(path: Path) -> tuple[Pair, ...]:
    """The pairs of a JSONL file; columns beside `a`, `b` and `preferred` are passed over.

    Raises:
        FileNotFoundError: there is no such file.
        UnreadableText: a line is no pair; the message names it.
        TooFewTexts: there is none.
    """
    pairs: list[Pair] = []
    for number, line in enumerate(
        path.read_text(encoding="utf-8-sig", errors="replace").split("\n"), start=1
    ):
        if not line.strip():
            continue
        try:
            row = _LINE.validate_json(line)
            pairs.append(Pair.model_validate({name: row[name] for name in ("a", "b", "preferred")}))
        except (ValidationError, KeyError) as error:
            raise UnreadableText(path, f"line {number} has no `a`, `b` and `preferred` (1 or 2)") from error
    if not pairs:
        raise TooFewTexts(f"{path} holds no pairs.")
    return tuple(pairs)


def folder_figures(
    verdicts: Sequence[Verdict], human: Sequence[bool], sources: Sequence[str]
) -> dict[str, object]:
    """What `critic eval` gives for folders.

    A text that could not be judged counts for nothing; one that a guard saw through before it was measured
    counts as a machine's. Both are told in `refused`. What guards say after measuring changes no figure of D;
    `wronged` is the share of the human texts that they refuse as edited.
    """
    judged = [at for at, verdict in enumerate(verdicts) if verdict.refused_by not in UNJUDGED]
    truth = np.array([human[at] for at in judged], bool)
    scores = np.array(
        [-50.0 if verdicts[at].refused_by in SEEN_THROUGH else verdicts[at].logit for at in judged]
    )
    chances = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
    names = [sources[at] for at in judged]
    if not truth.any() or truth.all():
        raise TooFewTexts("There must be texts of both sides that can be judged.")
    area = auroc_with_interval(scores, truth)
    wronged = [verdicts[at].refused_by in EDITED for at in judged if human[at]]
    refused = Counter(verdict.refused_by for verdict in verdicts if verdict.refused_by)
    return {
        "auroc": area.value,
        "auroc_ci": [area.low, area.high],
        "tpr_at_5fpr": caught_at(scores, truth),
        "ece": calibration_error(chances, truth),
        "by_source": by_source(scores, truth, names),
        "texts": {"human": int(truth.sum()), "machine": int((~truth).sum())},
        "refused": dict(refused),
        "wronged": sum(wronged) / len(wronged),
    }


def pair_figures(verdicts: Sequence[tuple[Verdict, Verdict]], pairs: Sequence[Pair]) -> dict[str, object]:
    """What `critic eval --pairs` gives: agreement of each head, and of length alone, with the preferred.

    Pairs of which a text cannot be judged are counted and left out.

    Raises:
        TooFewTexts: none is left.
    """
    judged = [
        (both, pair) for both, pair in zip(verdicts, pairs, strict=True) if all(one.judged for one in both)
    ]
    if not judged:
        raise TooFewTexts("There is no pair of which both texts can be judged.")
    refused = len(pairs) - len(judged)
    verdicts, pairs = zip(*judged, strict=True)
    first = np.array([pair.preferred == 1 for pair in pairs], bool)
    values = {
        "j": [(a.j_score, b.j_score) for a, b in verdicts],
        "d": [(a.logit, b.logit) for a, b in verdicts],
        "c": [(a.c, b.c) for a, b in verdicts],
        "longer": [(float(a.words), float(b.words)) for a, b in verdicts],
    }
    figures: dict[str, object] = {"pairs": len(pairs), "refused": refused}
    for name, both in values.items():
        found = agreement(np.array([a for a, _ in both]), np.array([b for _, b in both]), first)
        figures[f"{name}_accuracy"] = found.value
        figures[f"{name}_accuracy_ci"] = [found.low, found.high]
    lengths = np.array([(max(a.words, 1), max(b.words, 1)) for a, b in verdicts], np.float64)
    near = np.abs(np.log(lengths[:, 0] / lengths[:, 1])) < MATCHED
    j = np.array(values["j"])
    matched = agreement(j[near, 0], j[near, 1], first[near])
    figures["j_accuracy_length_matched"] = matched.value
    figures["pairs_length_matched"] = int(near.sum())
    return figures
