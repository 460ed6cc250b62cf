"""What a turn comes to: events that are not in the file yet."""

from __future__ import annotations

from writersroom.events import Body, Trace
from writersroom.frozen import Frozen


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
