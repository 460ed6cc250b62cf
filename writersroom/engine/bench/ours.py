"""The standard room through `LlamaEngine`: the agents of a round at once."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from writersroom.engine.bench.room import (
    AGENTS,
    ROUNDS,
    SAMPLING,
    TOKENS,
    Answer,
    Shape,
    SideResult,
    bible,
    careful_prompt,
)
from writersroom.engine.interface import Completion, Request
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.llama.runtime import Weights
from writersroom.engine.llama.worker import Profile
from writersroom.engine.settings import EngineSettings


def no_ends(weights: Weights) -> dict[int, float]:
    """A logit bias that keeps a free reply from ending early."""
    return {token: -1e9 for token in range(weights.n_vocab) if weights.ends_reply(token)}


async def run_ours(path: Path, settings: EngineSettings, shape: Shape) -> tuple[SideResult, Profile]:
    """Measure our side, and where its time went."""
    weights = Weights(path, settings.model_copy(update={"n_gpu_layers": 0}))
    text = bible(lambda text: len(weights.tokenize(text, special=False, opening=False)))
    bias = no_ends(weights) if shape == "free" else {}
    weights.close()
    sampling = SAMPLING.model_copy(update={"logit_bias": bias})
    transcript: list[str] = []
    replies: list[Completion] = []
    async with await LlamaEngine.open(path, settings) as engine:

        def turn(agent: str) -> Request:
            return Request(
                prompt=careful_prompt(agent, text, transcript),
                reply_schema=Answer if shape == "schema" else None,
                sampling=sampling,
                max_tokens=TOKENS,
            )

        began = time.perf_counter()
        for _ in range(ROUNDS):
            said = await asyncio.gather(*(engine.generate(turn(agent)) for agent in AGENTS))
            transcript += [f"{name}: {_unclosed(reply)}" for name, reply in zip(AGENTS, said, strict=True)]
            replies += said
        seconds = time.perf_counter() - began
        profile = engine.profile
    result = SideResult(
        side="ours",
        shape=shape,
        seconds=seconds,
        tokens_out=sum(min(reply.takes[0].tokens, TOKENS) for reply in replies),
        prefilled=sum(reply.usage.prefilled for reply in replies),
        reused=sum(reply.usage.reused for reply in replies),
    )
    return result, profile


def _unclosed(reply: Completion) -> str:
    """A reply without what closed it after its last token: the other sides' transcripts have none of it."""
    take = reply.takes[0]
    return take.text.removesuffix('"}').rstrip("0") if take.parsed is not None else take.text
