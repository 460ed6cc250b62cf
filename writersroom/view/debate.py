"""The debate as a screen shows it: what was said, and under each pitch what answered it.

The items come from events, one at a time for the window that follows a session (`heard`), or from any run of
events that was fetched again because someone scrolled back to it (`debate_of`). Both go the same way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from writersroom.events import Event, EventId
from writersroom.events.affect_changed import AffectChanged
from writersroom.events.assessed import Assessed
from writersroom.events.edited import Edited
from writersroom.events.edits import with_edit
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.ruled import Ruled
from writersroom.events.stance_taken import StanceTaken
from writersroom.frozen import Frozen


class Said(Frozen):
    """One item of the debate."""

    event: Event
    """What was said or done, with the words that edits gave it."""
    answers: tuple[Event, ...] = ()
    """Under a pitch: assessment, stances, ruling and the committed move, in the order they came."""

    @property
    def stances(self) -> tuple[StanceTaken, ...]:
        """What the others hold of the pitch."""
        return tuple(answer.body for answer in self.answers if isinstance(answer.body, StanceTaken))

    @property
    def ruling(self) -> Ruled | None:
        """What the director decided, the last where there are several."""
        rulings = [answer.body for answer in self.answers if isinstance(answer.body, Ruled)]
        return rulings[-1] if rulings else None


Debate: TypeAlias = tuple[Said, ...]


def heard(debate: Debate, event: Event) -> Debate:
    """The debate with one more event in it.

    An answer goes under its pitch; where that is no longer in sight it stands for itself. A change of
    somebody's feelings is nothing anyone says: the cast shows it. Neither is a line that a revision keeps.
    """
    if _is_silent(event):
        return debate
    target = _answers_to(event)
    at = None if target is None else _find(debate, target)
    if at is not None:
        debate = (*debate[:at], _with(debate[at], event), *debate[at + 1 :])
    if at is None or isinstance(event.body, Edited):
        debate = (*debate, Said(event=event))
    return debate


def debate_of(events: Iterable[Event], *, after: EventId = 0) -> Debate:
    """The debate that a run of events makes, without bound.

    Args:
        events: in order.
        after: they are those after this one. What answers an item that is not among them belongs to that.
    """
    items: list[Said] = []
    where: dict[EventId, int] = {}
    elsewhere: set[EventId] = set()
    for event in events:
        target = _answers_to(event)
        if target is not None and (target <= after or target in elsewhere):
            if not isinstance(event.body, Edited):
                elsewhere.add(event.id)
                continue
        elif _is_silent(event):
            continue
        at = None if target is None else where.get(target)
        if at is not None:
            items[at] = _with(items[at], event)
            where[event.id] = at
        if at is None or isinstance(event.body, Edited):
            where[event.id] = len(items)
            items.append(Said(event=event))
    return tuple(items)


def _is_silent(event: Event) -> bool:
    """Whether nobody says anything in an event."""
    return isinstance(event.body, AffectChanged) or (isinstance(event.body, LineSpoken) and not event.agent)


def _answers_to(event: Event) -> EventId | None:
    """The event that this one answers, decides, carries out or edits."""
    body = event.body
    if isinstance(body, StanceTaken | Assessed | Ruled):
        return body.pitch
    if isinstance(body, MoveCommitted):
        return body.ruling
    return body.target if isinstance(body, Edited) else None


def _find(debate: Debate, event: EventId) -> int | None:
    """Index of the item that holds an event, itself or as an answer; what is answered is mostly recent."""
    for index in range(len(debate) - 1, -1, -1):
        item = debate[index]
        if item.event.id == event or any(answer.id == event for answer in item.answers):
            return index
    return None


def _with(item: Said, event: Event) -> Said:
    """The item with an answer under it, or with an edit in its words."""
    edit = event.body
    if not isinstance(edit, Edited):
        return item.model_copy(update={"answers": (*item.answers, event)})
    if item.event.id == edit.target:
        return item.model_copy(update={"event": with_edit(item.event, edit)})
    answers = tuple(with_edit(a, edit) if a.id == edit.target else a for a in item.answers)
    return item.model_copy(update={"answers": answers})
