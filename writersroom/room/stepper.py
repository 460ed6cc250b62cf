"""Play, pause, step and stop: the one place that decides whether another turn is taken."""

from __future__ import annotations

import asyncio

from writersroom.room.order import Turn
from writersroom.room.session import Session
from writersroom.room.wiring import TurnLoop


class Stepper:
    """Takes turns of a session, one after the other or one at a time.

    Every method is called on the session's event loop; `pause` and `stop` from wherever, while `play` waits.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._loop = TurnLoop(session)
        self._playing = False
        self._speaking: asyncio.Task[Turn | None] | None = None

    async def play(self, turns: int | None = None) -> Turn | None:
        """Take turns until the session ends, `pause` is called or a person's turn comes.

        Args:
            turns: the most turns to take.

        Returns:
            The turn of a person that is waited for; None otherwise.
        """
        self._playing, last = True, None
        if turns is not None:
            last = self.session.standing.turn + turns
        waiting: Turn | None = None
        while self._playing and waiting is None and self.session.coming() is not None:
            if last is not None and self.session.standing.turn >= last and not self._between_turns():
                break
            waiting = await self._take()
        self._playing = False
        return waiting

    async def step(self, agent: str = "") -> Turn | None:
        """Take exactly one turn, an agent's if it may speak now."""
        if agent:
            self.session.cue(agent)
        return await self.play(turns=1)

    def pause(self) -> None:
        """Take no further turn after the one that is being taken."""
        self._playing = False

    def stop(self) -> None:
        """Break off the turn that is being taken; nothing of it is kept."""
        self._playing = False
        if self._speaking is not None:
            self._speaking.cancel()

    def _between_turns(self) -> bool:
        """Whether what comes next is no turn of anybody's: it belongs to the turn before."""
        coming = self.session.coming()
        return coming is not None and coming.kind in ("open_scene", "lock", "wrap")

    async def _take(self) -> Turn | None:
        self._speaking = asyncio.ensure_future(self._loop.step())
        try:
            return await self._speaking
        except asyncio.CancelledError:
            await self.session.close()
            if self._playing:  # It was not `stop` that broke it off.
                raise
            return None
        finally:
            self._speaking = None
