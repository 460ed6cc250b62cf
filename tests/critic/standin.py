"""A critic without an eye: it obeys the whole of `Weighing`, and what it holds of a text can be told from
outside.

It is for the rules of the loop, which must hold whatever a critic says; that the trained one judges well is
proved elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from writersroom.cast.said import words_in
from writersroom.critic.verdict import Fit, GameValue, Verdict

Opinion = Callable[[str], Mapping[str, object]]


def plain(text: str) -> Mapping[str, object]:
    """Holds of a text that it is the more human the more different words it has."""
    words = words_in(text)
    share = len(set(words)) / max(1, len(words))
    return {"logit": 10 * share - 10.5, "c": 0.8, "j": 0.5}


class StandIn:
    """Says what its opinion is.

    Attributes:
        learned: whatever it was taught, in order: side and texts.
    """

    def __init__(self, opinion: Opinion = plain, *, accuracy: float = 0.8, floor: float = 0.3) -> None:
        self._opinion, self._accuracy, self._floor = opinion, accuracy, floor
        self.learned: list[tuple[str, tuple[str, ...]]] = []

    async def weigh(self, takes: Sequence[str]) -> tuple[Verdict, ...]:
        return tuple(verdict(**self._opinion(take)) for take in takes)

    async def learn(self, *, machine: Sequence[str] = (), human: Sequence[str] = (), writer: str = "") -> Fit:
        given = ((writer, machine), ("human", human))
        self.learned += [(side, tuple(texts)) for side, texts in given if texts]
        count = sum(len(texts) for _, texts in self.learned)
        return Fit(
            humans=count,
            machines=count,
            milliseconds=1.0,
            learned=len(machine) + len(human),
        )

    def forget(self) -> None:
        self.learned.clear()

    def usual_coherence(self, writer: str = "") -> float:
        return self._floor

    def game(self, verdicts: Sequence[Verdict]) -> GameValue:
        human, take = 0.9, sum(one.d for one in verdicts) / len(verdicts)
        value = math.log(human) + sum(math.log(max(1e-9, 1 - one.d)) for one in verdicts) / len(verdicts)
        return GameValue(
            d_human=human,
            d_take=take,
            value=value,
            loss_d=-value / 2,
            loss_g=-math.log(max(take, 1e-9)),
            accuracy=self._accuracy,
        )

    def token_slopes(self) -> Mapping[str, float]:
        return {"heart": -2.0, "radio": 1.0, "the": 0.1}

    def token_rates(self) -> Mapping[str, float]:
        return {"heart": 0.5, "radio": 0.1, "the": 5.0}


def verdict(**said: object) -> Verdict:
    """A verdict that says this, and nothing remarkable besides."""
    d = said.get("d")
    logit = said.get("logit")
    if not isinstance(logit, float):
        logit = math.log(d / (1 - d)) if isinstance(d, float) else -2.0
    chance = 1 / (1 + math.exp(-logit))
    usual = {"d": chance, "d_low": 0.0, "d_high": 1.0, "style": logit, "reward": logit, "c": 0.8, "j": 0.5}
    return Verdict.model_validate({**usual, **said, "logit": logit})
