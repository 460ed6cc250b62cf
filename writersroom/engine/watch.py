"""Work that ends when its caller gives up, its stop is set, or the engine closes."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, Final, TypeVar

from writersroom.engine.errors import EngineClosed
from writersroom.engine.interface import Stop

T = TypeVar("T")

_LOOK_EVERY_S: Final = 0.02
"""A `threading.Event` cannot be awaited, so it is looked at; far less than a token takes to arrive."""


class Stopped(Exception):
    """The caller's stop was set; what there is so far is the result."""


class Watch:
    """Runs all work of one engine, so that closing leaves nothing hanging."""

    def __init__(self) -> None:
        self._closed = False
        self._running: set[asyncio.Future[Any]] = set()

    async def run(self, work: Coroutine[Any, Any, T], stop: Stop | None = None) -> T:
        """The result of `work`, which is cancelled, and waited for, when it is to end early.

        Raises:
            Stopped: `stop` was set.
            EngineClosed: `close` was called, before or meanwhile.
        """
        if self._closed:
            work.close()
            raise EngineClosed
        task = asyncio.ensure_future(work)
        self._running.add(task)
        try:
            while not task.done():
                if stop is not None and stop.is_set():
                    raise Stopped
                await asyncio.wait({task}, timeout=None if stop is None else _LOOK_EVERY_S)
            if task.cancelled() and self._closed:
                raise EngineClosed
            return task.result()
        finally:
            self._running.discard(task)
            await _end(task)

    async def close(self) -> None:
        """End everything that runs, and refuse what comes."""
        self._closed = True
        for task in tuple(self._running):
            await _end(task)


async def together(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results of all, in order; when one fails, the others are ended and its error is raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            await _end(task)


async def _end(task: asyncio.Future[Any]) -> None:
    """Cancel a task, wait for it, and take note of its error so that nobody warns of one never seen."""
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled():
        task.exception()
