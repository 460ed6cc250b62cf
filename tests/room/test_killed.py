"""`kill -9` at any instant of a run loses at most the turn being spoken; every session goes on and ends."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.room import dying_rooms
from writersroom.archive import Archive
from writersroom.events import Event
from writersroom.room.standing import Standing

KILLS = 50
ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"}


def heard(file: Path) -> list[dict[str, Any]]:
    """The events that were printed; the last line may have been cut by the kill."""
    found: list[dict[str, Any]] = []
    for line in file.read_text().splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            assert not line.endswith("}")
    return found


def whole(events: list[Event]) -> None:
    """A finished session, all of whose events follow from each other."""
    standing = Standing(events)
    assert standing.wrapped is not None
    assert [event.parent for event in events[1:]] == [event.id for event in events[:-1]]
    turns = [event.turn for event in events]
    assert sorted(set(turns)) == list(range(turns[-1] + 1))
    assert turns == sorted(turns)


@pytest.mark.skipif(
    not hasattr(os, "fork"), reason="The sessions are forked, to be born faster than they die."
)
def test_fifty_killed_runs_lose_no_turn_that_was_told_and_end(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, dying_rooms.__file__, str(tmp_path), str(KILLS), "11"],
        check=True,
        env=ENVIRONMENT,
        cwd=tmp_path,
    )
    files = sorted(tmp_path.glob("*.room"))
    assert len(files) > KILLS // 8
    for path in files:
        with Archive.open(path) as archive:
            events = list(archive.events())
            assert len(archive.branches()) == 1
        whole(events)
        # All that was printed, by whichever process, is in the file as it was printed, and once.
        told = heard(path.with_suffix(".heard"))
        assert [event["id"] for event in told] == sorted({event["id"] for event in told})
        kept = {event.id: event for event in events}
        for one in told:
            assert kept[one["id"]].body.model_dump(mode="json") == one["body"]
            assert kept[one["id"]].turn == one["turn"]
    # Nothing else is left beside a session that was born; one killed before that leaves its lock.
    assert not [file for path in files for file in tmp_path.glob(f"{path.name}-*")]


def test_the_program_itself_with_the_real_model_is_killed_and_goes_on(tmp_path: Path) -> None:
    rng = random.Random(3)
    path, out = tmp_path / "a.room", tmp_path / "a.heard"
    small = ("--threads", "1", "--sequences", "4")
    plan = (
        "--rounds",
        "1",
        "--scenes",
        "1",
        "--takes",
        "1",
        "--lines",
        "2",
        "--pitches",
        "1",
        "--notes",
        "0",
    )
    for turns in (1, 3):
        arguments = dying_rooms.command(path)
        if arguments[0] == "run":
            arguments = [*arguments[:5], "--json", *plan]
        with out.open("ab") as stream:
            process = subprocess.Popen(
                [sys.executable, "-m", "writersroom", *arguments, *small],
                stdout=stream,
                stderr=subprocess.DEVNULL,
                env=ENVIRONMENT,
                cwd=ROOT,
            )
        deadline = time.monotonic() + 120
        while process.poll() is None and time.monotonic() < deadline:
            if out.read_bytes().count(b"\n") > turns:
                time.sleep(rng.random() / 4)
                process.send_signal(signal.SIGKILL)
                break
            time.sleep(0.02)
        assert process.wait(60) in (-signal.SIGKILL, 0)
        told = heard(out)
        with Archive.open(path, write=True) as archive:
            events = {event.id: event for event in archive.events()}
        assert all(events[one["id"]].body.model_dump(mode="json") == one["body"] for one in told)
    subprocess.run(
        [sys.executable, "-m", "writersroom", *dying_rooms.command(path), *small],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
        cwd=ROOT,
        timeout=200,
    )
    with Archive.open(path) as archive:
        whole(list(archive.events()))
