"""Has the eye read what the critic's benchmarks measure, and keeps what it saw.

`uv run python benchmarks/critic_read.py [--data DIR] [--takes FILE.jsonl] [--cache DIR] [--minutes M]
[--share I N] [--threads N]`

Some ten thousand windows, so hours on two cores; it may be stopped at any time and goes on where it was. The
order is such that whatever has been read is a fair sample of all. Two processes of one thread each, with
shares 0 2 and 1 2, are quicker than one of two.
"""

from __future__ import annotations

import asyncio
import time

from benchmarks.critic_data import Seen, Texts, options
from writersroom.engine.opening import open_engine
from writersroom.engine.settings import EngineSettings, usable_threads

TOGETHER = 8
"""Windows of one file."""


async def read(seen: Seen, texts: list[str], *, minutes: float, threads: int) -> None:
    """Read what has not been read, as far as the time goes."""
    began = time.monotonic()
    todo = [text for text in texts if text not in seen]
    done = 0
    async with await open_engine(settings=EngineSettings(threads=threads)) as engine:
        while done < len(todo) and time.monotonic() - began < 60 * minutes:
            await seen.read(engine, todo[done : done + TOGETHER])
            done += TOGETHER
            print(f"{min(done, len(todo))} of {len(todo)}, {time.monotonic() - began:.0f} s", flush=True)


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument(
        "--share", type=int, nargs=2, default=(0, 1), help="I N: every N-th text from the I-th, of 0 to N-1"
    )
    parser.add_argument("--threads", type=int, default=usable_threads())
    given = parser.parse_args()
    share, of = given.share
    texts = Texts.of(given.cache, given.data, given.takes).in_turn()[share::of]
    asyncio.run(read(Seen(given.cache), texts, minutes=given.minutes, threads=given.threads))


if __name__ == "__main__":
    main()
