"""The whole benchmark: run every side, and the document that others read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

from writersroom.engine.bench.batches import BatchResult, run_batches
from writersroom.engine.bench.ours import our_side
from writersroom.engine.bench.room import SERIAL, Playing, Shape, SideResult, StandardRoom
from writersroom.engine.bench.serial import Asked, serial_side
from writersroom.engine.llama.worker import Profile
from writersroom.engine.settings import EngineSettings
from writersroom.frozen import Frozen

Sides: TypeAlias = tuple[SideResult, SideResult, SideResult]
"""Stock, careful and ours."""


class BenchReport(Frozen):
    """All that was measured in one run."""

    model: str
    threads: int
    gpu_layers: int
    free: Sides
    schema_bound: Sides
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
    free, profile = asyncio.run(run_room(path, settings, "free"))
    _tell_room(free, profile, tell)
    schema_bound, schema_profile = asyncio.run(run_room(path, settings, "schema"))
    _tell_room(schema_bound, schema_profile, tell)
    return BenchReport(
        model=name,
        threads=settings.threads,
        gpu_layers=gpu_layers,
        free=free,
        schema_bound=schema_bound,
        profiles=(profile, schema_profile),
        batches=tuple(batches),
    )


async def run_room(
    path: Path, settings: EngineSettings, shape: Shape, room: StandardRoom | None = None
) -> tuple[Sides, Profile]:
    """The standard room on all three sides, a round of each after the other.

    Returns:
        What each side took, and where our time went.
    """
    room = room or StandardRoom()
    async with AsyncExitStack() as stack:
        stock, careful = [
            await stack.enter_async_context(
                serial_side(Asked(path=path, settings=settings, room=room, side=side, shape=shape))
            )
            for side in SERIAL
        ]
        ours = await stack.enter_async_context(our_side(path, settings, room, shape))
        playing: tuple[Playing, ...] = (stock, careful, ours)
        for _ in range(room.rounds):
            for side in playing:
                await side.play_round()
        return (stock.result, careful.result, ours.result), ours.engine.profile


def _tell_room(sides: Sides, profile: Profile, tell: Callable[[str], None]) -> None:
    for result in sides:
        tell(_line(result))
    tell(f"   ours: {_where(sides[-1], profile)}")


def _line(result: SideResult) -> str:
    return (
        f"{result.side:>7}, {result.shape:>6}: {result.seconds:6.1f} s for {result.tokens_out} tokens, "
        f"{result.reuse:.0%} of the prompts from the cache"
    )


def _where(result: SideResult, profile: Profile) -> str:
    # While the others played it was idle, which is no part of its rounds.
    busy = profile.prefill + profile.decode + profile.sampling + profile.scheduling
    waiting = result.seconds - busy
    return (
        f"prefill {profile.prefill:.1f} s, decode {profile.decode:.1f} s, sampling {profile.sampling:.2f} s, "
        f"scheduling {profile.scheduling:.2f} s, waiting {waiting:.2f} s"
    )
