"""The benchmark of replies fails where one does not parse."""

from __future__ import annotations

import json

import pytest

from benchmarks import schema_replies


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ({"parsed": 3, "closed at its limit": 1}, 0),
        ({"parsed": 2, "ReplyTruncated": 1}, 1),
        ({"ReplyInvalid": 3}, 1),
    ],
)
def test_it_fails_unless_all_replies_parse(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], outcomes: dict[str, float], code: int
) -> None:
    async def measured(count: int) -> dict[str, float]:
        return {"replies": count, **outcomes}

    monkeypatch.setattr(schema_replies, "measured", measured)
    assert schema_replies.main(["3", "--json"]) == code
    assert json.loads(capsys.readouterr().out) == {"replies": 3, **outcomes}
    schema_replies.main(["3"])
    assert capsys.readouterr().out.startswith("replies 3, ")
