"""The standard room through `LlamaEngine`: the agents of a round at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from writersroom.engine.bench.room import (
    AGENTS,
    SAMPLING,
    Answer,
    Shape,
    SideResult,
    StandardRoom,
    careful_prompt,
)
from writersroom.engine.interface import Completion, Request
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.llama.runtime import Weights
from writersroom.engine.settings import EngineSettings


def no_ends(weights: Weights) -> dict[int, float]:
    """A logit bias that keeps a free reply from ending early."""
    return {token: -1e9 for token in range(weights.n_vocab) if weights.ends_reply(token)}


class Ours:
    """Our side: an engine and the transcript of its room."""

    def __init__(
        self, engine: LlamaEngine, room: StandardRoom, shape: Shape, bible: str, bias: dict[int, float]
    ) -> None:
        self.engine = engine
        self._room, self._shape, self._bible = room, shape, bible
        self._sampling = SAMPLING.model_copy(update={"logit_bias": bias})
        self._transcript: list[str] = []
        self.result = SideResult(side="ours", shape=shape)

    async def play_round(self) -> None:
        """All agents at once, each of whom has heard the rounds before."""
        began = time.perf_counter()
        said = await asyncio.gather(*(self.engine.generate(self._turn(agent)) for agent in AGENTS))
        seconds = time.perf_counter() - began
        self._transcript += [f"{name}: {_unclosed(reply)}" for name, reply in zip(AGENTS, said, strict=True)]
        self.result = self.result.plus(
            seconds=seconds,
            tokens_out=sum(min(reply.takes[0].tokens, self._room.tokens) for reply in said),
            prefilled=sum(reply.usage.prefilled for reply in said),
            reused=sum(reply.usage.reused for reply in said),
        )

    def _turn(self, agent: str) -> Request:
        return Request(
            prompt=careful_prompt(agent, self._bible, self._transcript),
            reply_schema=Answer if self._shape == "schema" else None,
            sampling=self._sampling,
            max_tokens=self._room.tokens,
        )


@asynccontextmanager
async def our_side(
    path: Path, settings: EngineSettings, room: StandardRoom, shape: Shape
) -> AsyncGenerator[Ours]:
    """Our side, its model loaded."""
    weights = Weights(path, settings.model_copy(update={"n_gpu_layers": 0}))
    text = room.bible(lambda text: len(weights.tokenize(text, special=False, opening=False)))
    bias = no_ends(weights) if shape == "free" else {}
    weights.close()
    async with await LlamaEngine.open(path, settings) as engine:
        yield Ours(engine, room, shape, text, bias)


def _unclosed(reply: Completion) -> str:
    """A reply without what closed it after its last token: the other sides' transcripts have none of it."""
    take = reply.takes[0]
    return take.text.removesuffix('"}').rstrip("}") if take.parsed is not None else take.text
