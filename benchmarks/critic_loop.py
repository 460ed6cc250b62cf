"""Whether criticism helps: scenes from unseen loglines, written by every arm of docs/critic-protocol.md.

`uv run python benchmarks/critic_loop.py --loglines FILE --work DIR [--minutes N] [--judge]`

Writing is resumed where it stopped: sessions are kept in `DIR/sessions`, and each scene that is whole is one
line of `DIR/scenes.jsonl`. With `--judge` nothing is written; the judge (`benchmarks/critic_judge.py`, fitted
before) reads all there is and the table is printed, with `--json` as JSON. Takes for fitting the judge are
written with `--arms judge`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.critic_table import table
from tests.critic.scenes import before_the_first_line
from writersroom.archive import Archive
from writersroom.critic import page
from writersroom.critic.critic import Critic
from writersroom.critic.features.normal import normal_form
from writersroom.critic.game import Game
from writersroom.engine.files.catalogue import resolve
from writersroom.engine.files.default_model import NAME
from writersroom.engine.files.model_file import ModelFile
from writersroom.engine.interface import (
    Choice,
    Completion,
    Engine,
    OnToken,
    Prompt,
    Request,
    Stop,
    Take,
    Usage,
)
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.settings import EngineSettings
from writersroom.events import Event
from writersroom.events.game_valued import GameValued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scored import Scored
from writersroom.events.take_written import TakeWritten
from writersroom.room.plan import Plan
from writersroom.room.session import Session
from writersroom.room.stepper import Stepper

LINES: Final = 8
K, T, REVISIONS = 4, 3, 2
SPARE: Final = 2
"""Takes beyond K that the same lines buy without criticism: 3 rounds of 2 revisions of 2 lines are 12."""
_LONE: Final = {"rounds": 1, "scenes": 1, "pitches": 1, "stances": 1, "lines": LINES, "revisions": REVISIONS}
ARMS: Final[Mapping[str, Plan]] = {
    "selection + notes": Plan(**_LONE, takes=K, notes=T, selection=True, steering=False),
    "spare": Plan(**_LONE, takes=SPARE, notes=0, selection=True, steering=False),
    "all": Plan(**_LONE, takes=K, notes=T, selection=True, steering=True),
    "notes": Plan(**_LONE, takes=1, notes=T, selection=False, steering=False),
    "judge": Plan(**_LONE, takes=SPARE, notes=0, selection=True, steering=False),
}
_THOUGHT: Final = re.compile(r" thinks: (?:I|If only|Nobody|What if)$")
_DRAWN: Final = re.compile(r"What \w+ feels now is ?$|\[\w+ feels [\w ]+\.\]\n\w+ ?$")


class Hurried(LlamaEngine):
    """The writer of lines, but for what takes most of the time and is the same in all arms.

    Thoughts are on no page and are not written. What somebody feels and does is drawn evenly.
    """

    async def generate(
        self, request: Request, *, on_token: OnToken | None = None, stop: Stop | None = None
    ) -> Completion:
        """Write all that is asked for but thoughts."""
        if not _THOUGHT.search(last_of(request.prompt)):
            return await super().generate(request, on_token=on_token, stop=stop)
        takes = (Take(text=" wonder about it.", finish="stop", tokens=0),) * request.n
        return Completion(takes=takes, usage=Usage(), prompt_sha256="")

    async def choose(
        self, prompt: Prompt, options: Sequence[str], *, content_free: Prompt | None = None
    ) -> Choice:
        """Weigh options, but for feelings and actions, which are all alike."""
        if not _DRAWN.search(last_of(prompt)):
            return await super().choose(prompt, options, content_free=content_free)
        even, nothing = (1 / len(options),) * len(options), (0.0,) * len(options)
        return Choice(
            options=tuple(options), probabilities=even, logprobs=nothing, prior=nothing, usage=Usage()
        )


def last_of(prompt: Prompt) -> str:
    """The end of a prompt, where the reply begins."""
    return prompt if isinstance(prompt, str) else prompt[-1].text


async def scene(
    engine: Engine, weights: Path | None, path: Path, place: int, logline: str, arm: str
) -> dict[str, Any]:
    """One scene of one arm, from its first line, or from where its session stopped, to its lock."""
    began = time.perf_counter()
    critic = await Critic.open(weights, engine)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        archive = Archive.open(path, write=True)
    else:
        seed = 1000 * sorted(ARMS).index(arm) + place
        archive = before_the_first_line(path, engine, logline, plan=ARMS[arm], seed=seed)
    with archive:
        session = Session(archive, engine, game=Game(critic, writer=engine.info.model))
        try:
            await Stepper(session).play()
        finally:
            await session.close()
        events = list(archive.events())
    return {"place": place, "arm": arm, **told(events), "seconds": round(time.perf_counter() - began, 1)}


def told(events: Sequence[Event]) -> dict[str, Any]:
    """What is kept of a scene: its takes as the judge reads them, the scores, the course of the game.

    `guard` of a score says that a guard refused the take, for what it is or because it cannot be judged; of
    what cannot be judged there are no D, C and J.
    """
    bodies = [event.body for event in events]
    written = [body.take for body in bodies if isinstance(body, TakeWritten)]
    lines = [body for body in bodies if isinstance(body, LineSpoken)]
    # The take that led at first and the one that leads are scored again each round, by the same D.
    scores = {body.take: body for body in bodies if isinstance(body, Scored)}
    return {
        "takes": {
            take: normal_form(page.of_lines(line for line in lines if line.take == take)).text
            for take in written
        },
        "scores": {
            take: {"d": score.d, "c": score.c, "j": score.j, "guard": not score.d and not score.d_low}
            for take, score in scores.items()
        },
        "best": [body.best for body in bodies if isinstance(body, GameValued)],
        "games": [
            {"d_human": body.d_human, "d_take": body.d_take, "value": body.value}
            for body in bodies
            if isinstance(body, GameValued)
        ],
        "notes": [body.problem for body in bodies if isinstance(body, NoteGiven)],
        "locked": next(body.take for body in bodies if isinstance(body, SceneLocked)),
        "lines": sum(isinstance(event.body, LineSpoken) and bool(event.agent) for event in events),
    }


async def write(arguments: argparse.Namespace) -> None:
    """Write what is missing, until the time is over."""
    loglines = [line for line in arguments.loglines.read_text("utf-8").splitlines() if line.strip()]
    loglines = loglines[: arguments.first or len(loglines)]
    kept: Path = arguments.work / "scenes.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    known = {(row["place"], row["arm"]) for row in rows(kept)}
    until = time.monotonic() + 60 * arguments.minutes
    wanted = [(place, arm) for place in range(len(loglines)) for arm in arguments.arms.split(",")]
    waiting = [one for one in wanted if one not in known]
    settings = EngineSettings(n_ctx=16384, sequences=16, cached_tokens=4096, threads=arguments.threads)
    model = resolve(NAME)
    assert isinstance(model, ModelFile)  # the built-in model is no server
    async with await Hurried.open(model.path, settings, name=NAME) as engine:

        async def work() -> None:
            while waiting and time.monotonic() < until:
                place, arm = waiting.pop(0)
                try:
                    left = max(1.0, until - time.monotonic())
                    path = arguments.work / "sessions" / f"{place}-{arm.replace(' ', '')}.room"
                    row = await asyncio.wait_for(
                        scene(engine, arguments.weights, path, place, loglines[place], arm), left
                    )
                except TimeoutError:
                    return
                with kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
                print(f"{place} {arm}: {row['seconds']} s, {len(waiting)} to go", flush=True)

        await asyncio.gather(*(work() for _ in range(arguments.side_by_side)))


def rows(path: Path) -> list[dict[str, Any]]:
    """What was written so far."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loglines", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--weights", type=Path, default=None)
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--arms", default="selection + notes,spare,all,notes")
    parser.add_argument("--first", type=int, default=0, help="only so many loglines")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--side-by-side", type=int, default=3, help="scenes written at once")
    parser.add_argument("--judge", action="store_true")
    parser.add_argument("--model", type=Path, help="the judge's GGUF file")
    parser.add_argument("--human", type=Path, help="a folder of plays, for the outside discriminator")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.judge:
        found = asyncio.run(
            table(rows(arguments.work / "scenes.jsonl"), arguments.work, arguments.model, arguments.human)
        )
        print(json.dumps(found, indent=1) if arguments.json else found["text"])
    else:
        asyncio.run(write(arguments))


if __name__ == "__main__":
    main()
