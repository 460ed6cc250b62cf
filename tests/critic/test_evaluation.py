"""The figures, against values that can be worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from writersroom.critic.errors import TooFewTexts, UnreadableText
from writersroom.critic.evaluation import (
    Pair,
    agreement,
    auroc,
    auroc_with_interval,
    by_source,
    calibration_error,
    caught_at,
    folder_figures,
    pair_figures,
    read_pairs,
)
from writersroom.critic.verdict import Verdict


def _verdict(logit: float, **more: object) -> Verdict:
    chance = 1 / (1 + np.exp(-logit))
    given = {
        "d": chance,
        "d_low": 0,
        "d_high": 1,
        "logit": logit,
        "reward": logit,
        "style": 0,
        "c": 0.5,
        "j": 0.5,
    }
    return Verdict.model_validate({**given, **more})


def test_the_area_counts_pairs_in_order() -> None:
    human = np.array([True, True, False, False])
    assert auroc(np.array([4.0, 3, 2, 1]), human) == 1
    assert auroc(np.array([1.0, 2, 3, 4]), human) == 0
    assert auroc(np.array([4.0, 1, 2, 3]), human) == 0.5
    assert auroc(np.ones(4), human) == 0.5
    assert auroc(np.ones(2), np.array([True, True])) == 0.5


def test_its_interval_holds_it_and_narrows_with_more_texts() -> None:
    chance = np.random.default_rng(0)

    def interval(count: int) -> float:
        human = np.arange(count) % 2 == 0
        found = auroc_with_interval(chance.normal(size=count) + human, human)
        assert found.low <= found.value <= found.high
        return found.high - found.low

    assert interval(800) < interval(60)


def test_caught_where_one_human_in_twenty_is_suspected() -> None:
    human = np.arange(40) < 20
    scores = np.concatenate([np.arange(20.0), np.full(19, 0.5), [30.0]])
    assert caught_at(scores, human) == 19 / 20  # the limit lies at 1: one human text of twenty is below
    assert caught_at(scores, ~human | human) == 0


def test_calibration_error_of_a_known_case() -> None:
    human = np.array([True] * 8 + [False] * 2 + [True] * 2 + [False] * 8)
    chances = np.array([0.85] * 10 + [0.15] * 10)
    assert calibration_error(chances, human) == pytest.approx(0.05)
    assert calibration_error(np.where(human, 1.0, 0.0), human) == 0
    assert calibration_error(np.where(human, 0.0, 1.0), human) == pytest.approx(1)


def test_agreement_counts_ties_half() -> None:
    found = agreement(np.array([2.0, 1, 1]), np.array([1.0, 2, 1]), np.array([True, True, True]))
    assert found.value == 0.5
    assert agreement(np.zeros(0), np.zeros(0), np.zeros(0, bool)).value == 0.5


def test_each_source_is_held_against_all_humans() -> None:
    scores = np.array([3.0, 2.0, 1.0, 2.5])
    found = by_source(scores, np.array([True, True, False, False]), ["p", "p", "a", "b"])
    assert found == {"a": 1.0, "b": 0.5}


def test_a_text_that_a_guard_saw_through_is_a_machines_one_that_cannot_be_judged_is_none() -> None:
    verdicts = [
        _verdict(2),
        _verdict(-2),
        _verdict(5, d=0.0, refused_by="duplicated"),
        _verdict(0, refused_by="verse"),
    ]
    figures = folder_figures(verdicts, [True, False, False, True], ["h", "m", "m", "h"])
    assert figures["auroc"] == 1.0
    assert figures["texts"] == {"human": 1, "machine": 2}
    assert figures["refused"] == {"duplicated": 1, "verse": 1}
    assert set(figures) >= {"auroc", "auroc_ci", "tpr_at_5fpr", "ece", "by_source"}
    json.dumps(figures)
    with pytest.raises(TooFewTexts):
        folder_figures(verdicts[:1], [True], ["h"])


def test_people_whom_the_guards_of_edits_wrong_are_counted() -> None:
    verdicts = [
        _verdict(2),
        _verdict(3, d=0.0, refused_by="spliced"),
        _verdict(2, d=0.0, refused_by="mechanical"),
        _verdict(1, refused_by="capitals"),
        _verdict(0, refused_by="chatter"),
        _verdict(-2, d=0.0, refused_by="incoherent"),
    ]
    figures = folder_figures(verdicts, [True] * 5 + [False], ["h"] * 5 + ["m"])
    assert figures["texts"] == {"human": 4, "machine": 1}  # talk with an assistant is not judged
    assert figures["wronged"] == 0.5


def test_pairs_tell_of_each_head_and_of_length() -> None:
    pairs = [Pair(a="x", b="y", preferred=1), Pair(a="x", b="y", preferred=2)]
    good, bad = _verdict(1, j_score=2.0, words=100), _verdict(2, j_score=1.0, words=200, c=0.9)
    figures = pair_figures([(good, bad), (bad, good)], pairs)
    assert figures["j_accuracy"] == 1.0
    assert figures["d_accuracy"] == figures["c_accuracy"] == figures["longer_accuracy"] == 0.0
    assert figures["pairs_length_matched"] == 0
    json.dumps(figures)


def test_pairs_of_which_a_text_cannot_be_judged_are_left_out() -> None:
    pairs = [Pair(a="x", b="y", preferred=1)] * 3
    good, bad = _verdict(1, j_score=-1.0), _verdict(2, j_score=-2.0)
    none = _verdict(0, j_score=0.0, refused_by="short")
    figures = pair_figures([(good, bad), (good, none), (none, none)], pairs)
    assert (figures["pairs"], figures["refused"], figures["j_accuracy"]) == (1, 2, 1.0)
    with pytest.raises(TooFewTexts):
        pair_figures([(none, bad)], pairs[:1])


def test_pairs_are_read_and_bad_lines_named(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"a": "x", "b": "y", "preferred": 2, "who": "me"}\n\n', encoding="utf-8")
    assert read_pairs(path) == (Pair(a="x", b="y", preferred=2),)
    for line in ('{"a": "x"}', "no", '{"a": "x", "b": "y", "preferred": 3}', "[1]"):
        path.write_text('{"a": "x", "b": "y", "preferred": 2}\n' + line, encoding="utf-8")
        with pytest.raises(UnreadableText, match="line 2"):
            read_pairs(path)
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(TooFewTexts):
        read_pairs(path)
