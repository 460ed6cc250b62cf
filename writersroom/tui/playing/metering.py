"""What the status line says of the model: how fast it writes, and how much of its context is in use."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from writersroom.critic.game import Tokenizing
from writersroom.engine.interface import (
    Choice,
    Completion,
    Engine,
    EngineInfo,
    Floats,
    OnToken,
    Prompt,
    Request,
    Stop,
    TextScore,
    TokenEvent,
    Usage,
)

WINDOW: Final = 3.0
"""Seconds over which the speed is taken."""


class Metered:
    """An engine that counts what goes through it, and is the engine behind it in all else.

    Attributes:
        used: tokens of the context that the last request took, its prompt and all it wrote.
    """

    def __init__(self, engine: Engine, *, now: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._now = now
        self._beats: deque[float] = deque(maxlen=4096)
        self.used = 0

    @property
    def info(self) -> EngineInfo:
        """What runs where."""
        return self._engine.info

    @property
    def tokens_per_second(self) -> float:
        """Pieces of text that came in the last moments, by the second; 0 where nothing is being written."""
        now = self._now()
        while self._beats and self._beats[0] < now - WINDOW:
            self._beats.popleft()
        if not self._beats:
            return 0.0
        return len(self._beats) / max(0.25, now - self._beats[0])

    async def generate(
        self, request: Request, *, on_token: OnToken | None = None, stop: Stop | None = None
    ) -> Completion:
        """As the engine does, counted."""

        def count(token: TokenEvent) -> None:
            self._beats.append(self._now())
            if on_token is not None:
                on_token(token)

        completion = await self._engine.generate(request, on_token=count, stop=stop)
        self._note(completion.usage)
        return completion

    async def choose(
        self, prompt: Prompt, options: Sequence[str], *, content_free: Prompt | None = None
    ) -> Choice:
        """As the engine does, counted."""
        choice = await self._engine.choose(prompt, options, content_free=content_free)
        self._note(choice.usage)
        return choice

    async def score(self, context: str, texts: Sequence[str], *, hidden: bool = False) -> list[TextScore]:
        """As the engine does."""
        return await self._engine.score(context, texts, hidden=hidden)

    async def embed(self, texts: Sequence[str]) -> Floats:
        """As the engine does."""
        return await self._engine.embed(texts)

    async def count_tokens(self, prompt: Prompt) -> int:
        """As the engine does."""
        return await self._engine.count_tokens(prompt)

    async def close(self) -> None:
        """As the engine does."""
        await self._engine.close()

    def _note(self, usage: Usage) -> None:
        self.used = usage.prefilled + usage.reused + usage.decoded + usage.forced or self.used


class MeteredTokens(Metered):
    """Counts an engine that says how its model writes a text: the critic can steer it."""

    def __init__(self, engine: Engine, tokens: Tokenizing) -> None:
        """Both are the same engine."""
        super().__init__(engine)
        self._tokens = tokens

    def token_ids(self, text: str) -> list[int]:
        """As the engine does."""
        return self._tokens.token_ids(text)


def metered(engine: Engine) -> Metered:
    """The meter of an engine, which can do what the engine can."""
    return MeteredTokens(engine, engine) if isinstance(engine, Tokenizing) else Metered(engine)
