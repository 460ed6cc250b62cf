"""What is written on stdout."""

from __future__ import annotations

import io
import json
import sys

import pytest

from writersroom.cli.terminal import write_json_line


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_line_of_json_is_json_in_any_encoding(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    stream = io.TextIOWrapper(out, encoding=encoding, errors="backslashreplace")
    monkeypatch.setattr(sys, "stdout", stream)
    write_json_line('{"said":"caf\u00e9 \U0001f600"}')
    stream.flush()
    assert json.loads(out.getvalue()) == {"said": "caf\u00e9 \U0001f600"}
