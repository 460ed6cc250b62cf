"""The arms of the proof that criticism helps: which text each comes to, and by which score."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from benchmarks import critic_loop
from benchmarks.critic_loop import ARMS, Hurried, RandomCritic, rows, sha256_of, told, write
from benchmarks.critic_table import DEFAULT, best_of_n, chosen
from tests.cast.asking import WEIGHING, WRITING, turn
from tests.critic.standin import verdict
from writersroom.critic.critic import Critic
from writersroom.critic.verdict import Verdict
from writersroom.engine.interface import Choice, Completion, Prompt, Request
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.events import Body, Event
from writersroom.events.cautioned import Cautioned
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
        "logline": f"logline {place}",
        "takes": {take: f"{arm} {take}, and what is done" for take in scores},
        "spoken": {take: f"{arm} {take}" for take in scores},
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
    arms = (DEFAULT, "spare", "all", "notes", "random")
    texts = chosen(
        [
            *(row(arm, 0, takes) for arm in arms),
            *(row(arm, 1, {"s1.t1": SHORT}, best=()) for arm in arms),
        ]
    )
    assert set(texts) > {"none", "selection", DEFAULT, "best of n", "all", "notes", "random"}
    assert all(set(by_place) == {"logline 0"} for by_place in texts.values())


def test_scenes_are_paired_by_their_logline_and_not_by_their_place() -> None:
    """A list that was changed between two runs pairs nothing wrongly."""
    takes = {"s1.t1": scored(0.1, 0.9)}
    moved = {**row("notes", 1, takes), "logline": "logline 0"}
    texts = chosen([row(DEFAULT, 0, takes), moved])
    assert texts["none"].keys() == texts["notes"].keys() == {"logline 0"}
    assert texts["notes, its own first take"] == {"logline 0": "notes s1.t1"}


def test_it_is_kept_why_a_loop_stopped_and_what_was_refused() -> None:
    stopped = valued(1, "s1.t1").model_copy(update={"verdict": "s1.t1 leads; there is no further round."})
    refused = Cautioned(scene="s1", round=1, about="refused", message="It is worse.", take="s1.r1a")
    found = kept(*written("s1.t1"), valued(0, "s1.t1"), refused, stopped)
    assert found["courses"] == ["", "s1.t1 leads; there is no further round."]
    assert found["cautions"] == [{"about": "refused", "take": "s1.r1a", "message": "It is worse."}]


def test_what_is_done_beside_the_lines_is_not_spoken() -> None:
    line = LineSpoken(take="s1.t1", character="Mara", action="sits down", line="It is late.")
    found = kept(line, TakeWritten(scene="s1", take="s1.t1", text=""))
    assert found["takes"] == {"s1.t1": 'Mara sits down. "It is late."'}
    assert found["spoken"] == {"s1.t1": '"It is late."'}


DRAWN = ("choose_emotion", "choose_action", "choose_tactic")


class _Silent(Hurried):
    """A hurried writer with no model: what it would ask of one fails."""

    def __init__(self) -> None:
        pass


@pytest.mark.parametrize("number", range(4))
async def test_the_hurried_writer_knows_what_it_need_not_write(number: int) -> None:
    """However a template ends by the turn."""
    page, writer = turn(number=number), _Silent()
    thought = await writer.generate(WRITING["thought"](page).request)
    assert thought.takes[0].text == " wonder about it."
    for name in DRAWN:
        asked = WEIGHING[name](page)
        choice = await writer.choose(asked.prompt, asked.options)
        assert choice.probabilities == (0.5, 0.5)


@pytest.mark.parametrize("number", range(4))
async def test_the_hurried_writer_asks_its_model_for_all_else(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Prompt] = []

    async def generate(self: LlamaEngine, request: Request, **_: object) -> Completion:
        asked.append(request.prompt)
        raise LookupError

    async def choose(self: LlamaEngine, prompt: Prompt, options: Sequence[str], **_: object) -> Choice:
        asked.append(prompt)
        raise LookupError

    monkeypatch.setattr(LlamaEngine, "generate", generate)
    monkeypatch.setattr(LlamaEngine, "choose", choose)
    page, writer = turn(number=number), _Silent()
    texts = [name for name in WRITING if name != "thought"]
    choices = [name for name in WEIGHING if name not in DRAWN]
    for name in texts:
        with pytest.raises(LookupError):
            await writer.generate(WRITING[name](page).request)
    for name in choices:
        weighed = WEIGHING[name](page)
        with pytest.raises(LookupError):
            await writer.choose(weighed.prompt, weighed.options)
    assert len(asked) == len(texts) + len(choices)


class _Opened:
    """Stands where the writer would."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


async def _opened(*_: object, **__: object) -> _Opened:
    return _Opened()


async def test_a_line_that_is_no_logline_and_a_scene_that_fails_do_not_end_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "loglines.txt"
    lines = ["A ferryman drowns.", "x" * 2001, "A tuner is  called.", "A tuner is called.", "Two sisters."]
    file.write_text("\n".join(lines), "utf-8")
    told_of: list[str] = []

    async def scene(engine: object, weights: object, path: Path, place: int, logline: str, arm: str) -> Any:
        told_of.append(logline)
        if logline == "A tuner is called." and told_of.count(logline) == 1:
            raise TimeoutError("No answer.")
        return {"place": place, "logline": sha256_of(logline), "arm": arm, "seconds": 1.0}

    monkeypatch.setattr(critic_loop, "scene", scene)
    monkeypatch.setattr(Hurried, "open", _opened)
    asked = argparse.Namespace(
        loglines=[file], work=tmp_path, weights=None, minutes=1.0, arms="notes", first=0, threads=1,
        side_by_side=1, share=(0, 1),
    )  # fmt: skip
    await write(asked)
    assert told_of == ["A ferryman drowns.", "A tuner is called.", "Two sisters."]
    assert "1 that came again, 1 that are none" in capsys.readouterr().out
    assert [row["place"] for row in rows(tmp_path / "scenes.jsonl")] == [0, 2]
    (failed,) = rows(tmp_path / "failed.jsonl")
    assert (failed["place"], failed["logline"]) == (1, sha256_of("A tuner is called."))
    assert "No answer." in failed["error"]

    file.write_text("\n".join(reversed(lines)), "utf-8")  # what was written is known in any order
    await write(asked)
    assert told_of[3:] == ["A tuner is called."]
    assert len(rows(tmp_path / "scenes.jsonl")) == 3


async def test_the_random_critic_draws_d_and_keeps_all_else(monkeypatch: pytest.MonkeyPatch) -> None:
    take = '"It is late." "Not for me." "The lamp is out, and nobody came."'

    async def weigh(self: Critic, takes: Sequence[str]) -> tuple[Verdict, ...]:
        guards = ("spliced", "short", *("" for _ in takes))
        said = {"d": 0.5, "d_low": 0.4, "d_high": 0.6, "logit": 0.0, "c": 0.7, "j": 1.0, "j_score": 5.0}
        return tuple(
            verdict(**said, refused_by=guard, sentences=(("It is late.", 1.0),))
            for guard, _ in zip(guards, takes, strict=False)
        )

    monkeypatch.setattr(Critic, "weigh", weigh)
    critic = await RandomCritic.open(None, None)  # type: ignore[arg-type]  # nothing is read
    texts = [f"{take} {number}." for number in range(40)]
    found = await critic.weigh(texts)
    assert await critic.weigh(texts) == found
    assert {(one.c, one.j, one.j_score) for one in found} == {(0.7, 1.0, 5.0)}
    assert [one.refused_by for one in found[:3]] == ["spliced", "short", ""]
    assert (found[0].d, found[1].logit) == (0.0, 0.0)
    logits = [one.logit for one in found[2:]]
    assert len(set(logits)) == len(logits)
    assert -3 < sum(logits) / len(logits) < -1.4
    assert all(one.reward <= critic.discriminator.cap for one in found)
    assert all(one.d_low <= one.d <= one.d_high for one in found[2:])
    assert len({one.sentences[0][0] for one in found[2:]}) > 1
    assert ARMS["random"] == ARMS[DEFAULT]
