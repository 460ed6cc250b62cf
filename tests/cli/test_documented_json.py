"""Every key that a command writes as JSON is named in `docs/json.md`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Writersroom, record
from tests.view.playing import session
from writersroom.engine.bench.batches import BatchResult
from writersroom.engine.bench.report import BenchReport, Sides
from writersroom.engine.bench.room import Shape, SideResult
from writersroom.engine.llama.worker import Profile

DOCUMENTED = set(re.findall(r"`(\w+)`", (Path(__file__).parents[2] / "docs" / "json.md").read_text()))

OPEN = {"emotions", "move", "body", "trace", "temperament", "voice", "relationships", "events"}
"""Keys whose values are described as a whole."""


def keys(value: object) -> Iterator[str]:
    """All keys in a JSON value, but for those inside what is described as a whole."""
    if isinstance(value, dict):
        for key, inner in value.items():  # pyright: ignore[reportUnknownVariableType]  # any JSON
            yield str(key)  # pyright: ignore[reportUnknownArgumentType]  # any JSON
            if key not in OPEN:
                yield from keys(inner)  # pyright: ignore[reportUnknownArgumentType]  # any JSON
    elif isinstance(value, list):
        for inner in value:  # pyright: ignore[reportUnknownVariableType]  # any JSON
            yield from keys(inner)  # pyright: ignore[reportUnknownArgumentType]  # any JSON


@pytest.mark.parametrize(
    "command",
    [
        "show",
        "show --turn 9",
        "graph",
        "replay",
        "branch --at 3",
        "export",
        "sessions",
        "sessions --search radio",
    ],
)
def test_no_key_is_without_a_word_in_the_documentation(
    writersroom: Writersroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    path = record(tmp_path / "played.room", session(2, 400))
    monkeypatch.setenv("WRITERSROOM_SESSIONS", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    name, *rest = command.split()
    ran = writersroom(name, *([] if name == "sessions" else [path]), *rest, "--json")
    values = [json.loads(line) for line in ran.out.splitlines()] if name == "replay" else [ran.json]
    used = {key for value in values for key in keys(value)}
    assert used
    assert used <= DOCUMENTED, used - DOCUMENTED


def sides(shape: Shape, *seconds: float) -> Sides:
    """What the three sides took."""
    stock, careful, ours = seconds
    return (
        SideResult(side="stock", shape=shape, seconds=stock, tokens_out=960),
        SideResult(side="careful", shape=shape, seconds=careful, tokens_out=960),
        SideResult(side="ours", shape=shape, seconds=ours, tokens_out=960, prefilled=25, reused=75),
    )


def test_a_benchmark_says_how_many_times_faster_and_names_no_key_without_a_word() -> None:
    document = BenchReport(
        model="smollm2",
        threads=2,
        gpu_layers=0,
        free=sides("free", 80, 20, 10),
        schema_bound=sides("schema", 90, 30, 5),
        profiles=(Profile(decode=1.5), Profile(steps=7)),
        batches=(BatchResult(sequences=4, tok_s=60, bare_tok_s=80),),
    ).document()
    room = document["room"]
    assert (room["vs_stock"], room["vs_careful"]) == (8, 2)
    assert (room["vs_stock_schema"], room["vs_careful_schema"]) == (18, 6)
    assert room["prefill_reused"] == 0.75
    assert (room["profile"]["decode"], room["profile_schema"]["steps"]) == (1.5, 7)
    assert document["batch"] == [{"sequences": 4, "tok_s": 60, "bare_tok_s": 80, "share": 0.75}]
    used = set(keys(json.loads(json.dumps(document))))
    assert used <= DOCUMENTED, used - DOCUMENTED
