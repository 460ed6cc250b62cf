"""An engine where there is none: for going through what is on record, where nothing is ever asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from writersroom.engine.errors import EngineClosed
from writersroom.engine.interface import (
    Choice,
    Completion,
    EngineInfo,
    Floats,
    OnToken,
    Prompt,
    Request,
    Stop,
    TextScore,
)


class Nobody:
    """Refuses whatever it is asked."""

    @property
    def info(self) -> EngineInfo:
        """That there is nothing."""
        return EngineInfo(model="", sha256=None, context=0, gpu_layers=0, threads=0, supports=frozenset())

    async def generate(
        self, request: Request, *, on_token: OnToken | None = None, stop: Stop | None = None
    ) -> Completion:
        """Refuse."""
        _refuse()

    async def choose(
        self, prompt: Prompt, options: Sequence[str], *, content_free: Prompt | None = None
    ) -> Choice:
        """Refuse."""
        _refuse()

    async def score(self, context: str, texts: Sequence[str], *, hidden: bool = False) -> list[TextScore]:
        """Refuse."""
        _refuse()

    async def embed(self, texts: Sequence[str]) -> Floats:
        """Refuse."""
        _refuse()

    async def count_tokens(self, prompt: Prompt) -> int:
        """Refuse."""
        _refuse()

    async def close(self) -> None:
        """There is nothing to give back."""


def _refuse() -> NoReturn:
    raise EngineClosed
