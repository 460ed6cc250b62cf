"""The arms of the proof that criticism helps: which text each comes to, and by which score."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from benchmarks.critic_loop import told
from benchmarks.critic_table import DEFAULT, as_text, best_of_n, chosen
from writersroom.events import Body, Event
from writersroom.events.game_valued import GameValued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scored import Scored
from writersroom.events.take_written import TakeWritten

SHORT = {"d": None, "c": None, "j": None, "guard": True}


def valued(round: int, best: str) -> GameValued:
    return GameValued(
        scene="s1", round=round, d_human=0.9, d_take=0.1, value=-1, loss_d=0.5, loss_g=2, best=best
    )


def kept(*bodies: Body) -> dict[str, Any]:
    """What is kept of a scene whose events these are, before its lock."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return told(
        [
            Event(id=at, parent=at - 1 or None, turn=0, created=now, body=body)
            for at, body in enumerate([*bodies, SceneLocked(scene="s1", take="s1.t1")], start=1)
        ]
    )


def written(*takes: str) -> list[Body]:
    found: list[Body] = []
    for take in takes:
        found += [
            LineSpoken(take=take, character="Mara", line=f"This is {take}."),
            TakeWritten(scene="s1", take=take, text=""),
        ]
    return found


def row(
    arm: str, place: int, scores: dict[str, Any], *, best: tuple[str, ...] = ("s1.t1",)
) -> dict[str, Any]:
    return {
        "arm": arm,
        "place": place,
        "takes": {take: f"{arm} {take}" for take in scores},
        "scores": scores,
        "best": list(best),
        "locked": next(iter(scores), ""),
    }


def scored(d: float, c: float, *, guard: bool = False) -> dict[str, Any]:
    return {"d": d, "c": c, "j": 0.5, "guard": guard}


def test_each_take_has_a_score() -> None:
    """The one that leads is scored again in each round, by the same D."""
    found = kept(
        *written("s1.t1", "s1.t2"),
        Scored(take="s1.t1", d=0.4, d_low=0.2, d_high=0.6, c=0.7, j=0.5),
        Scored(take="s1.t2", d=0.3, d_low=0.1, d_high=0.5, c=0.7, j=0.5),
        valued(0, "s1.t1"),
        *written("s1.r1a"),
        Scored(take="s1.t1", d=0.4, d_low=0.2, d_high=0.6, c=0.7, j=0.5),
        Scored(take="s1.r1a", d=0.02, d_low=0.0, d_high=0.1, c=0.7, j=0.5),
        valued(1, "s1.t1"),
    )
    assert {take: score["d"] for take, score in found["scores"].items()} == {
        "s1.t1": 0.4,
        "s1.t2": 0.3,
        "s1.r1a": 0.02,
    }
    assert "s1.t1." in best_of_n(found, row("spare", 0, {}))


def test_what_cannot_be_judged_and_what_a_guard_saw_through_are_told_from_low_scores() -> None:
    found = kept(
        *written("s1.t1", "s1.t2", "s1.t3"),
        Scored(take="s1.t1", reasons=("It has 31 words.",)),
        Scored(take="s1.t2", d=0.0, d_low=0.0, d_high=0.4, c=0.7, j=0.5),
        Scored(take="s1.t3", d=0.001, d_low=0.0001, d_high=0.4, c=0.7, j=0.5),
        valued(0, "s1.t3"),
    )
    assert [score["guard"] for score in found["scores"].values()] == [True, True, False]


def test_best_of_n_is_drawn_from_what_can_be_judged() -> None:
    default = row(DEFAULT, 0, {"s1.t1": SHORT, "s1.t2": scored(0.1, 0.9), "s1.r1a": scored(0.9, 0.9)})
    spare = row("spare", 0, {"s1.t1": scored(0.3, 0.8), "s1.t2": scored(0.8, 0.1)})
    assert best_of_n(default, spare) == "spare s1.t1"  # coherent and most human; revisions are none of it
    refused = {"s1.t1": SHORT, "s1.t2": scored(0.0, 0.9, guard=True)}
    assert best_of_n(row(DEFAULT, 0, refused), row("spare", 0, {"s1.t1": SHORT})) == f"{DEFAULT} s1.t2"


def test_a_scene_of_which_nothing_can_be_judged_is_left_out() -> None:
    takes = {"s1.t1": scored(0.1, 0.9)}
    arms = (DEFAULT, "spare", "all", "notes")
    texts = chosen(
        [
            *(row(arm, 0, takes) for arm in arms),
            *(row(arm, 1, {"s1.t1": SHORT}, best=()) for arm in arms),
        ]
    )
    assert set(texts) > {"none", "selection", DEFAULT, "best of n", "all", "notes"}
    assert all(set(by_place) == {0} for by_place in texts.values())


def test_the_table_tells_how_many_scenes_were_left_out() -> None:
    found: dict[str, Any] = {
        "judge": {},
        "texts": {},
        "against the first take": {},
        "against best of n": {"n": 0},
        "all against best of n": {"n": 0},
        "game": [],
        "scenes without a game": {"notes": 3},
    }
    assert "{'notes': 3}" in as_text(found)
