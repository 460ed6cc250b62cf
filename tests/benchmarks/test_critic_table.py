"""The table of the proof: what it prints, and what it refuses to be made with."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pytest

from benchmarks import critic_judge
from benchmarks.critic_judge import ALONE, FEATURES, SIDES, Judge
from benchmarks.critic_table import DEFAULT, FIRST, compared, fall, fit_to_judge, table, taken_for_human
from tests.benchmarks.test_critic_judge import Reader
from tests.critic.texts import people_like
from writersroom.room.asking import seed_of

JUDGE = Judge(
    scale=(1.0,) * len(FEATURES),
    weights=(1.0, 0.0, 0.0, 0.1, 0.0, 0.0),
    strangers=("Once upon a time.",),
    figures={**dict.fromkeys(SIDES, 0.8), "pairs": 40.0},
)


class _Opened(Reader):
    """Stands where the judge's model would."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


async def _opened(*_: object) -> _Opened:
    return _Opened()


def row(arm: str, place: int) -> dict[str, Any]:
    """A scene that was written; no two of them have the same words."""
    names = ("s1.t1",) if arm == "notes" else ("s1.t1", "s1.t2")
    takes = {
        name: people_like(seed_of(place, arm, name) % 10_000, 5)
        for name in (*names, *(("s1.r1a",) if arm != "spare" else ()))
    }
    return {
        "arm": arm,
        "place": place,
        "logline": f"logline {place}",
        "spoken": takes,
        "scores": {name: {"d": 0.1, "c": 0.5, "j": 1.0, "guard": False} for name in takes},
        "best": ["s1.t1"],
        "locked": list(takes)[-1],
        "games": [{"d_human": 0.9, "d_take": 0.1, "value": -1.0}],
        "seconds": 2.0,
    }


async def test_the_table_holds_every_pair_that_the_protocol_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(critic_judge.LlamaEngine, "open", _opened)
    path = tmp_path / "judge.json"
    path.write_text(JUDGE.model_dump_json(), "utf-8")
    lines = [f"MARA:\n{people_like(seed, 3)}\n" for seed in range(60)]
    (tmp_path / "plays").mkdir()
    (tmp_path / "plays" / "play.txt").write_text("".join(lines), "utf-8")
    arms = (DEFAULT, "spare", "all", "notes", "random")
    written = [row(arm, place) for arm in arms for place in range(12)]
    unjudged: dict[str, Any] = {**row("notes", 12), "best": ()}
    found = await table([*written, unjudged], tmp_path, tmp_path / "model.gguf", tmp_path / "plays")
    text = found["text"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() in text
    for pair in (
        f"{DEFAULT} against best of n",
        "all against best of n",
        f"{DEFAULT} against random",
        f"notes against notes{FIRST}",
        "all against steering",
        f"random against random{FIRST}",
    ):
        assert found["pairs"][pair]["n"] == 12
        assert f"by {ALONE}" in found["pairs"][pair]
        assert f"{pair}: " in text
    assert set(found["alike within a scene"]) == set(arms) - {"notes"}
    assert all("alike" in figures for figures in found["texts"].values())
    fallen = found["fall of the outside discriminator"]
    assert set(fallen) == set(found["texts"]) - {"none"}
    low, high = fallen["random"]["interval"]
    assert low <= fallen["random"]["fall"] <= high
    assert fallen["selection"]["fall"] == 0  # here it is the first take
    assert "{'notes': 1}" in text


@pytest.mark.parametrize("side", SIDES)
def test_a_judge_that_tells_too_few_pairs_is_refused(side: str) -> None:
    assert fit_to_judge(JUDGE) is JUDGE
    with pytest.raises(SystemExit, match="This judge is none"):
        fit_to_judge(JUDGE.model_copy(update={"figures": {**JUDGE.figures, side: 0.74}}))


async def test_nothing_written_is_nothing_to_judge(tmp_path: Path) -> None:
    (tmp_path / "judge.json").write_text(JUDGE.model_dump_json(), "utf-8")
    with pytest.raises(SystemExit, match="no scene"):
        await table([], tmp_path, tmp_path, tmp_path)


def test_a_second_verdict_goes_by_the_gains_alone() -> None:
    features = {"a": np.array([5.0, 0, 0, 0, 0, 0]), "b": np.array([0.0, 0, 0, 1, 0, 0])}
    found = compared(JUDGE, features, {"x": "a"}, {"x": "b"})
    assert found["wins"] == 1
    assert found[f"by {ALONE}"]["wins"] == 0


def test_the_fall_is_of_the_loglines_that_both_have() -> None:
    found = fall({"x": 0.1, "y": 0.2, "z": 0.9}, {"x": 0.4, "y": 0.3})
    assert (found["n"], found["fall"]) == (2, 0.2)
    assert found["interval"] == (0.1, 0.3)
    assert fall({}, {"x": 0.4}) == {"n": 0}


def test_takes_that_are_made_otherwise_are_told_apart_and_like_ones_are_not() -> None:
    people = [people_like(seed, 6) for seed in range(40)]
    alike = taken_for_human([people_like(seed, 6) for seed in range(100, 120)], people)
    chance = random.Random(1)
    other = [" ".join(chance.choice(["the", "of", "and", "sea"]) for _ in range(60)) for _ in range(20)]
    apart = taken_for_human(other, people)
    assert alike is not None
    assert apart is not None
    assert float(apart.mean()) < 0.05 < float(alike.mean())
    assert taken_for_human(other[:9], people) is None
