"""What was said in a session, as runs of four words: enough to tell what is said again, and how much."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final, Self

RUN: Final = 4
"""Words of a run."""

_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_GENITIVE: Final = re.compile(r"['\u2019]s$")


def words_in(text: str) -> list[str]:
    """The words of a text; case and punctuation do not count."""
    return [word.lower() for word in _WORD.findall(text)]


def runs_of(words: list[str], length: int = RUN) -> list[tuple[str, ...]]:
    """The runs of so many words, in order."""
    return [tuple(words[at : at + length]) for at in range(len(words) - length + 1)]


def named_in(text: str, names: Iterable[str]) -> list[str]:
    """The names whose words all stand in a text; "Iris's" names Iris."""
    words = words_in(text)
    said = {*words, *(_GENITIVE.sub("", word) for word in words)}
    return [name for name in names if words_in(name) and set(words_in(name)) <= said]


class Said:
    """An index of what was said, text after text. Runs do not reach from one text into the next."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        # By their hashes: a long session has a million runs, and one in 2**64 taken for another does no harm.
        self._runs: set[int] = set()
        self._whole: Counter[int] = Counter()
        self._all = 0
        self._repeated = 0
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        """Keep a text."""
        words = words_in(text)
        if not words:
            return
        self._whole[hash(tuple(words))] += 1
        for run in map(hash, runs_of(words)):
            self._all += 1
            self._repeated += run in self._runs
            self._runs.add(run)

    def again(self, text: str) -> float:
        """Share of the text's runs that were said before; 0 where it has none. It is not added."""
        runs = runs_of(words_in(text))
        return sum(hash(run) in self._runs for run in runs) / len(runs) if runs else 0.0

    def times(self, text: str) -> int:
        """How often this very text was said, as far as words go."""
        return self._whole[hash(tuple(words_in(text)))]

    @property
    def share(self) -> float:
        """Share of all runs that had been said before in the session, as `show --json` gives it."""
        return self._repeated / self._all if self._all else 0.0

    def copy(self) -> Self:
        """An index of the same that goes its own way, for takes written side by side."""
        other = type(self)()
        other._runs, other._whole = set(self._runs), self._whole.copy()
        other._all, other._repeated = self._all, self._repeated
        return other
