"""A live session's turns, taken one after the other on the app's own event loop: as many as are wanted.

What is going on is always one of these (`State`):

    loading    the model is being opened
    lost       there is none: it could not be opened, or it failed
    ready      nothing
    taking     a turn is being taken, or the last one is left to be read before the next
    rewriting  what was said is being changed, or another branch taken up
    asking     a person's turn waits for their answers

How many turns are still wanted is known apart from that: they can be asked for before there is a model, and a
change or a person's turn that comes between two turns does not end the play.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Literal, TypeAlias

from writersroom.archive import Archive, ArchiveError
from writersroom.events import Event
from writersroom.tui.playing.model_at_hand import Gauges, ModelAtHand
from writersroom.tui.playing.player import Player, Refused
from writersroom.view.resuming import screen_at
from writersroom.view.screen import Screen, fold
from writersroom.view.wording import words_of

if TYPE_CHECKING:
    from writersroom.engine.interface import Engine
    from writersroom.room.forms import Form
    from writersroom.room.spoken import Piece
    from writersroom.tui.playing.floor import Floor

WORDS_A_SECOND: Final = 5.0
"""How fast a person reads: what is waited after each turn at speed 1."""

LONGEST_PAUSE: Final = 30.0
"""Seconds that a turn is left to be read at speed 1: of a take, most was read as it was spoken."""

UNHURRIED: Final = 8.0
"""The speed from which on nothing is waited for."""

ON_THEIR_WAY: Final = 0.1
"""Seconds in which words of a turn that was thrown away may still come."""

State: TypeAlias = Literal["loading", "lost", "ready", "taking", "rewriting", "asking"]

_LOADING: Final = "The model is still being loaded; ask again once it is there."
_LOST: Final = "There is no model; Space loads it again."
_SEATING: Final = "Another branch is being taken up; ask again in a moment."
_WRITING: Final = "This turn is still being written; ask for the next one once it is there."
_ENDED: Final = "The session has ended: nobody has another turn."


class Taking(Player):
    """Opens the model of a session, and takes turns with it.

    Attributes:
        form: what the person whose turn it is can do; None where it is a model's turn.
    """

    live: ClassVar[bool] = True

    def __init__(
        self,
        archive: Archive,
        changed: Callable[[], None],
        *,
        opening: Callable[[], Awaitable[Engine]],
        room: Path | None = None,
    ) -> None:
        """Look at the end of the session; `start` opens the model.

        Args:
            archive: open to write.
            changed: called when there is something new to look at.
            opening: opens the model, and opens it again when it was lost.
            room: the folder of the session's room, where it is known; see `Floor`.
        """
        super().__init__(archive, changed)
        self.form: Form | None = None
        self.speed = UNHURRIED
        self._model = ModelAtHand(archive, opening, heard=self._heard, streaming=self._streamed, room=room)
        self._more: int | None = 0
        """Turns still to be begun by themselves; None: all there are."""
        self._first = ""
        self._taking: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()
        """Held by whoever changes what was said: one at a time, and no turn is begun meanwhile."""
        self._listening = False
        """Whether what is being written is shown: between two plays, what is written ahead is not."""
        self._deaf_until = 0.0
        """Time of the event loop before which no words are shown."""
        self._woken = asyncio.Event()
        """Ends the pause in which a turn is left to be read."""
        self._head: Screen = screen_at(archive)
        self.screen = self._head

    @property
    def state(self) -> State:
        """What is going on."""
        if self._model.state != "ready":
            return self._model.state
        if self._changing.locked():
            return "rewriting"
        if self._taking is not None and not self._taking.done():
            return "taking"
        return "ready" if self.form is None else "asking"

    @property
    def saying(self) -> str:
        """What it does at the moment."""
        match self.state:
            case "loading":
                return "loading the model"
            case "lost":
                return "no model"
            case "asking":
                return "your turn"
            case "rewriting":
                return "rewriting"
            case "taking":
                return "playing" if self.playing else "writing"
            case "ready":
                return "ended" if self._ended else "paused"

    @property
    def goes_on(self) -> bool:
        """Whether turns are wanted beyond the one that is being taken."""
        return self._more != 0

    @property
    def busy(self) -> bool:
        """Whether a turn is being taken, or what was said is being changed."""
        return self.state in ("taking", "rewriting")

    @property
    def gauges(self) -> Gauges:
        """What the model does."""
        return self._model.gauges

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person is to know of how the session is played, once each."""
        return () if self._model.floor is None else self._model.floor.notices

    def start(self, *, playing: bool = False, turns: int | None = None, agent: str = "") -> None:
        """Open the model; then play, if that is wanted.

        Args:
            playing: whether to play.
            turns: the most turns to take; None is all.
            agent: who is to speak first, if it may.
        """
        if playing:
            self._more = turns
        self._first = agent
        self._model.state = "loading"
        self.trouble = None
        self.do(self._start())
        self._changed()

    def play(self) -> None:
        """Take turns until the session ends, somebody pauses, or a person's turn comes.

        Raises:
            Refused: the session has ended, or a person's turn has come; it plays once that is taken.
        """
        match self.state:
            case "lost":
                self.start(playing=True)
            case "ready":
                self._look(self._head)
                self._require_turns()
                self._run(None)
            case "asking":
                self._more = None
                raise Refused(f"{self._whose_turn} It plays once that is done.")
            case "loading" | "taking" | "rewriting":
                self._more = None
                self.playing = self.state == "taking"
                self._changed()

    def pause(self) -> None:
        """Take no further turn after the one that is being taken."""
        self._want_no_more()
        if self._model.floor is not None:
            self._model.floor.stepper.pause()
        self._changed()

    def forward(self) -> None:
        """One turn on: of those there are, else a new one.

        Raises:
            Refused: nobody can take another turn now.
        """
        if not self.following:
            super().forward()
            return
        match self.state:
            case "ready":
                self._require_turns()
                self._run(1)
            case "taking":
                if not self.playing:
                    raise Refused(_WRITING)
                self.pause()  # The turn that is being taken is the one turn.
            case "rewriting":
                if self._more == 0:
                    self._more = 1
            case "asking":
                raise Refused(self._whose_turn)
            case "loading" | "lost":
                self._floor_at_hand()

    def stop(self) -> None:
        """Stop the model now, and keep what it has said so far."""
        self._want_no_more()
        if self._model.floor is not None and self.state == "taking":
            self._model.floor.stepper.stop(keep=True)
        self._changed()

    def seek(self, turn: int) -> None:
        """Look at the session as it was after a turn; the model goes on meanwhile."""
        if turn >= self.turns:
            self._wanted = None
            self._look(self._head)
        else:
            super().seek(turn)

    async def close(self) -> None:
        """Stop the model and let go of everything."""
        self._want_no_more()  # Else the next turn would be begun where this one is broken off.
        await self._model.leave()
        await super().close()
        await self._model.close()

    @property
    def _ended(self) -> bool:
        return self._model.floor is not None and self._model.floor.ended

    @property
    def _whose_turn(self) -> str:
        agent = self.form.agent if self.form is not None else "somebody"
        return f"It is the turn of {agent}, whose seat is yours: answer the form, or leave the seat with t."

    def _floor_at_hand(self) -> Floor:
        """What is played on.

        Raises:
            Refused: there is nothing to play on now.
        """
        floor = self._model.floor
        if self._model.state != "ready":
            raise Refused(_LOADING if self._model.state == "loading" else _LOST)
        if floor is None:
            raise Refused(_SEATING)
        return floor

    def _require_turns(self) -> None:
        if self._ended:
            raise Refused(_ENDED)

    async def _start(self) -> None:
        try:
            await self._model.open()
        except Exception as error:  # noqa: BLE001  # the model: whatever it is, the session stays open
            self._fail(sentence_of(error), "The session is safe. Space tries to load the model again.")
            return
        self._reread()
        first, self._first = self._first, ""
        if first:
            try:
                self._floor_at_hand().session.cue(first)
            except ValueError as error:  # There is no such agent.
                raise Refused(str(error)) from error
        await self._look_at_form()
        if self.form is not None:
            self._more = fewer(self._more)  # The first of them is the person's.
        if self._more != 0:
            self._look(self._head)
        self._go_on()

    async def _look_at_form(self) -> None:
        """See whether a person's turn is next; what they can do may take a second to find."""
        floor = self._model.floor
        form = None if floor is None else await floor.session.asked()
        if floor is self._model.floor:  # Else somebody has looked on another floor since.
            self.form = form
            self._changed()

    def _go_on(self) -> None:
        """Take what turns are still wanted, if nothing keeps them back."""
        if self._more != 0 and self.state == "ready":
            self._run(self._more)
        else:
            self._changed()

    def _run(self, turns: int | None, *, again: bool = False) -> None:
        """Take turns.

        Args:
            turns: how many; None takes all there are.
            again: whether the first is one that was taken back, to be taken once more.
        """
        self.trouble = None
        self._more = fewer(turns)
        self.playing = self._more != 0
        self._taking = self.do(self._take_turns(again))
        self._changed()

    async def _take_turns(self, again: bool) -> None:
        floor = self._floor_at_hand()
        self._listening = True
        try:
            if self._changing.locked():  # A change that was waiting has begun before this turn could.
                self._more = self._more if again or self._more is None else self._more + 1
                return
            while True:
                before = self._head
                waiting = await (floor.stepper.again() if again else floor.stepper.step())
                again = False
                if waiting is not None or self._is_held_back(floor):
                    break
                await self._let_read(before)
                if self._is_held_back(floor):
                    break
                self._more = fewer(self._more)
                self.playing = self._more != 0
            if floor.ended:
                self._want_no_more()
        except ArchiveError:
            raise
        except Exception as error:  # noqa: BLE001  # the model: whatever it is, the session stays open
            await self._fail_with(error)
        finally:
            self.playing = False
            self._listening = False
            self.pieces = {}
            self._changed()
        if not self._changing.locked():
            await self._look_at_form()

    def _is_held_back(self, floor: Floor) -> bool:
        """Whether no other turn may be begun."""
        return self._more == 0 or self._changing.locked() or floor.ended

    async def _let_read(self, before: Screen) -> None:
        """Wait until what was said since has been read, or nobody wants to read on."""
        self._woken.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pause_after(before)):
                await self._woken.wait()

    def _pause_after(self, before: Screen) -> float:
        """Seconds to read what was said since, at the speed that is set."""
        if self.speed >= UNHURRIED:
            return 0.0
        events = [event for item in self._head.debate for event in (item.event, *item.answers)]
        words = sum(len(words_of(event.body).split()) for event in events if event.id > before.event)
        return min(LONGEST_PAUSE, words / WORDS_A_SECOND) / self.speed

    async def _fail_with(self, error: Exception) -> None:
        """The model failed in the middle of something; or the program did, and the model is well."""
        floor = self._model.floor
        if floor is None or isinstance(error, floor.EngineError):
            await self._model.lose()
            self.form = None
            todo = "All that was said is kept. Space loads the model again and goes on."
        else:
            await floor.session.close()
            floor.failed(error)
            todo = "All that was said is kept. Space tries the turn again."
        self._fail(sentence_of(error), todo)

    def _fail(self, what: str, todo: str) -> None:
        self._want_no_more()
        super()._fail(what, todo)

    def _want_no_more(self) -> None:
        self._more = 0
        self.playing = False
        self._woken.set()

    def _heard(self, event: Event) -> None:
        following = self.following
        if event.parent != self._head.event:
            self._reread()
        else:
            if event.turn > self._head.turn:
                self._looks.keep(self._head)
            self._head = fold(self._head, event)
            self.turns = self._head.turn
        take, pitch = getattr(event.body, "take", ""), getattr(event.body, "pitch", 0)
        self.pieces = {
            key: piece
            for key, piece in self.pieces.items()
            if piece.agent != event.agent
            or (piece.take and piece.take != take)
            or (piece.pitch and piece.pitch != pitch)
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
        if not self._listening or asyncio.get_running_loop().time() < self._deaf_until:
            return
        key = f"{piece.agent}\0{piece.kind}\0{piece.take}\0{piece.pitch}"
        self.pieces = {**self.pieces, key: piece}
        self._changed()

    def _forget_pieces(self) -> None:
        """Something has happened that throws turns away; of those that go on, the next word brings all."""
        self.pieces = {}
        self._deaf_until = asyncio.get_running_loop().time() + ON_THEIR_WAY
        self._changed()


def fewer(turns: int | None) -> int | None:
    """One turn less; of all there are, still all."""
    return None if turns is None else max(0, turns - 1)


def sentence_of(error: Exception) -> str:
    """What a person is told of an error, whoever made it."""
    return str(error) or f"A fault of the program itself ({type(error).__name__})."
