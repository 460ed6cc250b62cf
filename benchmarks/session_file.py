"""What a long session costs: milliseconds a turn, bytes, and how fast it opens and any turn of it is reached.

`uv run python benchmarks/session_file.py [--turns N] [--texts FOLDER] [--json]`

Each turn is what a room writes: a pitch, a stance, a ruling with its move, a line with what its speaker feels
afterwards, or a take with its scores, all with traces. A turn holds 600 to 1500 characters of new prose, of
made-up words distributed as in English (Zipf), or cut from the text files of a folder. "Text" is that prose
alone, counted once. Screens are kept as a session keeps them; `view.py`
measures how fast one is read back.

What a turn costs at the end of a long session and at the start of a new one is measured in turns written now
to the one, now to the other (`append_end_ms`, `append_start_ms`). The first and the last tenth of one long
run (`append_first_ms`, `append_last_ms`) lie too far apart in time where a machine does other things besides.
"""

from __future__ import annotations

import argparse
import collections
import gc
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from writersroom.archive import Archive
from writersroom.events import Body, EventId, Trace
from writersroom.events.affect_changed import AffectChanged
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scored import Scored
from writersroom.events.session_started import SessionStarted
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.take_written import TakeWritten
from writersroom.story.beats import Beat
from writersroom.story.characters import CharacterState
from writersroom.story.emotions import Emotion
from writersroom.story.moves import AddBeat, BeatDraft, BeatPlaced, GraphDiff
from writersroom.view.resuming import EVERY, NAME, kept_json
from writersroom.view.screen import folded

CAST = ("MARA", "ELIAS", "THE KEEPER", "JUNE")
LIMITS = {"append_ratio": 1.3, "size_ratio": 2.0, "open_s": 0.3, "reach_worst_ms": 30.0}

Prose = Callable[[int], str]
"""Makes about so many characters."""


def made_up(rng: random.Random) -> Prose:
    syllables = [a + b for a in "bdfghklmnprstvwy" for b in ("a", "e", "i", "o", "u", "an", "er", "in", "ou")]
    vocabulary = [
        "".join(rng.choices(syllables, k=rng.choice((1, 1, 2, 2, 2, 3, 3, 4)))) for _ in range(20000)
    ]
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(vocabulary))))

    def prose(size: int) -> str:
        words: list[str] = []
        length = 0
        while length < size:
            sentence = rng.choices(vocabulary, cum_weights=weights, k=rng.randint(4, 15))
            text = " ".join(sentence).capitalize() + rng.choice(".....?!")
            words.append(text)
            length += len(text) + 1
        return " ".join(words)

    return prose


def cut_from(folder: Path, rng: random.Random) -> Prose:
    text = "\n".join(path.read_text(errors="replace") for path in sorted(folder.glob("*.txt")))

    def prose(size: int) -> str:
        start = rng.randrange(len(text) - size)
        return text[start : start + size]

    return prose


class Entry(NamedTuple):
    """An event to be."""

    body: Body
    agent: str
    scene: str
    trace: Trace | None


class Room:
    """Writes turns as a room would, and counts the characters of prose in them."""

    def __init__(self, prose: Prose, rng: random.Random) -> None:
        self._prose = prose
        self._rng = rng
        self._beats = 0
        self._scene = 1
        self.text_bytes = 0

    def _new(self, low: int, high: int) -> str:
        text = self._prose(self._rng.randint(low, high))
        self.text_bytes += len(text.encode())
        return text

    def _trace(self, template: str) -> Trace:
        rng = self._rng
        return Trace(
            model_sha256="9f" * 32,
            prompt_sha256=rng.randbytes(32).hex(),
            template=template,
            sampling={"temperature": 1.1, "min_p": 0.05, "dry_multiplier": 0.8},
            seed=rng.randrange(2**32),
            tokens_in=rng.randint(1500, 4000),
            tokens_reused=rng.randint(1000, 1500),
            tokens_out=rng.randint(150, 400),
            milliseconds=rng.uniform(500, 5000),
        )

    def turn(self, head: EventId) -> list[Entry]:
        """What one turn appends after `head`."""
        act = self._rng.choices(
            (self._line, self._pitch, self._stance, self._ruling, self._take), weights=(60, 12, 12, 6, 10)
        )[0]
        return [
            Entry(body, agent, f"s{self._scene}", self._trace(template) if template else None)
            for body, agent, template in act(head)
        ]

    def _line(self, head: EventId) -> Iterator[tuple[Body, str, str]]:
        who = self._rng.choice(CAST)
        emotion = self._rng.choice(list(Emotion))
        yield (
            LineSpoken(
                take=f"s{self._scene}.t1",
                character=who,
                line=self._new(250, 700),
                action=self._new(200, 500),
                thought=self._new(150, 300),
                emotion=emotion,
                parenthetical="softly",
                to=self._rng.choice(CAST),
            ),
            who,
            "line",
        )
        yield (
            AffectChanged(character=who, state=CharacterState(goal="the lamp"), cause=f"b{self._beats}"),
            "",
            "",
        )

    def _pitch(self, head: EventId) -> Iterator[tuple[Body, str, str]]:
        yield (
            Pitched(move=self._move(), reason=self._new(500, 1200), weakness="no_cause:b4"),
            "director",
            "pitch",
        )

    def _move(self) -> AddBeat:
        self._beats += 1
        draft = BeatDraft(summary=self._new(100, 300), characters=CAST[:2], place="LIGHTHOUSE", tension=0.4)
        return AddBeat(beat=draft, caused_by=(f"b{self._beats}",))

    def _stance(self, head: EventId) -> Iterator[tuple[Body, str, str]]:
        reason = self._new(600, 1500)
        yield (
            StanceTaken(pitch=head, stance="object", reason=reason, cites=(f"b{self._beats}",)),
            self._rng.choice(CAST),
            "stance",
        )

    def _ruling(self, head: EventId) -> Iterator[tuple[Body, str, str]]:
        yield Ruled(pitch=head, verdict="adopted", reason=self._new(500, 1200)), "director", "ruling"
        move = self._move()
        beat = Beat(id=f"b{self._beats}", summary=move.beat.summary, characters=CAST[:2], place="LIGHTHOUSE")
        diff = GraphDiff(after=(BeatPlaced(beat=beat, index=self._beats),))
        yield MoveCommitted(move=move, diff=diff, ruling=head), "", ""

    def _take(self, head: EventId) -> Iterator[tuple[Body, str, str]]:
        take = f"s{self._scene}.t2"
        yield (
            TakeWritten(scene=f"s{self._scene}", take=take, text=self._new(600, 1500)),
            self._rng.choice(CAST),
            "take",
        )
        sentences = tuple((f"sentence {i}", self._rng.random()) for i in range(3))
        yield Scored(take=take, d=self._rng.random(), c=0.5, j=0.5, sentences=sentences), "", ""
        self._scene += 1


def append(archive: Archive, turn: list[Entry]) -> float:
    """Milliseconds to have a turn on the disk."""
    began = time.perf_counter()
    with archive.at_once():
        for entry in turn:
            archive.append(entry.body, agent=entry.agent, scene=entry.scene, trace=entry.trace)
    return (time.perf_counter() - began) * 1e3


def write(archive: Archive, room: Room, turns: int) -> list[float]:
    """Append turns; returns the milliseconds of each."""
    screen = folded(archive.events())
    spent: list[float] = []
    for number in range(1, turns + 1):
        spent.append(append(archive, room.turn(archive.head)))
        if number % EVERY == 0:
            screen = folded(archive.events(after=screen.event), screen)
            archive.snapshot(screen.turn, NAME, kept_json(screen))
    return spent


def side_by_side(long: Archive, short: Archive, room: Room, turns: int) -> tuple[list[float], list[float]]:
    """Turns appended to both by turns, so that what else the machine does falls on both."""
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(turns):
        for archive, times in zip((long, short), spent, strict=True):
            times.append(append(archive, room.turn(archive.head)))
    return spent


def reach(archive: Archive, turn: int) -> tuple[float, float]:
    """Milliseconds to what a turn is folded from, state and events: by the clock, and of the processor."""
    began, worked = time.perf_counter(), time.process_time()
    kept = archive.latest_snapshot(NAME, upto_turn=turn)
    collections.deque(archive.events(after=kept.event if kept else None, upto_turn=turn), maxlen=0)
    return (time.perf_counter() - began) * 1e3, (time.process_time() - worked) * 1e3


def timed(action: Callable[[], object], times: int) -> float:
    """Median seconds."""
    spent: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent)


def measure(folder: Path, turns: int, texts: Path | None) -> dict[str, float]:
    rng = random.Random(3)
    room = Room(cut_from(texts, rng) if texts else made_up(rng), rng)
    path = folder / "long.room"
    with Archive.create(path, SessionStarted(logline="A keeper lets the lamp go out.", seed=3)) as archive:
        spent = write(archive, room, turns)
    text_bytes, size = room.text_bytes, path.stat().st_size

    window = max(1, turns // 10)
    first, last = statistics.mean(spent[:window]), statistics.mean(spent[-window:])

    open_s = timed(lambda: Archive.open(path).close(), 20)
    open_write_s = timed(lambda: Archive.open(path, write=True).close(), 5)
    gc.collect()
    gc.freeze()  # What was made to write the file is no part of reading it.
    with Archive.open(path) as archive:
        reached = [reach(archive, rng.randint(0, turns)) for _ in range(300)]
        found = [timed(lambda word=word: archive.search(word), 3) for word in ("ba", "lamp", '"softly"')]
        read_s = timed(lambda: sum(1 for _ in archive.events()), 1)

    with (
        Archive.open(path, write=True) as long,
        Archive.create(folder / "short.room", SessionStarted(logline="Control.")) as short,
    ):
        at_end, at_start = side_by_side(long, short, room, max(1, turns // 20))

    return {
        "turns": turns,
        "text_mb": text_bytes / 1e6,
        "file_mb": size / 1e6,
        "size_ratio": size / text_bytes,
        "append_first_ms": first,
        "append_last_ms": last,
        "append_end_ms": statistics.mean(at_end),
        "append_start_ms": statistics.mean(at_start),
        "append_ratio": statistics.mean(at_end) / statistics.mean(at_start),
        "append_median_ratio": statistics.median(at_end) / statistics.median(at_start),
        "open_s": open_s,
        "open_to_write_s": open_write_s,
        "reach_median_ms": statistics.median(clock for clock, _ in reached),
        "reach_worst_ms": max(clock for clock, _ in reached),
        "reach_worst_processor_ms": max(processor for _, processor in reached),
        "search_worst_ms": max(found) * 1e3,
        "read_all_s": read_s,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="What a long session costs.")
    parser.add_argument("--turns", type=int, default=10_000)
    parser.add_argument("--texts", type=Path, help="a folder of .txt files to cut the prose from")
    parser.add_argument("--folder", type=Path, help="where to write; a temporary folder otherwise")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        figures = measure(Path(folder), options.turns, options.texts)
    if options.json:
        json.dump(figures, sys.stdout)
        print()
        return
    for name, value in figures.items():
        limit = LIMITS.get(name)
        note = "" if limit is None else f"   (at most {limit:g}: {'yes' if value <= limit else 'NO'})"
        print(f"{name:<28}{value:>12.4g}{note}")


if __name__ == "__main__":
    main()
