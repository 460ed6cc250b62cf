"""Selection: exp(D / beta) among the coherent, and never a take that C or a guard holds back."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.critic.standin import verdict
from writersroom.critic.selection import Contender, best, coherent, drawn, weights

logits = st.floats(-50, 50)


def one(take: str, **said: object) -> Contender:
    return Contender(take=take, text="", verdict=verdict(**said))


def judged(logit: float, c: float, guard: str) -> Contender:
    return one("t", logit=logit, c=c, refused_by=guard)


guards = st.sampled_from(["", "", "", "incoherent", "copied"])
contenders = st.lists(st.builds(judged, logits, st.floats(0, 1), guards), min_size=1, max_size=8)


@given(contenders, st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_what_is_out_of_the_usual_range_is_never_chosen_while_another_is_in_it(
    takes: list[Contender], floor: float
) -> None:
    kept = coherent(takes, floor)
    assert kept
    passing = [take for take in takes if not take.verdict.refused_by and take.verdict.c >= floor]
    if passing:
        assert all(take in passing for take in kept)
        assert len(kept) == min(len(passing), max(2, math.ceil(len(passing) / 2)))
        assert (
            sorted(take.verdict.c for take in kept)
            == sorted(take.verdict.c for take in passing)[-len(kept) :]
        )
    else:
        whole = [take for take in takes if not take.verdict.refused_by]
        assert kept == (max(whole or takes, key=lambda take: take.verdict.c),)


@given(contenders, st.floats(0.1, 5))
@settings(max_examples=60, deadline=None)
def test_weights_are_probabilities_in_the_order_of_d(takes: list[Contender], beta: float) -> None:
    given_weights = weights(takes, beta=beta)
    assert sum(given_weights) == pytest.approx(1)
    rewards = [take.verdict.reward for take in takes]
    for reward, weight in zip(rewards, given_weights, strict=True):
        for other, heavier in zip(rewards, given_weights, strict=True):
            assert reward > other or weight <= heavier


def test_a_take_that_no_guard_refused_is_better_than_any_that_one_did() -> None:
    unread = one("unread", reward=0.0, c=0.0, refused_by="short")
    spliced = one("spliced", reward=3.0, c=0.9, refused_by="spliced")
    poor = one("poor", reward=-1.2, c=0.4)
    assert best([unread, spliced, poor]) is poor
    assert best([unread, spliced]) is spliced


def test_a_nat_of_beta_is_worth_a_factor_of_e() -> None:
    two = weights([one("a", logit=-3.0), one("b", logit=-2.5)], beta=0.5)
    assert two[1] / two[0] == pytest.approx(math.e)


def test_draws_follow_the_weights_and_the_seed() -> None:
    takes = [one("a", logit=0.0), one("b", logit=0.5)]
    often = Counter(drawn(takes, seed=seed).take for seed in range(600))
    assert 0.66 < often["b"] / 600 < 0.80  # e / (1 + e) is 0.73
    assert drawn(takes, seed=5) == drawn(takes, seed=5)


def test_beyond_the_human_median_more_is_not_better() -> None:
    takes = [
        one("a", logit=1.0, reward=1.0, c=0.5),
        one("b", logit=4.0, reward=1.5, c=0.4),
        one("c", logit=2.0, reward=1.5, c=0.9),
    ]
    assert best(takes).take == "c"
    first, second, third = weights(takes)
    assert first < second == third
