"""The development data as the critic's benchmarks use it, and a cache of what the eye saw in it.

Texts are read from a folder laid out as the development data are: `human-vs-llm/*.jsonl` (columns
`prompt_id` or `pair`, `source`, `text`), `fiction/*.txt`, `plays/*.txt`, `quality/*.jsonl` (`text` and
`score`, or `a`, `b` and `preferred`). Takes that the room has written, of a file as
`benchmarks/critic_loop.py` writes it, come on top. Reading takes the eye hours
(`benchmarks/critic_read.py`), so what it saw is kept for each window, per token: features can change without
asking it again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import numpy as np

from writersroom.critic.attacks import ATTACKS, attacked
from writersroom.critic.damage import DAMAGES, damaged
from writersroom.critic.eye import Reading, measured
from writersroom.critic.features.normal import NormalForm, normal_form, sentences_of
from writersroom.critic.features.windows import windows
from writersroom.engine.interface import Engine, TextScore
from writersroom.frozen import Frozen

DATA: Final = Path(__file__).parent.parent.parent / "shared" / "data"
DAMAGED: Final = 600
"""Texts of which damaged copies are made."""
ATTACKED: Final = 150
"""Machine texts that every attack is tried on."""
WRITER = "SmolLM2-135M"
"""Who wrote takes of a file that names no model."""
FIELDS = ("starts", "logprob", "rank", "entropy", "variance", "hidden")
T = TypeVar("T", bound=Frozen)
BASE_WORDS = 112
"""Words of a text before it is attacked, so that what is added fits the window."""


class Item(Frozen):
    """One text, its first window in normal form."""

    group: str
    """Its prompt: folds never part it."""
    corpus: str
    """The file it comes from."""
    source: str
    human: bool | None
    text: str
    score: float | None = None
    preferred: bool | None = None


class Altered(Frozen):
    """A copy of a text, damaged or attacked."""

    of: int
    """Which item."""
    kind: str
    """"" for the text itself, cut as its copies are."""
    raw: str
    text: str
    """The window in normal form that is measured."""


def _first(text: str) -> str:
    cut = windows(normal_form(text).text, most=1)
    return cut[0] if cut else ""


def _rows(path: Path) -> list[dict[str, Any]]:
    read = lzma.open if path.suffix == ".xz" else open
    with read(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def kept(path: Path, make: Callable[[], list[T]], kind: type[T]) -> list[T]:
    """A list that is made once and kept: what the eye has read stays of use when its making changes."""
    if path.exists():
        return [kind.model_validate(row) for row in json.loads(path.read_text(encoding="utf-8"))]
    made = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([one.model_dump(mode="json") for one in made]), encoding="utf-8")
    return made


def load_items(data: Path) -> list[Item]:
    """Every text of the development data, in an order that does not change."""
    items: list[Item] = []
    for path in sorted((data / "human-vs-llm").glob("*.jsonl")):
        items += _contrast(path)
    for path in sorted((data / "quality").glob("*.jsonl")):
        items += _quality(path)
    for folder in ("fiction", "plays"):
        for path in sorted((data / folder).glob("*.txt")):
            items += _book(path, folder)
    return items


class Texts(Frozen):
    """All texts that the critic's benchmarks measure."""

    items: tuple[Item, ...]
    damaged: tuple[Altered, ...]
    attacked: tuple[Altered, ...]

    @classmethod
    def of(cls, cache: Path, data: Path, takes: Path | None) -> Self:
        """Those of a folder, as the cache keeps them, and takes of a file, if one is given."""
        items = kept(cache / "items.json", lambda: load_items(data), Item)
        # After what is kept: places in the lists of copies stay what they were.
        items += load_takes(takes) if takes else []
        return cls(
            items=tuple(items),
            damaged=tuple(kept(cache / "damaged.json", lambda: load_damaged(items, DAMAGED), Altered)),
            attacked=tuple(kept(cache / "attacked.json", lambda: load_attacked(items, ATTACKED), Altered)),
        )

    def in_turn(self) -> list[str]:
        """Every text once, such that any beginning of the list has a like share of all there is.

        Texts that D learns from come writer by writer; copies of one text come together.
        """
        sources: dict[tuple[str, str], list[str]] = defaultdict(list)
        for item in self.items:
            if item.human is not None:
                sources[item.corpus, item.source].append(item.text)
        for number, texts in enumerate(sources.values()):
            random.Random(number).shuffle(texts)
        queues = [
            *sources.values(),
            [one.text for one in self.damaged],
            [one.text for one in self.attacked],
        ]
        placed = sorted(
            (at / len(queue), number, at) for number, queue in enumerate(queues) for at in range(len(queue))
        )
        return list(dict.fromkeys(text for _, number, at in placed if (text := queues[number][at])))

    def not_in(self, seen: Seen) -> int:
        """How many of them the eye has not read."""
        return sum(text not in seen for text in self.in_turn())


def options(description: str | None) -> argparse.ArgumentParser:
    """Of the scripts that measure the critic: where its texts are, and where what the eye saw is kept."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--data", type=Path, default=DATA)
    made.add_argument("--takes", type=Path, metavar="FILE.jsonl", help="takes, as critic_loop.py writes them")
    made.add_argument("--cache", type=Path, default=Path("critic-cache"))
    return made


def load_takes(path: Path) -> list[Item]:
    """First takes of a file as `benchmarks/critic_loop.py` writes it: what the writer says to itself alone.

    A revision has most of its lines from a take that is there already. Rows with a `model` are of that one,
    the others of the built-in model, which writes in that script.
    """
    return [
        Item(
            group=f"take {row['logline']}",
            corpus="takes",
            source=row.get("model", WRITER),
            human=False,
            text=_first(text),
        )
        for row in _rows(path)
        for take, text in row["takes"].items()
        if ".t" in take
    ]


def _contrast(path: Path) -> Iterator[Item]:
    rows = _rows(path)
    shared: dict[object, int] = {}
    if "pair" in rows[0]:
        pairs: dict[object, list[str]] = defaultdict(list)
        for row in rows:
            pairs[row["pair"]].append(row["text"])
        for pair, texts in pairs.items():
            split = [text.split() for text in texts]
            same = (len(set(words)) == 1 for words in zip(*split, strict=False))
            shared[pair] = next((at for at, alike in enumerate(same) if not alike), 0)
    for row in rows:
        words = re.findall(r"\S+\s*", row["text"])
        begins = " ".join(row["text"].split()[:12]) if "pair" in row else str(row["prompt_id"])
        yield Item(
            group=f"{'wp' if 'pair' in row else path.stem} {begins}",
            corpus=path.stem,
            source=row["source"],
            human=row["source"] == "Human",
            text=_first("".join(words[shared.get(row.get("pair"), 0) :])),
        )


def _quality(path: Path) -> Iterator[Item]:
    for number, row in enumerate(_rows(path)):
        group = f"{path.stem} {number}"
        if "score" in row:
            yield Item(
                group=group,
                corpus="scores",
                source="",
                human=None,
                text=_first(row["text"]),
                score=row["score"],
            )
        else:
            for side, name in enumerate("ab", start=1):
                yield Item(
                    group=group,
                    corpus="pairs",
                    source="",
                    human=None,
                    text=_first(row[name]),
                    preferred=row["preferred"] == side,
                )


def _book(path: Path, folder: str, *, most: int = 100) -> list[Item]:
    """Passages of a book: of prose by chapter, of a play what is done and said."""
    text = path.read_text(encoding="utf-8")
    if folder == "plays":
        text = re.sub(r"^[A-Z][A-Z .\u2019'\-]+:\s*$", "", text, flags=re.M)
        text = "\n".join(_spoken(line) for line in text.split("\n") if line.strip() and line[0] != "#")
    passages: list[tuple[int, str]] = []
    for chapter, part in enumerate(re.split(r"^### .*$", text, flags=re.M)):
        held: list[str] = []
        for sentence in sentences_of(normal_form(part).text):
            held.append(sentence)
            if sum(len(one.split()) for one in held) >= 180:
                passages.append((chapter, " ".join(held)))
                held = []
    random.Random(path.name).shuffle(passages)
    return [
        Item(
            group=f"{path.stem} {chapter}", corpus=folder, source=path.stem, human=True, text=_first(passage)
        )
        for chapter, passage in passages[:most]
    ]


def _spoken(line: str) -> str:
    done = [one for one in re.findall(r"\(([^()]{0,300})\)", line) if len(one.split()) > 2]
    said = " ".join(re.sub(r"\([^()]{0,300}\)", " ", line).replace('"', "'").split())
    return " ".join(
        [*(f"{one[0].upper()}{one[1:].rstrip('.')}." for one in done), f'"{said}"' if said else ""]
    )


def load_damaged(items: Sequence[Item], texts: int) -> list[Altered]:
    """Copies for the coherence head, by every damage, of texts of all writers in turn."""
    out: list[Altered] = []
    for number, (place, other) in enumerate(_chosen(items, texts, least=6)):
        whole, second = _whole(items[place].text), _whole(items[other].text)
        out.append(Altered(of=place, kind="", raw=whole, text=whole))
        for kind in DAMAGES:
            copy = damaged(whole, second, kind, number)
            if copy is not None:
                out.append(Altered(of=place, kind=kind, raw=copy, text=copy))
    return out


def load_attacked(items: Sequence[Item], texts: int) -> list[Altered]:
    """Machine texts under every attack."""
    chance = random.Random(21)
    people = [item.text for item in items if item.human and len(item.text.split()) >= 110]
    machines = [
        at for at, item in enumerate(items) if item.human is False and len(item.text.split()) >= BASE_WORDS
    ]
    chance.shuffle(machines)
    out: list[Altered] = []
    for number, place in enumerate(machines[:texts]):
        base = _whole(" ".join(items[place].text.split()[:BASE_WORDS]))
        out.append(Altered(of=place, kind="", raw=base, text=base))
        passages = chance.sample(people, 3)
        for kind in ATTACKS:
            raw = attacked(base, passages, kind, number)
            out.append(Altered(of=place, kind=kind, raw=raw, text=_first(raw)))
    return out


def _chosen(items: Sequence[Item], count: int, *, least: int) -> list[tuple[int, int]]:
    """Places of texts with another of the same writer, writers in turn."""
    by_writer: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, item in enumerate(items):
        if item.corpus != "scores" and len(sentences_of(item.text)) > least:
            by_writer[item.corpus, item.source].append(at)
    for places in by_writer.values():
        random.Random(len(places)).shuffle(places)
    turns = max(map(len, by_writer.values()), default=0)
    flat = [
        (places[turn], places[(turn + 1) % len(places)])
        for turn in range(turns)
        for places in by_writer.values()
        if turn < len(places) - 1
    ]
    return flat[:count]


def _whole(window: str) -> str:
    """Without a last sentence that the window cut."""
    return " ".join(sentences_of(window)[:-1]) or window


def key_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Seen:
    """What the eye saw, by text; kept in a folder, in files of a few texts each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "chunks"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._scores: dict[str, TextScore] = {}
        for path in sorted(self._folder.glob("*.npz")):
            self._take_in(path)

    def __contains__(self, text: str) -> bool:
        return key_of(text) in self._scores

    def score(self, text: str) -> TextScore:
        """What was seen of a text that has been read."""
        return self._scores[key_of(text)]

    def reading(self, text: str) -> Reading:
        """The same, measured."""
        return measured(NormalForm(text=text), [text], [self.score(text)])

    async def read(self, engine: Engine, texts: Sequence[str]) -> None:
        """Have the eye read a few texts, and keep what it saw in one file."""
        scores = await engine.score("", texts, hidden=True)
        arrays = {
            f"{key_of(text)}.{field}": getattr(score, field)
            for text, score in zip(texts, scores, strict=True)
            for field in FIELDS
        }
        path = self._folder / f"{key_of(texts[0])}.npz"
        beside = path.with_suffix(".part.npz")
        np.savez(beside, allow_pickle=False, **arrays)
        beside.replace(path)
        self._take_in(path)

    def _take_in(self, path: Path) -> None:
        if ".part" in path.name or ".tmp" in path.name:
            return
        found: dict[str, dict[str, Any]] = defaultdict(dict)
        with np.load(path, allow_pickle=False) as held:
            for name in held.files:
                key, _, field = name.partition(".")
                found[key][field] = held[name]
        for key, fields in found.items():
            hidden = fields.pop("hidden").astype(np.float32)
            self._scores[key] = TextScore(**fields, hidden=hidden)
