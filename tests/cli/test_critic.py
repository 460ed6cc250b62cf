"""`score` and `critic` on the real eye."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Writersroom
from tests.critic.texts import HUMAN, MACHINE, machine_like, people_like
from writersroom.exits import Exit
from writersroom.resources import critic_weights


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """`human/` and `machine/`, eight short texts each; those of the machine are by two writers."""
    for number in range(8):
        human, machine = tmp_path / "human", tmp_path / "machine" / f"m{number % 2}"
        for folder in (human, machine):
            folder.mkdir(parents=True, exist_ok=True)
        (human / f"{number}.txt").write_text(people_like(number, 9), encoding="utf-8")
        (machine / f"{number}.txt").write_text(machine_like(number, 3), encoding="utf-8")
    return tmp_path


def test_score_tells_of_each_file_and_refuses_in_a_sentence(writersroom: Writersroom, tmp_path: Path) -> None:
    (tmp_path / "human.txt").write_text(HUMAN, encoding="utf-8")
    (tmp_path / "machine.md").write_text(MACHINE, encoding="utf-8")
    (tmp_path / "short.txt").write_text("Hello.", encoding="utf-8")
    files = [tmp_path / name for name in ("human.txt", "machine.md", "short.txt")]
    ran = writersroom("score", *files, "--json")
    assert ran.code == Exit.OK
    human, machine, short = ran.json
    assert human["d"] > machine["d"]
    assert {"file", "scene", "d", "d_low", "d_high", "c", "j", "reasons", "sentences", "refused_by"} <= set(
        human
    )
    assert short["refused_by"] == "short"
    told = writersroom("score", files[1], files[2])
    assert told.code == Exit.OK
    assert "D 0." in told.out
    assert "refused (short)" in told.out


def test_of_a_text_that_a_guard_caught_score_says_why_and_nothing_else(
    writersroom: Writersroom, tmp_path: Path
) -> None:
    path = tmp_path / "twice.txt"
    path.write_text(f"{HUMAN}\n\n{HUMAN}", encoding="utf-8")
    (line,) = writersroom("score", path).out.splitlines()
    assert line.endswith("refused (duplicated). A passage stands in it twice, word for word.")


def test_score_names_what_it_cannot_read(writersroom: Writersroom, tmp_path: Path) -> None:
    ran = writersroom("score", tmp_path / "missing.txt")
    assert ran.code == Exit.INPUT
    assert "missing.txt" in ran.err
    (tmp_path / "bad.npz").write_bytes(b"no")
    (tmp_path / "a.txt").write_text(HUMAN, encoding="utf-8")
    ran = writersroom("score", tmp_path / "a.txt", "--weights", tmp_path / "bad.npz")
    assert ran.code == Exit.INPUT
    assert "bad.npz" in ran.err


def test_the_critic_is_trained_and_tested(writersroom: Writersroom, folders: Path) -> None:
    sides = ("--human", folders / "human", "--machine", folders / "machine")
    made = writersroom("critic", "train", *sides, "-o", folders / "own.npz")
    assert made.code == Exit.OK, made.err
    assert "sha256" in made.out
    ran = writersroom("critic", "eval", *sides, "--adapt", 2, "--weights", folders / "own.npz", "--json")
    assert ran.code == Exit.OK, ran.err
    figures = ran.json
    assert {"auroc", "auroc_ci", "tpr_at_5fpr", "ece", "by_source"} <= set(figures)
    assert figures["texts"] == {"human": 8, "machine": 6}
    assert figures["auroc"] > 0.9
    assert set(figures["by_source"]) == {"m0", "m1"}
    card = writersroom("critic", "card", "--weights", folders / "own.npz")
    assert "8 human texts" in card.out


def test_pairs_give_the_agreement_of_each_head(writersroom: Writersroom, tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps({"a": MACHINE, "b": HUMAN, "preferred": 2}) + "\n", encoding="utf-8")
    figures = writersroom("critic", "eval", "--pairs", path, "--json").json
    assert figures["d_accuracy"] == 1.0
    for head in "jdc":
        low, high = figures[f"{head}_accuracy_ci"]
        assert low <= figures[f"{head}_accuracy"] <= high
    assert "j_accuracy:" in writersroom("critic", "eval", "--pairs", path).out


def test_eval_wants_folders_or_pairs(writersroom: Writersroom, tmp_path: Path, folders: Path) -> None:
    assert writersroom("critic", "eval", "--human", tmp_path).code == Exit.USAGE
    left = writersroom(
        "critic", "eval", "--human", folders / "human", "--machine", folders / "machine", "--adapt", 9
    )
    assert left.code == Exit.USAGE
    assert "Nothing of" in left.err


def test_the_card_says_for_whom_it_must_not_be_used(writersroom: Writersroom) -> None:
    told = writersroom("critic", "card")
    assert "never people" in told.out
    assert "Where it fails" in told.out
    assert writersroom("critic", "card", "--json").json["eye_sha256"]
    assert critic_weights().is_file()
