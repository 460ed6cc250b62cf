"""What is written on stdout."""

from __future__ import annotations

import io
import json
import sys

import pytest

from writersroom.cli.terminal import write_json_line, write_json_lines

SAID = '{"said":"caf\u00e9 \U0001f600"}'


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_lines_of_json_are_json_in_any_encoding(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    stream = io.TextIOWrapper(out, encoding=encoding, errors="backslashreplace")
    monkeypatch.setattr(sys, "stdout", stream)
    write_json_line(SAID)
    write_json_lines(f"{SAID}\n{SAID}\n")
    stream.flush()
    assert [json.loads(line) for line in out.getvalue().splitlines()] == [json.loads(SAID)] * 3
