"""Turns that do not depend on each other are written at the same time and spoken one after the other.

What was written ahead is thrown away when something else has happened in between than the turns it was
written with: a person's word, an edit, a cue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from writersroom.room.order import Turn
from writersroom.room.spoken import Spoken


class Overtaken(Exception):
    """The turn that was waited for was thrown away: something has happened that it does not know of."""


class Ahead:
    """Turns being written, of one group of `order.next_turns`."""

    def __init__(self, speak: Callable[[Turn], Awaitable[Spoken]]) -> None:
        self._speak = speak
        self._tasks: dict[Turn, asyncio.Task[Spoken]] = {}
        self._dropped: set[asyncio.Task[Spoken]] = set()
        self._awaited: Turn | None = None

    @property
    def awaited(self) -> Turn | None:
        """The turn that is being waited for."""
        return self._awaited

    async def next(self, turns: Sequence[Turn]) -> Spoken:
        """What is said in the first of `turns`; the others are begun, if they were not.

        Raises:
            Overtaken: it was thrown away meanwhile.
        """
        await self._drop([turn for turn in self._tasks if turn not in turns])
        for turn in turns:
            if turn not in self._tasks:
                self._tasks[turn] = asyncio.ensure_future(self._written(turn))
        self._awaited = turns[0]
        task = self._tasks[turns[0]]
        try:
            # Unlike awaiting it, this tells whether the task was cancelled or whoever waits for it.
            await asyncio.wait((task,))
        finally:
            self._awaited = None
        if self._tasks.get(turns[0]) is task:
            del self._tasks[turns[0]]
        if task.cancelled():
            raise Overtaken
        return task.result()

    def overtake(self, agent: str = "") -> None:
        """Throw away what was written ahead, but for the turn that is being waited for.

        Args:
            agent: whose turn is thrown away even then, for it has to know of what happened.
        """
        awaited = self._awaited
        kept = awaited if awaited is not None and awaited.agent != agent else None
        self._cancel([turn for turn in self._tasks if turn != kept])

    async def forget(self) -> None:
        """Throw away all that was written or is being written."""
        await self._drop(list(self._tasks))

    async def _written(self, turn: Turn) -> Spoken:
        return await self._speak(turn)

    async def _drop(self, turns: Sequence[Turn]) -> None:
        self._cancel(turns)
        await asyncio.gather(*self._dropped, return_exceptions=True)
        self._dropped.clear()

    def _cancel(self, turns: Sequence[Turn]) -> None:
        tasks = [self._tasks.pop(turn) for turn in turns]
        for task in tasks:
            task.cancel()
        self._dropped.update(tasks)
