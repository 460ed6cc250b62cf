"""The typed record of everything that happens in a session: one small file a type, joined in `event.Body`."""

from writersroom.events.base import EventId, Trace, Weighed
from writersroom.events.errors import EventError, NewerEvent, NotAnEvent
from writersroom.events.event import BODY, SPEAKING, VERSION, Body, Event, opens_turn
from writersroom.events.versions import event_from_json, event_from_raw, event_to_json

__all__ = [
    "BODY",
    "SPEAKING",
    "VERSION",
    "Body",
    "Event",
    "EventError",
    "EventId",
    "NewerEvent",
    "NotAnEvent",
    "Trace",
    "Weighed",
    "event_from_json",
    "event_from_raw",
    "event_to_json",
    "opens_turn",
]
