"""Kept states are written as what is new in them, and read back as they were given."""

from __future__ import annotations

import json
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from writersroom.archive import Archive, errors, states
from writersroom.events.line_spoken import LineSpoken

LINE = LineSpoken(take="s1.t1", character="MARA", line="Light the lamp.")


def grown(items: int) -> str:
    """A state of many items, long ones too, as JSON."""
    return json.dumps({"items": [{"n": n, "text": f"so, {n}"} for n in range(items)], "all": [*range(items)]})


def test_states_that_grow_are_kept_small_and_read_back_whole(session: Archive, path: Path) -> None:
    kept = {turn: grown(200 + 3 * turn) for turn in range(1, 2 * states.CHAIN + 4)}
    for turn, state in kept.items():
        session.append(LINE, agent="MARA")
        session.snapshot(turn, "fold.1", state)
    for turn, state in kept.items():
        assert (found := session.latest_snapshot("fold.1", upto_turn=turn))
        assert found.state == state
    session.copy_branch(20, path.with_name("copy.room"))
    with Archive.open(path.with_name("copy.room"), write=True) as copy:
        assert (found := copy.latest_snapshot("fold.1", upto_turn=19))
        assert found.state == kept[19]
        copy.append(LINE, agent="MARA")
        copy.snapshot(21, "fold.1", kept[22])
        assert (found := copy.latest_snapshot("fold.1"))
        assert found.state == kept[22]
    session.close()
    whole = len(zlib.compress(kept[1].encode()))
    with closing(sqlite3.connect(path)) as file:
        sizes = file.execute("SELECT base IS NULL, length(state) FROM snapshots ORDER BY id").fetchall()
    assert [alone for alone, _ in sizes] == [int(n % states.CHAIN == 0) for n in range(len(kept))]
    assert all(size < whole / 4 for alone, size in sizes if not alone)


def test_a_state_kept_again_takes_those_with_it_that_were_based_on_it(session: Archive) -> None:
    for turn in (1, 2, 3):
        session.append(LINE, agent="MARA")
        session.snapshot(turn, "fold.1", grown(100 + turn))
    session.snapshot(2, "fold.1", grown(7))
    assert (found := session.latest_snapshot("fold.1"))
    assert (found.turn, found.state) == (2, grown(7))


def test_what_is_no_json_is_not_kept(session: Archive) -> None:
    with pytest.raises(ValueError, match="control characters"):
        session.snapshot(0, "fold.1", "a\x1eb")


def test_a_state_whose_base_is_gone_is_damage(session: Archive, path: Path) -> None:
    for turn in (1, 2):
        session.append(LINE, agent="MARA")
        session.snapshot(turn, "fold.1", grown(100 + turn))
    session.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("DELETE FROM snapshots WHERE base IS NULL")
    with Archive.open(path) as archive, pytest.raises(errors.DamagedSession, match="based on is missing"):
        archive.latest_snapshot("fold.1")
