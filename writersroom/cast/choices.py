"""Choices put to the model: options in a shuffled order, and the same form without content beside it.

A small model asked "A or B" says A: measured, in 98 cases of 100. Three things take that out. Options are
compared as continuations of a text rather than by letter; what the form alone makes likely is subtracted
(contextual calibration: Zhao, Wallace, Feng, Klein & Singh 2021, Calibrate Before Use); and where they are
listed, their order is drawn anew each time.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from writersroom.cast.templates import Templates, laid_out
from writersroom.engine.interface import Choice, Prompt
from writersroom.frozen import Frozen

Stance: TypeAlias = Literal["support", "object", "amend"]
Verdict: TypeAlias = Literal["adopted", "amended", "rejected"]

STANCES: Final[Mapping[Stance, str]] = MappingProxyType(
    {"support": "agree with it", "object": "am against it", "amend": "would change it"}
)
"""How a stance is said after "I"."""
VERDICTS: Final[Mapping[Verdict, str]] = MappingProxyType(
    {"adopted": "we take it", "amended": "we take it with the change", "rejected": "we leave it out"}
)
YES_NO: Final = ("yes", "no")


class Choosing(Frozen):
    """Options to be weighed by `engine.choose(prompt, options, content_free=content_free)`.

    The content-free prompt keeps what `templates.KEPT_BY` says.
    """

    template: str
    prompt: Prompt
    content_free: Prompt
    options: tuple[str, ...]
    """As they continue the prompt, in the order in which it lists them."""
    order: tuple[int, ...]
    """For each of them, its place among the options that were asked for."""

    def probabilities(self, choice: Choice) -> tuple[float, ...]:
        """The probability of each option, in the order in which they were asked for."""
        found = [0.0] * len(self.order)
        for place, probability in zip(self.order, choice.probabilities, strict=True):
            found[place] = probability
        return tuple(found)

    def best(self, choice: Choice) -> int:
        """Place of the likeliest option among those asked for."""
        return self.order[choice.best]


def draw(weights: Sequence[float], *, seed: int, temperature: float = 1.0) -> int:
    """A place drawn by weight, sharpened below a temperature of 1, flattened above.

    Raises:
        ValueError: no weight is above 0.
    """
    top = max(weights)
    if top <= 0:
        raise ValueError("a draw needs a weight above 0")
    sharpened = [(weight / top) ** (1 / temperature) for weight in weights]
    return random.Random(seed).choices(range(len(sharpened)), sharpened)[0]


def choosing(
    templates: Templates,
    template: str,
    options: Sequence[str],
    values: Mapping[str, object],
    *,
    seed: int,
    chat: bool = False,
) -> Choosing:
    """A choice by any template that ends where the option goes on.

    Args:
        templates: of the session.
        template: the one to fill in; it is given `options` in the order drawn.
        options: two or more, no two alike.
        values: what else it prints, `shared` among them.
        seed: of the order.
        chat: see `laid_out`.

    Raises:
        ValueError: fewer than two options, an empty one or two alike.
        BadTemplate: it does not render with these values.
    """
    if len(options) < 2 or len(set(options)) < len(options) or not all(map(str.strip, options)):
        raise ValueError("a choice needs two options or more, none empty and no two alike")
    order = tuple(random.Random(seed).sample(range(len(options)), len(options)))
    listed = tuple(options[place] for place in order)
    given = {**values, "options": listed}
    parts = templates.prompt(template, given).parts
    gap = " " if parts[-1].role == "assistant" and not parts[-1].text[-1:].isspace() else ""
    return Choosing(
        template=template,
        prompt=laid_out(parts, chat=chat),
        content_free=laid_out(templates.prompt(template, given, blank=True).parts, chat=chat),
        options=tuple(f"{gap}{option}" for option in listed),
        order=order,
    )


def balanced(
    probabilities: Sequence[float], earlier: Sequence[Sequence[float]], *, weight: float = 1.0
) -> tuple[float, ...]:
    """Probabilities without what the answers to this question have leaned to so far.

    The mean of the earlier answers' log-probabilities is taken off (batch calibration: Zhou, Wan, Proleev,
    Mincu, Chen, Heller & Roy 2024), so that an answer tells how this case differs from the others.

    Args:
        probabilities: of the options.
        earlier: the same for cases asked about before, as they were, not balanced; none changes nothing.
        weight: how many earlier cases an unknown even one counts for, so that the first few do not decide.

    Raises:
        ValueError: they are not all of one length.
    """
    if not earlier:
        return tuple(probabilities)
    if any(len(one) != len(probabilities) for one in earlier):
        raise ValueError("the earlier answers have another number of options")
    mean = [
        sum(_log(one[at]) for one in earlier) / (len(earlier) + weight) for at in range(len(probabilities))
    ]
    logs = [_log(probability) - lean for probability, lean in zip(probabilities, mean, strict=True)]
    weights = [math.exp(log - max(logs)) for log in logs]
    return tuple(one / sum(weights) for one in weights)


def _log(probability: float) -> float:
    return math.log(max(probability, 1e-9))
