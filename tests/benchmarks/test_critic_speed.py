"""What judging costs is told by the tokens that were read, and beside a prefill that is as wide."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from benchmarks import critic_speed
from benchmarks.critic_speed import four_windows, prefilled, tokens_per_second
from tests.scripted import ScriptedEngine
from writersroom.engine.interface import Completion, OnToken, Request, Stop


class _Wide(ScriptedEngine):
    """Keeps how many requests it had at once."""

    def __init__(self) -> None:
        super().__init__(["A."])
        self.now = self.most = 0

    async def generate(
        self, request: Request, *, on_token: OnToken | None = None, stop: Stop | None = None
    ) -> Completion:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        return await super().generate(request, on_token=on_token, stop=stop)


async def test_the_tokens_counted_are_those_of_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(critic_speed, "time", SimpleNamespace(perf_counter=lambda: clock[0]))

    async def read(texts: Sequence[str]) -> None:
        clock[0] += 2.0

    async with ScriptedEngine(["A."]) as engine:
        long, short = "one two three four five six", "one two"
        assert await tokens_per_second(engine, [long], read) == 3 * await tokens_per_second(
            engine, [short], read
        )


async def test_a_prefill_has_as_many_requests_at_once_as_there_are_texts() -> None:
    async with _Wide() as engine:
        await prefilled(engine, four_windows(random.Random(1)))
    assert engine.most == 4
