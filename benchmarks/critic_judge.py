"""The judge of docs/critic-protocol.md: another family's model, six features, frozen before the run.

`uv run python benchmarks/critic_judge.py --plays DIR --takes FILE.jsonl --model FILE.gguf -o DIR/judge.json`

Fits it and prints how it does on plays, takes and damaged scenes that it was not fitted on.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import importlib
import json
import random
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from writersroom.critic import damage
from writersroom.critic.features.normal import normal_form, sentences_of
from writersroom.engine.interface import Engine
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.settings import EngineSettings, usable_threads
from writersroom.frozen import Frozen

Array = npt.NDArray[np.float64]
GAINS: Final = ("gain of the second half", "gain of the lines' order", "gain of the words' order")
"""Features that none of the critic's heads has: how much better a text is foreseen as it is."""
FEATURES: Final = ("curvature", "log-probability", "log-rank", *GAINS)
ALONE: Final = "the gains alone"
"""By which everything is told once more."""
NEEDED: Final = 0.75
"""Share of the pairs of either kind that a judge must tell to be one."""
DAMAGES: Final = ("lines shuffled", "words shuffled", "two spliced")
"""What is done to copies of scenes, to as many each."""
SIDES: Final = ("plays over takes, unseen", "whole over damaged, unseen")
_SPEECH: Final = re.compile(r"^[A-ZÀ-Þ][A-ZÀ-Þ .\u2019'\-]+:\s*\n(.+)$", re.MULTILINE)
"""The line under a cue; prefaces, headings and what is done stand elsewhere."""
_LINE: Final = re.compile(r'"[^"]*"')
TIE: Final = 0.02
STRANGERS: Final = 2
"""Scenes that every text is held against."""
ORDERS: Final = 3
"""Other orders of its lines that a text is held against."""


class Judge(Frozen):
    """Weights of the differences of standardised features."""

    scale: tuple[float, ...]
    weights: tuple[float, ...]
    strangers: tuple[str, ...]
    """First halves of scenes that have nothing to do with any text that is judged."""
    figures: dict[str, float]

    def odds(self, better: Array, worse: Array) -> Array:
        """Log-odds that the first of each pair is the better one; shapes (pairs, features)."""
        return ((better - worse) / np.array(self.scale)) @ np.array(self.weights)

    def alone(self) -> Judge:
        """The one that goes by the sum of the gains and nothing else: more of them is better."""
        return self.model_copy(update={"weights": tuple(float(name in GAINS) for name in FEATURES)})

    def share_told(self, better: Array, worse: Array) -> float:
        """Share of pairs that it tells right."""
        return float((self.odds(better, worse) > 0).mean())


@asynccontextmanager
async def readers(model: Path) -> AsyncGenerator[list[Engine]]:
    """The judge's model once for each processor: what of a reading is not llama.cpp's runs on one thread."""
    settings = EngineSettings(n_ctx=2048, sequences=4, threads=1)
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(await LlamaEngine.open(model, settings))
            for _ in range(usable_threads())
        ]


async def measured(
    engines: Sequence[Engine], texts: Sequence[str], strangers: Sequence[str], *, keep: Path | None = None
) -> Array:
    """Features, shape (texts, features); `keep` is a file of those that were measured before, and grows.

    They are of each text alone. What its first half foretells of its second is held against what `strangers`
    do, which are the same for all texts: another text of the list would not do, for it may be where the
    second half of a spliced copy is from. How well it is foreseen is held against copies of it whose lines,
    or the words of whose lines, stand in another order (Barzilay & Lapata 2008 tell texts from such
    copies); which orders these are depends on the text.
    """
    keys = {text: hashlib.sha256("\0".join([text, *strangers]).encode()).hexdigest() for text in texts}
    known: dict[str, list[float]] = {}
    if keep is not None and keep.exists():
        known = dict(map(json.loads, keep.read_text("utf-8").splitlines()))
    waiting = iter([text for text, key in keys.items() if key not in known])

    async def read(engine: Engine) -> None:
        for text in waiting:
            key = keys[text]
            known[key] = await _measured(engine, text, strangers)
            if keep is not None:
                with keep.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([key, known[key]]) + "\n")

    await asyncio.gather(*map(read, engines))
    return np.array([known[keys[text]] for text in texts])


async def _measured(engine: Engine, text: str, strangers: Sequence[str]) -> list[float]:
    first, second = in_halves(text)
    chance = random.Random(hashlib.sha256(text.encode()).digest())
    lines = [lines_shuffled(text, chance) for _ in range(ORDERS)]
    whole, words, *orders = await engine.score("", [text, words_shuffled(text, chance), *lines])
    # After its own first half and after a stranger's alike it begins with the space before its first word.
    foretold, *otherwise = [
        float((await engine.score(half, [f" {second}"]))[0].logprob.mean()) for half in (first, *strangers)
    ]
    mean, spread = float(whole.logprob.mean()), float(np.sqrt(whole.variance.sum()))
    return [
        float((whole.logprob + whole.entropy).sum()) / max(spread, 1e-6) / len(whole.logprob) ** 0.5,
        mean,
        float(np.log1p(whole.rank).mean()),
        foretold - float(np.mean(otherwise)),
        mean - float(np.mean([one.logprob.mean() for one in orders])),
        mean - float(words.logprob.mean()),
    ]


def lines_of(text: str) -> list[str]:
    """What is said in it, line by line; its sentences, where not all of it is said, or by one alone.

    A copy that was cut inside a line would give itself away by a quotation mark without its other.
    """
    lines = _LINE.findall(text)
    return lines if len(lines) > 1 and " ".join(lines) == text else sentences_of(text)


def in_halves(text: str) -> tuple[str, str]:
    """A text cut where a line ends, nearest to its middle."""
    lines = lines_of(text) or [text]
    if len(lines) < 2:
        words = text.split()
        return " ".join(words[: len(words) // 2]) or "…", " ".join(words[len(words) // 2 :]) or "…"
    ends = np.cumsum([len(one) for one in lines])
    cut = 1 + int(np.argmin(np.abs(ends[:-1] - ends[-1] / 2)))
    return " ".join(lines[:cut]), " ".join(lines[cut:])


def scenes_of_plays(folder: Path, *, each: int, words: int, seed: int = 7) -> list[str]:
    """Stretches of dialogue, read out as takes are, but for what is done beside it.

    Args:
        folder: of plays, one a file.
        each: scenes of each play.
        words: of a scene, about: it is cut where a sentence ends.
        seed: which scenes.
    """
    found: list[str] = []
    for file in sorted(folder.glob("*.txt")):
        scenes: list[str] = []
        held: list[str] = []
        for line in _SPEECH.findall(file.read_text("utf-8")):
            said = " ".join(re.sub(r"\([^()]*\)", " ", re.sub(r'["“”]', "'", line)).split())
            if not said:
                continue
            held.append(normal_form(f'"{said}"').text)
            if sum(len(one.split()) for one in held) >= 1.5 * words:
                scenes.append(cut_near(" ".join(held), words))
                held = []
        random.Random(seed).shuffle(scenes)
        found += scenes[:each]
    return found


def cut_near(text: str, words: int) -> str:
    """The beginning of a text up to where a sentence ends, nearest to so many words."""
    sentences = sentences_of(text)
    ends = np.cumsum([len(one.split()) for one in sentences])
    kept = " ".join(sentences[: 1 + int(np.argmin(np.abs(ends - words)))])
    return f'{kept}"' if kept.count('"') % 2 else kept


def usual_length(texts: Sequence[str]) -> int:
    """The median of their words."""
    return int(np.median([len(text.split()) for text in texts]))


def parted(scenes: Sequence[str]) -> tuple[tuple[str, ...], list[str], list[str]]:
    """First halves of strangers, the scenes that are none of these, and a damaged copy of each."""
    order = random.Random(3)
    apart = set(order.sample(range(len(scenes)), STRANGERS))
    rest = [scene for at, scene in enumerate(scenes) if at not in apart]
    copies = [damaged(text, rest[(at + 1) % len(rest)], damage_at(at), order) for at, text in enumerate(rest)]
    return tuple(in_halves(scenes[at])[0] for at in sorted(apart)), rest, copies


def damage_at(place: int) -> str:
    """What is done to the copy of the scene at a place among those that are in pairs."""
    return DAMAGES[place % len(DAMAGES)]


def damaged(text: str, other: str, kind: str, chance: random.Random) -> str:
    """A copy with one of `DAMAGES` done to it."""
    if kind == "lines shuffled":
        return lines_shuffled(text, chance)
    if kind == "words shuffled":
        return words_shuffled(text, chance)
    return f"{in_halves(text)[0]} {in_halves(other)[1]}"


def lines_shuffled(text: str, chance: random.Random) -> str:
    """Its lines in another order, if there is one."""
    return " ".join(damage.DAMAGES["sentences shuffled"](lines_of(text), (), chance))


def words_shuffled(text: str, chance: random.Random) -> str:
    """The words of each line in another order, between its quotation marks."""
    lines = lines_of(text)
    mixed = damage.DAMAGES["words shuffled"]([line.strip('"') for line in lines], (), chance)
    return " ".join(
        f'"{one}"' if line.startswith('"') else one for line, one in zip(lines, mixed, strict=True)
    )


def fitted(scenes: Array, takes: Array, copies: Array, *, strangers: Sequence[str]) -> Judge:
    """Fit on a half of each kind of pair, and tell how it does on the other.

    Rows are texts. Pairs are made of each scene of a play with a few takes, and with its damaged copy.
    """
    cut, half = len(scenes) // 2, len(takes) // 2
    scale = np.concatenate([scenes[:cut], takes[:half]]).std(axis=0)
    pairs = np.array([(at, (at * 7 + step) % len(takes)) for at in range(len(scenes)) for step in range(4)])
    first = pairs[:, 0] < cut
    learned = pairs[first & (pairs[:, 1] < half)]
    unseen = pairs[~first & (pairs[:, 1] >= half)]
    gaps = np.concatenate([scenes[learned[:, 0]] - takes[learned[:, 1]], scenes[:cut] - copies[:cut]]) / scale
    weights = np.concatenate([np.full(len(learned), 1 / max(1, len(learned))), np.full(cut, 1 / max(1, cut))])
    linear: Any = importlib.import_module("sklearn.linear_model")  # scikit-learn has no types
    model = linear.LogisticRegression(C=1.0, fit_intercept=False)
    model.fit(
        np.concatenate([gaps, -gaps]),
        np.concatenate([np.ones(len(gaps)), np.zeros(len(gaps))]),
        sample_weight=np.tile(weights * len(gaps), 2),
    )
    judge = Judge(scale=tuple(scale), weights=tuple(model.coef_[0]), strangers=tuple(strangers), figures={})
    sides = (scenes[unseen[:, 0]], takes[unseen[:, 1]]), (scenes[cut:], copies[cut:])
    done = np.array([damage_at(place) for place in range(cut, len(scenes))])
    figures = {
        **{name: judge.share_told(*side) for name, side in zip(SIDES, sides, strict=True)},
        **{
            f"{name}, by {ALONE}": judge.alone().share_told(*side)
            for name, side in zip(SIDES, sides, strict=True)
        },
        **{
            f"{kind}, unseen": judge.share_told(*(side[done == kind] for side in sides[1]))
            for kind in DAMAGES
        },
        "pairs": float(len(unseen) + len(scenes) - cut),
    }
    return judge.model_copy(update={"figures": figures})


async def fit(arguments: argparse.Namespace) -> Judge:
    takes = [
        text
        for row in map(json.loads, arguments.takes.read_text("utf-8").splitlines())
        if row["arm"] == "judge"
        for text in row["spoken"].values()
    ]
    human = scenes_of_plays(arguments.plays, each=arguments.each, words=usual_length(takes))
    strangers, scenes, copies = parted(human)
    async with readers(arguments.model) as engines:
        sides = [await measured(engines, texts, strangers) for texts in (scenes, takes, copies)]
    return fitted(*sides, strangers=strangers)


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
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(judge.model_dump_json(indent=1), "utf-8")
    shown: dict[str, Any] = {**dict(zip(FEATURES, judge.weights, strict=True)), **judge.figures}
    print(json.dumps(shown, indent=1))


if __name__ == "__main__":
    main()
