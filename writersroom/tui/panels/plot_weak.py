"""The weaknesses that a plot was found to have, and the one that is told of."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from writersroom.story.beats import BeatId

if TYPE_CHECKING:
    from writersroom.story.weakness import Weakness


class Agenda:
    """All that the plot has, also those that are meant to be there.

    Attributes:
        found: the severest first.
        at: which of them is told of; -1 for none.
    """

    def __init__(self) -> None:
        self.found: tuple[Weakness, ...] = ()
        self.at = -1

    @property
    def shown(self) -> Weakness | None:
        """The weakness that is told of."""
        return self.found[self.at] if 0 <= self.at < len(self.found) else None

    def take(self, found: tuple[Weakness, ...]) -> None:
        """Have these in place of the others; the one that is told of stays, if it is among them."""
        shown = self.shown
        keys = [weakness.key for weakness in found]
        self.found, self.at = found, keys.index(shown.key) if shown and shown.key in keys else -1

    def step(self, by: int) -> Weakness | None:
        """Tell of the next or the one before, round and round."""
        if self.found:
            start = self.at if self.at >= 0 else (-1 if by > 0 else 0)
            self.at = (start + by) % len(self.found)
        return self.shown

    def unmeant(self, intended: Collection[str], beat: BeatId | None = None) -> tuple[Weakness, ...]:
        """Those that are not meant to be there; of one beat, or of all."""
        return tuple(
            weakness
            for weakness in self.found
            if weakness.key not in intended and (beat is None or beat in weakness.beats)
        )
