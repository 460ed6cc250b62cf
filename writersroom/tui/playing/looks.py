"""The session as it was at any turn, quickly: what was looked at is kept, and what lies beside it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from writersroom.archive import Archive
from writersroom.view.resuming import screen_at
from writersroom.view.screen import Screen, fold

KEPT: Final = 240
"""Screens that are kept. They share most of what they hold with their neighbours."""

BEFORE: Final = 24
"""Turns before one that was jumped to which are folded on the way, so that going back costs nothing."""

FAR: Final = 120
"""Turns beyond which folding on from a kept screen costs more than reading one from the file."""


class Looks:
    """Screens of one branch of a session, by turn."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._kept: OrderedDict[int, Screen] = OrderedDict()

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)

    def kept(self, turn: int) -> Screen | None:
        """The screen after a turn, if it is at hand."""
        found = self._kept.get(turn)
        if found is not None:
            self._kept.move_to_end(turn)
        return found

    def keep(self, screen: Screen) -> None:
        """Have a screen at hand: the one after all events of its turn."""
        _keep(self._kept, screen)

    def forget(self) -> None:
        """Begin anew: the session went to another branch. What is being read of the old one is not kept."""
        self._kept = OrderedDict()

    def at(self, turn: int, stale: Callable[[], bool] = lambda: False) -> Screen | None:
        """The screen after a turn; may be called from any thread, by one at a time.

        Args:
            turn: of the current branch.
            stale: asked now and then; True gives up.

        Returns:
            The screen, or None where it was given up.

        Raises:
            ArchiveError: the file cannot be read.
        """
        kept = self._kept
        screen = self._nearest(turn)
        for event in self._archive.events(after=screen.event or None, upto_turn=turn):
            if event.turn > screen.turn:
                if screen.event:
                    _keep(kept, screen)
                if stale():
                    return None
            screen = fold(screen, event)
        _keep(kept, screen)
        return screen

    def _nearest(self, turn: int) -> Screen:
        """A screen from which it is not far to the turn."""
        near = max((at for at in tuple(self._kept) if turn - FAR <= at <= turn), default=None)
        found = None if near is None else self._kept.get(near)
        return found or screen_at(self._archive, max(0, turn - BEFORE))


def _keep(kept: OrderedDict[int, Screen], screen: Screen) -> None:
    kept[screen.turn] = screen
    kept.move_to_end(screen.turn)
    while len(kept) > KEPT:
        kept.popitem(last=False)
