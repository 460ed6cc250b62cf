"""A session played by a model, and what a person changes in it.

Every change is a coroutine that does what was asked, raises `Refused` with one sentence where that cannot be
done, or `ArchiveError` where the file cannot be read or written. Those that rewrite what was said break off
the turn that is being taken, but not before it is known that they can be done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from writersroom.archive import ArchiveError, Branch
from writersroom.events import Event, EventId
from writersroom.frozen import Frozen
from writersroom.tui.playing.player import Refused
from writersroom.tui.playing.taking import Taking, fewer, sentence_of

if TYPE_CHECKING:
    from writersroom.room.forms import Form
    from writersroom.tui.playing.floor import Floor


class Refusal(Frozen):
    """Why an answer cannot be taken."""

    field: str
    """The field that is wrong; empty where it is the form as a whole."""
    problem: str


class Live(Taking):
    """Plays a session with a model, and changes what a person wants changed."""

    _answered: Form | None = None
    """The form that was answered last."""

    async def cue(self, agent: str) -> None:
        """Hear an agent next."""
        await self._change(lambda floor: floor.session.cue(agent))

    async def whisper(self, agent: str, text: str) -> None:
        """Give one agent a note that nobody else hears."""
        await self._change(lambda floor: floor.session.whisper(agent, text))

    async def swap_seat(self, agent: str) -> None:
        """Take an agent's seat, or leave it to the model again."""

        def swap(floor: Floor) -> None:
            if self._head.seats.get(agent) == "person":
                floor.session.leave_seat(agent)
            else:
                floor.session.take_seat(agent)

        await self._change(swap)

    async def intend(self, weakness: str, intended: bool) -> None:
        """Say that a weakness of the plot is meant to be there, or no longer."""
        await self._change(lambda floor: floor.session.intend(weakness, intended))

    async def answer(self, form: Form, answers: Mapping[str, str]) -> Refusal | None:
        """Take the turn that waits for the person.

        Args:
            form: what was answered. Where that is no longer asked, or was answered already, nothing happens:
                whoever presses a key twice has answered once.
            answers: by field.

        Returns:
            Why it cannot be taken so; None where it was.

        Raises:
            Refused: there is no model now.
        """
        async with self._changing:
            if form is self._answered or form != self.form:
                return None
            floor = self._floor_at_hand()
            try:
                await floor.stepper.answer(answers)
            except floor.BadAnswer as error:
                return Refusal(field=error.field, problem=error.problem)
            except ArchiveError as error:  # The words stay in the form: nothing of them was kept.
                return Refusal(field="", problem=str(error))
            except Exception as error:  # noqa: BLE001  # the room: whatever it is, the session stays open
                await self._fail_with(error)
                return Refusal(field="", problem=sentence_of(error))
            self._answered, self.form = form, None
            self.trouble = None
            await self._look_at_form()
            if self.form is not None:
                self._more = fewer(self._more)
        self._go_on()
        return None

    async def edit(self, event: EventId, text: str) -> None:
        """Go on from an event with another text; the old line stays as a branch."""

        async def check(floor: Floor) -> None:
            problem = floor.wrong_edit(self.archive.event(event), text)
            if problem:
                raise Refused(problem)

        await self._rewrite(check, lambda floor: floor.session.edit(event, text))

    async def another_take(self, event: EventId) -> None:
        """Have the turn of an event spoken again; the old one stays as a branch."""
        await self._rewrite(
            lambda floor: floor.check_retake(event),
            lambda floor: floor.session.another_take(event),
            again=True,
        )

    async def go_back(self, turn: int) -> None:
        """Go on from after a turn, on a new branch."""

        async def check(_floor: Floor) -> None:
            self.archive.at_turn(turn)

        await self._rewrite(check, lambda floor: floor.session.go_back(turn))

    async def go_to(self, branch: Branch) -> None:
        """Go on along another branch."""

        async def check(_floor: Floor) -> None:
            if branch.id not in [known.id for known in self.archive.branches()]:
                raise Refused(f"This session has no branch {branch.id}.")

        async def switch(_floor: Floor) -> None:
            self.archive.switch(branch)
            await self._model.seat()

        await self._rewrite(check, switch)

    def editable(self, event: Event) -> str | None:
        """The text that an edit of an event begins with; None where it has none that can be edited.

        Raises:
            Refused: there is no model now, and nothing can be edited.
        """
        return self._floor_at_hand().editable(event)

    def wrong_edit(self, event: Event, text: str) -> str:
        """Why an event cannot be edited so now; nothing where it can."""
        return self._wrong(lambda floor: floor.wrong_edit(event, text))

    def wrong_note(self, text: str) -> str:
        """Why a note cannot be whispered now; nothing where it can."""
        return self._wrong(lambda floor: floor.wrong_note(text))

    def _wrong(self, wrong: Callable[[Floor], str]) -> str:
        try:
            return wrong(self._floor_at_hand())
        except Refused as why:
            return str(why)

    async def _change(self, change: Callable[[Floor], object]) -> None:
        """Do something that takes no time; what is being written may go on.

        Raises:
            Refused: that cannot be done, or there is no model now.
            ArchiveError: it cannot be kept.
        """
        async with self._changing:  # What is being rewritten is waited for.
            try:
                change(self._floor_at_hand())
            except ValueError as error:
                raise Refused(str(error)) from error
            self._forget_pieces()
        if self.state != "taking":
            await self._look_at_form()
        self._go_on()

    async def _rewrite(
        self,
        check: Callable[[Floor], Awaitable[None]],
        change: Callable[[Floor], Awaitable[None]],
        *,
        again: bool = False,
    ) -> None:
        """Do something that changes what was said; what is being written is broken off first.

        Args:
            check: raises where it cannot be done; nothing has been broken off then.
            change: does it.
            again: whether a turn is taken back by it, to be taken once more.

        Raises:
            Refused: it cannot be done, or there is no model now.
            ArchiveError: the file cannot be read or written; nothing was changed then.
        """
        taken_back = False
        try:
            async with self._changing:
                self._changed()
                done = await self._rewritten(check, change)
                taken_back = again and done and self.form is None
        finally:
            if taken_back:
                self._run(None if self._more is None else self._more + 1, again=True)
            else:
                self._go_on()

    async def _rewritten(
        self, check: Callable[[Floor], Awaitable[None]], change: Callable[[Floor], Awaitable[None]]
    ) -> bool:
        """Whether it was done. Where the model was lost by it, it was not, and the screen says so."""
        try:
            await check(self._floor_at_hand())
            await self._break_off()
            await change(self._floor_at_hand())
        except Refused:
            raise
        except ValueError as error:
            raise Refused(str(error)) from error
        except Exception as error:  # the model: whatever it is, the session stays open
            if isinstance(error, ArchiveError) and self._model.floor is not None:
                raise  # Nothing was changed.
            await self._fail_with(error)
            return False
        self._reread()
        self._look(self._head)
        await self._look_at_form()
        return True

    async def _break_off(self) -> None:
        """End the turn that is being taken, and keep nothing of it."""
        taking, floor = self._taking, self._floor_at_hand()
        if taking is not None and not taking.done():
            self._woken.set()
            floor.stepper.stop()
            await asyncio.wait((taking,))
