"""The whole benchmark: run every side, and the document that others read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from writersroom.engine.bench.batches import BatchResult, run_batches
from writersroom.engine.bench.ours import run_ours
from writersroom.engine.bench.room import SideResult
from writersroom.engine.bench.serial import run_serial
from writersroom.engine.llama.worker import Profile
from writersroom.engine.settings import EngineSettings
from writersroom.frozen import Frozen


class BenchReport(Frozen):
    """All that was measured in one run."""

    model: str
    threads: int
    gpu_layers: int
    free: tuple[SideResult, SideResult, SideResult]
    """Stock, careful and ours with free text."""
    schema_bound: tuple[SideResult, SideResult, SideResult]
    profiles: tuple[Profile, Profile]
    """Where our time went, with free text and with schema-bound replies."""
    batches: tuple[BatchResult, ...]

    def document(self) -> dict[str, Any]:
        """The JSON interface: `model`, `threads`, `gpu_layers`, `room` and `batch`."""
        stock, careful, ours = self.free
        schema_stock, schema_careful, schema_ours = self.schema_bound
        return {
            "model": self.model,
            "threads": self.threads,
            "gpu_layers": self.gpu_layers,
            "room": {
                "stock_s": stock.seconds,
                "careful_s": careful.seconds,
                "ours_s": ours.seconds,
                "vs_stock": stock.seconds / ours.seconds,
                "vs_careful": careful.seconds / ours.seconds,
                "vs_careful_schema": schema_careful.seconds / schema_ours.seconds,
                "vs_stock_schema": schema_stock.seconds / schema_ours.seconds,
                "stock_schema_s": schema_stock.seconds,
                "careful_schema_s": schema_careful.seconds,
                "ours_schema_s": schema_ours.seconds,
                "tokens_out": ours.tokens_out,
                "tokens_out_schema": schema_ours.tokens_out,
                "prefill_reused": ours.reuse,
                "profile": asdict(self.profiles[0]),
                "profile_schema": asdict(self.profiles[1]),
            },
            "batch": [
                {
                    "sequences": result.sequences,
                    "tok_s": result.tok_s,
                    "bare_tok_s": result.bare_tok_s,
                    "share": result.share,
                }
                for result in self.batches
            ],
        }


def run_bench(path: Path, name: str, settings: EngineSettings, tell: Callable[[str], None]) -> BenchReport:
    """Measure everything; `tell` gets a line as each part ends."""
    batches, gpu_layers = asyncio.run(run_batches(path, settings))
    for result in batches:
        tell(
            f"{result.sequences:>2} sequences: {result.tok_s:6.1f} tok/s, bare loop {result.bare_tok_s:6.1f} "
            f"({result.share:.0%})"
        )
    sides: dict[str, SideResult] = {}
    profiles: dict[str, Profile] = {}
    for shape in ("free", "schema"):
        result, profiles[shape] = asyncio.run(run_ours(path, settings, shape))
        tell(f"{_line(result)} [{_where(profiles[shape])}]")
        sides[f"ours {shape}"] = result
        for side in ("careful", "stock"):
            sides[f"{side} {shape}"] = run_serial(path, settings, side, shape)
            tell(_line(sides[f"{side} {shape}"]))
    return BenchReport(
        model=name,
        threads=settings.threads,
        gpu_layers=gpu_layers,
        free=(sides["stock free"], sides["careful free"], sides["ours free"]),
        schema_bound=(sides["stock schema"], sides["careful schema"], sides["ours schema"]),
        profiles=(profiles["free"], profiles["schema"]),
        batches=tuple(batches),
    )


def _line(result: SideResult) -> str:
    return (
        f"{result.side:>7}, {result.shape:>6}: {result.seconds:6.1f} s for {result.tokens_out} tokens, "
        f"{result.reuse:.0%} of the prompts from the cache"
    )


def _where(profile: Profile) -> str:
    waiting = profile.settling + profile.idle
    return (
        f"prefill {profile.prefill:.1f} s, decode {profile.decode:.1f} s, sampling {profile.sampling:.2f} s, "
        f"scheduling {profile.scheduling:.2f} s, waiting {waiting:.2f} s"
    )
