"""What can go wrong when an event is read. Every message is one sentence for a person."""

from __future__ import annotations


class EventError(Exception):
    """Base of all errors raised by `writersroom.events`."""


class NotAnEvent(EventError):
    """The text is no event of any version."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"This is not an event of a session ({reason}); export the session again.")


class NewerEvent(EventError):
    """The event was written by a later program.

    Attributes:
        found: version of the event.
        known: latest version this program reads.
    """

    def __init__(self, *, found: int, known: int) -> None:
        super().__init__(
            f"This event has format {found}, but this program knows formats up to {known}; "
            "update writersroom to read it."
        )
        self.found = found
        self.known = known
