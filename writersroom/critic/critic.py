"""The critic: reads takes, judges them, and learns the writer in the room."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Self

import numpy as np

from writersroom.critic.copying import Copies
from writersroom.critic.errors import TooFewTexts
from writersroom.critic.explain import reasons, worst_sentences
from writersroom.critic.eye import Eye, Reading
from writersroom.critic.features.style import STYLE
from writersroom.critic.features.vector import Numbers
from writersroom.critic.features.windows import WINDOW
from writersroom.critic.guards import Refusal, refusal
from writersroom.critic.heads.discriminator import NINETY, Discriminator
from writersroom.critic.replay import Replay
from writersroom.critic.rows import Rows, rows_of
from writersroom.critic.verdict import Fit, GameValue, Verdict
from writersroom.critic.weights import Weights, load
from writersroom.engine.interface import Engine
from writersroom.resources import critic_weights

_WITHIN: Final = 1.2
"""Deviation of D's log-odds between windows of one text (development data)."""
_SUSPECT: Final = -2.5
"""Log-odds of D below which a text is a machine's anyhow, and nobody asks how it was edited."""
_REMEMBERED: Final = 64
"""Coherences of a writer's takes that its usual range is taken from."""
_NEEDED: Final = 8
"""Takes of a writer from which its own range counts."""
_USUAL: Final = 2.0
"""Deviations below a writer's mean coherence, in log-odds, that are still usual."""


WORDS: Final = tuple(
    (at, measure.name.partition("_")[2])
    for at, measure in enumerate(STYLE)
    if measure.name.startswith(("word_", "fond_")) and measure.unit == "per 100 words"
)
"""Places in `STYLE` where the rate of one word stands, and the word."""
EDITED: Final[Mapping[str, Refusal]] = {
    "words shuffled": Refusal(
        guard="incoherent", sentence="The words stand in no order that a sentence has."
    ),
    "typing errors": Refusal(
        guard="mechanical", sentence="More words are mistyped than a person would leave."
    ),
    "rare words": Refusal(
        guard="mechanical", sentence="Words stand in it that mean nothing where they stand."
    ),
    "fillers": Refusal(guard="mechanical", sentence="Fillers stand in it where nobody would say them."),
}
"""What is said of an edit that was seen through, by the head that saw it."""


class Critic:
    """D, C, J and the guards over one eye.

    Not safe for use from two event loops; refitting happens where it is asked for, and takes milliseconds.
    """

    def __init__(self, weights: Weights, engine: Engine) -> None:
        """Start from weights; see `open`."""
        self._weights = weights
        self._eye = Eye(engine)
        self.forget()

    @classmethod
    async def open(cls, weights: Path | None, engine: Engine) -> Self:
        """Open a critic.

        Args:
            weights: a weights file; None takes those of the program.
            engine: runs the eye: the built-in model, whatever model writes.

        Raises:
            FileNotFoundError: there is no such file.
            DamagedWeights, NewerWeights: the file cannot be used.
        """
        return cls(await asyncio.to_thread(load, weights or critic_weights()), engine)

    @property
    def weights(self) -> Weights:
        """What it started from."""
        return self._weights

    @property
    def discriminator(self) -> Discriminator:
        """D as fitted last."""
        return self._d

    @property
    def eye_sha256(self) -> str | None:
        """Of the model file that reads."""
        return self._eye.model_sha256

    def refuses(self, text: str) -> Refusal | None:
        """The guard that refuses a text before it is read, if one does."""
        return refusal(text)

    @property
    def other_eye(self) -> bool:
        """Whether another model file reads than the one the weights were trained with."""
        own, trained = self._eye.model_sha256, self._weights.trained.eye_sha256
        return own is not None and trained is not None and own != trained

    async def read(self, texts: Sequence[str]) -> tuple[Reading | None, ...]:
        """Measure texts, in order; None for one without words. What was read before is not read again."""
        return await self._eye.read(texts)

    async def weigh(self, takes: Sequence[str]) -> tuple[Verdict, ...]:
        """Judge takes, in order; see `Weighing.weigh`.

        Raises:
            Unsupported, EngineClosed, EngineFailed: see `Engine.score`.
        """
        refused = [refusal(take) or self._copies.found(take) for take in takes]
        readable = [take for take, no in zip(takes, refused, strict=True) if no is None or _measurable(no)]
        readings = iter(await self._eye.read(readable))
        verdicts: list[Verdict] = []
        for no in refused:
            reading = next(readings) if no is None or _measurable(no) else None
            verdicts.append(_unread(no) if reading is None else self.judge(reading, no))
        return tuple(verdicts)

    def forget(self) -> None:
        """Be as the weights have it; some tens of milliseconds. What was read need not be read again."""
        held = self._weights
        self._replay = Replay(held.rows, held_back=held.held_back, kinds=held.kinds)
        self._d = self._replay.fit(known=held.calibration, room=held.room_calibration)
        self._coherences: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=_REMEMBERED))
        self._copies = Copies()

    async def learn(self, *, machine: Sequence[str] = (), human: Sequence[str] = (), writer: str = "") -> Fit:
        """Put texts into the replay buffer and refit; see `Weighing.learn`. Odd ones are left out."""
        learned = 0
        for texts, is_human in ((machine, False), (human, True)):
            fit_to_read = [text for text in texts if refusal(text) is None]
            readings = [one for one in await self._eye.read(fit_to_read) if one is not None]
            if readings:
                self.learn_readings(readings, human=is_human, writer=writer)
            learned += len(readings)
        self._copies.add(human)
        return self.refit().model_copy(update={"learned": learned})

    def learn_readings(self, readings: Sequence[Reading], *, human: bool, writer: str = "") -> None:
        """Put readings of one side into the replay buffer, without refitting."""
        self._replay.add(self._projected(rows_of(readings, human=human, source=writer)))
        if not human:
            chances = self._weights.coherence.chances(np.stack([reading.coherence for reading in readings]))
            self._coherences[writer].extend(float(chance) for chance in chances)

    def refit(self) -> Fit:
        """Fit D on the whole replay buffer; some tens of milliseconds."""
        began = time.perf_counter()
        held = self._weights
        self._d = self._replay.fit(known=held.calibration, room=held.room_calibration)
        return Fit(
            humans=self._replay.count(human=True),
            machines=self._replay.count(human=False),
            milliseconds=1000 * (time.perf_counter() - began),
        )

    def judge(self, reading: Reading, refused: Refusal | None = None) -> Verdict:
        """The verdict on a text that was read.

        Args:
            reading: of the text.
            refused: a guard that refused it before it was read, if any did.
        """
        row = self._projected(rows_of([reading], human=False, source=""))
        logit = float(self._d.logits(row)[0])
        windows = max(min(reading.words, WINDOW * reading.windows) / WINDOW, 0.1)
        spread = float(np.hypot(self._d.spreads(row)[0], unsure_of_length(windows)))
        caught = refused or self._caught(reading, logit)
        chances = _chance(np.array([logit, logit - spread, logit + spread]))
        d, low, high = (float(one) for one in chances)
        if caught is not None:
            d, low, high = 0.0, 0.0, high
        return Verdict(
            d=d,
            d_low=low,
            d_high=high,
            logit=logit,
            reward=min(logit, self._d.cap),
            style=float(self._d.style(row)[0]),
            c=float(self._weights.coherence.chances(reading.coherence[None])[0]),
            j=float(self._weights.quality.ranks(quality_values([reading]))[0]),
            j_score=float(self._weights.quality.scores(quality_values([reading]))[0]),
            reasons=reasons(self._d, row),
            sentences=worst_sentences(self._weights.sentence, reading),
            refused_by=caught.guard if caught else "",
            refusal=caught.sentence if caught else "",
            words=reading.words,
        )

    def usual_coherence(self, writer: str = "") -> float:
        """The C below which a take is out of its writer's range; see `Weighing.usual_coherence`."""
        seen = self._coherences.get(writer)
        usual = self._weights.usual_coherence
        if seen is None or len(seen) < _NEEDED:
            return usual.get(writer, usual[""])
        logits = _logit(np.array(seen))
        return float(_chance(np.array([logits.mean() - _USUAL * max(float(logits.std()), 0.5)]))[0])

    def game(self, verdicts: Sequence[Verdict]) -> GameValue:
        """The value of the game on takes and on human passages held back from the fit.

        Raises:
            TooFewTexts: no verdict on a text that can be judged, or weights without passages held back.
        """
        # Not by their log-odds: a take that a guard saw through has not won, however human it reads.
        said = np.array([verdict.d for verdict in verdicts if verdict.judged])
        if not len(said) or not len(self._replay.held_back):
            raise TooFewTexts("The value of the game needs a take and a human passage at least.")
        human = _chance(self._d.logits(self._replay.held_back))
        people, takes = (np.clip(chances, 1e-6, 1 - 1e-6) for chances in (human, said))
        value = float(np.log(people).mean() + np.log(1 - takes).mean())
        return GameValue(
            d_human=float(people.mean()),
            d_take=float(takes.mean()),
            value=value,
            loss_d=-value / 2,
            loss_g=-float(np.log(takes).mean()),
            accuracy=(float((human > 0.5).mean()) + float((said <= 0.5).mean())) / 2,
        )

    def token_slopes(self) -> Mapping[str, float]:
        """The linear part of D on words; see `Weighing.token_slopes`."""
        panel = self._d.panels[-1]
        slopes: dict[str, float] = {}
        for at, word in WORDS:
            slope = float(panel.style.coef[at] / panel.style.scale[at]) * panel.calibration.slope / 3
            slopes[word] = slopes.get(word, 0.0) + slope
        return slopes

    def token_rates(self) -> Mapping[str, float]:
        """What the replay buffer's machines say how often; see `Weighing.token_rates`."""
        machines = self._replay.machines()
        rates = np.average(machines.style, axis=0, weights=machines.weights)
        return {word: float(rates[at]) for at, word in WORDS}

    def _projected(self, rows: Rows) -> Rows:
        return rows.model_copy(update={"embedding": self._weights.projection(rows.embedding)})

    def _caught(self, reading: Reading, logit: float) -> Refusal | None:
        """Guards that look at what was measured; those of edits, where D lets the text through."""
        held = self._weights
        if held.coherence.chances(reading.coherence[None])[0] < held.coherence_floor:
            return Refusal(guard="incoherent", sentence="Its parts do not hold together.")
        if logit < _SUSPECT:
            return None
        for edit in held.edits:
            if edit.head.logits(reading.edits[None])[0] < edit.limit:
                return EDITED[edit.kind]
        if held.parts.weakest(reading.parts) < held.parts.limit:
            return Refusal(
                guard="spliced", sentence="One part of it reads as a machine's, whatever the rest."
            )
        return None


def unsure_of_length(windows: float) -> float:
    """Half the width of a 90 % interval of D's log-odds, for want of more words.

    A mean over n windows is off by the deviation between windows over the root of n, and so is what part of
    a window says: it falls without a step from the shortest text to the longest.

    Args:
        windows: how many were measured, in full lengths; positive.
    """
    return NINETY * _WITHIN / windows**0.5


def quality_values(readings: Sequence[Reading]) -> Numbers:
    """What J looks at, shape (readings, features)."""
    return np.stack([reading.style for reading in readings])


def _measurable(no: Refusal) -> bool:
    """Whether what a guard refused can be measured all the same."""
    return no.guard in ("duplicated", "disguised", "capitals", "copied")


def _unread(no: Refusal | None) -> Verdict:
    return Verdict(
        d=0.0,
        d_low=0.0,
        d_high=1.0,
        logit=0.0,
        reward=0.0,
        style=0.0,
        c=0.0,
        j=0.0,
        refused_by=no.guard if no else "empty",
        refusal=no.sentence if no else "There is nothing in it to judge.",
    )


def _chance(logits: Numbers) -> Numbers:
    return 1 / (1 + np.exp(-np.clip(logits, -30, 30)))


def _logit(chances: Numbers) -> Numbers:
    held = np.clip(chances, 1e-9, 1 - 1e-9)
    return np.log(held / (1 - held))
