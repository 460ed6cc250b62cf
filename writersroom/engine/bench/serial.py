"""The standard room through one `llama_cpp.Llama`, one call at a time: the sides *stock* and *careful*.

It runs in a process of its own and uses nothing of this project's engine, so that it is what other programs
are, libgomp's own waiting policy included.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import llama_cpp
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from writersroom.engine.bench.room import (
    AGENTS,
    ROUNDS,
    SAMPLING,
    TOKENS,
    Answer,
    Serial,
    Shape,
    SideResult,
    bible,
    careful_prompt,
    stock_prompt,
)
from writersroom.engine.interface import Part
from writersroom.engine.settings import EngineSettings


def run_serial(path: Path, settings: EngineSettings, side: Serial, shape: Shape) -> SideResult:
    """Measure one side in a child process."""
    environment = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    command = [sys.executable, "-m", __name__, str(path), settings.model_dump_json(), side, shape]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return SideResult.model_validate_json(done.stdout)


class _Room:
    """One `Llama` and the transcript of its room."""

    def __init__(self, path: Path, settings: EngineSettings, shape: Shape) -> None:
        # `Any`: the methods used here are only partly typed.
        self._model: Any = llama_cpp.Llama(
            str(path),
            n_ctx=4096,
            n_batch=settings.n_batch,
            n_threads=settings.threads,
            n_threads_batch=settings.threads,
            n_gpu_layers=settings.n_gpu_layers,
            flash_attn=settings.n_gpu_layers != 0 and llama_cpp.llama_supports_gpu_offload(),
            verbose=False,
            seed=SAMPLING.seed,
        )
        self._layout = Jinja2ChatFormatter(
            template=self._model.metadata["tokenizer.chat_template"],
            eos_token=self._piece(self._model.token_eos()),
            bos_token=self._piece(self._model.token_bos()),
        )
        self._grammar: Any = None
        if shape == "schema":
            schema = json.dumps(Answer.model_json_schema())
            self._grammar = llama_cpp.LlamaGrammar.from_json_schema(schema, verbose=False)
        self.bible = bible(lambda text: len(self._model.tokenize(text.encode(), add_bos=False)))
        self.prefilled = self.reused = self.written = 0

    def say(self, parts: Sequence[Part]) -> str:
        """One turn."""
        messages: Any = [{"role": part.role, "content": part.text} for part in parts]
        prompt = self._layout(messages=messages).prompt.encode()
        tokens: list[int] = self._model.tokenize(prompt, add_bos=False, special=True)
        have: list[int] = self._model.input_ids[: self._model.n_tokens].tolist()
        differ = (at for at, (a, b) in enumerate(zip(have, tokens, strict=False)) if a != b)
        kept = next(differ, min(len(have), len(tokens)))
        self.reused += kept
        self.prefilled += len(tokens) - kept
        reply = list(self._write(tokens))
        self.written += len(reply)
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
        for _, token in zip(range(TOKENS), stream, strict=False):
            yield token

    def _piece(self, token: int) -> str:
        return self._model.detokenize([token], special=True).decode() if token >= 0 else ""


def measure(path: Path, settings: EngineSettings, side: Serial, shape: Shape) -> SideResult:
    """Measure one side in this process."""
    layout = stock_prompt if side == "stock" else careful_prompt
    room = _Room(path, settings, shape)
    transcript: list[str] = []
    began = time.perf_counter()
    for _ in range(ROUNDS):
        transcript += [f"{name}: {room.say(layout(name, room.bible, transcript))}" for name in AGENTS]
    return SideResult(
        side=side,
        shape=shape,
        seconds=time.perf_counter() - began,
        tokens_out=room.written,
        prefilled=room.prefilled,
        reused=room.reused,
    )


if __name__ == "__main__":
    file, settings_json, which, how = sys.argv[1:]
    arguments: Any = (which, how)
    result = measure(Path(file), EngineSettings.model_validate_json(settings_json), *arguments)
    sys.stdout.write(result.model_dump_json())
