"""Events as they read after a person has edited their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from writersroom.events.base import EventId
from writersroom.events.edited import Edited, with_text
from writersroom.events.event import Event


def with_edit(event: Event, edit: Edited) -> Event:
    """The event with the edited text in it; unchanged where it has no such text or may not have it so."""
    edited = with_text(event.body, edit.field, edit.text)
    return event if edited is event.body else event.model_copy(update={"body": edited})


def with_edits(events: Iterable[Event]) -> Iterator[Event]:
    """The events of a line as if each text that was edited had been said as it reads now.

    An edit stands directly after what it changes, on a branch of its own, so nothing in between knew the text
    as it was before.
    """
    events = list(events)
    edits: dict[EventId, list[Edited]] = {}
    for event in events:
        if isinstance(event.body, Edited):
            edits.setdefault(event.body.target, []).append(event.body)
    for event in events:
        said = event
        for edit in edits.get(event.id, ()):
            said = with_edit(said, edit)
        yield said
