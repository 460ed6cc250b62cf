"""Whether criticism helps: scenes from unseen loglines, written by every arm of docs/critic-protocol.md.

`uv run python benchmarks/critic_loop.py --loglines FILE... --work DIR [--minutes N] [--judge]`

Loglines that come twice and those that no session can be about are left out, and how many is printed. Writing
is resumed where it stopped: sessions are kept in `DIR/sessions`, and each scene that is whole is one line of
`DIR/scenes.jsonl`, under the SHA-256 of its logline. One that fails is a line of `DIR/failed.jsonl` and is
tried again the next time. With `--judge` nothing is written; the judge (`benchmarks/critic_judge.py`, fitted
before) reads all there is and the table is printed, with `--json` as JSON. Takes for fitting the judge are
written with `--arms judge`.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import math
import random
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.critic_table import table
from tests.critic.scenes import before_the_first_line
from writersroom.archive import Archive
from writersroom.critic import page
from writersroom.critic.critic import Critic
from writersroom.critic.explain import MOST_REASONS, MOST_SENTENCES
from writersroom.critic.features.normal import normal_form, sentences_of
from writersroom.critic.features.vector import FAMILIES
from writersroom.critic.game import Game
from writersroom.critic.verdict import Verdict
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
from writersroom.events.cautioned import Cautioned
from writersroom.events.game_valued import GameValued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scored import Scored
from writersroom.events.take_written import TakeWritten
from writersroom.room.asking import seed_of
from writersroom.room.plan import Plan
from writersroom.room.session import BadLogline, Session, checked_logline
from writersroom.room.stepper import Stepper

LINES: Final = 16
K, T, REVISIONS = 4, 3, 4
SPARE: Final = 2
"""Takes beyond K that the same lines buy without criticism: 3 rounds of 4 revisions of 2 lines are 24."""
_LONE: Final = {"rounds": 1, "scenes": 1, "pitches": 1, "stances": 1, "lines": LINES, "revisions": REVISIONS}
ARMS: Final[Mapping[str, Plan]] = {
    "selection + notes": Plan(**_LONE, takes=K, notes=T, selection=True, steering=False),
    "spare": Plan(**_LONE, takes=SPARE, notes=0, selection=True, steering=False),
    "all": Plan(**_LONE, takes=K, notes=T, selection=True, steering=True),
    "notes": Plan(**_LONE, takes=1, notes=T, selection=False, steering=False),
    "random": Plan(**_LONE, takes=K, notes=T, selection=True, steering=False),
    "judge": Plan(**_LONE, takes=SPARE, notes=0, selection=True, steering=False),
}
DRAWN_D: Final = (-2.2, 1.3)
"""Mean and deviation of the log-odds that the random critic draws: as takes had before the pilot."""
SEED: Final = 17
"""Of the random critic."""
_THOUGHT: Final = re.compile(r" thinks: (?:I|If only I|Nobody knows that I|What if I)$")
_DRAWN: Final = re.compile(
    r"What [^\n]+ feels now is ?$|\[[^\n]+ feels [\w ]+\.\]\n[^\n]+ ?$|(?:^|\n)So [^\n]+$"
)
"""The ends of the pages on which a feeling, an action and a tactic are chosen."""


class Hurried(LlamaEngine):
    """The writer of lines, but for what takes most of the time and is the same in all arms.

    Thoughts are on no page and are not written. What somebody feels, does and aims at is drawn evenly.
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
        """Weigh options, but for feelings, actions and tactics, which are all alike."""
        if not _DRAWN.search(last_of(prompt)):
            return await super().choose(prompt, options, content_free=content_free)
        even, nothing = (1 / len(options),) * len(options), (0.0,) * len(options)
        return Choice(
            options=tuple(options), probabilities=even, logprobs=nothing, prior=nothing, usage=Usage()
        )


class RandomCritic(Critic):
    """The critic with another D: it is drawn, and so is what it minds. C, J and the guards are the critic's.

    The same text is always read alike.
    """

    async def weigh(self, takes: Sequence[str]) -> tuple[Verdict, ...]:
        """Judge takes, in order."""
        judged = await super().weigh(takes)
        return tuple(self._drawn(take, verdict) for take, verdict in zip(takes, judged, strict=True))

    def _drawn(self, take: str, verdict: Verdict) -> Verdict:
        if not verdict.judged:
            return verdict
        chance = random.Random(seed_of(SEED, take))
        logit = chance.gauss(*DRAWN_D)
        # The loop goes by the low end of the interval: as wide as the trained one's, about what is drawn.
        spread = (
            max(verdict.logit - math.log(verdict.d_low / (1 - verdict.d_low)), 0.0) if verdict.d_low else 0.0
        )
        d = 0.0 if verdict.refused_by else 1 / (1 + math.exp(-logit))
        sentences = sentences_of(normal_form(take).text)
        minded = chance.sample(sentences, min(MOST_SENTENCES, len(sentences)))
        return verdict.model_copy(
            update={
                "d": d,
                "d_low": min(d, 1 / (1 + math.exp(spread - logit))),
                "d_high": max(d, 1 / (1 + math.exp(-spread - logit))),
                "logit": logit,
                "reward": min(logit, self.discriminator.cap),
                "style": logit,
                "reasons": tuple(one.machine for one in chance.sample(list(FAMILIES.values()), MOST_REASONS)),
                "sentences": tuple(
                    zip(minded, sorted((chance.random() for _ in minded), reverse=True), strict=True)
                ),
            }
        )


def last_of(prompt: Prompt) -> str:
    """The end of a prompt, where the reply begins."""
    return prompt if isinstance(prompt, str) else prompt[-1].text


async def scene(
    engine: Engine, weights: Path | None, path: Path, place: int, logline: str, arm: str
) -> dict[str, Any]:
    """One scene of one arm, from its first line, or from where its session stopped, to its lock."""
    began = time.perf_counter()
    critic = await (RandomCritic if arm == "random" else Critic).open(weights, engine)
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
    return {
        "place": place,
        "logline": sha256_of(logline),
        "arm": arm,
        **told(events),
        "seconds": round(time.perf_counter() - began, 1),
    }


def sha256_of(logline: str) -> str:
    """What a scene is known by: its place in a list means nothing once the list is another."""
    return hashlib.sha256(logline.encode()).hexdigest()


def told(events: Sequence[Event]) -> dict[str, Any]:
    """What is kept of a scene: its takes, the scores, the course of the game and why it ended.

    `takes` are as the critic reads them; `spoken`, which the judge reads, are the same without what is done
    beside the lines: in the plays that they are held against that is left out, too. `guard` of a score says
    that a guard refused the take, for what it is or because it cannot be judged; of what cannot be judged
    there are no D, C and J.
    """
    bodies = [event.body for event in events]
    written = [body.take for body in bodies if isinstance(body, TakeWritten)]
    lines = [body for body in bodies if isinstance(body, LineSpoken)]
    # The take that led at first and the one that leads are scored again each round, by the same D.
    scores = {body.take: body for body in bodies if isinstance(body, Scored)}
    return {
        "takes": {take: read_out(line for line in lines if line.take == take) for take in written},
        "spoken": {
            take: read_out(line.model_copy(update={"action": ""}) for line in lines if line.take == take)
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
        "courses": [body.verdict for body in bodies if isinstance(body, GameValued)],
        "cautions": [
            {"about": body.about, "take": body.take, "message": body.message}
            for body in bodies
            if isinstance(body, Cautioned)
        ],
        "notes": [body.problem for body in bodies if isinstance(body, NoteGiven)],
        "locked": next(body.take for body in bodies if isinstance(body, SceneLocked)),
        "lines": sum(isinstance(event.body, LineSpoken) and bool(event.agent) for event in events),
    }


def read_out(lines: Iterable[LineSpoken]) -> str:
    """Lines in the form in which all texts are compared."""
    return normal_form(page.of_lines(lines)).text


def sound(lines: Iterable[str]) -> tuple[list[str], int, int]:
    """The loglines that scenes can be about, each once; how many came again, and how many are none."""
    found: dict[str, None] = {}
    again = refused = 0
    for line in lines:
        try:
            logline = checked_logline(line)
        except BadLogline:
            refused += 1
            continue
        again += logline in found
        found[logline] = None
    return list(found), again, refused


async def write(arguments: argparse.Namespace) -> None:
    """Write what is missing, until the time is over."""
    read = [line for file in arguments.loglines for line in file.read_text("utf-8").splitlines()]
    loglines, again, refused = sound(line for line in read if line.strip())
    print(f"{len(loglines)} loglines; left out: {again} that came again, {refused} that are none", flush=True)
    loglines = loglines[: arguments.first or len(loglines)]
    kept, failed = (arguments.work / name for name in ("scenes.jsonl", "failed.jsonl"))
    kept.parent.mkdir(parents=True, exist_ok=True)
    known = {(row["logline"], row["arm"]) for row in rows(kept)}
    until = time.monotonic() + 60 * arguments.minutes
    share, of = arguments.share
    wanted = [(place, arm) for place in range(share, len(loglines), of) for arm in arguments.arms.split(",")]
    waiting = [(place, arm) for place, arm in wanted if (sha256_of(loglines[place]), arm) not in known]
    # llama.cpp reads past every cell in use at each token: what is kept for reuse makes all the rest slower.
    settings = EngineSettings(n_ctx=16384, cached_tokens=512, threads=arguments.threads)
    model = resolve(NAME)
    assert isinstance(model, ModelFile)  # the built-in model is no server
    async with await Hurried.open(model.path, settings, name=NAME) as engine:

        async def work() -> None:
            while waiting and time.monotonic() < until:
                place, arm = waiting.pop(0)
                logline = loglines[place]
                name = f"{sha256_of(logline)[:12]}-{arm.replace(' ', '')}.room"
                limit = asyncio.timeout(max(1.0, until - time.monotonic()))
                try:
                    async with limit:
                        path = arguments.work / "sessions" / name
                        row = await scene(engine, arguments.weights, path, place, logline, arm)
                except Exception as error:  # noqa: BLE001  # whatever ails one scene, the others are written
                    if limit.expired():
                        return
                    row = {"place": place, "logline": sha256_of(logline), "arm": arm, "error": repr(error)}
                    append(failed, row)
                    print(f"{place} {arm} failed: {error!r}, {len(waiting)} to go", flush=True)
                    continue
                append(kept, row)
                print(f"{place} {arm}: {row['seconds']} s, {len(waiting)} to go", flush=True)

        await asyncio.gather(*(work() for _ in range(arguments.side_by_side)))


def append(path: Path, row: Mapping[str, Any]) -> None:
    """Keep one more row; in one write, for another process may write another share of them."""
    with path.open("ab", buffering=0) as file:
        file.write((json.dumps(row, ensure_ascii=False) + "\n").encode())


def rows(path: Path) -> list[dict[str, Any]]:
    """What was written so far."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loglines", type=Path, nargs="+", default=[], help="files, a logline a line")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--weights", type=Path, default=None)
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--arms", default="selection + notes,spare,all,notes,random")
    parser.add_argument("--first", type=int, default=0, help="only so many loglines")
    parser.add_argument(
        "--share",
        type=int,
        nargs=2,
        default=(0, 1),
        help="I N: every N-th logline from the I-th, of 0 to N-1",
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--side-by-side", type=int, default=2, help="scenes written at once")
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
        if not arguments.loglines:
            parser.error("--loglines is needed to write")
        asyncio.run(write(arguments))


if __name__ == "__main__":
    main()
