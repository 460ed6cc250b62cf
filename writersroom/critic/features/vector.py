"""Features with names: what is measured, in what unit, and what a person is told when it speaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from writersroom.frozen import Frozen

Numbers: TypeAlias = npt.NDArray[np.float64]
Truth: TypeAlias = npt.NDArray[np.bool_]
Places: TypeAlias = npt.NDArray[np.signedinteger]
"""Indices."""

MEASUREMENT: Final = 2
"""Version of what all features measure. Raised whenever one is measured otherwise under its old name: weights
made before are refused then, for they would be put to values they do not know."""


class Measure(Frozen):
    """One feature."""

    name: str
    unit: str
    """What 1 is: "nats", "share of tokens", "per 100 words"…"""
    family: str
    """What it is counted under when a person is told what moved D: a key of `FAMILIES`."""


class Family(Frozen):
    """Features that say one thing to a reader."""

    human: str
    """What is said when they make a text more human."""
    machine: str


FAMILIES: Final[Mapping[str, Family]] = {
    "surprise": Family(
        human="the words are as hard to foresee as a person's",
        machine="nearly every word is the one a model would have foreseen",
    ),
    "rhythm of surprise": Family(
        human="plain and startling words alternate unevenly, as in human prose",
        machine="the prose stays equally predictable from beginning to end",
    ),
    "sentence rhythm": Family(
        human="long and short sentences alternate freely",
        machine="the sentences are all of about one length",
    ),
    "sentence length": Family(
        human="the sentences have the length that writers here use",
        machine="the sentences run longer, or shorter, than a writer's",
    ),
    "participles": Family(
        human="things are done in plain verbs",
        machine="clauses trail off in participles, one thing happening while another does",
    ),
    "stock phrases": Family(
        human="few ready-made phrases",
        machine="ready-made phrases that models are fond of",
    ),
    "summing up": Family(
        human="it shows and does not explain what it means",
        machine="it explains what it meant, or draws a moral",
    ),
    "named feelings": Family(
        human="feelings are left to be seen",
        machine="feelings are named instead of shown",
    ),
    "dialogue": Family(
        human="people speak, interrupt and are short with each other",
        machine="the talk is sparse, or polite and complete",
    ),
    "spoken language": Family(
        human="it has the contractions and asides of a voice",
        machine="the language is formal where a voice would not be",
    ),
    "grammar words": Family(
        human="the small words fall as they do in human prose",
        machine="the small words fall as they do in a model's prose",
    ),
    "vocabulary": Family(
        human="the vocabulary is concrete and uneven",
        machine="the vocabulary is smooth: long, general or ornamental words",
    ),
    "punctuation": Family(
        human="the punctuation is a person's",
        machine="the punctuation is a model's: tidy, or fond of one mark",
    ),
    "repetition": Family(
        human="it repeats itself as little, or as purposely, as people do",
        machine="it says the same again in the same words",
    ),
    "openings": Family(
        human="the sentences begin in different ways",
        machine="sentence after sentence begins the same way",
    ),
    "voice": Family(
        human="a teller with a point of view",
        machine="a teller seen from nowhere",
    ),
    "sound of the whole": Family(
        human="taken as a whole it lies close to human prose",
        machine="taken as a whole it lies close to generated prose",
    ),
    "holding together": Family(
        human="the parts hold together",
        machine="the parts do not follow from one another",
    ),
}


class Vector(Frozen):
    """What was measured in one text, by name."""

    measures: tuple[Measure, ...]
    values: Numbers
    """Shape (len(measures),), in the units of `measures`; finite."""

    def __getitem__(self, name: str) -> float:
        """The value of one feature."""
        return float(self.values[[measure.name for measure in self.measures].index(name)])

    def as_mapping(self) -> dict[str, float]:
        """Names and values."""
        return {one.name: float(value) for one, value in zip(self.measures, self.values, strict=True)}
