"""D, C and J on texts, prompts and writers they have not seen; and the making of the shipped weights.

`uv run python benchmarks/critic_heads.py [--data DIR] [--takes FILE.jsonl] [--cache DIR]
[--weights FILE] [--json]`

D: every machine source is left out in turn, five folds by prompt; the human texts of its own corpus are the
other side. Before: D knows the other sources. After: it has learned eight takes of the source, from prompts
it is not tested on. C: five folds by writer; a pair counts when the whole text scores above its damaged copy.
Once more with the damage left out of the training. J: trained on experts' scores, tested on pairs of other
paragraphs. Figures are of what `benchmarks/critic_read.py` has had the eye read.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from benchmarks.critic_data import Altered, Item, Seen, Texts, options
from writersroom.critic.evaluation import agreement, auroc_with_interval, calibration_error, caught_at
from writersroom.critic.eye import Reading
from writersroom.critic.features.coherence import coherence
from writersroom.critic.features.style import style
from writersroom.critic.features.vector import Numbers, Places, Truth
from writersroom.critic.heads.coherence import Coherence, coherence_head
from writersroom.critic.heads.discriminator import Calibration, Projection, platt
from writersroom.critic.heads.edits import EDITS, edit_head, left_out_limit, part_head
from writersroom.critic.heads.quality import Quality, quality_head
from writersroom.critic.replay import Replay
from writersroom.critic.rows import Rows, joined, rows_of
from writersroom.critic.training import HELD_BACK, projection, sentence_head, usual_floor
from writersroom.critic.weights import Trained, Weights, save
from writersroom.engine.files.default_model import default_model
from writersroom.engine.files.fingerprint import model_sha256
from writersroom.frozen import Frozen

FOLDS = 5
LEARNED = 8
LEAST = 8
"""Texts of a source that can be left out."""
UNTUNED = ("davinci", "gpt2-xl")
"""Sources that are models without instruction tuning: a kind of their own."""
MATCHED = 0.1
"""Log of the ratio of lengths below which a pair is matched."""
ORIGINS = (
    "HANNA (MIT): 64 prompts, a human story each and those of six language models of 2023",
    "Fast-DetectGPT's WritingPrompts pairs (MIT): human, GPT-3.5, davinci and GPT-2 XL",
    "Standard Ebooks (CC0): two collections of short fiction and five plays",
    "creativity_eval (BSD-3): literary paragraphs with an expert's score, for J alone",
    "openings and scenes by the built-in model",
)
Names: TypeAlias = npt.NDArray[np.str_]
Sides: TypeAlias = dict[str, tuple[Numbers, Truth]]


def kind_of(source: str) -> str:
    return "base model" if source in UNTUNED else "chat model"


class Contrast(Frozen):
    """Human and machine texts that have been read, and the five folds of their prompts."""

    readings: tuple[Reading, ...]
    human: Truth
    corpora: Names
    sources: Names
    """Who wrote each machine text; of a human one its corpus."""
    groups: Names
    """The prompt of each."""
    folds: Places
    kinds: dict[str, str]
    """Of each machine source."""
    projection: Projection
    rows: Rows

    @classmethod
    def of(cls, items: Sequence[Item], seen: Seen) -> Self:
        """Those of the items that have been read and are long enough."""
        used = [
            one for one in items if one.human is not None and one.text in seen and len(one.text.split()) >= 60
        ]
        readings = tuple(seen.reading(one.text) for one in used)
        human = [bool(one.human) for one in used]
        sources = [one.corpus if one.human else one.source for one in used]
        groups = [one.group for one in used]
        names = sorted(set(groups))
        np.random.default_rng(0).shuffle(names)
        fold = {name: at % FOLDS for at, name in enumerate(names)}
        sides = list(zip(sources, human, strict=True))
        whole = joined(
            [
                rows_of([reading], human=side, source=source)
                for reading, (source, side) in zip(readings, sides, strict=True)
            ]
        )
        directions = projection(whole.embedding)
        # No corpus drowns another: weights fall with the root of its size.
        size = Counter(sides)
        weights = np.array([size[side] ** -0.5 for side in sides])
        return cls(
            readings=readings,
            human=np.array(human),
            corpora=np.array([one.corpus for one in used]),
            sources=np.array(sources),
            groups=np.array(groups),
            folds=np.array([fold[name] for name in groups]),
            kinds={one.source: kind_of(one.source) for one in used if not one.human},
            projection=directions,
            rows=whole.model_copy(
                update={"embedding": directions(whole.embedding), "weights": weights / weights.mean()}
            ),
        )

    def only(self, which: Truth) -> Self:
        """Some of the texts, with the directions of all of them."""
        each = {
            name: getattr(self, name)[which] for name in ("human", "corpora", "sources", "groups", "folds")
        }
        readings = tuple(reading for reading, used in zip(self.readings, which, strict=True) if used)
        return self.model_copy(update={**each, "readings": readings, "rows": self.rows.only(which)})

    def writers(self) -> list[str]:
        """Machine sources of which there are enough."""
        count = Counter(self.sources[~self.human])
        return sorted(str(name) for name, texts in count.items() if texts >= LEAST)

    def unseen(self, learned: int) -> Sides:
        """By source left out: log-odds of it and of its corpus's human texts, and who is human."""
        found: Sides = {}
        for name in self.writers():
            own = ~self.human & (self.sources == name)
            people = self.human & np.isin(self.corpora, self.corpora[own])
            if not people.any():
                people = self.human
            said: list[Numbers] = []
            truth: list[Truth] = []
            for fold in range(FOLDS):
                test = (self.folds == fold) & (own | people)
                far = self.folds != fold
                if not (test & own).any():
                    continue
                replay = Replay(self.rows.only(far & ~own), held_back=0, kinds=self.kinds)
                new = np.flatnonzero(far & own)
                np.random.default_rng(fold).shuffle(new)
                if learned and len(new):
                    replay.add(self.rows.only(new[:learned]))
                head = replay.fit(known=Calibration(), room=Calibration())
                said.append(head.logits(self.rows.only(test)))
                truth.append(self.human[test])
            found[name] = np.concatenate(said), np.concatenate(truth)
        return found


def discriminator_figures(sides: Sides) -> tuple[dict[str, dict[str, float]], Calibration]:
    """Figures by source, calibrated across sources: the calibration of one is fitted on the others.

    `mean` is that of the sources; `together` is of all texts at once, each judged by a D that had left its
    writer out, as `critic eval` gives it for folders of several writers.
    """
    table: dict[str, dict[str, float]] = {}
    scaled: list[Numbers] = []
    for name, (logits, human) in sides.items():
        others = [pair for other, pair in sides.items() if other != name] or [(logits, human)]
        scaled.append(_calibration(others)(logits))
        table[name] = _figures(scaled[-1], human)
    mean = {
        key: float(np.mean([row[key] for row in table.values()])) for key in ("auroc", "tpr_at_5fpr", "ece")
    }
    together = _figures(np.concatenate(scaled), np.concatenate([human for _, human in sides.values()]))
    table["mean"] = {**mean, "texts": together["texts"]}
    table["together"] = together
    return table, _calibration(list(sides.values()))


def _figures(logits: Numbers, human: Truth) -> dict[str, float]:
    area = auroc_with_interval(logits, human)
    return {
        "auroc": area.value,
        "auroc_low": area.low,
        "auroc_high": area.high,
        "tpr_at_5fpr": caught_at(logits, human),
        "ece": calibration_error(1 / (1 + np.exp(-np.clip(logits, -30, 30))), human),
        "texts": float((~human).sum()),
    }


def _calibration(pairs: list[tuple[Numbers, Truth]]) -> Calibration:
    logits = np.concatenate([said for said, _ in pairs])
    human = np.concatenate([truth for _, truth in pairs])
    return platt(logits, human, np.concatenate([np.full(len(said), 1 / len(said)) for said, _ in pairs]))


class Copies(Frozen):
    """Texts and their damaged copies, measured, and the five folds of their writers."""

    whole: Numbers
    """Shape (texts, len(COHERENCE))."""
    copies: Numbers
    """Shape (copies, len(COHERENCE))."""
    of: Places
    """Which text each is a copy of."""
    kinds: Names
    groups: Names
    """The prompt of each text."""
    fold: Places
    """Of each text."""

    @classmethod
    def measured(cls, copies: Sequence[Altered], seen: Seen, items: Sequence[Item]) -> Self:
        """Those that have been read, the whole text too."""
        wholes = {one.of: one.text for one in copies if not one.kind and one.text in seen}
        places = sorted(wholes)
        at = {place: number for number, place in enumerate(places)}
        used = [one for one in copies if one.kind and one.of in at and one.text in seen]
        writers = [f"{items[place].corpus} {items[place].source}" for place in places]
        names = sorted(set(writers))
        np.random.default_rng(0).shuffle(names)
        return cls(
            whole=np.stack([coherence(wholes[place], seen.score(wholes[place])) for place in places]),
            copies=np.stack([coherence(one.text, seen.score(one.text)) for one in used]),
            of=np.array([at[one.of] for one in used], np.int64),
            kinds=np.array([one.kind for one in used]),
            groups=np.array([items[place].group for place in places]),
            fold=np.array([names.index(writer) % FOLDS for writer in writers]),
        )

    def fit(self, used: Truth) -> Coherence:
        """C from some of the copies, each damage weighing alike."""
        count = Counter(self.kinds[used])
        weights = np.array([1 / count[kind] for kind in self.kinds[used]])
        return coherence_head(self.whole, self.copies[used], self.of[used], weights / weights.mean())

    def without(self, groups: Names) -> Self:
        """Only the copies of texts on other prompts."""
        mine = ~np.isin(self.groups, groups)[self.of]
        return self.model_copy(update={name: getattr(self, name)[mine] for name in ("copies", "of", "kinds")})

    def figures(self) -> dict[str, dict[str, float]]:
        """By damage: share of pairs told right, the damage known to the training and not."""
        right: dict[str, list[bool]] = defaultdict(list)
        unknown: dict[str, list[bool]] = defaultdict(list)
        for fold in range(FOLDS):
            test = self.fold[self.of] == fold
            self._told(self.fit(~test), test, right)
            for kind in sorted(set(self.kinds)):
                own = self.kinds == kind
                if (test & own).any():
                    self._told(self.fit(~test & ~own), test & own, unknown)
        return {
            kind: {
                "known": float(np.mean(right[kind])),
                "unknown": float(np.mean(unknown[kind])),
                "pairs": float(len(right[kind])),
            }
            for kind in sorted(right)
        }

    def _told(self, head: Coherence, test: Truth, into: dict[str, list[bool]]) -> None:
        preferred = head.prefers(self.whole[self.of[test]], self.copies[test]) > 0.5
        for kind, yes in zip(self.kinds[test], preferred, strict=True):
            into[str(kind)].append(bool(yes))


def quality_figures(items: Sequence[Item]) -> tuple[dict[str, float], Quality]:
    """J trained on scored paragraphs, tested on pairs; what length alone would say beside it."""
    scored = [one for one in items if one.score is not None]
    values = np.stack([style(one.text) for one in scored])
    head = quality_head(values, np.array([float(one.score or 0) for one in scored]), versions(scored))
    pairs: dict[str, list[Item]] = defaultdict(list)
    for one in items:
        if one.preferred is not None:
            pairs[one.group].append(one)
    both = [
        tuple(sorted(pair, key=lambda one: not one.preferred)) for pair in pairs.values() if len(pair) == 2
    ]
    good, bad = (head.scores(np.stack([style(pair[side].text) for pair in both])) for side in (0, 1))
    words = np.array([[len(one.text.split()) for one in pair] for pair in both], np.float64)
    near = np.abs(np.log(words[:, 0] / words[:, 1])) < MATCHED
    first = np.ones(len(both), bool)
    found, matched = agreement(good, bad, first), agreement(good[near], bad[near], first[near])
    shorter = agreement(-words[:, 0], -words[:, 1], first)
    return {
        "agreement": found.value,
        "low": found.low,
        "high": found.high,
        "pairs": float(len(both)),
        "matched": matched.value,
        "matched_low": matched.low,
        "matched_pairs": float(near.sum()),
        "shorter": shorter.value,
    }, head


def versions(items: Sequence[Item]) -> list[int]:
    """A number for each paragraph: texts that share eight words in a row are versions of one."""
    parent = list(range(len(items)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    first: dict[tuple[str, ...], int] = {}
    for at, one in enumerate(items):
        words = one.text.lower().split()
        for start in range(len(words) - 7):
            run = tuple(words[start : start + 8])
            parent[root(at)] = root(first.setdefault(run, at))
    return [root(at) for at in range(len(items))]


def shipped(
    contrast: Contrast,
    copies: Copies,
    quality: Quality,
    calibrations: tuple[Calibration, Calibration],
    figures: dict[str, float],
    edited: list[tuple[str, Reading]],
) -> Weights:
    """The weights that the program ships, from everything that has been read."""
    head = copies.fit(np.ones(len(copies.of), bool))
    people = [reading for reading, human in zip(contrast.readings, contrast.human, strict=True) if human]
    machines = [
        reading for reading, human in zip(contrast.readings, contrast.human, strict=True) if not human
    ]
    pointing = sentence_head(people, machines)
    logits = head.calibration(head.scores(np.stack([reading.coherence for reading in contrast.readings])))
    sides = [reading.parts for reading in people], [reading.parts for reading in machines]
    values = np.stack([reading.edits for reading in people])
    by_edit = {kind: [reading.edits for name, reading in edited if name == kind] for kind in EDITS}
    order = np.concatenate([np.flatnonzero(~contrast.human), _scattered(np.flatnonzero(contrast.human))])
    return Weights(
        rows=contrast.rows.only(order),
        kinds=contrast.kinds,
        held_back=int(HELD_BACK * contrast.human.sum()),
        projection=contrast.projection,
        calibration=calibrations[0],
        room_calibration=calibrations[1],
        coherence=head,
        quality=quality,
        sentence=pointing,
        usual_coherence={"": usual_floor(logits)},
        coherence_floor=float(1 / (1 + np.exp(-np.quantile(logits, 0.003)))),
        edits=tuple(
            edit_head(kind, values, np.stack(rows)) for kind, rows in by_edit.items() if len(rows) >= 4
        ),
        parts=part_head(*sides, limit=left_out_limit(*sides)),
        trained=Trained(
            on=ORIGINS,
            figures=tuple(figures.items()),
            measured_on="writers and prompts left out",
            eye="SmolLM2-135M-Instruct, Q8_0",
            eye_sha256=model_sha256(default_model().path),
            day=datetime.now(UTC).date().isoformat(),
        ),
    )


def _scattered(
    places: Places,
) -> Places:
    return np.random.default_rng(0).permutation(places)


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    seen, texts = Seen(given.cache), Texts.of(given.cache, given.data, given.takes)
    contrast, copies = Contrast.of(texts.items, seen), Copies.measured(texts.damaged, seen, texts.items)
    before, known = discriminator_figures(contrast.unseen(0))
    after, room = discriminator_figures(contrast.unseen(LEARNED))
    coherent = copies.figures()
    judged, quality = quality_figures(texts.items)
    results: dict[str, Any] = {
        "texts": len(contrast.readings),
        "not_read": texts.not_in(seen),
        "before": before,
        f"after {LEARNED}": after,
        "coherence": coherent,
        "quality": judged,
    }
    if given.weights:
        summary = {
            f"{name}, {when}": table["mean"][name]
            for when, table in (("unseen writers", before), ("after 8 takes", after))
            for name in ("auroc", "tpr_at_5fpr", "ece")
        }
        summary["coherence, mean over the damages"] = float(
            np.mean([row["known"] for row in coherent.values()])
        )
        summary["quality, unseen pairs"] = judged["agreement"]
        edited = [(one.kind, seen.reading(one.text)) for one in texts.attacked if one.text in seen]
        made = shipped(contrast, copies, quality, (known, room), summary, edited)
        results["sha256"] = save(made, given.weights)
    if given.json:
        json.dump(results, sys.stdout, indent=2)
        return
    for title in ("before", f"after {LEARNED}", "coherence"):
        print(title)
        for name, row in results[title].items():
            print(f"  {name:32}", "  ".join(f"{key} {value:.3f}" for key, value in row.items()))
    print("quality  ", "  ".join(f"{key} {value:.3f}" for key, value in judged.items()))
    print(f"{results['texts']} texts; {results['not_read']} windows not read yet")


if __name__ == "__main__":
    main()
