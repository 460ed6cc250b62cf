"""One piece of criticism."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen


class NoteGiven(Frozen):
    """A note quotes the text, says what is wrong, how severe it is and what to do."""

    kind: Literal["note_given"] = "note_given"
    take: str
    quote: str
    place: int = -1
    """Of the quoted line in its take, from 0; -1 where it was not kept, in files of an earlier time."""
    problem: str
    advice: str = ""
    severity: float = 0.5
    """0 a matter of taste .. 1 the scene fails by it."""
    adopted: bool = False
    """The note the next round answers."""
