"""The graph takes one turn a step, waits for a person, and goes on where the session file is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.room.playing import Player
from writersroom.events.cued import Cued
from writersroom.events.ruled import Ruled
from writersroom.events.seat_taken import SeatTaken
from writersroom.room import wiring
from writersroom.room.ahead import Ahead
from writersroom.room.order import Turn
from writersroom.room.plan import Plan
from writersroom.room.spoken import Entry, Spoken
from writersroom.room.wiring import TurnLoop

SHORT = Plan(rounds=1, scenes=1, takes=2, pitches=2, stances=1, lines=2, notes=1)


class PlayedFloor:
    """A floor on which every turn is the plainest one."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.heard: list[Any] = []

    @property
    def event(self) -> int:
        return self.player.standing.event

    def coming(self) -> Turn | None:
        return next(iter(self.player.coming()), None)

    def waits_for_person(self, turn: Turn) -> bool:
        return self.player.standing.seat(turn.agent) == "person"

    async def speak(self) -> None:
        self.player.answer(self.player.coming()[0])

    async def hear(self, turn: Turn, answer: Any) -> None:
        self.heard.append(answer)
        self.player.answer(turn)


async def test_each_step_is_one_turn_until_the_session_ends() -> None:
    floor = PlayedFloor(Player(SHORT))
    loop, turns = TurnLoop(floor), 0
    while floor.coming() is not None:
        before = floor.event
        assert await loop.step() is None
        assert floor.event > before
        turns += 1
    assert turns == len(list(Player(SHORT).play()))


async def test_checkpoints_do_not_pile_up_and_a_person_is_waited_for_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wiring, "_STEPS_KEPT", 3)
    floor = PlayedFloor(Player(SHORT))
    loop, turns = TurnLoop(floor), 0
    while (turn := floor.coming()) is not None:
        if turn.kind == "agenda":
            floor.player.keep(SeatTaken(seat="Ada", by="person"), "person")
            for _ in range(5):
                assert await loop.step() == turn
            assert await loop.answer("Yes.") is None
            assert floor.heard == ["Yes."]
            floor.player.keep(SeatTaken(seat="Ada", by="model"), "person")
        else:
            assert await loop.step() is None
        turns += 1
    assert turns == len(list(Player(SHORT).play()))


async def test_another_loop_goes_on_from_the_events() -> None:
    floor = PlayedFloor(Player(SHORT))
    for _ in range(3):
        await TurnLoop(floor).step()
    assert [type(event.body).__name__ for event in floor.player.events[1:4]] == [
        "Convened",
        "AgendaSet",
        "Pitched",
    ]


async def test_a_persons_turn_is_waited_for() -> None:
    player = Player(SHORT)
    player.keep(SeatTaken(seat="Ada", by="person"), "person")
    floor = PlayedFloor(player)
    loop = TurnLoop(floor)
    assert await loop.step() == Turn(kind="convene", agent="Ada")
    assert floor.heard == []
    assert await loop.answer({"title": "The Late Edition"}) is None
    assert floor.heard == [{"title": "The Late Edition"}]
    assert floor.player.standing.bible is not None


async def test_turns_are_written_together_and_given_one_by_one() -> None:
    begun: list[Turn] = []

    async def speak(turn: Turn) -> Spoken:
        begun.append(turn)
        await asyncio.sleep(0)
        return Spoken(entries=(Entry(body=Cued(to=turn.agent)),))

    turns = [Turn(kind="pitch", agent=name) for name in ("Mara", "Tobias", "Iris")]
    ahead = Ahead(speak)
    first = await ahead.next(turns)
    assert begun == turns
    second = await ahead.next(turns[1:])
    assert begun == turns
    assert [spoken.entries[0].body for spoken in (first, second)] == [Cued(to="Mara"), Cued(to="Tobias")]
    other = Turn(kind="rule", agent="Ada")
    await ahead.next([other])
    assert begun == [*turns, other]


async def test_what_was_written_ahead_can_be_thrown_away_and_a_fault_is_told_once() -> None:
    stopped: list[str] = []

    async def speak(turn: Turn) -> Spoken:
        if turn.agent == "Vera":
            raise RuntimeError("the model is gone")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            stopped.append(turn.agent)
            raise
        return Spoken(entries=(Entry(body=Ruled(pitch=1, verdict="rejected", reason="")),))

    ahead = Ahead(speak)
    with pytest.raises(RuntimeError, match="gone"):
        await ahead.next([Turn(kind="pitch", agent="Vera"), Turn(kind="pitch", agent="Otto")])
    await ahead.forget()
    assert stopped == ["Otto"]
