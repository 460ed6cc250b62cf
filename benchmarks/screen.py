"""How fast the screens answer: first picture, keys while eight agents stream, long sessions, memory.

`uv run python benchmarks/screen.py [--turns N] [--only NAME …] [--json]`

- `paint`: from the start of the process to the first picture of a replay, in a pseudo-terminal. Must: 1 s.
- `keys`: a key answered, as a picture, while eight agents write 500 tokens a second in all (a scripted engine
  writes). Must: 50 ms at the 95th percentile.
- `long`: a session of 10,000 turns opened, gone through at random and turn by turn. Must: 0.5 s, 20 a second.
- `memory`: what the process holds after 200 and after 1,200 turns replayed, and when a thousand were replayed
  again. Must: no more, but for what the longer session itself holds.

In all but the first the picture is drawn into memory. `processor` figures are the time that the program
itself computed: what would be left of the others on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import gc
import json
import os
import pty
import random
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import psutil
from textual import events

from tests.scripted import ScriptedEngine
from tests.tui.screens import STILL, begun, live_app, replay_app, says
from tests.view.playing import Room
from writersroom.archive import Archive
from writersroom.engine.interface import Request
from writersroom.events.session_started import SessionStarted
from writersroom.room.plan import Plan
from writersroom.tui.app import WritersRoom
from writersroom.tui.playing.live import Live
from writersroom.tui.playing.recorded import Recorded
from writersroom.tui.room.screen import RoomScreen
from writersroom.view.resuming import NAME, kept_json, worth_keeping
from writersroom.view.screen import Screen, fold

AGENTS = 8
TOKENS_A_SECOND = 500
KEYS = 120
STEPS = 200
SIZE = (160, 50)


def recorded(path: Path, turns: int) -> Path:
    """A session of so many turns, with the screens that playing it would have kept."""
    played = takewhile(
        lambda event: event.turn <= turns, Room(random.Random(1), most_beats=40, most_scenes=60)
    )
    first = next(played)
    assert isinstance(first.body, SessionStarted)
    screen, kept = fold(Screen(), first), 0
    with Archive.create(path, first.body) as archive, archive.at_once():
        for event in played:
            archive.append(
                event.body, agent=event.agent, scene=event.scene, turn=event.turn, trace=event.trace
            )
            screen = fold(screen, event)
            if worth_keeping(screen, kept):
                kept = screen.turn
                archive.snapshot(kept, NAME, kept_json(screen))
    return path


def paint(path: Path, times: int = 5) -> dict[str, float]:
    """Seconds until the title of a session stands in a terminal."""
    painted = [_painted(path) for _ in range(times)]
    seconds = [wall for wall, _ in painted]
    return {
        "first_paint_s": min(seconds),
        "first_paint_median_s": statistics.median(seconds),
        "first_paint_processor_s": min(processor for _, processor in painted),
    }


def _painted(path: Path) -> tuple[float, float]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = os.environ | {
        "TERM": "xterm-256color",
        "WRITERSROOM_CONFIG": str(path.parent / "none.toml"),
        "WRITERSROOM_STATE": str(path.parent / "state.json"),
    }
    began = time.perf_counter()
    command = [sys.executable, "-m", "writersroom", "replay", str(path)]
    program = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    seen = b""
    try:
        while b"The Light" not in seen:
            ready, _, _ = select.select([ours], [], [], 30)
            assert ready, "no picture came"
            seen += os.read(ours, 65536)
        spent = psutil.Process(program.pid).cpu_times()
        return time.perf_counter() - began, spent.user + spent.system
    finally:
        program.terminate()
        while True:
            try:
                if not os.read(ours, 65536):
                    break
            except OSError:  # The terminal is closed once the program has left it.
                break
        program.wait()
        os.close(ours)


def _long_answer(request: Request, take: int) -> str:
    return " ".join(says(request, take * 1000 + number) for number in range(40))


async def keys(path: Path) -> dict[str, float]:
    """Milliseconds from a key to the picture that answers it."""
    plan = Plan(rounds=3, pitches=2, stances=4, scenes=0, takes=1)
    engine = ScriptedEngine(_long_answer, context=8192, tokens_per_second=TOKENS_A_SECOND / AGENTS)
    app = live_app(begun(path, plan=plan), engine=engine)
    waits: list[float] = []
    most = 0
    async with app.run_test(size=SIZE) as pilot:
        room = await _room(app)
        live = room.player
        assert isinstance(live, Live)
        while live.state != "ready":
            await asyncio.sleep(0.05)
        live.play()
        while len(live.pieces) < 2:
            await asyncio.sleep(0.02)
        rate: list[float] = []
        began, spent = time.perf_counter(), time.process_time()
        for _ in range(KEYS):
            await asyncio.sleep(0.05)
            most = max(most, len(live.pieces))
            rate.append(live.gauges.tokens_per_second)
            waits.append(await _answered(app, room))
        share = (time.process_time() - spent) / (time.perf_counter() - began)
        live.stop()
        await pilot.pause()
    waits.sort()
    return {
        "key_median_ms": 1000 * statistics.median(waits),
        "key_p95_ms": 1000 * waits[int(0.95 * len(waits))],
        "key_worst_ms": 1000 * waits[-1],
        "streaming_at_once": float(most),
        "tokens_per_second": max(rate),
        "processor_share": share,
    }


async def _answered(app: WritersRoom, room: RoomScreen) -> float:
    """Seconds until Tab has moved the focus and the picture shows it."""
    before = room.focused
    drawn = asyncio.Event()
    began = time.perf_counter()
    app.post_message(events.Key("tab", None))
    while room.focused is before:
        await asyncio.sleep(0)
    room.call_after_refresh(drawn.set)
    await drawn.wait()
    return time.perf_counter() - began


async def long(path: Path) -> dict[str, float]:
    """Seconds to open a long session, and milliseconds for each step in it."""
    began = time.perf_counter()
    app = replay_app(path, at=None, config=STILL)
    async with app.run_test(size=SIZE):
        room = await _room(app)
        opened = time.perf_counter() - began
        player = room.player
        assert isinstance(player, Recorded)
        player.pause()
        chance = random.Random(5)
        jumps = [await _stepped(room, chance.randrange(player.turns)) for _ in range(STEPS)]
        start = player.turns // 2
        await _stepped(room, start)
        spent = time.process_time()
        on = [await _stepped(room, start + step) for step in range(STEPS)]
        spent = time.process_time() - spent
        back = [await _stepped(room, start + STEPS - step) for step in range(STEPS)]
    return {
        "open_s": opened,
        "jump_median_ms": 1000 * statistics.median(jumps),
        "jump_p95_ms": 1000 * sorted(jumps)[int(0.95 * STEPS)],
        "jumps_per_second": STEPS / sum(jumps),
        "steps_on_per_second": STEPS / sum(on),
        "steps_back_per_second": STEPS / sum(back),
        "step_on_processor_ms": 1000 * spent / STEPS,
    }


async def _stepped(room: RoomScreen, turn: int) -> float:
    """Seconds until a turn is shown."""
    drawn = asyncio.Event()
    began = time.perf_counter()
    room.player.seek(turn)
    await room.player.settled()
    room.look()
    room.call_after_refresh(drawn.set)
    await drawn.wait()
    assert room.player.screen.turn == turn
    return time.perf_counter() - began


async def memory(path: Path) -> dict[str, float]:
    """Megabytes that the process holds after some and after many turns."""
    app = replay_app(path, at=0, config=STILL)
    held: dict[int, float] = {}
    async with app.run_test(size=SIZE):
        room = await _room(app)
        for turn in range(1, 1201):
            await _stepped(room, turn)
            if turn in (200, 700, 1200):
                held[turn] = _held()
        for turn in range(200, 1201):
            await _stepped(room, turn)
        again = _held()
    return {f"mb_after_{turn}_turns": megabytes for turn, megabytes in held.items()} | {"mb_again": again}


def _held() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6


async def _room(app: WritersRoom) -> RoomScreen:
    while not isinstance(app.screen, RoomScreen) or not app.screen.is_running:
        await asyncio.sleep(0.001)
    return app.screen


def measured(turns: int, only: list[str]) -> dict[str, dict[str, float]]:
    """All figures, or those that were asked for."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        parts: dict[str, Callable[[], dict[str, float]]] = {
            "paint": lambda: paint(recorded(place / "short.room", 120)),
            "keys": lambda: asyncio.run(keys(place / "keys.room")),
            "long": lambda: asyncio.run(long(recorded(place / "long.room", turns))),
            "memory": lambda: asyncio.run(memory(recorded(place / "memory.room", 1300))),
        }
        return {name: part() for name, part in parts.items() if not only or name in only}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--turns", type=int, default=10_000)
    parser.add_argument("--only", nargs="*", default=[], choices=["paint", "keys", "long", "memory"])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measured(given.turns, given.only)
    if given.json:
        print(json.dumps(found, indent=1))
        return
    for part, figures in found.items():
        print(part)
        for name, value in figures.items():
            print(f"  {name:<26}{value:10.3f}")


if __name__ == "__main__":
    main()
