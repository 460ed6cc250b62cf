"""What the room turns to next."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen
from writersroom.story.beats import BeatId


class AgendaSet(Frozen):
    """The director names what to mend, and who is concerned."""

    kind: Literal["agenda_set"] = "agenda_set"
    weakness: str
    """Key of the weakness (`Weakness.key`), or empty where the room opens freely."""
    question: str
    """What the room is asked, as a person reads it."""
    beats: tuple[BeatId, ...] = ()
    agents: tuple[str, ...] = ()
