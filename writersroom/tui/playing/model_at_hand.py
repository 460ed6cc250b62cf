"""The model behind a live session: opened, seated on a branch, lost, let go of."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from writersroom.archive import Archive
from writersroom.events import Event
from writersroom.frozen import Frozen

if TYPE_CHECKING:
    from writersroom.engine.interface import Engine
    from writersroom.room.spoken import Piece
    from writersroom.tui.playing.floor import Floor

ModelState: TypeAlias = Literal["loading", "ready", "lost"]


class Gauges(Frozen):
    """What is to be read off the model at a glance."""

    model: str = ""
    tokens_per_second: float = 0.0
    used: int = 0
    context: int = 0
    gpu_layers: int = 0


class ModelAtHand:
    """A model, and the floor on which it plays a session.

    Attributes:
        state: whether there is a model yet, or no more.
        floor: None where there is no model, and while it is being seated on another branch.
    """

    def __init__(
        self,
        archive: Archive,
        opening: Callable[[], Awaitable[Engine]],
        *,
        heard: Callable[[Event], None],
        streaming: Callable[[Piece], None],
        room: Path | None = None,
    ) -> None:
        """There is none yet; `open` opens it.

        Args:
            archive: the session, open to write.
            opening: opens the model, and opens it again when it was lost.
            heard: called with each event once it is kept.
            streaming: called with the words of turns as they are written.
            room: the folder of the session's room, where it is known; see `Floor`.
        """
        self.state: ModelState = "loading"
        self.floor: Floor | None = None
        self._archive = archive
        self._opening = opening
        self._heard, self._streaming, self._room = heard, streaming, room
        self._engine: Engine | None = None

    @property
    def gauges(self) -> Gauges:
        """What the model does."""
        if self.floor is None:
            return Gauges()
        meter = self.floor.meter
        return Gauges(
            model=meter.info.model,
            tokens_per_second=meter.tokens_per_second,
            used=meter.used,
            context=meter.info.context,
            gpu_layers=meter.info.gpu_layers,
        )

    async def open(self) -> None:
        """Open the model, once more where it was open, and seat it on the branch as it stands.

        Raises:
            Exception: whatever keeps a model or a room from being used; the model is then lost.
        """
        self.state = "loading"
        try:
            await self.close()
            self._engine = await self._opening()
        except Exception:
            self.state = "lost"
            raise
        await self.seat()
        self.state = "ready"

    async def seat(self) -> None:
        """Have the room take its seats on the branch as it stands; there is no floor until it has.

        Raises:
            Exception: as `open`.
        """
        engine, floor, self.floor = self._engine, self.floor, None
        assert engine is not None
        try:
            if floor is not None:
                await floor.close()
            # Loading the room's code takes seconds the first time, and so does reading a long session.
            module = await asyncio.to_thread(importlib.import_module, "writersroom.tui.playing.floor")
            make = module.Floor
            seated: Floor = await asyncio.to_thread(
                lambda: make(
                    self._archive, engine, heard=self._heard, streaming=self._streaming, room=self._room
                )
            )
            await seated.seat_critic()
        except Exception:
            self.state = "lost"
            raise
        self.floor = seated

    async def lose(self) -> None:
        """The model failed: nothing more can be asked of it, and `open` opens another."""
        floor, self.floor = self.floor, None
        try:
            if floor is not None:
                await floor.close()
        finally:
            self.state = "lost"  # Not before: nothing may be opened while this is being closed.

    async def leave(self) -> None:
        """Break off what is being written and leave the floor; the model stays open."""
        floor, self.floor = self.floor, None
        if floor is not None:
            floor.stepper.stop()
            await floor.close()

    async def close(self) -> None:
        """Let go of the model."""
        await self.leave()
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.close()
