"""The standard room through one `llama_cpp.Llama`, one call at a time: the sides *stock* and *careful*.

It runs in a process of its own and uses nothing of this project's engine, so that it is what other programs
are, libgomp's own waiting policy included.
"""

from __future__ import annotations

import json
import os
import sys
import time
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import llama_cpp
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from writersroom.engine.bench.room import (
    AGENTS,
    SAMPLING,
    Answer,
    Serial,
    Shape,
    SideResult,
    StandardRoom,
    careful_prompt,
    stock_prompt,
)
from writersroom.engine.errors import ModelError
from writersroom.engine.interface import Part
from writersroom.engine.llama.parameters import CELL_TYPES
from writersroom.engine.settings import EngineSettings, file_and_scale
from writersroom.frozen import Frozen


class Asked(Frozen):
    """What a child process is to play."""

    path: Path
    settings: EngineSettings
    room: StandardRoom
    side: Serial
    shape: Shape


class SerialSide:
    """A side that plays in a child process: a line to it asks for a round, one from it tells the result."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.result: SideResult

    async def play_round(self) -> None:
        """All agents, one after the other.

        Raises:
            ModelError: the child process has ended.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        line = await self._process.stdout.readline()
        if not line:
            raise ModelError(f"The side it was to be measured against ended, {await self._process.wait()}.")
        self.result = SideResult.model_validate_json(line)


@asynccontextmanager
async def serial_side(asked: Asked) -> AsyncGenerator[SerialSide]:
    """A side in a child process, its model loaded."""
    environment = os.environ | {"GOMP_SPINCOUNT": "300000"}  # libgomp's own default, and not this package's
    command = [sys.executable, "-m", __name__, asked.model_dump_json()]
    process = await create_subprocess_exec(*command, env=environment, stdin=PIPE, stdout=PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        await process.stdout.readline()  # It has loaded its model, or has ended, which the first round tells.
        yield SerialSide(process)
    finally:
        process.stdin.close()
        await process.wait()


def not_taken(settings: EngineSettings) -> str | None:
    """Why `llama_cpp.Llama` cannot be run as `settings` say, as one sentence; None where it can.

    It takes one adapter, and leaves it to llama.cpp whether weights are repacked.
    """
    if len(settings.lora) > 1:
        return "--lora may be given once: llama_cpp.Llama, which bench compares with, takes one adapter."
    if not settings.use_extra_bufts:
        return "--use-extra-bufts cannot be false: bench compares with llama_cpp.Llama, which lacks it."
    return None


def open_llama(path: Path, settings: EngineSettings) -> Any:
    """The `Llama` of a side, run as ours is. `Any`: the methods used here are only partly typed."""
    adapter, scale = file_and_scale(settings.lora[0]) if settings.lora else (None, 1.0)
    return llama_cpp.Llama(
        str(path),
        n_ctx=4096,
        n_batch=settings.n_batch,
        n_ubatch=settings.n_batch,
        n_threads=settings.threads,
        n_threads_batch=settings.threads,
        n_gpu_layers=settings.n_gpu_layers,
        flash_attn=settings.flash_attention != "off",
        type_k=CELL_TYPES[settings.kv_key_type],
        type_v=CELL_TYPES[settings.kv_value_type],
        lora_path=adapter,
        lora_scale=scale,
        verbose=False,
        seed=SAMPLING.seed,
    )


class _Room:
    """One `Llama` and the transcript of its room."""

    def __init__(self, asked: Asked) -> None:
        self._model = open_llama(asked.path, asked.settings)
        self._layout = Jinja2ChatFormatter(
            template=self._model.metadata["tokenizer.chat_template"],
            eos_token=self._piece(self._model.token_eos()),
            bos_token=self._piece(self._model.token_bos()),
        )
        self._grammar: Any = None
        if asked.shape == "schema":
            schema = json.dumps(Answer.model_json_schema())
            self._grammar = llama_cpp.LlamaGrammar.from_json_schema(schema, verbose=False)
        self._tokens = asked.room.tokens
        self._layout_of = stock_prompt if asked.side == "stock" else careful_prompt
        self._bible = asked.room.bible(lambda text: len(self._model.tokenize(text.encode(), add_bos=False)))
        self._transcript: list[str] = []
        self.result = SideResult(side=asked.side, shape=asked.shape)

    def play_round(self) -> None:
        """All agents, each of whom has heard the rounds before, as on our side."""
        lines = [
            f"{name}: {self._say(self._layout_of(name, self._bible, self._transcript))}" for name in AGENTS
        ]
        self._transcript += lines

    def _say(self, parts: Sequence[Part]) -> str:
        began = time.perf_counter()
        messages: Any = [{"role": part.role, "content": part.text} for part in parts]
        prompt = self._layout(messages=messages).prompt.encode()
        tokens: list[int] = self._model.tokenize(prompt, add_bos=False, special=True)
        have: list[int] = self._model.input_ids[: self._model.n_tokens].tolist()
        differ = (at for at, (a, b) in enumerate(zip(have, tokens, strict=False)) if a != b)
        kept = next(differ, min(len(have), len(tokens)))
        reply = list(self._write(tokens))
        self.result = self.result.plus(
            seconds=time.perf_counter() - began,
            tokens_out=len(reply),
            prefilled=len(tokens) - kept,
            reused=kept,
        )
        return self._model.detokenize(reply).decode("utf-8", "replace")

    def _write(self, tokens: list[int]) -> Iterator[int]:
        # `generate` is what `create_completion` and `create_chat_completion` are built on; it goes on past
        # an end-of-text token, so that every side writes the same number of tokens.
        stream = self._model.generate(
            tokens,
            temp=SAMPLING.temperature,
            top_k=SAMPLING.top_k,
            top_p=SAMPLING.top_p,
            min_p=SAMPLING.min_p,
            repeat_penalty=1.0,
            grammar=self._grammar,
        )
        for _, token in zip(range(self._tokens), stream, strict=False):
            yield token

    def _piece(self, token: int) -> str:
        return self._model.detokenize([token], special=True).decode() if token >= 0 else ""


def main(asked: Asked) -> None:
    """Play a round for every line on stdin, and tell after each what was measured so far."""
    room = _Room(asked)
    print(flush=True)
    for _ in sys.stdin:
        room.play_round()
        print(room.result.model_dump_json(), flush=True)


if __name__ == "__main__":
    main(Asked.model_validate_json(sys.argv[1]))
