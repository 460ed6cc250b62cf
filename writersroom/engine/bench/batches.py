"""What scheduling costs: the engine against a bare loop over the C API, at several batch sizes.

Both decode the same number of tokens in as many sequences that share one prefix. The bare loop has its tokens
preset and samples nothing: what a batch costs at the least.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Final

from writersroom.engine.bench.ours import no_ends
from writersroom.engine.bench.room import SAMPLING
from writersroom.engine.interface import Request
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.llama.runtime import Batch, Context, Weights
from writersroom.engine.settings import EngineSettings
from writersroom.frozen import Frozen

SIZES: Final = (1, 2, 4, 8, 16)
PREFIX: Final = 1500
STEPS: Final = 32
_RUNS: Final = 3
_SENTENCE: Final = "The lamp turned, the sea did not, and the radio went on talking of tomorrow. "


class BatchResult(Frozen):
    """Tokens per second at one batch size, medians over the runs."""

    sequences: int
    tok_s: float
    bare_tok_s: float

    @property
    def share(self) -> float:
        """Of the bare loop's speed."""
        return self.tok_s / self.bare_tok_s


async def run_batches(path: Path, settings: EngineSettings) -> tuple[list[BatchResult], int]:
    """Measure all sizes; the two sides take turns, so that a machine's drift hits both.

    Returns:
        The results, and the layers that were on a GPU.
    """
    settings = settings.model_copy(update={"n_ctx": 4096, "sequences": max(SIZES)})
    weights = Weights(path, settings)
    prefix = weights.tokenize(_SENTENCE * 200, special=False, opening=True)[:PREFIX]
    text = b"".join(map(weights.piece, prefix)).decode("utf-8", "replace")
    context = Context(weights, settings, sequences=max(SIZES) + 1)
    batch = Batch(settings.n_batch)
    _read_prefix(context, batch, prefix)
    ends = no_ends(weights)
    results: list[BatchResult] = []
    async with await LlamaEngine.open(path, settings) as engine:
        await _write(engine, text, ends, n=1, tokens=1)  # the prefix is in the cache from here on
        for size in SIZES:
            ours: list[float] = []
            bare: list[float] = []
            for _ in range(_RUNS):
                ours.append(await _write(engine, text, ends, n=size, tokens=STEPS))
                bare.append(_decode_bare(context, batch, len(prefix), size))
            rate = size * STEPS
            results.append(
                BatchResult(
                    sequences=size,
                    tok_s=rate / statistics.median(ours),
                    bare_tok_s=rate / statistics.median(bare),
                )
            )
    context.close()
    weights.close()
    return results, weights.gpu_layers


async def _write(engine: LlamaEngine, text: str, ends: dict[int, float], *, n: int, tokens: int) -> float:
    sampling = SAMPLING.model_copy(update={"logit_bias": ends})
    began = time.perf_counter()
    await engine.generate(Request(prompt=text, sampling=sampling, max_tokens=tokens, n=n))
    return time.perf_counter() - began


def _read_prefix(context: Context, batch: Batch, prefix: list[int]) -> None:
    for start in range(0, len(prefix), batch.capacity):
        batch.clear()
        batch.add(0, start, prefix[start : start + batch.capacity], wants_from=len(prefix))
        context.decode(batch, hidden=False)


def _decode_bare(context: Context, batch: Batch, length: int, size: int) -> float:
    began = time.perf_counter()
    sequences = range(1, size + 1)
    for sequence in sequences:
        context.copy(0, sequence, length)
    for step in range(STEPS):
        batch.clear()
        for sequence in sequences:
            batch.add(sequence, length + step, [1000 + 37 * step + sequence], wants_from=0)
        context.decode(batch, hidden=False)
    for sequence in sequences:
        context.remove(sequence)
    return time.perf_counter() - began
