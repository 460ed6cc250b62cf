"""The critic over the real eye: it tells, it explains, it learns, and it is not moved by typing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from tests.critic.texts import HUMAN, MACHINE, machine_like
from writersroom.critic.attacks import attacked
from writersroom.critic.critic import Critic
from writersroom.critic.errors import TooFewTexts
from writersroom.critic.guards import refusal
from writersroom.critic.verdict import Weighing
from writersroom.engine.interface import TextScore
from writersroom.engine.llama.engine import LlamaEngine

STREAM = machine_like(7, 4)


class Counting:
    """An engine that counts the texts it was asked to score."""

    def __init__(self, engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts = 0
        score = engine.score

        async def counted(context: str, texts: Sequence[str], *, hidden: bool = False) -> list[TextScore]:
            self.texts += len(texts)
            return await score(context, texts, hidden=hidden)

        monkeypatch.setattr(engine, "score", counted)


async def test_it_tells_explains_and_remembers(
    llama_engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(llama_engine, monkeypatch)
    critic = await Critic.open(None, llama_engine)
    takes = [HUMAN, MACHINE, "hello", attacked(MACHINE, [HUMAN], "words shuffled", 1)]
    human, machine, short, shuffled = await critic.weigh(takes)
    assert counting.texts == 3  # one window each; what is too short is not read

    assert human.d > 0.5 > machine.d
    for verdict in (human, machine):
        assert verdict.d_low <= verdict.d <= verdict.d_high
        assert not verdict.refused_by
        assert 0 <= verdict.c <= 1
        assert verdict.reward <= critic.discriminator.cap
    assert human.j > machine.j
    assert machine.reasons
    assert any("ready-made" in reason for reason in machine.reasons)
    assert not any(char.isdigit() for reason in machine.reasons for char in reason)
    sentences = [sentence for sentence, _ in machine.sentences]
    assert all(sentence in MACHINE for sentence in sentences)
    likeness = [chance for _, chance in machine.sentences]
    assert likeness == sorted(likeness, reverse=True)

    assert short.refused_by == "short"
    assert (short.d_low, short.d_high) == (0, 1)
    assert shuffled.refused_by == "incoherent"
    assert shuffled.d == 0
    assert shuffled.c < machine.c

    curly = HUMAN.replace("'", "\u2019").replace(". ", ".\n\n")
    again = await critic.weigh([HUMAN, f"# Title\n\n{curly}"])
    assert again == (human, human)
    assert counting.texts == 4  # the first was remembered


async def test_it_learns_the_writer_in_the_room(llama_engine: LlamaEngine) -> None:
    critic: Weighing = await Critic.open(None, llama_engine)
    assert isinstance(critic, Critic)
    takes = [text for seed in range(20) if refusal(text := machine_like(seed, 4)) is None][:8]
    [before] = await critic.weigh([STREAM])
    usual = critic.usual_coherence("w")
    slopes, stock = critic.token_slopes(), critic.token_rates()
    fit = await critic.learn(machine=[*takes, "too short"], writer="w")
    [after] = await critic.weigh([STREAM])
    assert after.logit < max(before.logit, -2)
    assert fit.machines == before_machines(critic) + 8
    assert fit.milliseconds > 0
    assert critic.usual_coherence("w") != usual
    assert critic.usual_coherence("somebody else") == usual
    assert critic.token_slopes() != slopes
    assert all(np.isfinite(slope) and word == word.lower() for word, slope in slopes.items())
    rates = critic.token_rates()
    assert rates.keys() == slopes.keys()
    assert rates != stock
    assert all(rate >= 0 for rate in rates.values())
    assert 1 < rates["the"] < 10
    assert 30 < sum(rates.values()) < 80

    game = critic.game([after])
    assert game.d_human > game.d_take
    assert game.value == pytest.approx(-2 * game.loss_d)
    assert -6 < game.value < 0
    with pytest.raises(TooFewTexts):
        critic.game([])

    await critic.learn(human=[HUMAN])
    [copied, own] = await critic.weigh([f"{HUMAN} {STREAM}", STREAM])
    assert copied.refused_by == "copied"
    assert copied.d == 0 < copied.d_high
    cheated = critic.game([copied.model_copy(update={"logit": 3.0})])
    assert cheated.d_take < 1e-5
    assert cheated.loss_g > 10
    assert copied.words > own.words > 0
    assert own.refused_by != "copied"

    critic.forget()
    [forgotten] = await critic.weigh([f"{HUMAN} {STREAM}"])
    assert forgotten.refused_by != "copied"
    assert await critic.weigh([STREAM]) == (before,)
    assert (critic.token_slopes(), critic.token_rates()) == (slopes, stock)
    assert critic.usual_coherence("w") == usual


def before_machines(critic: Critic) -> int:
    """Machine rows in stock."""
    return int((~critic.weights.rows.human).sum())
