"""Play, pause, step and stop: the one place that decides whether another turn is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from writersroom.room.forms import BadAnswer
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
        self._line = session.line
        self._playing = False
        self._stopped = False
        self._speaking: asyncio.Task[Turn | None] | None = None

    @property
    def playing(self) -> bool:
        """Whether turns are being taken."""
        return self._playing

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
        try:
            while self._playing and waiting is None and self.session.coming() is not None:
                if last is not None and self.session.standing.turn >= last and not self._between_turns():
                    break
                waiting = await self._take()
        finally:
            self._playing = False
        return waiting

    async def step(self, agent: str = "") -> Turn | None:
        """Take exactly one turn, an agent's if it may speak now."""
        if agent:
            self.session.cue(agent)
        return await self.play(turns=1)

    async def again(self) -> Turn | None:
        """Take what comes next and nothing else, also where it is no turn of its own (see `play`).

        Returns:
            As `step`.
        """
        return await self._take()

    async def answer(self, answers: Mapping[str, str]) -> Turn | None:
        """Take the turn that waits for a person, with the answers to `Session.form`.

        Returns:
            As `step`.

        Raises:
            BadAnswer: one of them cannot be taken, or nobody is waited for.
            ArchiveError: the turn cannot be kept; the same turn waits then.
        """
        form = self.session.form()
        if form is None:
            raise BadAnswer("", "No person's turn is waited for.")
        spoken = self.session.filled(form, answers)
        loop = self._at_the_line()
        try:
            await loop.step()  # To the place where it waits, if it does not stand there yet.
            return await loop.answer(spoken.model_dump())
        except Exception:
            # The graph has taken the answer, and would give it to whatever is asked next.
            self._loop = TurnLoop(self.session)
            raise

    def pause(self) -> None:
        """Take no further turn after the one that is being taken."""
        self._playing = False

    def stop(self, *, keep: bool = False) -> None:
        """Break off the turn that is being taken.

        Args:
            keep: let the words that have come make the turn's text. Where none have, nothing is kept.
        """
        self._playing = False
        if keep and self.session.break_off():
            return
        if self._speaking is not None:
            self._stopped = True
            self._speaking.cancel()

    def _between_turns(self) -> bool:
        """Whether what comes next is no turn of anybody's: it belongs to the turn before."""
        coming = self.session.coming()
        return coming is not None and coming.kind in ("assess", "open_scene", "weigh", "lock", "wrap")

    def _at_the_line(self) -> TurnLoop:
        """The loop, begun anew where the session has gone on along another branch."""
        if self._line != self.session.line:
            self._loop, self._line = TurnLoop(self.session), self.session.line
        return self._loop

    async def _take(self) -> Turn | None:
        self._stopped = False
        self._speaking = asyncio.ensure_future(self._at_the_line().step())
        try:
            return await self._speaking
        except asyncio.CancelledError:
            await self.session.close()
            if not self._stopped:  # It was not `stop` that broke it off.
                raise
            return None
        finally:
            self._speaking = None
