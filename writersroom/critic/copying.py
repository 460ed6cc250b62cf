"""Who copies the human side passes for it, so a take that quotes what D learned from is refused.

Only a person's own passages can be copied in a room: those that came with the weights are numbers. Runs of
words that two texts share are the usual measure (Brown et al. 2020 take thirteen words for whole documents; a
take is short).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from writersroom.cast.said import runs_of, words_in
from writersroom.critic.guards import Refusal

RUN: Final = 8
"""Words in a row that two people hardly ever write alike."""
MOST: Final = 0.1
"""Share of a take's words that may stand in such runs: a saying, or a title that is quoted."""


class Copies:
    """What passages say, in runs of words."""

    def __init__(self) -> None:
        self._runs: set[tuple[str, ...]] = set()

    def add(self, passages: Iterable[str]) -> None:
        """Know passages from now on."""
        for passage in passages:
            self._runs.update(runs_of(words_in(passage), RUN))

    def found(self, text: str) -> Refusal | None:
        """What is said of a text that copies from them; None where it does not."""
        words = words_in(text)
        copied = [False] * len(words)
        for at, run in enumerate(runs_of(words, RUN)):
            if run in self._runs:
                copied[at : at + RUN] = [True] * RUN
        if sum(copied) <= MOST * len(words):
            return None
        start = copied.index(True)
        quoted = " ".join(words[start : start + RUN])
        return Refusal(
            guard="copied", sentence=f"It copies from the texts in reference/, word for word: “{quoted} …”"
        )
