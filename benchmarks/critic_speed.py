"""What judging costs: reading against raw prefill, four takes of 250 words, a refit, stylometry.

`uv run python benchmarks/critic_speed.py [--repeat N] [--json]`

Raw prefill is windows of the same kind read by the engine as prompts of replies of one token, four requests
at once, as the critic's texts are. Text is made up here, and all that is timed reads new text, so that no
cache answers; tokens are counted of what was read.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence

from writersroom.critic.critic import Critic
from writersroom.critic.features.normal import normal_form
from writersroom.critic.features.style import style
from writersroom.critic.features.windows import windows
from writersroom.engine.interface import Engine, Request, Sampling
from writersroom.engine.opening import open_engine

NOUNS = [
    "door",
    "kettle",
    "dog",
    "ladder",
    "coat",
    "letter",
    "boat",
    "lamp",
    "road",
    "cellar",
    "window",
    "piano",
    "river",
    "uncle",
    "storm",
]
VERBS = [
    "took",
    "dropped",
    "saw",
    "wanted",
    "hid",
    "mended",
    "sold",
    "left",
    "found",
    "carried",
    "burned",
    "painted",
]
PEOPLE = ["Ann", "Tom", "Ruth", "Peter", "Nora", "Jack", "Ellen", "Martin"]


def made_up(words: int, chance: random.Random) -> str:
    """Prose of a length; no two sentences alike for long."""
    text: list[str] = []
    while len(" ".join(text).split()) < words:
        who, other = chance.sample(PEOPLE, 2)
        things = chance.sample(NOUNS, 3)
        text.append(
            f"{who} {chance.choice(VERBS)} the {things[0]} before {other} {chance.choice(VERBS)} "
            f"the {things[1]}, "
            f"and nobody {chance.choice(VERBS)} the {things[2]} again until "
            f"{chance.randrange(2, 90)} days had gone by."
        )
    return " ".join(" ".join(text).split()[:words])


def four_windows(chance: random.Random) -> list[str]:
    """Texts as the eye reads them; no two are alike."""
    return [windows(normal_form(made_up(160, chance)).text)[0] for _ in range(4)]


async def tokens_per_second(
    engine: Engine, texts: Sequence[str], read: Callable[[Sequence[str]], Awaitable[object]]
) -> float:
    """How fast texts are read, by the tokens of these texts."""
    count = sum([await engine.count_tokens(text) for text in texts])
    began = time.perf_counter()
    await read(texts)
    return count / (time.perf_counter() - began)


async def prefilled(engine: Engine, texts: Sequence[str]) -> None:
    """Texts read as prompts, all at once."""
    plain = Sampling(temperature=0)
    requests = [Request(prompt=text, max_tokens=1, sampling=plain) for text in texts]
    await asyncio.gather(*(engine.generate(request) for request in requests))


async def measured(repeat: int) -> dict[str, float]:
    chance = random.Random(1)
    found: dict[str, list[float]] = {
        name: [] for name in ("prefill", "eye", "score", "takes_s", "refit_ms", "features_ms")
    }
    async with await open_engine() as engine:
        critic = await Critic.open(None, engine)
        await critic.weigh([made_up(100, chance)])
        for _ in range(repeat):
            ways: dict[str, Callable[[Sequence[str]], Awaitable[object]]] = {
                "prefill": lambda texts: prefilled(engine, texts),
                "eye": lambda texts: engine.score("", texts, hidden=True),
                "score": critic.read,
            }
            for name, read in ways.items():
                found[name].append(await tokens_per_second(engine, four_windows(chance), read))
            takes = [made_up(250, chance) for _ in range(4)]
            began = time.perf_counter()
            await critic.weigh(takes)
            found["takes_s"].append(time.perf_counter() - began)
            began = time.perf_counter()
            style(windows(normal_form(takes[0]).text)[0])
            found["features_ms"].append(1000 * (time.perf_counter() - began))
        readings = [
            one for one in await critic.read([made_up(160, chance) for _ in range(8)]) if one is not None
        ]
        critic.learn_readings(readings, human=False)
        critic.refit()
        found["refit_ms"] = [critic.refit().milliseconds for _ in range(20)]
    middle = {name: statistics.median(values) for name, values in found.items()}
    return {
        "prefill_tokens_per_s": middle["prefill"],
        "engine_score_tokens_per_s": middle["eye"],
        "score_tokens_per_s": middle["score"],
        "score_share_of_engine_score": middle["score"] / middle["eye"],
        "score_share_of_prefill": middle["score"] / middle["prefill"],
        "four_takes_of_250_words_s": middle["takes_s"],
        "refit_ms": middle["refit_ms"],
        "features_ms_per_window": middle["features_ms"],
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    results = asyncio.run(measured(given.repeat))
    if given.json:
        print(json.dumps(results, indent=2))
        return
    for name, value in results.items():
        print(f"{name:32} {value:.2f}")


if __name__ == "__main__":
    main()
