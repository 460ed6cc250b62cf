"""The table of docs/critic-protocol.md, from the scenes that were written and the judge that was frozen."""

from __future__ import annotations

import hashlib
import importlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from benchmarks.critic_judge import (
    ALONE,
    NEEDED,
    SIDES,
    TIE,
    Judge,
    load,
    measured,
    readers,
    scenes_of_plays,
    usual_length,
)
from writersroom.critic.collapse import alike, distinct, mean_words
from writersroom.critic.features.style import style

Array = npt.NDArray[np.float64]
Row = Mapping[str, Any]
DEFAULT: Final = "selection + notes"
FIRST: Final = ", its own first take"
PAIRS: Final = (
    (DEFAULT, "best of n"),
    ("all", "best of n"),
    (DEFAULT, "random"),
    ("notes", f"notes{FIRST}"),
    ("all", "steering"),
    ("random", f"random{FIRST}"),
)
"""Arms that are compared beside each with the first take; `steering` is the first take of `all`."""
_SAMPLES: Final = 10_000


async def table(rows: Sequence[Row], work: Path, model: Path, human: Path) -> dict[str, Any]:
    """All figures, and the same as text under `text`.

    Raises:
        SystemExit: the judge is none by its own figures, or nothing was written that it could judge.
    """
    judge = fit_to_judge(load(work / "judge.json"))
    texts = chosen(rows)
    if not texts["none"]:
        raise SystemExit(f"There is no scene of {DEFAULT!r} to judge.")
    people = scenes_of_plays(human, each=24, words=usual_length(list(texts["none"].values())), seed=11)
    seen = {arm: taken_for_human(list(by_place.values()), people) for arm, by_place in texts.items()}
    every = list(dict.fromkeys(text for arm in texts.values() for text in arm.values()))
    async with readers(model) as engines:
        read = await measured(engines, every, judge.strangers, keep=work / "judged.jsonl")
    features = dict(zip(every, read, strict=True))
    found: dict[str, Any] = {
        "judge": judge.figures,
        "judge.json": hashlib.sha256((work / "judge.json").read_bytes()).hexdigest(),
        "loglines": {arm: len(by_place) for arm, by_place in texts.items()},
        "against the first take": {
            arm: compared(judge, features, texts[arm], texts["none"]) for arm in texts if arm != "none"
        },
        "pairs": {
            f"{ours} against {theirs}": compared(judge, features, texts.get(ours, {}), texts.get(theirs, {}))
            for ours, theirs in PAIRS
        },
        "texts": {arm: of_texts(list(by_place.values())) for arm, by_place in texts.items()},
        "alike within a scene": within(rows),
        "outside discriminator": {arm: None if one is None else area(one) for arm, one in seen.items()},
        "fall of the outside discriminator": {
            arm: fall(
                dict(zip(texts["none"], seen["none"], strict=True)), dict(zip(texts[arm], one, strict=True))
            )
            for arm, one in seen.items()
            if arm != "none" and one is not None and seen["none"] is not None
        },
        "game": game(rows),
        "scenes without a game": Counter(row["arm"] for row in rows if not row["best"]),
        "seconds a scene": {
            arm: round(float(np.mean([row["seconds"] for row in rows if row["arm"] == arm])), 1)
            for arm in {row["arm"] for row in rows}
        },
    }
    return {**found, "text": as_text(found)}


def fit_to_judge(judge: Judge) -> Judge:
    """The judge.

    Raises:
        SystemExit: it tells too few of either kind of pair that it was not fitted on.
    """
    for side in SIDES:
        if judge.figures.get(side, 0.0) < NEEDED:
            raise SystemExit(
                f"This judge is none: {side} in {judge.figures.get(side, 0.0):.0%} of pairs, "
                f"at least {NEEDED:.0%} are needed. Nothing is judged."
            )
    return judge


def chosen(rows: Sequence[Row]) -> dict[str, dict[str, str]]:
    """The text that each arm comes to, by the SHA-256 of its logline: what is spoken in it.

    A scene of which no take could be judged has no game, and nothing to choose by: it is left out.
    """
    by_arm: dict[str, dict[str, Row]] = {}
    for row in rows:
        if row["best"]:
            by_arm.setdefault(row["arm"], {})[row["logline"]] = row
    default = by_arm.get(DEFAULT, {})
    texts: dict[str, dict[str, str]] = {
        "none": {place: first_of(row) for place, row in default.items()},
        "selection": {place: row["spoken"][row["best"][0]] for place, row in default.items()},
        DEFAULT: {place: row["spoken"][row["locked"]] for place, row in default.items()},
    }
    for place, row in by_arm.get("spare", {}).items():
        if place in default:
            texts.setdefault("best of n", {})[place] = best_of_n(default[place], row)
    for place, row in by_arm.get("all", {}).items():
        texts.setdefault("steering", {})[place] = first_of(row)
        texts.setdefault("all", {})[place] = row["spoken"][row["locked"]]
    for arm in ("notes", "random"):
        for place, row in by_arm.get(arm, {}).items():
            texts.setdefault(arm, {})[place] = row["spoken"][row["locked"]]
            texts.setdefault(f"{arm}{FIRST}", {})[place] = first_of(row)
    return texts


def first_of(row: Row) -> str:
    """The first take of a scene."""
    return next(iter(row["spoken"].values()))


def best_of_n(default: Row, spare: Row) -> str:
    """Of all first takes of both that can be judged, the one with the best D among the coherent half."""
    pool = [
        (row["scores"][take], text)
        for row in (default, spare)
        for take, text in row["spoken"].items()
        if ".t" in take and take in row["scores"] and row["scores"][take]["c"] is not None
    ]
    sound = [one for one in pool if not one[0]["guard"]] or pool
    sound.sort(key=lambda one: -one[0]["c"])
    coherent = sound[: max(2, (len(sound) + 1) // 2)]
    return max(coherent, key=lambda one: one[0]["d"])[1]


def compared(
    judge: Judge, features: Mapping[str, Array], ours: Mapping[str, str], theirs: Mapping[str, str]
) -> dict[str, Any]:
    """Wins of one arm against another, with an interval and the controls."""
    places = sorted(set(ours) & set(theirs))
    if not places:
        return {"n": 0}
    sides = [np.stack([features[texts[at]] for at in places]) for texts in (ours, theirs)]
    wins, alone = (won(one.odds(*sides)) for one in (judge, judge.alone()))
    longer = [mean_words([ours[at]]) - mean_words([theirs[at]]) for at in places]
    near = [
        number for number, at in enumerate(places) if abs(longer[number]) <= 0.1 * mean_words([theirs[at]])
    ]
    return {
        "n": len(places),
        "wins": round(float(wins.mean()), 3),
        "interval": interval(wins),
        f"by {ALONE}": {"wins": round(float(alone.mean()), 3), "interval": interval(alone)},
        "alike": sum(ours[at] == theirs[at] for at in places),
        "longer one wins": share(
            [(win if gap > 0 else 1 - win) for win, gap in zip(wins, longer, strict=True) if gap]
        ),
        "of like length": {"n": len(near), "wins": share([float(wins[number]) for number in near])},
    }


def won(odds: Array) -> Array:
    """1 for a win, 0.5 for a tie, 0 for a loss."""
    return np.where(np.abs(odds) <= TIE, 0.5, (odds > 0).astype(np.float64))


def interval(values: Array) -> tuple[float, float]:
    """95 %, by bootstrap over loglines."""
    draws = np.random.default_rng(5).choice(values, (_SAMPLES, len(values))).mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return round(float(low), 3), round(float(high), 3)


def share(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 3) if values else None


def of_texts(texts: Sequence[str]) -> dict[str, float]:
    """How varied, how alike from logline to logline, and how long."""
    return {
        "distinct-3": round(distinct(texts), 4),
        "alike": round(alike(texts), 4),
        "words": round(mean_words(texts), 1),
    }


def within(rows: Sequence[Row]) -> dict[str, float]:
    """How alike the first takes of one scene are, by arm, in the mean of its scenes of two or more."""
    found: dict[str, list[float]] = {}
    for row in rows:
        first = [text for take, text in row["spoken"].items() if ".t" in take]
        if len(first) > 1:
            found.setdefault(row["arm"], []).append(alike(first))
    return {arm: round(float(np.mean(values)), 4) for arm, values in found.items()}


def area(below: Array) -> float:
    """The area under the curve, of `taken_for_human`."""
    return round(1 - float(below.mean()), 3)


def fall(first: Mapping[str, float], last: Mapping[str, float]) -> dict[str, Any]:
    """By how much the area is smaller of one arm than of another, of the loglines that both have."""
    places = sorted(set(first) & set(last))
    if not places:
        return {"n": 0}
    gained = np.array([last[at] - first[at] for at in places])
    return {"n": len(places), "fall": round(float(gained.mean()), 3), "interval": interval(gained)}


def taken_for_human(takes: Sequence[str], people: Sequence[str], folds: int = 5) -> Array | None:
    """Of each take the share of human passages that it reads more human than.

    By a stylometric discriminator that is fitted freshly on both, by folds of loglines, and judges what it
    was not fitted on. One minus the mean is the area under its curve.

    Returns:
        Shape (takes,), ties a half; None for too few.
    """
    if len(takes) < 2 * folds:
        return None
    values = np.array([style(text) for text in (*people, *takes)])
    truth = np.array([1] * len(people) + [0] * len(takes))
    fold = np.array([at % folds for at in range(len(people))] + [at % folds for at in range(len(takes))])
    said = np.zeros(len(truth))
    linear: Any = importlib.import_module("sklearn.linear_model")  # scikit-learn has no types
    for one in range(folds):
        train = fold != one
        mean, scale = values[train].mean(axis=0), values[train].std(axis=0) + 1e-6
        head = linear.LogisticRegression(C=0.01, max_iter=500, class_weight="balanced")
        head.fit((values[train] - mean) / scale, truth[train])
        said[~train] = head.decision_function((values[~train] - mean) / scale)
    human, made = said[: len(people), None], said[len(people) :]
    return (made > human).mean(axis=0) + (made == human).mean(axis=0) / 2


def game(rows: Sequence[Row]) -> list[dict[str, float]]:
    """The value of the game round by round, over the scenes that came so far."""
    games = [row["games"] for row in rows if row["arm"] == DEFAULT]
    found: list[dict[str, float]] = []
    for round_ in range(max(map(len, games), default=0)):
        there = [one[round_] for one in games if len(one) > round_]
        means = {name: round(float(np.mean([one[name] for one in there])), 4) for name in there[0]}
        found.append({"round": round_, "scenes": len(there), **means})
    return found


def as_text(found: Mapping[str, Any]) -> str:
    """The table for a person."""
    lines = ["judge: " + ", ".join(f"{name} {value:.2f}" for name, value in found["judge"].items())]
    lines += [f"judge.json: SHA-256 {found['judge.json']}", ""]
    heads = f"{'alone':>7}{'d3':>7}{'alike':>7}{'words':>7}{'outside':>9}  fall of it"
    lines.append(f"{'arm':<28}{'n':>4}{'wins':>7}  {'95 %':<16}{heads}")
    for arm in found["texts"]:
        won = found["against the first take"].get(arm, {})
        made = found["texts"][arm]
        low, high = won.get("interval", ("", ""))
        seen = found["outside discriminator"][arm]
        fallen = found["fall of the outside discriminator"].get(arm, {})
        alone = won.get(f"by {ALONE}", {})
        lines.append(
            f"{arm:<28}{found['loglines'][arm]:>4}{won.get('wins', ''):>7}  {f'[{low}, {high}]':<16}"
            f"{alone.get('wins', ''):>7}{made['distinct-3']:>7.3f}{made['alike']:>7.3f}{made['words']:>7.1f}"
            f"{seen if seen is not None else '':>9}  {fallen.get('fall', '')} {fallen.get('interval', '')}"
        )
    lines += ["", *(f"{pair}: {figures}" for pair, figures in found["pairs"].items())]
    lines += [f"{DEFAULT} against the first take: {found['against the first take'].get(DEFAULT)}"]
    lines += [f"alike within a scene: {found['alike within a scene']}"]
    lines += ["game: " + "; ".join(str(one) for one in found["game"])]
    lines += [f"left out, for no take of theirs could be judged: {dict(found['scenes without a game'])}"]
    return "\n".join(lines)
