"""Texts of a recorded session word by word, as they came when they were written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from writersroom.events import Event, EventId
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.stance_taken import StanceTaken
from writersroom.frozen import Frozen

FRAME: Final = 0.05
"""Seconds between two looks at a text that grows."""

_WORDS: Final = re.compile(r"\S+\s*")


class Words(Protocol):
    """What somebody is saying and is no event yet: a `room.spoken.Piece`, or `Typed`."""

    @property
    def agent(self) -> str:
        """Who."""
        ...

    @property
    def kind(self) -> str:
        """In which kind of turn."""
        ...

    @property
    def take(self) -> str:
        """For which take, where it is for one."""
        ...

    @property
    def pitch(self) -> EventId:
        """To which pitch, where it is an answer to one; else 0."""
        ...

    @property
    def text(self) -> str:
        """All of it so far."""
        ...


class Typed(Frozen):
    """A part of a text that was recorded."""

    agent: str
    kind: str
    take: str
    pitch: EventId
    text: str


def typed_out(event: Event, seconds: float) -> Iterator[tuple[Mapping[str, Words], float]]:
    """What is being said before an event, and how long each look lasts; together they last `seconds`.

    The text comes in the last part of the time, as long as it took to write, and is whole at the end.
    """
    kind, text = _spoken(event)
    take, pitch = getattr(event.body, "take", ""), getattr(event.body, "pitch", 0)
    words = _WORDS.findall(text)
    writing = event.trace.milliseconds / 1000 if event.trace is not None else 0.0
    writing = min(seconds, writing or 0.06 * len(words))
    if not words or writing <= FRAME:
        yield {}, seconds
        return
    yield {}, seconds - writing
    frames = max(1, round(writing / FRAME))
    for frame in range(1, frames + 1):
        said = "".join(words[: max(1, round(len(words) * frame / frames))])
        typed = Typed(agent=event.agent, kind=kind, take=take, pitch=pitch, text=said)
        yield {event.agent: typed}, writing / frames


def _spoken(event: Event) -> tuple[str, str]:
    """Kind of turn and text of what an agent says in an event."""
    match event.body:
        case Pitched(reason=reason):
            return "pitch", reason
        case StanceTaken(reason=reason):
            return "stance", reason
        case Ruled(reason=reason):
            return "rule", reason
        case LineSpoken(line=line):
            return "line", line
        case NoteGiven(problem=problem):
            return "note", problem
        case _:
            return "", ""
