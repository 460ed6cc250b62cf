"""How real the argument is, over many sessions: shares of stances and rulings, what was mended, what repeats.

`uv run python benchmarks/rooms.py LOGLINES [--count N] [--seeds N] [--folder DIR] [--json]`

LOGLINES is a text file, a premise a line. Each session is played by the built-in model at short settings,
its takes judged and revised as `run` does it, and kept in the folder, with what was counted of it in
`counts.jsonl`; a session that was counted is not played again, so the benchmark goes on where it was
stopped, also where only the counts are left. A pitch the director passes over in favour of another counts
as rejected; one that cannot be done as invalid. An adopted move has mended its weakness where that is found
no more in the plot it leads to. "Not fit" counts texts of which no reply was: a reason is kept all the
same, for others the room has words of its own. "Said in every session" counts the agents of whom some
sentence stands in all sessions; the question with which an empty plot is opened is the program's, not
theirs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from writersroom.archive import Archive
from writersroom.cast.said import words_in
from writersroom.critic.opening import open_game
from writersroom.engine.interface import Engine
from writersroom.engine.opening import open_engine
from writersroom.engine.settings import EngineSettings
from writersroom.events import Event
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.assessed import Assessed
from writersroom.events.failed import Failed
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.take_written import TakeWritten
from writersroom.frozen import Frozen
from writersroom.room.plan import Plan
from writersroom.room.session import Session, begin
from writersroom.room.standing import Standing
from writersroom.room.stepper import Stepper
from writersroom.room.turns.agenda import weakness_on_agenda
from writersroom.story.weaknesses import weaknesses
from writersroom.view.summary import summary

ROOM = Path(__file__).parent.parent
SHORT = Plan(rounds=3, scenes=1, takes=2, lines=4, notes=1, revisions=1)
STRUCTURE = "three_act"


class Played(Frozen):
    """What is counted of a session."""

    name: str
    """Number of the logline and seed."""
    counts: dict[str, int]
    said: frozenset[tuple[str, str]] = frozenset()
    """Who said what, as a digest."""


async def play(path: Path, logline: str, seed: int, engine: Engine) -> None:
    """Play a session to its end, or the rest of it."""
    archive = (
        Archive.open(path, write=True)
        if path.exists()
        else begin(path, ROOM, logline, plan=SHORT, seed=seed, structure=STRUCTURE, engine=engine)
    )
    async with open_game(engine, room=ROOM) as game:
        with archive:
            session = Session(archive, engine, game=game)
            await Stepper(session).play()
            await session.close()


def count(events: Iterable[Event]) -> Counter[str]:
    """Add up one session."""
    events, standing, counts = tuple(events), Standing(), Counter[str]()
    weakness = None
    for event in events:
        body = event.body
        if event.trace is not None:
            for trace in event.trace.texts:
                counts["texts"] += 1
                counts["resampled"] += trace.resampled
                counts["faulty"] += bool(trace.faults)
        if isinstance(body, AgendaSet):
            weakness = None
        elif isinstance(body, Pitched):
            counts["pitches"] += 1
            if weakness is None:
                weakness = weakness_on_agenda(standing, STRUCTURE)
        elif isinstance(body, Assessed):
            counts["invalid"] += bool(body.problems)
        elif isinstance(body, StanceTaken):
            counts["stances"] += 1
            counts[body.stance] += 1
            counts["cites"] += bool(body.cites)
        elif isinstance(body, Ruled):
            counts[body.verdict] += 1
        elif isinstance(body, MoveCommitted):
            standing.apply(event)
            if weakness is not None:
                found = weaknesses(standing.graph, standing.characters, STRUCTURE, standing.intended)
                counts["aimed"] += 1
                counts["mended"] += weakness.key not in {one.key for one in found}
            weakness = None
            continue
        elif isinstance(body, Failed):
            counts["failed"] += 1
        elif isinstance(body, TakeWritten):
            counts["takes"] += 1
            counts["silent"] += not any(words_in(line.line) for _, line in standing.draft(body.take).lines)
        elif isinstance(body, SceneLocked):
            counts["scenes"] += 1
        standing.apply(event)
    counts["without_scene"] += not standing.scenes or standing.scene is not None
    told = summary(events)
    objected = sum(any(one.stance == "object" for one in pitch.stances) for pitch in told.pitches)
    counts["objected"] += objected
    counts["repeated"] += round(told.repeated_4gram_share * 10_000)
    return counts


def said_in(events: Iterable[Event]) -> frozenset[tuple[str, str]]:
    """Who said what: digests of reasons, notes and lines."""
    found: set[tuple[str, str]] = set()
    for event in events:
        match event.body:
            case Pitched() | StanceTaken() | Ruled():
                found.add((event.agent, event.body.reason))
            case NoteGiven():
                found.add((event.agent, event.body.problem))
            case LineSpoken() if words_in(event.body.line):
                found.add((event.agent, event.body.line))
            case _:
                pass
    return frozenset((agent, sha256(text.encode()).hexdigest()[:8]) for agent, text in found)


def kept(path: Path) -> dict[str, Played]:
    """The sessions that were counted before."""
    if not path.exists():
        return {}
    rows = map(Played.model_validate_json, path.read_text("utf-8").splitlines())
    return {row.name: row for row in rows}


def figures(played: Iterable[Played]) -> dict[str, object]:
    """What all of them come to."""
    played, counts = tuple(played), Counter[str]()
    for one in played:
        counts.update(one.counts)
    always = played[0].said if played else frozenset[tuple[str, str]]()
    for one in played:
        always &= one.said

    def share(part: str, whole: str) -> float:
        """One count over another, 0 where there is nothing."""
        return round(counts[part] / counts[whole], 4) if counts[whole] else 0.0

    return {
        "sessions": len(played),
        "pitches": counts["pitches"],
        "objected_to": share("objected", "pitches"),
        "stances": {one: share(one, "stances") for one in ("support", "object", "amend")},
        "stances_that_cite": share("cites", "stances"),
        "adopted": share("adopted", "pitches"),
        "amended": share("amended", "pitches"),
        "rejected": round(1 - (counts["adopted"] + counts["amended"]) / max(1, counts["pitches"]), 4),
        "weakness_mended": share("mended", "aimed"),
        "aimed": counts["aimed"],
        "invalid_pitches": counts["invalid"],
        "failures": counts["failed"],
        "scenes": counts["scenes"],
        "sessions_without_a_scene": counts["without_scene"],
        "takes": counts["takes"],
        "takes_without_words": counts["silent"],
        "texts": counts["texts"],
        "replies_thrown_away": counts["resampled"],
        "texts_not_fit": counts["faulty"],
        "repeated_4gram_share": round(counts["repeated"] / 10_000 / max(1, len(played)), 4),
        "said_in_every_session": len({agent for agent, _ in always}),
    }


async def main() -> None:
    """Play what is missing, then count."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("loglines", type=Path)
    parser.add_argument("--count", type=int, default=20, help="loglines")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("rooms"))
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    loglines = [line.strip() for line in asked.loglines.read_text("utf-8").splitlines() if line.strip()]
    wanted = {
        f"{number:02d}-{seed}": (logline, seed)
        for seed in range(1, asked.seeds + 1)
        for number, logline in enumerate(loglines[: asked.count], start=1)
    }
    counted = asked.folder / "counts.jsonl"
    known, began = kept(counted), time.monotonic()
    async with await open_engine("smollm2", EngineSettings()) as engine:
        for name, (logline, seed) in wanted.items():
            if name in known:
                continue
            path = asked.folder / f"{name}.room"
            await play(path, logline, seed, engine)
            with Archive.open(path) as archive:
                events = list(archive.events())
            known[name] = Played(name=name, counts=dict(count(events)), said=said_in(events))
            with counted.open("a", encoding="utf-8") as file:
                file.write(known[name].model_dump_json() + "\n")
            print(f"{name} {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    found = figures(known[name] for name in wanted)
    print(json.dumps(found, indent=None if asked.json else 2))


if __name__ == "__main__":
    asyncio.run(main())
