"""Which take of a scene is kept: drawn among the coherent ones by how human each reads.

The best response of a generator that is held near its own model by a KL penalty of strength beta draws each
take with the model's probability times exp(reward / beta) (Korbak, Perez & Buckley 2022); among K takes that
the model drew itself these are the weights. D does not see nonsense, so it only ever chooses among takes
that C lets pass.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Final

from writersroom.critic.verdict import Verdict
from writersroom.frozen import Frozen

BETA: Final = 0.5
"""Nats of D's log-odds by which a take is e times as likely to be chosen as another."""


class Contender(Frozen):
    """A take that may be chosen, and what the critic says of it."""

    take: str
    text: str
    verdict: Verdict


def coherent(contenders: Sequence[Contender], floor: float, *, share: float = 0.5) -> tuple[Contender, ...]:
    """Those that may be chosen: refused by no guard, in their writer's usual range of C, the most coherent.

    Args:
        contenders: one or more.
        floor: the least C that is usual.
        share: how many of those that pass are kept, but never fewer than two.

    Returns:
        In the order given. Where none passes, the most coherent one alone, of those that no guard refused if
        there is one: a scene must have some take.
    """
    passing = [one for one in contenders if not one.verdict.refused_by and one.verdict.c >= floor]
    if not passing:
        return (max(contenders, key=lambda one: (not one.verdict.refused_by, one.verdict.c)),)
    count = max(2, math.ceil(len(passing) * share))
    places = sorted(range(len(passing)), key=lambda place: -passing[place].verdict.c)[:count]
    return tuple(passing[place] for place in sorted(places))


def weights(contenders: Sequence[Contender], *, beta: float = BETA) -> tuple[float, ...]:
    """The probability with which each is chosen: in proportion to exp(D / beta).

    D is `Verdict.reward`, its log-odds capped at the human median: measured, above that it goes against
    readers' ratings, so more is not rewarded.

    Args:
        contenders: one or more.
        beta: see `BETA`.
    """
    rewards = [one.verdict.reward / beta for one in contenders]
    raised = [math.exp(reward - max(rewards)) for reward in rewards]
    return tuple(one / sum(raised) for one in raised)


def drawn(contenders: Sequence[Contender], *, seed: int, beta: float = BETA) -> Contender:
    """One of them, by `weights`; the same for the same seed."""
    return random.Random(seed).choices(contenders, weights(contenders, beta=beta))[0]


def best(contenders: Sequence[Contender]) -> Contender:
    """The one that reads most human, of those that no guard refused if there is one.

    Of those at the cap it is the most coherent; of equals the first.
    """
    return max(contenders, key=lambda one: (not one.verdict.refused_by, one.verdict.reward, one.verdict.c))
