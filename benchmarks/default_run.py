"""What the README's first command comes to: how long it takes, and whether what it makes is whole.

`uv run python benchmarks/default_run.py [--folder DIR] [--json] [OPTION OF run …]`

It is run as a person would, `writersroom run LOGLINE --headless --json` in a process of its own, with a
terminal for what it narrates. Figures, and what each must be:

- `seconds`: of the whole command, from its start to its end. Must: 180.
- `seconds_to_words`: from the line that says which model is loaded, until words of the first turn are seen on
  the terminal's line of progress. That is drawn twice a second, so they may be half a second older; where
  none is drawn before the first turn is told, that turn's event counts. Must: 5.
- `beats`: those that stand in the end. Must: 8.
- `objections`, and pitches that were taken `amended`. Must: 1 of each.
- `scenes`, each with the number of its first takes, without revisions. Must: a scene, 2 takes of each.
- `reads_back`: whether what `writersroom export` writes is read as Fountain with all its scenes.

It ends with 1 where one is missed. Options that it does not know are the run's: `--rounds 1 --scenes 1`.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from writersroom.archive import Archive
from writersroom.events import event_from_json
from writersroom.events.event import opens_turn
from writersroom.room.reviewing import round_of
from writersroom.script.errors import ScriptError
from writersroom.script.reading import from_fountain
from writersroom.view.summary import summary

ROOM: Final = Path(__file__).parent.parent
LOGLINE: Final = "A lighthouse keeper's radio receives tomorrow's news."
LOADED: Final = "layers on GPU"
"""In what is said once the model and the critic are there."""
WRITING: Final = " | "
"""On the line of progress, before the words that are being written."""
MOST_SECONDS: Final = 180.0
MOST_TO_WORDS: Final = 5.0
FEWEST_BEATS: Final = 8
TAKES: Final = 2


class Times(NamedTuple):
    """When what was seen of a run, in seconds from its start."""

    loaded: float
    words: float
    ended: float


class Figures(NamedTuple):
    """What a run came to."""

    seconds: float
    seconds_to_model: float
    seconds_to_words: float
    turns: int
    beats: int
    objections: int
    amended: int
    scenes: Mapping[str, int]
    """First takes of each."""
    reads_back: bool

    @property
    def missed(self) -> list[str]:
        """Those that are not as they must be."""
        good = {
            "seconds": self.seconds <= MOST_SECONDS,
            "seconds_to_words": self.seconds_to_words <= MOST_TO_WORDS,
            "beats": self.beats >= FEWEST_BEATS,
            "objections": self.objections >= 1,
            "amended": self.amended >= 1,
            "scenes": bool(self.scenes) and all(takes == TAKES for takes in self.scenes.values()),
            "reads_back": self.reads_back,
        }
        return [name for name, kept in good.items() if not kept]


class Narrated(threading.Thread):
    """What a run narrates on its terminal."""

    def __init__(self, terminal: int) -> None:
        super().__init__()
        self.loaded = self.words = float("inf")
        self.told = ""
        self._terminal = terminal

    def run(self) -> None:
        """Read it until nobody writes any more."""
        with suppress(OSError):  # A terminal that nobody holds any more cannot be read.
            while found := os.read(self._terminal, 65536):
                self._hear(time.perf_counter(), found.decode("utf-8", "replace"))

    def _hear(self, now: float, text: str) -> None:
        self.told += text
        if LOADED in self.told:
            self.loaded = min(self.loaded, now)
        if WRITING in self.told:
            self.words = min(self.words, now)


def played(path: Path, options: Sequence[str]) -> Times:
    """Run the command to its end.

    Raises:
        SystemExit: it failed, or never said that the model is loaded.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 160, 0, 0))
    command = [sys.executable, "-m", "writersroom", "run", LOGLINE, "--headless", "--json"]
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    began = time.perf_counter()
    program = subprocess.Popen(
        [*command, "--session", str(path), *options],
        cwd=ROOM,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    narrated = Narrated(ours)
    narrated.start()
    told = float("inf")
    assert program.stdout is not None
    for line in program.stdout:
        event = event_from_json(line)
        if opens_turn(event.body, event.agent):
            told = min(told, time.perf_counter())
    code = program.wait()
    ended = time.perf_counter()
    narrated.join()
    os.close(ours)
    if code or narrated.loaded == float("inf"):
        sys.exit(f"It ended with {code} and said: {narrated.told[-400:]}")
    return Times(narrated.loaded - began, min(narrated.words, told) - began, ended - began)


def figures(path: Path, times: Times) -> Figures:
    """What a run came to."""
    with Archive.open(path) as archive:
        held = summary(archive.events())
    pages = held.screen.script.pages
    return Figures(
        seconds=round(times.ended, 1),
        seconds_to_model=round(times.loaded, 1),
        seconds_to_words=round(times.words - times.loaded, 1),
        turns=held.screen.turn,
        beats=len(held.screen.plot.beats),
        objections=held.objections,
        amended=held.amended,
        scenes={
            scene: sum(not round_of(draft.take) for draft in page.drafts) for scene, page in pages.items()
        },
        reads_back=reads_back(path, len(pages)),
    )


def reads_back(path: Path, scenes: int) -> bool:
    """Whether the exported script is read as Fountain, with so many scenes."""
    command = [sys.executable, "-m", "writersroom", "export", str(path), "--format", "fountain"]
    written = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOM)
    if written.returncode:
        return False
    try:
        return len(from_fountain(written.stdout).scenes) == scenes
    except ScriptError:
        return False


def main() -> int:
    """Run it once, and say what it came to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0], allow_abbrev=False)
    parser.add_argument("--folder", type=Path, help="where to keep the session; by default it is not kept")
    parser.add_argument("--json", action="store_true")
    asked, options = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder: Path = asked.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder.resolve() / "default.room"
        found = figures(path, played(path, options))
    if asked.json:
        print(json.dumps({**found._asdict(), "missed": found.missed}))
    else:
        for name, value in found._asdict().items():
            print(f"{name:18}{value}{'  MISSED' if name in found.missed else ''}")
    return 1 if found.missed else 0


if __name__ == "__main__":
    sys.exit(main())
