"""`kill -9` at any instant loses at most the turn being spoken."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archive import dying_writers
from tests.archive.conftest import STARTED
from writersroom.archive import Archive
from writersroom.events.affect_changed import AffectChanged
from writersroom.events.take_written import TakeWritten

KILLS = 50


@pytest.mark.skipif(
    not hasattr(os, "fork"), reason="The writers are forked, to be born faster than they die."
)
def test_fifty_killed_writers_lose_no_turn_they_had_finished(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, dying_writers.__file__, str(tmp_path), str(KILLS), "11"],
        check=True,
        env=os.environ | {"PYTHONPATH": str(Path(dying_writers.__file__).parents[2])},
    )
    reports = sorted(tmp_path.glob("*.reported"))
    finished = 0
    for report in reports:
        lines = report.read_text().split()
        writers = lines.count("born")
        reported = [int(turn) for turn in lines if turn != "born"]
        finished += len(reported)
        path = report.with_suffix(".room")
        if not path.exists():  # It died before its session was born, and is in nobody's way.
            assert reported == []
            Archive.create(path, STARTED).close()
        check(path, reported, writers)
    assert len(reports) > KILLS // 2
    assert finished > KILLS
    assert {file.suffix for file in tmp_path.iterdir()} == {".reported", ".room"}  # Nothing else is left.


def check(path: Path, reported: list[int], writers: int) -> None:
    """The file opens for writing at once, and holds every turn that was reported, whole."""
    with Archive.open(path) as archive:
        seen = archive.turn
    with Archive.open(path, write=True) as archive:
        assert archive.turn == seen
        assert reported == sorted(set(reported))
        assert max(reported, default=0) <= archive.turn
        # Each writer may have died between finishing a turn and reporting it.
        assert archive.turn - len(reported) <= writers
        events = list(archive.events(after=1))
        assert len(events) == 2 * archive.turn
        for turn in range(1, archive.turn + 1):
            spoken, felt = events[2 * turn - 2 : 2 * turn]
            assert spoken.turn == felt.turn == turn
            assert isinstance(spoken.body, TakeWritten)
            assert spoken.body.text == dying_writers.text_of(turn)
            assert isinstance(felt.body, AffectChanged)
            assert felt.body.state.goal == str(turn)
        if reported:
            assert archive.search(f'"turn {reported[-1]}"', limit=1)[0].turn == reported[-1]
        dying_turn = archive.turn + 1
        last = archive.append(TakeWritten(scene="s1", take="s1.t1", text="On."), agent="MARA")
        assert last.turn == dying_turn
