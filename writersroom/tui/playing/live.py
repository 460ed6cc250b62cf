"""A session played by a model, on the app's own event loop."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeAlias, cast

from writersroom.archive import Archive, ArchiveError, Branch
from writersroom.events import Event, EventId
from writersroom.frozen import Frozen
from writersroom.tui.playing.player import Player
from writersroom.view.resuming import screen_at
from writersroom.view.screen import Screen, fold

if TYPE_CHECKING:
    from writersroom.engine.interface import Engine
    from writersroom.room.forms import Form
    from writersroom.room.spoken import Piece
    from writersroom.tui.playing.floor import Floor

WORDS_A_SECOND: Final = 5.0
"""How fast a person reads: what is waited after each turn at speed 1."""

UNHURRIED: Final = 8.0
"""The speed from which on nothing is waited for."""

State: TypeAlias = Literal["loading", "ready", "failed"]


class Refusal(Frozen):
    """Why an answer cannot be taken."""

    field: str
    problem: str


class Gauges(Frozen):
    """What is to be read off the model at a glance."""

    model: str = ""
    tokens_per_second: float = 0.0
    used: int = 0
    context: int = 0
    gpu_layers: int = 0


class Live(Player):
    """Plays a session with a model: opens it, steps it, and changes what a person wants changed.

    Attributes:
        state: whether there is a model yet, or no more.
        form: what the person whose turn it is can do; None where it is a model's turn.
    """

    live: ClassVar[bool] = True

    def __init__(
        self,
        archive: Archive,
        changed: Callable[[], None],
        *,
        opening: Callable[[], Awaitable[Engine]],
    ) -> None:
        """Look at the end of the session; `start` opens the model.

        Args:
            archive: open to write.
            changed: called when there is something new to look at.
            opening: opens the model, and opens it again when it was lost.
        """
        super().__init__(archive, changed)
        self.state: State = "loading"
        self.form: Form | None = None
        self.speed = UNHURRIED
        self._opening = opening
        self._engine: Engine | None = None
        self._floor: Floor | None = None
        self._eager = False
        self._left: int | None = None
        self._first = ""
        self._running: asyncio.Task[None] | None = None
        self._head: Screen = screen_at(archive)
        self.screen = self._head

    @property
    def saying(self) -> str:
        """What it does at the moment."""
        if self.state == "loading":
            return "loading the model"
        if self.state == "failed":
            return "no model"
        if self.form is not None:
            return "your turn"
        if self.playing:
            return "playing"
        if self.busy:
            return "writing"
        return "ended" if self._floor is not None and self._floor.ended else "paused"

    @property
    def busy(self) -> bool:
        """Whether a turn is being taken."""
        return self._running is not None and not self._running.done()

    @property
    def names(self) -> tuple[str, ...]:
        """All agents, in the order of the session's cards."""
        return self._floor.session.names if self._floor is not None else ()

    @property
    def gauges(self) -> Gauges:
        """What the model does."""
        if self._floor is None:
            return Gauges()
        info, meter = self._floor.meter.info, self._floor.meter
        return Gauges(
            model=info.model,
            tokens_per_second=meter.tokens_per_second,
            used=meter.used,
            context=info.context,
            gpu_layers=info.gpu_layers,
        )

    def start(self, *, playing: bool = False, turns: int | None = None, agent: str = "") -> None:
        """Open the model; then play, if that is wanted.

        Args:
            playing: whether to play.
            turns: the most turns to take; None is all.
            agent: who is to speak first, if it may.
        """
        self._eager = self._eager or playing
        self._left = turns if playing else None
        self._first = agent
        self.state = "loading"
        self._changed()
        self._do(self._start())

    def play(self) -> None:
        """Take turns until the session ends, somebody pauses, or a person's turn comes."""
        if self._floor is None:
            self._eager = True
            if self.state == "failed":
                self.start()
            return
        if not self.busy:
            self._look(self._head)
            self._run(None)

    def toggle(self) -> None:
        """Play or pause; where it is to play once it can, it no longer is."""
        if self.playing or self._eager:
            self.pause()
        else:
            self.play()

    def pause(self) -> None:
        """Take no further turn after the one that is being taken."""
        self.playing = self._eager = False
        if self._floor is not None:
            self._floor.stepper.pause()
        self._changed()

    def forward(self) -> None:
        """One turn on: of those there are, else a new one."""
        if not self.following:
            super().forward()
        elif self._floor is not None and not self.busy:
            self._run(1)
        elif self.playing:
            self.pause()  # The turn that is being taken is the one turn.

    def seek(self, turn: int) -> None:
        """Look at the session as it was after a turn; the model goes on meanwhile."""
        if turn >= self.turns:
            self._wanted = None
            self._look(self._head)
        else:
            super().seek(turn)

    def stop(self) -> None:
        """Stop the model now, and keep what it has said so far."""
        self.playing = self._eager = False
        if self._floor is not None:
            self._floor.stepper.stop(keep=True)
        self._changed()

    def cue(self, agent: str) -> None:
        """Hear an agent next."""
        self._change(lambda floor: floor.session.cue(agent))

    def whisper(self, agent: str, text: str) -> None:
        """Give one agent a note that nobody else hears."""
        self._change(lambda floor: floor.session.whisper(agent, text))

    def swap_seat(self, agent: str) -> None:
        """Take an agent's seat, or leave it to the model again."""
        if self._head.seats.get(agent) == "person":
            self._change(lambda floor: floor.session.leave_seat(agent))
        else:
            self._change(lambda floor: floor.session.take_seat(agent))

    def intend(self, weakness: str, intended: bool) -> None:
        """Say that a weakness of the plot is meant to be there, or no longer."""
        self._change(lambda floor: floor.session.intend(weakness, intended))

    def edit(self, event: EventId, text: str) -> None:
        """Go on from an event with another text; the old line stays as a branch."""
        self._rewrite(lambda floor: floor.session.edit(event, text))

    def another_take(self, event: EventId) -> None:
        """Have the turn of an event spoken again; the old one stays as a branch."""
        self._rewrite(lambda floor: floor.session.another_take(event))

    def go_back(self, turn: int) -> None:
        """Go on from after a turn, on a new branch."""
        self._rewrite(lambda floor: floor.session.go_back(turn))

    def go_to(self, branch: Branch) -> None:
        """Go on along another branch."""

        async def switch(_floor: Floor) -> None:
            self.archive.switch(branch)
            await self._seat()

        self._rewrite(switch)

    async def answer(self, answers: Mapping[str, str]) -> Refusal | None:
        """Take the turn that waits for the person.

        Returns:
            Why it cannot be taken so; None where it was.
        """
        floor = self._floor
        if floor is None or self.form is None:
            return None
        try:
            await floor.stepper.answer(answers)
        except floor.BadAnswer as error:
            return Refusal(field=error.field, problem=error.problem)
        await self._look_at_form()
        if self._eager and self.saying != "your turn":
            self.play()
        return None

    def editable(self, event: Event) -> str | None:
        """The text that an edit of an event begins with; None where it has none that can be edited."""
        return None if self._floor is None else self._floor.editable(event)

    async def close(self) -> None:
        """Stop the model and let go of everything."""
        self.playing = self._eager = False  # Else the next turn would be begun where this one is broken off.
        if self._floor is not None:
            self._floor.stepper.stop()
            await self._floor.close()
        await super().close()
        if self._engine is not None:
            await self._engine.close()

    async def _start(self) -> None:
        try:
            if self._engine is not None:
                await self._engine.close()
                self._engine = None
            self._engine = await self._opening()
            await self._seat()
        except Exception as error:  # noqa: BLE001  # the model: whatever it is, the session stays open
            self.state = "failed"
            self._fail(_sentence(error), "The session is safe. Space tries to load the model again.")
            return
        self.state = "ready"
        self._changed()
        if self._first and self._floor is not None:
            self._floor.session.cue(self._first)
            self._first = ""
        if self._eager:
            left, self._left, self._eager = self._left, None, False
            self._look(self._head)
            self._run(left)

    async def _seat(self) -> None:
        """Have the room take its seats on the branch as it stands."""
        assert self._engine is not None
        module = await asyncio.to_thread(importlib.import_module, "writersroom.tui.playing.floor")
        if self._floor is not None:
            await self._floor.close()
        make = module.Floor
        floor: Floor = await asyncio.to_thread(
            lambda: make(
                self.archive, cast("Engine", self._engine), heard=self._heard, streaming=self._streamed
            )
        )
        await floor.seat_critic()
        self._floor = floor
        self._reread()
        await self._look_at_form()

    async def _look_at_form(self) -> None:
        """See whether a person's turn is next; what they can do may take a second to find."""
        floor = self._floor
        self.form = None if floor is None else await asyncio.to_thread(floor.session.form)
        self._changed()

    def _run(self, turns: int | None) -> None:
        """Take so many turns; None takes all there are."""
        self.playing = turns != 1
        self._running = self._do(self._take_turns(turns))
        self._changed()

    async def _take_turns(self, turns: int | None) -> None:
        floor = self._floor
        assert floor is not None
        try:
            while True:
                before = self._head
                waiting = await floor.stepper.step()
                if waiting is not None:
                    self._eager = self.playing
                    await self._look_at_form()
                turns = None if turns is None else turns - 1
                if not self.playing or waiting is not None or floor.ended or turns == 0:
                    return
                await asyncio.sleep(self._pause_after(before))
        except ArchiveError:
            raise
        except Exception as error:  # noqa: BLE001  # the model: whatever it is, the session stays open
            await self._lost(floor, error)
        finally:
            self.playing = False
            self.pieces = {}
            self._running = None
            self._changed()

    async def _lost(self, floor: Floor, error: Exception) -> None:
        """The model failed in the middle of a turn."""
        await floor.close()
        if isinstance(error, floor.EngineError):
            self.state, self._floor = "failed", None
            todo = "All that was said is kept. Space loads the model again and goes on."
        else:
            floor.failed(error)
            todo = "All that was said is kept. Space tries the turn again."
        self._fail(_sentence(error), todo)

    def _pause_after(self, before: Screen) -> float:
        """Seconds to read what was said since, at the speed that is set."""
        if self.speed >= UNHURRIED:
            return 0.0
        said = [item.event.body for item in self._head.debate if item.event.id > before.event]
        words = sum(len(str(getattr(body, "reason", getattr(body, "line", ""))).split()) for body in said)
        return words / WORDS_A_SECOND / self.speed

    def _change(self, change: Callable[[Floor], object]) -> None:
        """Do something that takes no time; what was being written may go on."""

        async def changed() -> None:
            if self._floor is not None:
                change(self._floor)
                if not self.busy:
                    await self._look_at_form()
                self._changed()

        self._do(changed())

    def _rewrite(self, change: Callable[[Floor], Coroutine[Any, Any, object]]) -> None:
        """Do something that changes what was said; what is being written is broken off first."""

        async def rewritten() -> None:
            floor, playing = self._floor, self.playing
            if floor is None:
                return
            if self._running is not None:
                self.playing = False
                floor.stepper.stop()
                await asyncio.gather(self._running, return_exceptions=True)
            try:
                await change(floor)
            except (ArchiveError, ValueError):
                raise
            except Exception as error:  # noqa: BLE001  # the model speaks in it, too
                await self._lost(floor, error)
                return
            self._reread()
            self._look(self._head)
            await self._look_at_form()
            if playing:
                self.play()

        self._do(rewritten())

    def _heard(self, event: Event) -> None:
        following = self.following
        if event.parent != self._head.event:
            self._reread()
        else:
            if event.turn > self._head.turn:
                self._looks.keep(self._head)
            self._head = fold(self._head, event)
            self.turns = self._head.turn
        take = getattr(event.body, "take", "")
        self.pieces = {
            key: piece
            for key, piece in self.pieces.items()
            if piece.agent != event.agent or (piece.take and piece.take != take)
        }
        if following:
            self.screen = self._head
        self._changed()

    def _reread(self) -> None:
        """The session goes on along another branch, or from elsewhere."""
        following = self.following
        self.lines += 1
        self._looks.forget()
        self._head = screen_at(self.archive)
        self.turns = self._head.turn
        if following or self.screen.turn > self.turns:
            self.screen = self._head

    def _streamed(self, piece: Piece) -> None:
        key = f"{piece.agent}\0{piece.kind}\0{piece.take}"
        self.pieces = {**self.pieces, key: piece}
        self._changed()


def _sentence(error: Exception) -> str:
    return str(error) or f"A fault of the program itself ({type(error).__name__})."
