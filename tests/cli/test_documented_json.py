"""Every key that a command writes as JSON is named in `docs/json.md`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Writersroom, record
from tests.view.playing import session

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
