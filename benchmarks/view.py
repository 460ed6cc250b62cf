"""What the view costs over a long session: folding, reaching any turn, memory, and what keeping screens adds.

`uv run python benchmarks/view.py [--turns N] [--beats N] [--json]`

The session is played by the room of the tests: every kind of event, all moves legal, about two events a turn.
A screen is kept as often as in a live session. Turns are reached when the events that were played are out of
memory again, as a reader of the file never had them.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
import tracemalloc
from contextlib import closing
from itertools import takewhile
from pathlib import Path

from tests.view.playing import Room
from writersroom.archive import Archive
from writersroom.events import Event
from writersroom.events.session_started import SessionStarted
from writersroom.view.resuming import NAME, kept_json, screen_at, worth_keeping
from writersroom.view.screen import Screen, fold

REACHED = 200
"""Turns that are jumped to, at random."""


def played(turns: int, beats: int) -> list[Event]:
    room = Room(random.Random(1), most_beats=beats, most_scenes=60)
    return list(takewhile(lambda event: event.turn <= turns, room))


def recorded(path: Path, events: list[Event]) -> dict[str, float]:
    first = events[0].body
    assert isinstance(first, SessionStarted)
    screen, kept, folding = fold(Screen(), events[0]), 0, 0.0
    with Archive.create(path, first) as archive, archive.at_once():
        for event in events[1:]:
            archive.append(
                event.body, agent=event.agent, scene=event.scene, turn=event.turn, trace=event.trace
            )
            start = time.perf_counter()
            screen = fold(screen, event)
            folding += time.perf_counter() - start
            if worth_keeping(screen, kept):
                archive.snapshot(screen.turn, NAME, kept_json(screen))
                kept = screen.turn
    return {
        "fold_us_per_event": folding / len(events) * 1e6,
        "file_mb": path.stat().st_size / 1e6,
        "kept_screens_mb": kept_screens(path) / 1e6,
    }


def kept_screens(path: Path) -> int:
    """Bytes that they take in the file."""
    with closing(sqlite3.connect(path)) as file:
        return file.execute("SELECT sum(length(state)) FROM snapshots").fetchone()[0]


def ends_ratio(events: list[Event]) -> float:
    """Cost of an event in the last tenth over that in the first."""
    tenth = len(events) // 10
    screen, spent = Screen(), [0.0, 0.0]
    for index, event in enumerate(events):
        start = time.perf_counter()
        screen = fold(screen, event)
        if index < tenth or index >= len(events) - tenth:
            spent[index >= tenth] += time.perf_counter() - start
    return spent[1] / spent[0]


def reaching(path: Path, turns: int) -> list[tuple[float, float]]:
    """Milliseconds to each of some turns, by the clock and of the processor, the slowest last."""
    rng, found = random.Random(2), list[tuple[float, float]]()
    with Archive.open(path) as archive:
        for _ in range(REACHED):
            turn = rng.randint(0, turns)
            start, worked = time.perf_counter(), time.process_time()
            screen = screen_at(archive, turn)
            found.append(((time.perf_counter() - start) * 1e3, (time.process_time() - worked) * 1e3))
            assert screen.turn == turn
    return sorted(found)


def memory(path: Path) -> tuple[float, float]:
    """Megabytes that a screen holds after a tenth of a session and at its end, read from the file."""
    tracemalloc.start()
    screen, held = Screen(), list[float]()
    with Archive.open(path) as archive:
        marks = [archive.turn // 10, archive.turn]
        for event in archive.events():
            screen = fold(screen, event)
            if len(held) < 2 and event.turn >= marks[len(held)]:
                held.append(tracemalloc.get_traced_memory()[0] / 1e6)
    tracemalloc.stop()
    return held[0], held[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--turns", type=int, default=10_000)
    parser.add_argument("--beats", type=int, default=120)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    events = played(options.turns, options.beats)
    turns = events[-1].turn
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.room"
        result: dict[str, float] = {"turns": turns, "events": len(events)}
        result |= recorded(path, events)
        result["fold_end_over_start"] = ends_ratio(events)
        events.clear()
        gc.collect()
        gc.freeze()  # What was imported and made so far is no part of reading.
        times = reaching(path, turns)
        result["reach_median_ms"] = statistics.median(clock for clock, _ in times)
        result["reach_worst_ms"] = times[-1][0]
        result["reach_worst_processor_ms"] = max(processor for _, processor in times)
        early, late = memory(path)
        result |= {"memory_tenth_mb": early, "memory_end_mb": late}
    if options.json:
        json.dump(result, sys.stdout)
        print()
        return
    for name, value in result.items():
        print(f"{name:25} {value:12,.2f}")


if __name__ == "__main__":
    main()
