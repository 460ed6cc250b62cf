"""How many machine texts pass under each cheap edit, at the threshold that 5 % of them pass unedited.

`uv run python benchmarks/critic_attacks.py [--data DIR] [--takes FILE.jsonl] [--cache DIR]
[--weights FILE] [--json]`

The critic has learned neither the texts nor their prompts: five folds by prompt, C and the sentences' head
fitted on the other folds too. An edited text passes when no guard refuses it and its D is above the
threshold that its own fold's unedited machine texts set. Human texts are held against the same guards, to
count whom they wrong; `--weights` writes that share into weights made of the same texts, whose card tells
it.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.critic_data import Seen, Texts, options
from benchmarks.critic_heads import FOLDS, Contrast, Copies, quality_figures, shipped
from writersroom.critic.card import WRONGED
from writersroom.critic.critic import Critic
from writersroom.critic.evaluation import auroc
from writersroom.critic.guards import refusal
from writersroom.critic.heads.discriminator import Calibration
from writersroom.critic.weights import Weights, load, save
from writersroom.engine.interface import Engine

ALLOWED = 0.05


class NoEngine:
    """Stands where an engine would: everything judged here has been read."""


def critic_of(weights: Weights) -> Critic:
    engine: Engine = NoEngine()  # type: ignore[assignment]  # never asked
    return Critic(weights, engine)


def telling(weights: Weights, wronged: float) -> Weights:
    """The same weights with the share of human texts that are wronged among their figures."""
    figures = {**dict(weights.trained.figures), WRONGED: wronged}
    trained = weights.trained.model_copy(update={"figures": tuple(figures.items())})
    return weights.model_copy(update={"trained": trained})


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--weights", type=Path, help="weights that shall tell whom they wrong")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    seen, texts = Seen(given.cache), Texts.of(given.cache, given.data, given.takes)
    items, attacks = texts.items, texts.attacked
    contrast, copies = Contrast.of(items, seen), Copies.measured(texts.damaged, seen, items)
    _, quality = quality_figures(items)
    fold_of = dict(zip(contrast.groups, contrast.folds, strict=True))
    read = [(one, seen.reading(one.text)) for one in attacks if one.text in seen]
    passes: dict[str, list[bool]] = defaultdict(list)
    caught: dict[str, Counter[str]] = defaultdict(Counter)
    wronged: Counter[str] = Counter()
    people = passed_people = 0
    areas: list[float] = []
    for fold in range(FOLDS):
        rest = contrast.only(contrast.folds != fold)
        far = copies.without(contrast.groups[contrast.folds == fold])
        edited = [(one.kind, reading) for one, reading in read if fold_of.get(items[one.of].group) != fold]
        weights = shipped(rest, far, quality, (Calibration(), Calibration()), {}, edited)
        critic = critic_of(weights)
        here = np.flatnonzero(contrast.folds == fold)
        verdicts = [critic.judge(contrast.readings[at]) for at in here]
        human = contrast.human[here]
        for verdict, is_human in zip(verdicts, human, strict=True):
            people += bool(is_human)
            wronged[verdict.refused_by] += bool(is_human)
        logits = np.array([verdict.logit for verdict in verdicts])
        limit = float(np.quantile(logits[~human], 1 - ALLOWED))
        areas.append(auroc(logits, human))
        passed_people += int((logits[human] > limit).sum())
        for one in attacks:
            if fold_of.get(items[one.of].group) != fold or not one.text:
                continue
            early = refusal(one.raw)
            if early is None and one.text not in seen:
                continue
            verdict = critic.judge(seen.reading(one.text), early) if one.text in seen else None
            guard = verdict.refused_by if verdict else early.guard if early else ""
            name = one.kind or "unedited"
            passes[name].append(not guard and verdict is not None and verdict.logit > limit)
            caught[name][guard or ("D" if not passes[name][-1] else "nobody")] += 1
    results: dict[str, Any] = {
        "attacks": {
            name: {"pass": float(np.mean(some)), "texts": len(some), "caught_by": dict(caught[name])}
            for name, some in sorted(passes.items())
        },
        "people_refused": {guard: count for guard, count in wronged.items() if guard},
        "people": people,
        "people_above_limit": passed_people,
        "auroc": float(np.mean(areas)),
        "not_read": texts.not_in(seen),
    }
    if given.weights:
        refused = sum(results["people_refused"].values())
        results["sha256"] = save(telling(load(given.weights), refused / people), given.weights)
    if given.json:
        json.dump(results, sys.stdout, indent=2)
        return
    for name, row in results["attacks"].items():
        print(f"{name:32} {row['pass']:.3f} of {row['texts']:3}  {row['caught_by']}")
    print(
        f"people above the limit: {passed_people} of {people}; refused by guards: {results['people_refused']}"
    )
    print(f"{results['not_read']} windows not read yet")


if __name__ == "__main__":
    main()
