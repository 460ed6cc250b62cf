"""What the critic says of a take, and what the loop may ask of a critic.

Three heads speak, and are never mixed: D, how human a take reads beside the writers it is compared with; C,
how coherent it is; J, how good readers would find it. A guard may refuse a text that was made to please D.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, Protocol, TypeAlias

from writersroom.frozen import Frozen

Guard: TypeAlias = Literal[
    "",
    "empty",
    "short",
    "binary",
    "huge",
    "language",
    "code",
    "capitals",
    "verse",
    "duplicated",
    "chatter",
    "disguised",
    "copied",
    "incoherent",
    "spliced",
    "mechanical",
]
"""Who refused a text; "" where nobody did."""


QUALITY_LOST: Final = 0.2
"""Of `Verdict.j_score`, what is worse to read: a ninth of its standard deviation among experts' drafts."""
BEYOND: Final = 0.98
"""J among experts' drafts from which on it can hardly tell texts apart: it has seen next to none."""
QUALITY_LOST_BEYOND: Final = 1.8
"""What is worse to read where both texts lie beyond that, as nearly all dialogue does: a standard deviation
of these drafts. Takes of one scene in 16 lines lie 0.7 from their mean."""
UNJUDGED: Final[frozenset[Guard]] = frozenset(
    ("empty", "short", "binary", "huge", "language", "code", "verse", "chatter")
)
"""Guards that say a text cannot be judged, not that it is no good."""


class Verdict(Frozen):
    """What the critic says of one take. D, C and J are apart on purpose.

    A refused take has the measurements that could still be made; its `d` is 0 where a guard saw through an
    attempt on D, and the interval is the whole of [0, 1] where the text cannot be judged at all.
    """

    d: float
    """Probability, 0..1, that the take reads as human-written, calibrated on texts not trained on."""
    d_low: float
    d_high: float
    """90 % interval of `d`: spread of refits on resampled training data, wider for short texts."""
    logit: float
    """Log-odds behind `d`; orders takes that all have `d` near 0. To rank by; not for a loop to climb."""
    reward: float
    """The same, capped at what half of all human texts reach: beyond it, a higher D goes with lower
    ratings."""
    style: float
    """The same by the stylometric head alone, which still tells a small writer's takes apart."""
    c: float
    """Coherence, 0..1: the probability that the text is whole rather than one of its damaged copies.
    Comparable between takes of one writer, and between a take and its own edit; never across writers."""
    j: float
    """Quality, 0..1: the share of drafts from experts' scores that it would be placed above."""
    j_score: float = 0.0
    """The same before it is a share: orders texts that lie above or below all drafts. `heads.quality` tells
    the unit."""
    reasons: tuple[str, ...] = ()
    """What moved D most, in plain words, strongest first."""
    sentences: tuple[tuple[str, float], ...] = ()
    """Sentences with how machine-like each is, 0..1, most so first."""
    refused_by: Guard = ""
    """Which guard caught it; "" when none did."""
    refusal: str = ""
    """The guard's sentence for a person."""
    words: int = 0
    """Words measured, markup and chatter taken off."""

    @property
    def judged(self) -> bool:
        """Whether the measurements are of this text; where not, they are nothing."""
        return self.refused_by not in UNJUDGED

    def reads_worse(self, before: Verdict) -> bool:
        """Whether J places it below another text by more than it cannot tell apart."""
        beyond = min(before.j, self.j) >= BEYOND
        return self.j_score < before.j_score - (QUALITY_LOST_BEYOND if beyond else QUALITY_LOST)


class Fit(Frozen):
    """How a refit went."""

    humans: int
    """Rows on the human side of the replay buffer, the shipped ones included."""
    machines: int
    milliseconds: float
    learned: int = 0
    """Texts of those just given that were fit to be learned."""


class GameValue(Frozen):
    """The value of the game (Goodfellow et al. 2014) on real passages and real takes."""

    d_human: float
    """Mean D on human passages that D was not fitted on."""
    d_take: float
    """Mean D on the takes."""
    value: float
    """E[log D(x)] + E[log(1 - D(G(z)))]; 0 when D wins, -2 log 2 when it can only guess."""
    loss_d: float
    """Cross-entropy of D: minus half the value."""
    loss_g: float
    """The writers' loss, -E[log D(G(z))]."""
    accuracy: float = 0.5
    """Balanced accuracy of D on these takes and these passages, none of which it was fitted on, 0..1."""


class Weighing(Protocol):
    """What the loop asks of a critic; `writersroom.critic.critic.Critic` is the one that is trained."""

    async def weigh(self, takes: Sequence[str]) -> tuple[Verdict, ...]:
        """Judge takes, in order; one pass of the eye for all that have not been read before."""
        ...

    async def learn(self, *, machine: Sequence[str] = (), human: Sequence[str] = (), writer: str = "") -> Fit:
        """Put texts into the replay buffer, newest weighing most, and refit the heads on all of it.

        Args:
            machine: takes of the writer in the room.
            human: passages of a person's own, from the room's `reference/`.
            writer: whose takes they are; each writer keeps its own usual range of C.
        """
        ...

    def forget(self) -> None:
        """Be as it came: what was learned is not known any more."""
        ...

    def usual_coherence(self, writer: str = "") -> float:
        """The C below which a take of this writer is out of its usual range and cannot be chosen, 0..1."""
        ...

    def game(self, verdicts: Sequence[Verdict]) -> GameValue:
        """The value of the game on takes just weighed and human passages held back from the fit."""
        ...

    def token_slopes(self) -> Mapping[str, float]:
        """The linear part of D on words: by how much one more of this word in 100 moves D's log-odds.

        Keys are lower-case words as they are written, only those that the fit speaks of. Positive is human.
        """
        ...

    def token_rates(self) -> Mapping[str, float]:
        """How often the machines that D is fitted on use each of these words, per 100 of their words."""
        ...
