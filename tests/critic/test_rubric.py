"""Takes ranked by what a model says of every pair, asked in both orders."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from writersroom.critic.notes import readerly
from writersroom.critic.rubric import QUESTIONS, pairs, preference, strengths


def test_every_pair_is_put_in_both_orders() -> None:
    assert set(pairs("abc")) == set(permutations("abc", 2))
    assert len(pairs("abc")) == 6
    assert pairs("a") == ()


@given(st.floats(0, 1), st.floats(0, 1))
def test_who_answers_by_the_order_has_said_nothing(second: float, swapped: float) -> None:
    said = preference(second, swapped)
    assert 0 <= said <= 1
    assert preference(swapped, second) == pytest.approx(1 - said)
    if second > 0.5 and swapped > 0.5:  # whichever stands second is called the better one
        assert said == 0.5


def test_what_is_said_in_both_orders_counts() -> None:
    assert preference(0.9, 0.2) == pytest.approx(0.85)
    assert preference(0.2, 0.9) == pytest.approx(0.15)


def answers(better: str, sure: float = 0.9) -> dict[tuple[str, str], list[float]]:
    """A judge who likes takes in this order, the best first."""
    return {
        (a, b): [sure if better.index(b) < better.index(a) else 1 - sure] * len(QUESTIONS)
        for a, b in pairs(better)
    }


@pytest.mark.parametrize("order", ["abcd", "dbca"])
def test_takes_rank_as_they_are_liked(order: str) -> None:
    found = strengths("abcd", answers(order))
    assert sorted(found, key=lambda take: -found[take]) == list(order)
    assert found[order[0]] > 0.5 > found[order[-1]]
    surer = strengths("abcd", answers(order, 0.99))
    assert surer[order[0]] > found[order[0]]


def test_a_judge_who_says_yes_to_everything_ranks_nobody() -> None:
    found = strengths("abc", {pair: [0.98] * 4 for pair in pairs("abc")})
    assert found == pytest.approx(dict.fromkeys("abc", 0.5))


def test_it_is_the_likeliest_ranking() -> None:
    """No other strengths make the answers, and the prior's, likelier (checked on a grid of two takes)."""
    yes = {("a", "b"): [0.8, 0.7], ("b", "a"): [0.3, 0.4]}
    wins = sum(preference(one, other) for one, other in zip(yes["a", "b"], yes["b", "a"], strict=True))
    found = strengths("ab", yes)

    def likelihood(a: float, b: float) -> float:
        against = wins * np.log(b / (a + b)) + (2 - wins) * np.log(a / (a + b))
        return float(against + sum(0.5 * (np.log(s / (1 + s)) + np.log(1 / (1 + s))) for s in (a, b)))

    best = likelihood(*(found[take] / (1 - found[take]) for take in "ab"))
    grid = np.exp(np.linspace(-2, 2, 81))
    assert best >= max(likelihood(a, b) for a in grid for b in grid) - 1e-9


def test_the_questions_count_nothing() -> None:
    assert all(readerly(question) and question.endswith("?") for question in QUESTIONS)
