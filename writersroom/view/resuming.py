"""A screen at any turn of a recorded session, from the nearest one that was kept.

The view knows no archive; `Record` says what it asks of one.
"""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Protocol

from pydantic import ValidationError

from writersroom.events import Event, EventId
from writersroom.frozen import Frozen
from writersroom.view.debate import Debate, debate_of
from writersroom.view.pages import holding, listing
from writersroom.view.screen import Screen, Window, folded

NAME = "screen-4"
"""Under which screens are kept. The number changes with what their fields mean."""

EVERY = 40
"""Turns between kept screens: to read what lies between two takes no longer than to read a screen."""

TAIL = 8
"""Items of the debate that a screen is taken up with: a pitch is answered within that many."""

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


class _AsKept(Frozen):
    """A screen as it is written: without what the events say again."""

    screen: Screen
    heard_from: EventId
    """Where its debate begins, which is heard again from there."""


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
    window = window or Window()
    with _uncollected():
        kept = record.latest_snapshot(NAME, upto_turn=turn)
        start = None if kept is None else _restored(record, kept.state, window)
        screen = start or Screen(window=window)
        return folded(record.events(after=screen.event or None, upto_turn=turn), screen)


def _restored(record: Record, state: str, window: Window) -> Screen | None:
    """The screen that `kept_json` wrote; None where it is of another version, or damaged."""
    try:
        kept = _AsKept.model_validate_json(state)
    except ValidationError:
        return None  # The events say the same.
    before = kept.heard_from - 1
    events = record.events(after=before, upto_turn=kept.screen.turn)
    heard = debate_of(_until(events, kept.screen.event + 1), after=before)
    screen = kept.screen.model_copy(update={"debate": heard, "unseen": kept.screen.unseen - len(heard)})
    return _cut(screen, window)


@contextmanager
def _uncollected() -> Generator[None, None, None]:
    """No search for circular garbage meanwhile.

    Reading a screen makes thousands of values and no circle. A search that they set off would go through
    all that the program holds and find nothing: a tenth of a second beside a long session.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def worth_keeping(screen: Screen, last_kept: int) -> bool:
    """Whether a screen is far enough from the last turn of which one was kept."""
    return screen.turn >= last_kept + EVERY


def kept_json(screen: Screen) -> str:
    """What to keep under `NAME`, so that `screen_at` can go on from this screen.

    Of all that is a window over the end, only the last of it. Neither the debate nor the text of takes is in
    it: the events have them.
    """
    script = screen.script
    for page in script.pages.values():
        if page.chosen:  # Of an open scene any take may be chosen yet.
            script = listing(script, page.scene, TAKES)
    criticism = screen.criticism.model_copy(
        update={"rounds": screen.criticism.rounds[-POINTS:], "scores": screen.criticism.scores[-POINTS:]}
    )
    tail = screen.debate[-TAIL:]
    kept = _AsKept(
        screen=screen.model_copy(
            update={
                "debate": (),
                "unseen": screen.unseen + len(screen.debate),
                "script": holding(script, 0),
                "criticism": criticism,
            }
        ),
        heard_from=tail[0].event.id if tail else screen.event + 1,
    )
    return kept.model_dump_json(exclude_defaults=True)


def _cut(screen: Screen, window: Window) -> Screen:
    """The screen with a window, and no more of the debate than it shows."""
    dropped = max(0, len(screen.debate) - window.debate)
    return screen.model_copy(
        update={"window": window, "debate": screen.debate[dropped:], "unseen": screen.unseen + dropped}
    )


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
        found = debate_of(_until(record.events(after=start or None), event), after=start)
        if len(found) > items or start == 0:
            return found[max(0, len(found) - items) :]
        reach *= 2


def _until(events: Iterator[Event], end: EventId) -> Iterator[Event]:
    for event in events:
        if event.id >= end:
            return
        yield event
