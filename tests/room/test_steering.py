"""Steering in a session: whose words lean, by what they are found to be, and whose do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.critic.scenes import before_the_first_line
from tests.critic.standin import StandIn
from tests.room.scripted_rooms import LOGLINE
from tests.room.scripted_words import answering
from tests.scripted import ScriptedEngine
from writersroom.cast.requests import Asked
from writersroom.critic.game import Game
from writersroom.engine.interface import OnToken
from writersroom.events import Event
from writersroom.events.line_spoken import LineSpoken
from writersroom.room.listening import Listener
from writersroom.room.plan import Plan
from writersroom.room.session import Session
from writersroom.room.stepper import Stepper

PLAN = Plan(rounds=1, scenes=1, takes=2, pitches=1, stances=1, lines=3, notes=1, steering=True)


class _Spelling(ScriptedEngine):
    """An engine that tells how its model writes a text: each text is a token."""

    def token_ids(self, text: str) -> list[int]:
        return [sum(text.encode())]


class _Overheard(Game):
    """Keeps what the biases were made of."""

    def __init__(self) -> None:
        super().__init__(StandIn(), writer="small")
        self.spoken: list[Sequence[str]] = []

    def biases(
        self, since: int, spoken: Callable[[], Sequence[str]], tokens: Callable[[str], Sequence[int]]
    ) -> Mapping[int, float]:
        self.spoken.append(spoken())
        return super().biases(since, spoken, tokens)


async def played(path: Path, game: Game, plan: Plan) -> list[Event]:
    async with _Spelling(answering) as engine:
        with before_the_first_line(path, engine, LOGLINE, plan=plan, seed=3) as archive:
            session = Session(archive, engine, game=game)
            assert await Stepper(session).play() is None
            return list(archive.events())


async def test_lines_of_first_takes_lean_and_nothing_else_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Asked] = []

    def begins(self: Listener, asked: Asked, stream: int) -> OnToken | None:
        del self, stream
        heard.append(asked)

    monkeypatch.setattr(Listener, "begins", begins)
    await played(tmp_path / "a.room", _Overheard(), PLAN)
    leaning = [bool(asked.request.sampling.logit_bias) for asked in heard if asked.template == "line"]
    assert len(leaning) >= PLAN.takes * PLAN.lines
    assert all(leaning)
    others = [asked for asked in heard if asked.template != "line"]
    assert {asked.template for asked in others} >= {"thought"}
    assert not any(asked.request.sampling.logit_bias for asked in others)
    heard.clear()
    await played(tmp_path / "b.room", _Overheard(), PLAN.model_copy(update={"steering": False}))
    assert not any(asked.request.sampling.logit_bias for asked in heard)


async def test_what_the_writer_says_is_read_off_the_lines_it_had_people_speak(tmp_path: Path) -> None:
    game = _Overheard()
    events = await played(tmp_path / "a.room", game, PLAN)
    first = {
        event.body.line
        for event in events
        if isinstance(event.body, LineSpoken) and ".t" in event.body.take and event.agent
    }
    before, after = game.spoken[: PLAN.takes * PLAN.lines], game.spoken[PLAN.takes * PLAN.lines :]
    assert not any(before)  # all first takes lean alike, by what the replay buffer's machines say
    assert after
    assert all(sorted(said) == sorted(first) for said in after)
