"""One thousand replies, each under a random pydantic schema: how many parse.

Run: `uv run python benchmarks/schema_replies.py [COUNT]`.
"""

from __future__ import annotations

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


async def main(count: int) -> None:
    """Print the figures as JSON."""
    random, outcomes = Random(1), collections.Counter[str]()
    began = time.perf_counter()
    async with await open_engine(settings=EngineSettings(n_ctx=4096, sequences=16)) as engine:
        for start in range(0, count, 16):
            requests = [
                Request(
                    prompt="Answer as the keeper of a lighthouse would: ",
                    reply_schema=random_model(random),
                    sampling=PRESETS["creative"].model_copy(update={"seed": start + at}),
                    max_tokens=48,
                )
                for at in range(min(16, count - start))
            ]
            for reply in await asyncio.gather(*map(engine.generate, requests), return_exceptions=True):
                if isinstance(reply, (ReplyTruncated, ReplyInvalid, UnsatisfiableSchema)):
                    outcomes[type(reply).__name__] += 1
                elif isinstance(reply, BaseException):
                    raise reply
                else:
                    outcomes[
                        "parsed, closed at its limit" if reply.takes[0].finish == "length" else "parsed"
                    ] += 1
    print(json.dumps({"replies": count, **outcomes, "seconds": round(time.perf_counter() - began, 1)}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
