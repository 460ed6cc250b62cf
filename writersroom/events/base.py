"""What all events share."""

from __future__ import annotations

from typing import TypeAlias

from writersroom.frozen import Frozen

EventId: TypeAlias = int
"""Row id in the session file; grows along every branch."""


class Weighed(Frozen):
    """A choice that the model was made to make, by token probability."""

    template: str
    """Name of the prompt template."""
    probabilities: tuple[float, ...]
    """Of the options, in the order in which they were asked for."""
    unbalanced: tuple[float, ...] = ()
    """The same before what earlier answers leaned to was taken off; empty where nothing was."""
    drawn: int | None = None
    """Place of the option that was drawn; None where the probabilities themselves were wanted."""
    seed: int = 0
    """Of whom was asked, and about what: tells it from others of the turn that were asked beside it."""


class Trace(Frozen):
    """Where a generated text came from, enough to ask the same model for it again.

    A turn has one, that of the text which its event is about; the others of the turn are `besides`.
    """

    model_sha256: str | None
    prompt_sha256: str
    template: str
    """Name of the prompt template, without folder."""
    sampling: dict[str, float | int]
    """Fields of `engine.interface.Sampling` that differ from its defaults."""
    seed: int
    tokens_in: int
    tokens_reused: int
    tokens_out: int
    milliseconds: float
    take: int = 0
    """Which of the takes drawn from the prompt; each has its own stream derived from the seed."""
    among: int = 1
    """Replies without a fault that it is the most telling of."""
    resampled: int = 0
    """Replies thrown away by the filters before this one."""
    faults: tuple[str, ...] = ()
    """What the filters have against this one, where no reply was fit and it was the best there was."""
    choices: tuple[Weighed, ...] = ()
    """What was chosen in this turn, so that its prompts can be made again: by template and seed, and what one
    seed chose by one template in the order in which it was asked."""
    text: str = ""
    """As it was read off the reply. The event may hold it otherwise, or, where it has faults, not at all."""
    besides: tuple[Trace, ...] = ()
    """Of the other texts of the turn, by template and seed; what was chosen stands in this one alone."""

    @property
    def texts(self) -> tuple[Trace, ...]:
        """All of the turn, this one first."""
        return (self, *self.besides)
