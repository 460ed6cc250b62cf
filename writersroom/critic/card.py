"""The model card (Mitchell et al. 2019): what the critic was trained on, where it fails, and its limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from writersroom.critic.weights import Trained, Weights
from writersroom.frozen import Frozen

WRONGED: Final = "wronged, unseen texts"
"""Name of the figure that weights may have of the human texts left out that a guard takes for edited: their
share, 0..1."""
PURPOSE: Final = (
    "It ranks drafts of one room's writers, beside human prose, so that the next draft can be better.",
    "D, C and J are shown apart: human-like, coherent, good. None stands for another.",
)
FAILS: Final = (
    "A writer it has not seen: have it learn eight takes first, above all of a base model without "
    "instruction "
    "tuning, whose errors lie elsewhere than those of chat models.",
    "Texts of fewer than 60 words: the interval is wide, and below 40 words it refuses.",
    "Verse, lists, code, other languages than English, text without capitals or all in capitals: it refuses.",
    "Human prose in a plain, even, formal style, and that of people who write in a second "
    "language: D is lower "
    "than it should be.",
    "D is not quality: within human stories it goes down a little as readers' ratings go up.",
    "C compares takes of one writer, or a take with its own edit; between writers it favours whom "
    "the eye knows.",
    "J was learned from one expert's scores of short literary paragraphs in English. It ranks the dialogue "
    "of a model of 135 million parameters above every expert's draft, so it only tells one such take from "
    "another.",
    "Human and generated text mixed: strewn with human lines a third passes, and with a human paragraph "
    "before or after it seven of ten.",
)
NEVER: Final = (
    "It judges drafts in a room, never people. Do not use it to decide whether a student, an applicant or an "
    "author wrote something: at the threshold of `tpr_at_5fpr` one human text in twenty is called a "
    "machine's, and more of those who write plainly.",
    "Do not use it as the only reward of a training run: what it rewards beyond the median of human text "
    "readers do not like better.",
)


class Card(Frozen):
    """What `critic card` tells."""

    purpose: tuple[str, ...]
    trained_on: tuple[str, ...]
    texts: tuple[tuple[str, int], ...]
    """Vectors in the replay buffer's stock, by who wrote."""
    eye: str
    eye_sha256: str | None
    day: str
    measured: tuple[tuple[str, float], ...]
    measured_on: str
    """What was left out of the training to be measured on."""
    fails: tuple[str, ...]
    never: tuple[str, ...]

    def sections(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Headings and lines for a person."""
        yield "What it is for", self.purpose
        yield (
            "Trained on",
            (*self.trained_on, f"Read by {self.eye or 'an unnamed eye'}; {self.day or 'no date'}"),
        )
        yield "Texts in stock", tuple(f"{name}: {count}" for name, count in self.texts)
        yield (
            f"Measured on {self.measured_on}",
            tuple(f"{name}: {value:.3f}" for name, value in self.measured),
        )
        yield "Where it fails", self.fails
        yield "For whom it must not be used", self.never


def model_card(weights: Weights) -> Card:
    """The card of some weights."""
    rows = weights.rows
    counted = Counter(
        f"{'human' if human else 'machine'}, {source}"
        for source, human in zip(rows.sources, rows.human, strict=True)
    )
    return Card(
        purpose=PURPOSE,
        trained_on=weights.trained.on,
        texts=tuple(sorted(counted.items())),
        eye=weights.trained.eye,
        eye_sha256=weights.trained.eye_sha256,
        day=weights.trained.day,
        measured=weights.trained.figures,
        measured_on=weights.trained.measured_on,
        fails=(_wronged(weights.trained), *FAILS),
        never=NEVER,
    )


def _wronged(trained: Trained) -> str:
    share = dict(trained.figures).get(WRONGED)
    if share is None:
        often = "how often was not measured for these weights"
    else:
        often = f"{share:.0%} of human texts left out"
    return f"Human prose that a guard takes for edited, and whose D is 0: {often}."
