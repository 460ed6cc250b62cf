"""How real the argument is, over many sessions: shares of stances and rulings, what was mended, what repeats.

`uv run python benchmarks/rooms.py LOGLINES [--count N] [--seeds N] [--folder DIR] [--json]`

LOGLINES is a text file, a premise a line. Each session is played by the built-in model at short settings and
kept in the folder; a session that is there already is not played again, so the benchmark goes on where it was
stopped. A pitch the director passes over in favour of another counts as rejected. An adopted move has mended
its weakness where that is found no more in the plot it leads to. "Said in every session" counts the agents
of whom some sentence stands in all sessions.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from writersroom.archive import Archive
from writersroom.engine.interface import Engine
from writersroom.engine.opening import open_engine
from writersroom.engine.settings import EngineSettings
from writersroom.events import Event
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.take_written import TakeWritten
from writersroom.room.plan import Plan
from writersroom.room.session import Session, begin
from writersroom.room.standing import Standing
from writersroom.room.stepper import Stepper
from writersroom.room.turns.agenda import weakness_on_agenda
from writersroom.script.reading import piece_from_fountain
from writersroom.story.weaknesses import weaknesses
from writersroom.view.summary import summary

ROOM = Path(__file__).parent.parent
SHORT = Plan(rounds=3, scenes=1, takes=2, lines=4, notes=1, revisions=1)
STRUCTURE = "three_act"


class Counts(Counter[str]):
    """What is counted over the sessions."""

    def share(self, part: str, whole: str) -> float:
        """One count over another, 0 where there is nothing."""
        return round(self[part] / self[whole], 4) if self[whole] else 0.0


async def play(path: Path, logline: str, seed: int, engine: Engine) -> None:
    """Play a session to its end, or the rest of it."""
    archive = (
        Archive.open(path, write=True)
        if path.exists()
        else begin(path, ROOM, logline, plan=SHORT, seed=seed, structure=STRUCTURE, engine=engine)
    )
    with archive:
        session = Session(archive, engine)
        await Stepper(session).play()
        await session.close()


def count(events: Iterable[Event], counts: Counts) -> None:
    """Add up one session."""
    events, standing = tuple(events), Standing()
    weakness = None
    for event in events:
        body = event.body
        if isinstance(body, Pitched):
            counts["pitches"] += 1
            counts["resampled"] += event.trace.resampled if event.trace else 0
            if weakness is None:
                weakness = weakness_on_agenda(standing, STRUCTURE)
        elif isinstance(body, StanceTaken):
            counts["stances"] += 1
            counts[body.stance] += 1
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
        elif isinstance(body, TakeWritten):
            counts["takes"] += 1
            counts["empty"] += not piece_from_fountain(body.text).elements
        standing.apply(event)
    told = summary(events)
    objected = sum(any(one.stance == "object" for one in pitch.stances) for pitch in told.pitches)
    counts["objected"] += objected
    counts["repeated"] += round(told.repeated_4gram_share * 10_000)
    counts["sessions"] += 1


def sentences(events: Iterable[Event]) -> set[tuple[str, str]]:
    """Who said what, as a reason."""
    bodies = ((event.agent, event.body) for event in events)
    return {(agent, body.reason) for agent, body in bodies if isinstance(body, Pitched | StanceTaken | Ruled)}


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
    counts, everywhere, began = Counts(), None, time.monotonic()
    async with await open_engine("smollm2", EngineSettings()) as engine:
        for seed in range(1, asked.seeds + 1):
            for number, logline in enumerate(loglines[: asked.count], start=1):
                path = asked.folder / f"{number:02d}-{seed}.room"
                await play(path, logline, seed, engine)
                with Archive.open(path) as archive:
                    events = list(archive.events())
                count(events, counts)
                said = sentences(events)
                everywhere = said if everywhere is None else everywhere & said
                print(f"{path.name} {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    figures = {
        "sessions": counts["sessions"],
        "pitches": counts["pitches"],
        "objected_to": counts.share("objected", "pitches"),
        "stances": {one: counts.share(one, "stances") for one in ("support", "object", "amend")},
        "adopted": counts.share("adopted", "pitches"),
        "amended": counts.share("amended", "pitches"),
        "rejected": round(1 - (counts["adopted"] + counts["amended"]) / max(1, counts["pitches"]), 4),
        "weakness_mended": counts.share("mended", "aimed"),
        "aimed": counts["aimed"],
        "empty_scenes": counts["empty"],
        "repeated_4gram_share": round(counts["repeated"] / 10_000 / max(1, counts["sessions"]), 4),
        "said_in_every_session": len({agent for agent, _ in everywhere or ()}),
        "seconds": round(time.monotonic() - began),
    }
    print(json.dumps(figures, indent=None if asked.json else 2))


if __name__ == "__main__":
    asyncio.run(main())
