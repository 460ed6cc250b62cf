"""A program: sessions whose processes are killed at random instants, one after another.

`python dying_rooms.py FOLDER COUNT SEED`

Each is the command `run`, or `resume` on the file of one that was killed, in a process of its own that was
forked once all is imported; the model is scripted, all else is the program. What it prints goes to
`N.heard`: `--json` gives one event a line, each after it is in the file.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tests.room.scripted_rooms import LOGLINE
from tests.room.scripted_words import answering
from tests.scripted import ScriptedEngine
from writersroom.archive import migrations
from writersroom.cli import execute, playing
from writersroom.engine.settings import EngineSettings
from writersroom.exits import Exit
from writersroom.resources import repository
from writersroom.room.session import check_room

PLAN: Final = (
    "--rounds", "2", "--scenes", "1", "--takes", "2", "--lines", "2", "--pitches", "1", "--stances", "1",
)  # fmt: skip


async def scripted(name: str, settings: EngineSettings) -> ScriptedEngine:
    """A scripted model in the place of whatever was asked for."""
    return ScriptedEngine(answering)


@asynccontextmanager
async def no_game(*given: object, **named: object) -> AsyncGenerator[None]:
    """No critic: it would open a model."""
    yield None


def command(path: Path) -> list[str]:
    """What begins a session in a file, or goes on with the one there is."""
    if path.exists():
        return ["resume", str(path), "--headless", "--json"]
    return ["run", LOGLINE, "--session", str(path), "--headless", "--json", "--seed", "7", *PLAN]


def live(path: Path, heard: Path) -> None:
    """Be that process, until the end."""
    for stream, name in ((1, heard), (2, heard.with_suffix(".told"))):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)
    sys.stdout = os.fdopen(1, "w", buffering=1)
    sys.stderr = os.fdopen(2, "w", buffering=1)
    os._exit(execute(command(path)))


def lived(path: Path) -> float:
    """Let a process live to its end, which must be that of the session; seconds it took."""
    began, process = time.monotonic(), os.fork()
    if process == 0:
        live(path, path.with_suffix(".heard"))
    _, status = os.waitpid(process, 0)
    if status:
        sys.exit(f"{path} does not end: {path.with_suffix('.told').read_text()[-400:]}")
    return time.monotonic() - began


def main() -> None:
    """Let them live and die."""
    # Imported and checked before forking, like all else: nobody spends its life on that.
    assert migrations.MIGRATIONS
    check_room(repository())
    playing.open_engine = scripted  # pyright: ignore[reportAttributeAccessIssue]  # in the model's place
    playing.open_game = no_game  # pyright: ignore[reportAttributeAccessIssue]  # as above
    folder, count, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    killed, number = 0, 1
    # The first lives to its end, which tells how long a life is on this machine, as busy as it is.
    longest = lived(folder / "0.room")
    while killed < count:
        path, heard = folder / f"{number}.room", folder / f"{number}.heard"
        process = os.fork()
        if process == 0:
            live(path, heard)
        # Early deaths are as likely as late ones, and some come while the file is made.
        time.sleep(rng.random() ** 2 * longest)
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        if os.WIFSIGNALED(status):
            killed += 1
            # A third of them are begun anew, so that there are files of every age.
            number += rng.random() < 0.3
        elif os.WEXITSTATUS(status) == Exit.OK:
            number += 1
        else:
            sys.exit(f"session {number} ended by itself: {heard.with_suffix('.told').read_text()[-400:]}")
    # Each that was killed is gone on with, to its end.
    for path in sorted(folder.glob("*.room")):
        lived(path)


if __name__ == "__main__":
    main()
