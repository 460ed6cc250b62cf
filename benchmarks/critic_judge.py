"""The judge of docs/critic-protocol.md: another family's model, four features, frozen before the run.

`uv run python benchmarks/critic_judge.py --plays DIR --takes FILE.jsonl --model FILE.gguf -o DIR/judge.json`

Fits it and prints how it does on plays, takes and damaged scenes that it was not fitted on.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from writersroom.critic.features.normal import normal_form, sentences_of
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.settings import EngineSettings
from writersroom.frozen import Frozen

Array = npt.NDArray[np.float64]
FEATURES: Final = ("curvature", "log-probability", "log-rank", "gain of the second half")
WORDS: Final = 70
"""Of a scene of a play: what a take has."""
TIE: Final = 0.02


class Judge(Frozen):
    """Weights of the differences of standardised features."""

    scale: tuple[float, ...]
    weights: tuple[float, ...]
    figures: dict[str, float]

    def odds(self, better: Array, worse: Array) -> Array:
        """Log-odds that the first of each pair is the better one; shapes (pairs, features)."""
        return ((better - worse) / np.array(self.scale)) @ np.array(self.weights)


async def measured(engine: LlamaEngine, texts: Sequence[str]) -> Array:
    """Features, shape (texts, features); each text is compared with the first half of the next one."""
    halves = [in_halves(text) for text in texts]
    firsts = [first for first, _ in halves]
    rows: list[list[float]] = []
    for at, (text, (first, second)) in enumerate(zip(texts, halves, strict=True)):
        whole, after = (await engine.score("", [text]))[0], (await engine.score(first + " ", [second]))[0]
        other = (await engine.score(firsts[(at + 1) % len(firsts)] + " ", [second]))[0]
        spread = float(np.sqrt(whole.variance.sum()))
        rows.append(
            [
                float((whole.logprob + whole.entropy).sum()) / max(spread, 1e-6) / len(whole.logprob) ** 0.5,
                float(whole.logprob.mean()),
                float(np.log1p(whole.rank).mean()),
                float(after.logprob.mean() - other.logprob.mean()),
            ]
        )
    return np.array(rows)


def in_halves(text: str) -> tuple[str, str]:
    """A text cut where a sentence ends, nearest to its middle."""
    sentences = sentences_of(text) or [text]
    if len(sentences) < 2:
        words = text.split()
        return " ".join(words[: len(words) // 2]) or "…", " ".join(words[len(words) // 2 :]) or "…"
    ends = np.cumsum([len(one) for one in sentences])
    cut = 1 + int(np.argmin(np.abs(ends[:-1] - ends[-1] / 2)))
    return " ".join(sentences[:cut]), " ".join(sentences[cut:])


def scenes_of_plays(folder: Path, *, each: int, seed: int = 7) -> list[str]:
    """Stretches of dialogue of about `WORDS` words, read out as takes are."""
    found: list[str] = []
    for file in sorted(folder.glob("*.txt")):
        scenes: list[str] = []
        words: list[str] = []
        for line in re.sub(
            r"^[A-Z][A-Z .\u2019'\-]+:\s*$", "", file.read_text("utf-8"), flags=re.M
        ).splitlines():
            line = line.strip()
            said = " ".join(re.sub(r"\([^()]*\)", " ", line).replace('"', "'").split())
            if not said or line.startswith("#"):
                continue
            words += normal_form(f'"{said}"').text.split()
            if len(words) >= WORDS:
                scenes.append(" ".join(words[: 2 * WORDS]))
                words = []
        random.Random(seed).shuffle(scenes)
        found += scenes[:each]
    return found


def damaged(text: str, other: str, random: random.Random) -> str:
    """A copy with its lines shuffled, its words shuffled within sentences, or another's second half."""
    kind = random.randrange(3)
    sentences = sentences_of(text)
    if kind == 0:
        random.shuffle(sentences)
        return " ".join(sentences)
    if kind == 1:
        return " ".join(" ".join(random.sample(one.split(), len(one.split()))) for one in sentences)
    return f"{in_halves(text)[0]} {in_halves(other)[1]}"


def fitted(plays: Array, takes: Array, whole: Array, copies: Array) -> Judge:
    """Fit on a half of each kind of pair, and tell how it does on the other.

    Rows are texts. Pairs are made of each play with a few takes, and of each scene with its damaged copy.
    """
    scale = np.concatenate([plays, takes]).std(axis=0)
    pairs = np.array([(at, (at * 7 + step) % len(takes)) for at in range(len(plays)) for step in range(4)])
    first, half = pairs[:, 0] < len(plays) // 2, len(takes) // 2
    learned = pairs[first & (pairs[:, 1] < half)]
    unseen = pairs[~first & (pairs[:, 1] >= half)]
    cut = len(whole) // 2
    gaps = np.concatenate([plays[learned[:, 0]] - takes[learned[:, 1]], whole[:cut] - copies[:cut]]) / scale
    weights = np.concatenate([np.full(len(learned), 1 / max(1, len(learned))), np.full(cut, 1 / max(1, cut))])
    linear: Any = importlib.import_module("sklearn.linear_model")  # scikit-learn has no types
    model = linear.LogisticRegression(C=1.0, fit_intercept=False)
    model.fit(
        np.concatenate([gaps, -gaps]),
        np.concatenate([np.ones(len(gaps)), np.zeros(len(gaps))]),
        sample_weight=np.tile(weights * len(gaps), 2),
    )
    judge = Judge(scale=tuple(scale), weights=tuple(model.coef_[0]), figures={})
    figures = {
        "plays over takes, unseen": float((judge.odds(plays[unseen[:, 0]], takes[unseen[:, 1]]) > 0).mean()),
        "whole over damaged, unseen": float((judge.odds(whole[cut:], copies[cut:]) > 0).mean()),
        "pairs": float(len(unseen) + len(whole) - cut),
    }
    return judge.model_copy(update={"figures": figures})


async def fit(arguments: argparse.Namespace) -> Judge:
    takes = [
        text
        for row in map(json.loads, arguments.takes.read_text("utf-8").splitlines())
        if row["arm"] == "judge"
        for text in row["takes"].values()
    ]
    scenes = scenes_of_plays(arguments.plays, each=arguments.each)
    order = random.Random(3)
    copies = [damaged(text, scenes[(at + 1) % len(scenes)], order) for at, text in enumerate(scenes)]
    async with await LlamaEngine.open(arguments.model, EngineSettings(n_ctx=2048, sequences=4)) as engine:
        first = await measured(engine, scenes)
        second = await measured(engine, takes)
        third = await measured(engine, copies)
    return fitted(first, second, first, third)


def load(path: Path) -> Judge:
    return Judge.model_validate_json(path.read_text("utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plays", type=Path, required=True)
    parser.add_argument("--takes", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--each", type=int, default=16, help="scenes of each play")
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    judge = asyncio.run(fit(arguments))
    arguments.output.write_text(judge.model_dump_json(indent=1), "utf-8")
    shown: dict[str, Any] = {**dict(zip(FEATURES, judge.weights, strict=True)), **judge.figures}
    print(json.dumps(shown, indent=1))


if __name__ == "__main__":
    main()
