"""How threads should wait for each other at barriers: libgomp's policies, on a quiet and on a busy machine.

Run: `uv run python benchmarks/wait_policy.py`. Prints tokens per second of a bare loop with one and with five
sequences, alone and beside one process that keeps a processor busy.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from writersroom.engine.files.default_model import default_model
from writersroom.engine.llama.runtime import Batch, Context, Weights
from writersroom.engine.settings import EngineSettings

POLICIES: dict[str, dict[str, str]] = {
    "libgomp's default": {"GOMP_SPINCOUNT": "300000"},
    "passive": {"OMP_WAIT_POLICY": "PASSIVE"},
    "spin 1000": {"GOMP_SPINCOUNT": "1000"},
    "spin 10000": {"GOMP_SPINCOUNT": "10000"},
}
STEPS = 24


def measure(path: Path) -> dict[str, float]:
    """Tokens per second by number of sequences."""
    settings = EngineSettings(n_ctx=2048)
    weights = Weights(path, settings)
    context = Context(weights, settings, sequences=8)
    batch = Batch(settings.n_batch)
    rates: dict[str, float] = {}
    for size in (1, 5):
        began = time.perf_counter()
        for step in range(STEPS):
            batch.clear()
            for sequence in range(size):
                batch.add(sequence, step, [1000 + step + sequence], wants_from=0)
            context.decode(batch, hidden=False)
        rates[str(size)] = size * STEPS / (time.perf_counter() - began)
        for sequence in range(size):
            context.remove(sequence)
    return rates


def main() -> None:
    """Measure every policy in a process of its own, three times in turn, and keep the best."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))}
    for load in ("quiet", "busy"):
        burner = subprocess.Popen([sys.executable, "-c", "while True: pass"]) if load == "busy" else None
        try:
            for name, policy in POLICIES.items():
                runs: list[dict[str, float]] = []
                for _ in range(3):
                    done = subprocess.run(
                        [sys.executable, __file__, "child"],
                        env=clean | policy,
                        stdout=subprocess.PIPE,
                        check=True,
                    )
                    runs.append(json.loads(done.stdout))
                best = {size: max(run[size] for run in runs) for size in runs[0]}
                print(f"{load:>6}  {name:<18} 1: {best['1']:6.1f} tok/s   5: {best['5']:6.1f} tok/s")
        finally:
            if burner is not None:
                burner.kill()


if __name__ == "__main__":
    if sys.argv[1:] == ["child"]:
        print(json.dumps(measure(default_model().path)))
    else:
        main()
