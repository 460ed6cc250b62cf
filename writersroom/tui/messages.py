"""What the panels tell the screen they are on. None of them changes anything itself.

The room screen answers each of these; a panel hears of the answer through its `show`.
"""

from __future__ import annotations

from textual.message import Message

from writersroom.events import EventId
from writersroom.story.beats import BeatId


class NothingToDo(Message):
    """Somebody pressed a key that has nothing to do here: one sentence says why."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class BeatChosen(Message):
    """Somebody wants to see the turn that made a beat; once more, to be where they were before."""

    def __init__(self, beat: BeatId) -> None:
        super().__init__()
        self.beat = beat


class TurnChosen(Message):
    """Somebody wants to see the session as it was after a turn."""

    def __init__(self, turn: int) -> None:
        super().__init__()
        self.turn = turn


class TurnScrubbed(Message):
    """The timeline is dragged over a turn. Many come in a second, and only the last counts."""

    def __init__(self, turn: int) -> None:
        super().__init__()
        self.turn = turn


class TakeChosen(Message):
    """Somebody wants to see a take beside the one before it."""

    def __init__(self, take: str) -> None:
        super().__init__()
        self.take = take


class WeaknessIntended(Message):
    """Somebody says that a weakness of the plot is meant (or no longer meant) to be there."""

    def __init__(self, key: str, intended: bool) -> None:
        super().__init__()
        self.key = key
        self.intended = intended


class EarlierWanted(Message):
    """Somebody scrolled to what lies before the first item held of the debate.

    The screen fetches it from the file and calls `earlier` of the debate panel with it.
    """

    def __init__(self, before: EventId, items: int) -> None:
        super().__init__()
        self.before = before
        """The first event that is held."""
        self.items = items
        """How many are wanted."""
