"""The table of docs/critic-protocol.md, from the scenes that were written and the judge that was frozen."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from benchmarks.critic_judge import TIE, Judge, load, measured, scenes_of_plays
from writersroom.critic.collapse import distinct, mean_words
from writersroom.critic.features.style import style
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.settings import EngineSettings

Array = npt.NDArray[np.float64]
Row = Mapping[str, Any]
DEFAULT: Final = "selection + notes"
_SAMPLES: Final = 10_000


async def table(rows: Sequence[Row], work: Path, model: Path, human: Path) -> dict[str, Any]:
    """All figures, and the same as text under `text`."""
    judge = load(work / "judge.json")
    texts = chosen(rows)
    every = list(dict.fromkeys(text for arm in texts.values() for text in arm.values()))
    async with await LlamaEngine.open(model, EngineSettings(n_ctx=2048, sequences=4)) as engine:
        features = dict(zip(every, await measured(engine, every, judge.strangers), strict=True))
    found: dict[str, Any] = {
        "judge": judge.figures,
        "loglines": {arm: len(by_place) for arm, by_place in texts.items()},
        "against the first take": {
            arm: compared(judge, features, texts[arm], texts["none"]) for arm in texts if arm != "none"
        },
        "against best of n": compared(judge, features, texts.get(DEFAULT, {}), texts.get("best of n", {})),
        "all against best of n": compared(judge, features, texts.get("all", {}), texts.get("best of n", {})),
        "texts": {arm: of_texts(list(by_place.values())) for arm, by_place in texts.items()},
        "outside discriminator": outside(texts, scenes_of_plays(human, each=24, seed=11)),
        "game": game(rows),
        "scenes without a game": Counter(row["arm"] for row in rows if not row["best"]),
        "seconds a scene": {
            arm: round(float(np.mean([row["seconds"] for row in rows if row["arm"] == arm])), 1)
            for arm in {row["arm"] for row in rows}
        },
    }
    return {**found, "text": as_text(found)}


def chosen(rows: Sequence[Row]) -> dict[str, dict[int, str]]:
    """The text that each arm comes to, by logline.

    A scene of which no take could be judged has no game, and nothing to choose by: it is left out.
    """
    by_arm: dict[str, dict[int, Row]] = {}
    for row in rows:
        if row["best"]:
            by_arm.setdefault(row["arm"], {})[row["place"]] = row
    default = by_arm.get(DEFAULT, {})
    texts: dict[str, dict[int, str]] = {
        "none": {place: next(iter(row["takes"].values())) for place, row in default.items()},
        "selection": {place: row["takes"][row["best"][0]] for place, row in default.items()},
        DEFAULT: {place: row["takes"][row["locked"]] for place, row in default.items()},
    }
    for place, row in by_arm.get("spare", {}).items():
        if place in default:
            texts.setdefault("best of n", {})[place] = best_of_n(default[place], row)
    for place, row in by_arm.get("all", {}).items():
        texts.setdefault("steering", {})[place] = next(iter(row["takes"].values()))
        texts.setdefault("all", {})[place] = row["takes"][row["locked"]]
    for place, row in by_arm.get("notes", {}).items():
        texts.setdefault("notes", {})[place] = row["takes"][row["locked"]]
        texts.setdefault("notes, its own first take", {})[place] = next(iter(row["takes"].values()))
    return texts


def best_of_n(default: Row, spare: Row) -> str:
    """Of all first takes of both that can be judged, the one with the best D among the coherent half."""
    pool = [
        (row["scores"][take], text)
        for row in (default, spare)
        for take, text in row["takes"].items()
        if ".t" in take and take in row["scores"] and row["scores"][take]["c"] is not None
    ]
    sound = [one for one in pool if not one[0]["guard"]] or pool
    sound.sort(key=lambda one: -one[0]["c"])
    coherent = sound[: max(2, (len(sound) + 1) // 2)]
    return max(coherent, key=lambda one: one[0]["d"])[1]


def compared(
    judge: Judge, features: Mapping[str, Array], ours: Mapping[int, str], theirs: Mapping[int, str]
) -> dict[str, Any]:
    """Wins of one arm against another, with an interval and the controls."""
    places = sorted(set(ours) & set(theirs))
    if not places:
        return {"n": 0}
    odds = judge.odds(
        np.stack([features[ours[at]] for at in places]), np.stack([features[theirs[at]] for at in places])
    )
    wins = np.where(np.abs(odds) <= TIE, 0.5, (odds > 0).astype(np.float64))
    longer = [mean_words([ours[at]]) - mean_words([theirs[at]]) for at in places]
    near = [
        number for number, at in enumerate(places) if abs(longer[number]) <= 0.1 * mean_words([theirs[at]])
    ]
    return {
        "n": len(places),
        "wins": round(float(wins.mean()), 3),
        "interval": interval(wins),
        "alike": sum(ours[at] == theirs[at] for at in places),
        "longer one wins": share(
            [(win if gap > 0 else 1 - win) for win, gap in zip(wins, longer, strict=True) if gap]
        ),
        "of like length": {"n": len(near), "wins": share([float(wins[number]) for number in near])},
    }


def interval(values: Array) -> tuple[float, float]:
    """95 %, by bootstrap over loglines."""
    draws = np.random.default_rng(5).choice(values, (_SAMPLES, len(values))).mean(axis=1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return round(float(low), 3), round(float(high), 3)


def share(values: Sequence[float]) -> float | None:
    return round(float(np.mean(values)), 3) if values else None


def of_texts(texts: Sequence[str]) -> dict[str, float]:
    """How varied and how long."""
    return {"distinct-3": round(distinct(texts), 4), "words": round(mean_words(texts), 1)}


def outside(texts: Mapping[str, Mapping[int, str]], people: Sequence[str]) -> dict[str, float | None]:
    """Area under the curve of a stylometric discriminator fitted freshly, by folds of loglines."""
    return {arm: area(list(by_place.values()), people) for arm, by_place in texts.items()}


def area(takes: Sequence[str], people: Sequence[str], folds: int = 5) -> float | None:
    """Human passages against takes; None for too few."""
    if len(takes) < 2 * folds:
        return None
    people = people[: 2 * len(takes)]
    values = np.array([style(text) for text in (*people, *takes)])
    truth = np.array([1] * len(people) + [0] * len(takes))
    fold = np.array([at % folds for at in range(len(people))] + [at % folds for at in range(len(takes))])
    said = np.zeros(len(truth))
    linear: Any = importlib.import_module("sklearn.linear_model")  # scikit-learn has no types
    metrics: Any = importlib.import_module("sklearn.metrics")
    for one in range(folds):
        train = fold != one
        mean, scale = values[train].mean(axis=0), values[train].std(axis=0) + 1e-6
        head = linear.LogisticRegression(C=0.01, max_iter=500, class_weight="balanced")
        head.fit((values[train] - mean) / scale, truth[train])
        said[~train] = head.decision_function((values[~train] - mean) / scale)
    return round(float(metrics.roc_auc_score(truth, said)), 3)


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
    lines = ["judge: " + ", ".join(f"{name} {value:.2f}" for name, value in found["judge"].items()), ""]
    lines.append(f"{'arm':<28}{'n':>4}{'wins':>7}  {'95 %':<16}{'d3':>7}{'words':>7}{'outside':>9}")
    for arm in found["texts"]:
        won = found["against the first take"].get(arm, {})
        made = found["texts"][arm]
        low, high = won.get("interval", ("", ""))
        seen = found["outside discriminator"][arm]
        lines.append(
            f"{arm:<28}{found['loglines'][arm]:>4}{won.get('wins', ''):>7}  {f'[{low}, {high}]':<16}"
            f"{made['distinct-3']:>7.3f}{made['words']:>7.1f}{seen if seen is not None else '':>9}"
        )
    lines += ["", f"{DEFAULT} against best of n: {found['against best of n']}"]
    lines += [f"all against best of n: {found['all against best of n']}"]
    lines += [f"{DEFAULT} against the first take: {found['against the first take'].get(DEFAULT)}"]
    lines += ["game: " + "; ".join(str(one) for one in found["game"])]
    lines += [f"left out, for no take of theirs could be judged: {dict(found['scenes without a game'])}"]
    return "\n".join(lines)
