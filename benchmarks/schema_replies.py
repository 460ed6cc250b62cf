"""One thousand replies, each under a random pydantic schema: how many parse.

Run: `uv run python benchmarks/schema_replies.py [COUNT] [--json]`. Leaves with 1 unless all of them do.

A reply may have 160 tokens, so that most are ended by their schema: how replies are closed at their limit is
what the tests try, with fewer.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import json
import sys
import time
from random import Random

from tests.engine.random_schemas import random_model
from writersroom.engine.errors import ReplyInvalid, ReplyTruncated, UnsatisfiableSchema
from writersroom.engine.interface import PRESETS, Request
from writersroom.engine.opening import open_engine
from writersroom.engine.settings import EngineSettings

MAX_TOKENS = 160


async def measured(count: int) -> dict[str, float]:
    """How many replies there were, how many ended in which way, and the seconds they took."""
    random, outcomes = Random(1), collections.Counter[str]()
    began = time.perf_counter()
    async with await open_engine(settings=EngineSettings(n_ctx=4096, sequences=16)) as engine:
        for start in range(0, count, 16):
            requests = [
                Request(
                    prompt="Answer as the keeper of a lighthouse would: ",
                    reply_schema=random_model(random),
                    sampling=PRESETS["creative"].model_copy(update={"seed": start + at}),
                    max_tokens=MAX_TOKENS,
                )
                for at in range(min(16, count - start))
            ]
            for reply in await asyncio.gather(*map(engine.generate, requests), return_exceptions=True):
                if isinstance(reply, (ReplyTruncated, ReplyInvalid, UnsatisfiableSchema)):
                    outcomes[type(reply).__name__] += 1
                elif isinstance(reply, BaseException):
                    raise reply
                else:
                    outcomes["parsed"] += 1
                    outcomes["closed at its limit"] += reply.takes[0].finish == "length"
    return {"replies": count, **outcomes, "seconds": round(time.perf_counter() - began, 1)}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("count", nargs="?", type=int, default=1000)
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    given = parser.parse_args(arguments)
    figures = asyncio.run(measured(given.count))
    print(json.dumps(figures) if given.json else ", ".join(f"{name} {n}" for name, n in figures.items()))
    return 0 if figures.get("parsed") == given.count else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
