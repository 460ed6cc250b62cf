"""What the plan and the critic are asked for is what becomes of a round: each wire of `turns.judge` held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.critic.scenes import before_the_first_line
from tests.critic.standin import StandIn, verdict
from tests.room.scripted_rooms import LOGLINE
from tests.room.scripted_words import answering
from tests.scripted import ScriptedEngine
from writersroom.critic import collapse
from writersroom.critic.game import Game
from writersroom.critic.verdict import Verdict
from writersroom.events import Event
from writersroom.events.cautioned import Cautioned
from writersroom.events.game_valued import GameValued
from writersroom.room.plan import Plan
from writersroom.room.session import Session
from writersroom.room.standing import Draft, Standing
from writersroom.room.stepper import Stepper
from writersroom.room.turns.judge import text_of

PLAN = Plan(rounds=1, scenes=1, takes=2, pitches=1, stances=1, lines=3, notes=0, revisions=2)
PLAINER: Mapping[str, object] = {"logit": -3.0, "c": 0.9}
AHEAD: Mapping[str, object] = {"logit": -0.1, "c": 0.4}


class _InOrder(StandIn):
    """Judges takes by the order in which they are given; the last opinion holds for all that follow."""

    def __init__(self, *opinions: Mapping[str, object], floor: float = 0.3) -> None:
        super().__init__(floor=floor)
        self._opinions = opinions

    async def weigh(self, takes: Sequence[str]) -> tuple[Verdict, ...]:
        last = len(self._opinions) - 1
        return tuple(verdict(**self._opinions[min(at, last)]) for at in range(len(takes)))


async def judged(path: Path, critic: StandIn, **plan: object) -> list[Event]:
    """A scene and its review."""
    async with ScriptedEngine(answering) as writing:
        with before_the_first_line(
            path, writing, LOGLINE, plan=PLAN.model_copy(update=plan), seed=3
        ) as archive:
            session = Session(archive, writing, game=Game(critic, writer="small"))
            assert await Stepper(session).play() is None
            return list(archive.events())


def best(events: Sequence[Event]) -> list[str]:
    return [event.body.best for event in events if isinstance(event.body, GameValued)]


def cautions(events: Sequence[Event]) -> list[Cautioned]:
    return [event.body for event in events if isinstance(event.body, Cautioned)]


@pytest.mark.parametrize(("selection", "kept"), [(True, "s1.t2"), (False, "s1.t1")])
async def test_only_with_selection_the_take_far_ahead_is_chosen(
    tmp_path: Path, selection: bool, kept: str
) -> None:
    events = await judged(tmp_path / "a.room", _InOrder(PLAINER, AHEAD), selection=selection)
    assert best(events) == [kept]


@pytest.mark.parametrize(("floor", "kept"), [(0.3, "s1.t2"), (0.5, "s1.t1")])
async def test_what_is_less_coherent_than_usual_is_not_chosen(
    tmp_path: Path, floor: float, kept: str
) -> None:
    """The usual coherence is the critic's to say."""
    assert best(await judged(tmp_path / "a.room", _InOrder(PLAINER, AHEAD, floor=floor))) == [kept]


async def test_gaming_is_said_to_a_person(tmp_path: Path) -> None:
    worse = {**AHEAD, "j": 1.0, "j_score": 4.0}
    events = await judged(tmp_path / "a.room", _InOrder({**PLAINER, "j": 1.0, "j_score": 6.0}, worse))
    (told,) = cautions(events)
    assert (told.about, told.take, told.before, told.after) == ("gaming", "s1.t2", 6.0, 4.0)


async def test_collapse_is_said_to_a_person_when_the_loop_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collapse, "DISTINCT_LOST", -1.0)  # whatever they lose is too much
    events = await judged(tmp_path / "a.room", _InOrder(PLAINER, AHEAD), notes=1)
    (told,) = [one for one in cautions(events) if one.about == "collapse"]
    first, leading = (text_of(drafts(events)[take]) for take in ("s1.t1", best(events)[-1]))
    assert told.round == 1
    assert (told.before, told.after) == (collapse.distinct([first]), collapse.distinct([leading]))


async def test_takes_of_a_round_that_grow_alike_are_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a scene alone, by what is new in them: what revisions keep of their take all of them have."""
    assert "collapse" not in {one.about for one in cautions(await told_of_two(tmp_path / "a.room"))}
    monkeypatch.setattr(collapse, "ALIKE_GAINED", -2.0)  # however different they are, it is too little
    events = await told_of_two(tmp_path / "b.room")
    (told,) = [one for one in cautions(events) if "takes grow alike" in one.message]
    takes = {name: [line.line for _, line in draft.lines] for name, draft in drafts(events).items()}
    revisions = [takes[name] for name in ("s1.r1a", "s1.r1b")]
    new = [place for place, old in enumerate(takes["s1.t1"]) if {line[place] for line in revisions} != {old}]
    assert 0 < len(new) < PLAN.lines
    near, nearer = (
        collapse.alike([" ".join(takes[name][place] for place in new) for name in names])
        for names in (("s1.t1", "s1.t2"), ("s1.r1a", "s1.r1b"))
    )
    assert (told.about, told.round, told.take, told.before, told.after) == ("collapse", 1, "", near, nearer)


async def told_of_two(path: Path) -> list[Event]:
    """A scene whose first take is answered by two revisions."""
    return await judged(path, _InOrder({"logit": -3.0}), notes=1, selection=False)


def drafts(events: Sequence[Event]) -> Mapping[str, Draft]:
    return Standing(events).scenes["s1"].takes
