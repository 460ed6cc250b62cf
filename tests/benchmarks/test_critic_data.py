"""The critic's development data: takes that the room has written are texts of a writer of their own."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.critic_data import WRITER, load_takes
from tests.critic.texts import people_like


def test_first_takes_of_a_file_are_its_writers(tmp_path: Path) -> None:
    file = tmp_path / "scenes.jsonl"
    first, second, revised = (people_like(seed, 6) for seed in range(3))
    rows = [
        {"arm": "judge", "logline": "a", "takes": {"s1.t1": first, "s1.t2": second, "s1.r1a": revised}},
        {"arm": "judge", "logline": "b", "model": "another", "takes": {"s1.t1": second}},
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    items = load_takes(file)
    assert [(one.source, one.group) for one in items] == [
        (WRITER, "take a"),
        (WRITER, "take a"),
        ("another", "take b"),
    ]
    assert {(one.human, one.corpus) for one in items} == {(False, "takes")}
    assert first.startswith(items[0].text[:40])
    assert not any(one.text in revised for one in items)
