"""What stands out along a session: where scenes were opened and locked, and what was ruled."""

from __future__ import annotations

from collections.abc import Iterable

from writersroom.events import Event
from writersroom.events.ruled import Ruled
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.frozen import Frozen


class Marks(Frozen):
    """By turn, in order."""

    turns: int = 0
    """How many turns there are."""
    event: int = 0
    """The last event that was looked at."""
    scenes: tuple[tuple[int, str], ...] = ()
    """When a scene was opened, and which."""
    locks: tuple[tuple[int, str], ...] = ()
    """When a scene was locked, and which."""
    rulings: tuple[tuple[int, str], ...] = ()
    """When there was a ruling, and the verdict."""


def marks_of(events: Iterable[Event], marks: Marks | None = None) -> Marks:
    """The marks that are known and those of a run of events; what was looked at before is passed over."""
    marks = marks or Marks()
    turns, last = marks.turns, marks.event
    scenes, locks, rulings = list(marks.scenes), list(marks.locks), list(marks.rulings)
    for event in events:
        if event.id <= marks.event:
            continue
        turns, last = max(turns, event.turn), max(last, event.id)
        match event.body:
            case SceneOpened():
                scenes.append((event.turn, event.body.scene))
            case SceneLocked():
                locks.append((event.turn, event.body.scene))
            case Ruled():
                rulings.append((event.turn, event.body.verdict))
            case _:
                pass
    if last == marks.event:
        return marks
    return Marks(turns=turns, event=last, scenes=tuple(scenes), locks=tuple(locks), rulings=tuple(rulings))
