"""What flash attention does on this machine: prompts and single tokens, beside a cache that others fill.

Run: `uv run python benchmarks/attention.py`. Prints milliseconds a token with flash attention and without,
the median of rounds that take turns, and their ratio.
"""

from __future__ import annotations

import statistics
import time
from typing import Final

import numpy as np

from writersroom.engine.files.default_model import default_model
from writersroom.engine.llama.runtime import Batch, Context, Weights
from writersroom.engine.settings import EngineSettings

ROUNDS: Final = 5
SHARED: Final = 500
"""Tokens that the sequences measured have in common, of 600 that are cached; 600 more are somebody else's."""
SHAPES: Final = ((1, 1), (8, 8), (16, 4), (32, 4), (64, 2), (128, 4), (256, 8))
"""Tokens of a step, and the sequences they belong to."""


class Bench:
    """A context with two prompts in its cache."""

    def __init__(self, weights: Weights, settings: EngineSettings) -> None:
        self._context = Context(weights, settings, sequences=16)
        self._batch = Batch(settings.n_batch)
        self._rng = np.random.default_rng(0)
        for sequence in (0, 1):
            for start in (0, 300):
                self._compute({sequence: (start, 300)})

    def milliseconds(self, tokens: int, sequences: int) -> float:
        """Of a token, in one step of so many."""
        each = tokens // sequences
        places = {2 + number: (SHARED, each) for number in range(sequences)}
        for sequence in places:
            self._context.copy(0, sequence, SHARED)
        began = time.perf_counter()
        self._compute(places)
        took = time.perf_counter() - began
        for sequence in places:
            self._context.remove(sequence)
        return 1000 * took / tokens

    def _compute(self, places: dict[int, tuple[int, int]]) -> None:
        self._batch.clear()
        for sequence, (start, count) in places.items():
            tokens = self._rng.integers(100, 40_000, count).tolist()
            self._batch.add(sequence, start, tokens, wants_from=start + count - 1)
        self._context.decode(self._batch, hidden=False)


def main() -> None:
    """Measure both by turns."""
    settings = {way: EngineSettings(n_ctx=4096, flash_attention=way) for way in ("on", "off")}
    weights = Weights(default_model().path, settings["on"])
    sides = {way: Bench(weights, one) for way, one in settings.items()}
    print("tokens  sequences   on ms   off ms   off / on")
    for tokens, sequences in SHAPES:
        rounds = [
            {way: side.milliseconds(tokens, sequences) for way, side in sides.items()} for _ in range(ROUNDS)
        ]
        on, off = (statistics.median(one[way] for one in rounds) for way in ("on", "off"))
        print(f"{tokens:6} {sequences:10} {on:7.2f} {off:8.2f} {off / on:10.2f}")


if __name__ == "__main__":
    main()
