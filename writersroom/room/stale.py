"""What of a session depended on something said in it, directly or by way of what followed.

When a text is edited the session goes on without all that came later. Much of that was about other things
and may be taken up again; what depended on the old text is stale. The edit marks which is which.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from writersroom.events import Event, EventId
from writersroom.events.affect_changed import AffectChanged
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.assessed import Assessed
from writersroom.events.cautioned import Cautioned
from writersroom.events.condensed import Condensed
from writersroom.events.convened import Convened
from writersroom.events.game_valued import GameValued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.scored import Scored
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.status_set import StatusSet
from writersroom.events.take_written import TakeWritten
from writersroom.room.reviewing import round_of, scene_of
from writersroom.story.beats import BeatId
from writersroom.view.wording import beats_of


def depending(events: Iterable[Event], target: EventId) -> tuple[EventId, ...]:
    """The later events of a line that depend on one of its events, in order.

    A round hangs on its agenda; stances, assessments, ruling and move on their pitch; a beat on the move that
    made it, and whatever names the beat on the beat; a line on those before it in its take, and in a revision
    on the critique that it answers; a page, its scores and notes on their take; a scene on its opening and
    its beats; all on the bible.
    """
    seen = _Seen()
    stale: list[EventId] = []
    for event in events:
        if event.id == target:
            seen.add(event)
        elif event.id > target and seen.concerns(event):
            seen.add(event)
            stale.append(event.id)
        seen.pass_by(event)
    return tuple(stale)


def runs(ids: Sequence[EventId], among: Sequence[EventId]) -> tuple[tuple[EventId, EventId], ...]:
    """Events as runs, both ends included, of those that follow each other on a line.

    Args:
        ids: in order.
        among: all events of the line, in order.
    """
    place = {id: number for number, id in enumerate(among)}
    if not ids:
        return ()
    starts = [ids[0], *(b for a, b in pairwise(ids) if place[b] != place[a] + 1)]
    ends = [*(a for a, b in pairwise(ids) if place[b] != place[a] + 1), ids[-1]]
    return tuple(zip(starts, ends, strict=True))


class _Seen:
    """What has been found to depend on the target so far."""

    def __init__(self) -> None:
        self._events: set[EventId] = set()
        self._beats: set[BeatId] = set()
        self._takes: set[str] = set()
        self._scenes: set[str] = set()
        self._criticised: set[str] = set()
        """Scenes a critique of which depends on it."""
        self._all = self._round = self._last = False

    def add(self, event: Event) -> None:
        """An event that depends on it, or is it."""
        self._events.add(event.id)
        body = event.body
        match body:
            case Convened():
                self._all = True
            case AgendaSet():
                self._round = True
            case MoveCommitted():
                old = {placed.beat.id for placed in body.diff.before}
                changed = {placed.beat.id for placed in body.diff.after}
                self._beats |= changed if old & self._beats else changed - old or changed
            case SceneOpened():
                self._scenes.add(body.scene)
            case LineSpoken() | TakeWritten():
                self._takes.add(body.take)
            case NoteGiven():
                self._criticised.add(scene_of(body.take))
            case _:
                pass

    def concerns(self, event: Event) -> bool:
        """Whether an event depends on any of it."""
        body = event.body
        if self._all or (event.scene and event.scene in self._scenes):
            return True
        match body:
            case Pitched():
                return self._round or bool(self._beats & set(beats_of(body.move)))
            case StanceTaken() | Assessed() | Ruled():
                return self._round or body.pitch in self._events
            case MoveCommitted() | StatusSet() | AffectChanged():
                return self._last  # It came of what was said just before it.
            case AgendaSet() | SceneOpened():
                return bool(self._beats & set(body.beats))
            case LineSpoken() if round_of(body.take) and scene_of(body.take) in self._criticised:
                return True
            case LineSpoken() | NoteGiven() | Scored() | SceneLocked() | Cautioned():
                return body.take in self._takes
            case TakeWritten():
                return body.take in self._takes or body.answers in self._events
            case GameValued():
                return body.best in self._takes
            case Condensed():
                return any(body.first <= id <= body.last for id in self._events)
            case _:
                return False

    def pass_by(self, event: Event) -> None:
        """The next event comes after this one."""
        if event.body.kind == "agenda_set" and event.id not in self._events:
            self._round = False
        if event.agent:
            self._last = event.id in self._events
