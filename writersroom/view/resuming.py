"""A screen at any turn of a recorded session, from the nearest one that was kept.

The view knows no archive; `Record` says what it asks of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from pydantic import ValidationError

from writersroom.events import Event, EventId
from writersroom.view.debate import Debate, debate_of
from writersroom.view.pages import holding, listing
from writersroom.view.screen import Screen, Window, folded

NAME = "screen-2"
"""Under which screens are kept. The number changes with what their fields mean."""

EVERY = 100
"""Turns between kept screens: what lies between two is folded in a few milliseconds."""

TAIL = 24
"""Items of the debate that a kept screen holds: a pitch is answered within that many."""

TEXTS = 4
"""Takes whose text a kept screen holds."""

TAKES = 4
"""Takes that a kept screen lists of a scene that is locked."""

POINTS = 60
"""Points of each of the critic's series that a kept screen holds."""


class Kept(Protocol):
    """A state that was kept."""

    @property
    def state(self) -> str:
        """As it was given."""
        ...


class Record(Protocol):
    """A recorded session, read along its current branch."""

    def events(
        self, *, head: EventId | None = None, after: EventId | None = None, upto_turn: int | None = None
    ) -> Iterator[Event]:
        """Events in order, after one, up to the end of a turn."""
        ...

    def latest_snapshot(self, name: str, *, upto_turn: int | None = None) -> Kept | None:
        """The last state kept under a name, no later than a turn."""
        ...


def screen_at(record: Record, turn: int | None = None, window: Window | None = None) -> Screen:
    """The screen after a turn.

    Its debate may begin later than the window allows; `debate_before` fetches what is scrolled to. So may the
    critic's series and the takes listed for a scene.

    Args:
        record: the session.
        turn: None is the last.
        window: how much to keep; None is the default.
    """
    screen = Screen() if window is None else Screen(window=window)
    kept = record.latest_snapshot(NAME, upto_turn=turn)
    if kept is not None:
        try:
            screen = _cut(Screen.model_validate_json(kept.state), screen.window)
        except ValidationError:
            kept = None  # Of another version, or damaged; the events say the same.
    return folded(record.events(after=screen.event or None, upto_turn=turn), screen)


def worth_keeping(screen: Screen, last_kept: int) -> bool:
    """Whether a screen is far enough from the last turn of which one was kept."""
    return screen.turn >= last_kept + EVERY


def lean(screen: Screen) -> Screen:
    """The screen as it is kept: of all that is a window over the end, only the last of it."""
    tail = _cut(screen, screen.window.model_copy(update={"debate": TAIL}))
    script = screen.script
    for page in script.pages.values():
        if page.chosen:  # Of an open scene any take may be chosen yet.
            script = listing(script, page.scene, TAKES)
    criticism = screen.criticism.model_copy(
        update={"rounds": screen.criticism.rounds[-POINTS:], "scores": screen.criticism.scores[-POINTS:]}
    )
    return tail.model_copy(
        update={"window": screen.window, "script": holding(script, TEXTS), "criticism": criticism}
    )


def _cut(screen: Screen, window: Window) -> Screen:
    """The screen with a window, and no more of the debate than it shows."""
    dropped = max(0, len(screen.debate) - window.debate)
    return screen.model_copy(
        update={"window": window, "debate": screen.debate[dropped:], "unseen": screen.unseen + dropped}
    )


def kept_json(screen: Screen) -> str:
    """What to keep under `NAME`, so that `screen_at` can go on from this screen."""
    return lean(screen).model_dump_json()


def debate_before(record: Record, event: EventId, items: int) -> Debate:
    """The items of the debate just before an event, at most so many.

    Args:
        record: the session.
        event: the first event that is on the screen.
        items: how many are wanted; fewer come where the session begins.
    """
    reach = 4 * items
    while True:
        start = max(0, event - reach)
        found = debate_of(_until(record.events(after=start or None), event))
        if len(found) > items or start == 0:
            return found[max(0, len(found) - items) :]
        reach *= 2


def _until(events: Iterator[Event], end: EventId) -> Iterator[Event]:
    for event in events:
        if event.id >= end:
            return
        yield event
