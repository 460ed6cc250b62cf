"""What a turn comes to: events that are not in the file yet, and the words of one that is being written."""

from __future__ import annotations

from writersroom.events import Body, EventId, Trace
from writersroom.frozen import Frozen
from writersroom.room.order import Kind


class Entry(Frozen):
    """An event to be, before it has a number."""

    body: Body
    agent: str = ""
    """Who; empty where the room itself acts. Only an agent's entry opens a turn."""
    scene: str = ""
    trace: Trace | None = None


class Spoken(Frozen):
    """One turn: what the agent said first, then what followed from it. It is kept whole or not at all."""

    entries: tuple[Entry, ...]


class Piece(Frozen):
    """The words of a turn while it is being written.

    Several agents may be written at once, of which all but one wait to be heard. The event that is kept in
    the end takes the place of its pieces.
    """

    agent: str
    kind: Kind
    take: str = ""
    """For a line: the take it belongs to."""
    pitch: EventId = 0
    """For a stance: the pitch that it answers."""
    text: str
    """All of the turn's words so far; where a reply was thrown away and another is begun, without it."""
