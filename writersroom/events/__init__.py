"""The typed record of everything that happens in a session: one small file a type, joined in `event.Body`."""

from writersroom.events.base import EventId, Trace
from writersroom.events.event import BODY, VERSION, Body, Event

__all__ = ["BODY", "VERSION", "Body", "Event", "EventId", "Trace"]
