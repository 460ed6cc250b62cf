"""The standard room, smaller than it is, on all three sides."""

from __future__ import annotations

from pathlib import Path

import pytest

from writersroom.engine.bench.report import run_room
from writersroom.engine.bench.room import AGENTS, Shape, StandardRoom
from writersroom.engine.settings import EngineSettings

SMALL = StandardRoom(rounds=1, tokens=6, bible_tokens=150)


@pytest.mark.parametrize("shape", ["free", "schema"])
async def test_all_sides_write_as_much_and_differ_in_what_they_compute(
    model_path: Path, shape: Shape
) -> None:
    (stock, careful, ours), profile = await run_room(model_path, EngineSettings(n_ctx=2048), shape, SMALL)
    turns = SMALL.rounds * len(AGENTS)
    assert stock.tokens_out == careful.tokens_out == ours.tokens_out == turns * SMALL.tokens
    # Stock reads the bible with every turn, the others once.
    assert stock.prefilled > turns * SMALL.bible_tokens
    assert careful.prefilled < stock.prefilled / 2
    assert ours.prefilled < stock.prefilled / 2
    assert ours.reuse > stock.reuse
    # The same turns: nobody hears who speaks in the same round.
    assert ours.prefilled + ours.reused == careful.prefilled + careful.reused
    assert all(side.seconds > 0 for side in (stock, careful, ours))
    assert profile.prefill + profile.decode < ours.seconds
