"""Turns that do not depend on each other are written at the same time and spoken one after the other.

What was written ahead is thrown away when something else has happened in between than the turns it was
written with: a person's word, an edit, a cue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from writersroom.room.order import Turn
from writersroom.room.spoken import Spoken


class Ahead:
    """Turns being written, of one group of `order.next_turns`."""

    def __init__(self, speak: Callable[[Turn], Awaitable[Spoken]]) -> None:
        self._speak = speak
        self._tasks: dict[Turn, asyncio.Task[Spoken]] = {}

    async def next(self, turns: Sequence[Turn]) -> Spoken:
        """What is said in the first of `turns`; the others are begun, if they were not."""
        await self._drop([turn for turn in self._tasks if turn not in turns])
        for turn in turns:
            if turn not in self._tasks:
                self._tasks[turn] = asyncio.ensure_future(self._written(turn))
        try:
            return await self._tasks[turns[0]]
        finally:
            self._tasks.pop(turns[0], None)

    async def forget(self) -> None:
        """Throw away what was written ahead, and stop what is being written."""
        await self._drop(list(self._tasks))

    async def _written(self, turn: Turn) -> Spoken:
        return await self._speak(turn)

    async def _drop(self, turns: Sequence[Turn]) -> None:
        tasks = [self._tasks.pop(turn) for turn in turns]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
