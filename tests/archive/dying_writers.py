"""A program: writers that are killed at random instants, one after another.

`python dying_writers.py FOLDER COUNT SEED`

Each writer is a process that makes `N.room`, or goes on with it, and appends turn after turn, closing and
opening the file now and then. It reports a turn in `N.reported` once `append` has returned, by a system call
of its own, so that nothing is held back in a buffer when SIGKILL comes.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

from writersroom.archive import Archive, migrations
from writersroom.events.affect_changed import AffectChanged
from writersroom.events.session_started import SessionStarted
from writersroom.events.take_written import TakeWritten
from writersroom.story.characters import CharacterState

YOUNG = 0.1
"""Seconds that a writer lives at most which is to die as it makes or opens its file: one in four."""

MOST = 30
"""Turns that any other finishes at most before its time comes, within `MOMENT` seconds."""

MOMENT = 0.02


def text_of(turn: int) -> str:
    """What is said in a turn: 300 to 1700 characters, so that some are kept as texts of their own."""
    return f"Turn {turn}: the lamp is out. " * (10 + turn * 7 % 50)


def write_on(path: Path, report: int, rng: random.Random) -> None:
    """Append turns until the end."""
    started = SessionStarted(logline="A keeper lets the lamp go out.")
    archive = Archive.open(path, write=True) if path.exists() else Archive.create(path, started)
    while True:
        for _ in range(rng.randint(1, 12)):
            turn = archive.turn + 1
            with archive.at_once():
                archive.append(TakeWritten(scene="s1", take="s1.t1", text=text_of(turn)), agent="MARA")
                archive.append(AffectChanged(character="MARA", state=CharacterState(goal=str(turn))))
            os.write(report, f"{turn}\n".encode())
        archive.close()
        archive = Archive.open(path, write=True)


def wait_for_turns(reported: Path, turns: int) -> None:
    """Until the last writer, on however slow a machine, has reported so many."""
    while reported.read_text().rpartition("born")[2].count("\n") <= turns:
        time.sleep(0.001)


def main() -> None:
    """Let writers live and die."""
    assert migrations.MIGRATIONS  # Imported before forking: a writer shall not spend its life on imports.
    folder, count, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    for number in range(count):
        # A third of them go on with the file of one that was killed.
        home = number if number < 2 or rng.random() < 0.67 else number - 1
        path = folder / f"{home}.room"
        report = os.open(folder / f"{home}.reported", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(report, b"born\n")  # The line feed after this counts as turn 0.
        seed_of_writer = rng.random()
        young, turns, moment = rng.random() < 0.25, rng.randint(0, MOST), rng.random()
        writer = os.fork()
        if writer == 0:
            write_on(path, report, random.Random(seed_of_writer))
        if not young:
            wait_for_turns(folder / f"{home}.reported", turns)
        time.sleep(moment * (YOUNG if young else MOMENT))
        os.kill(writer, signal.SIGKILL)
        _, status = os.waitpid(writer, 0)
        if os.WTERMSIG(status) != signal.SIGKILL:
            sys.exit(f"writer {number} ended by itself: {status}")
        os.close(report)


if __name__ == "__main__":
    main()
