"""The union of all events, and the envelope they are kept in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter

from writersroom.events.affect_changed import AffectChanged
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.assessed import Assessed
from writersroom.events.base import EventId, Trace
from writersroom.events.branched import Branched
from writersroom.events.cautioned import Cautioned
from writersroom.events.condensed import Condensed
from writersroom.events.convened import Convened
from writersroom.events.cued import Cued
from writersroom.events.edited import Edited
from writersroom.events.failed import Failed
from writersroom.events.game_valued import GameValued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.scored import Scored
from writersroom.events.seat_taken import SeatTaken
from writersroom.events.session_started import SessionStarted
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.status_set import StatusSet
from writersroom.events.take_written import TakeWritten
from writersroom.events.weakness_intended import WeaknessIntended
from writersroom.events.whispered import Whispered
from writersroom.events.wrapped import Wrapped
from writersroom.frozen import Frozen

VERSION = 1
"""Version of the event format. A reader refuses a later one and upcasts earlier ones (`events.versions`)."""

Body: TypeAlias = Annotated[
    SessionStarted
    | Convened
    | AgendaSet
    | Pitched
    | StanceTaken
    | Assessed
    | Ruled
    | MoveCommitted
    | StatusSet
    | WeaknessIntended
    | SceneOpened
    | LineSpoken
    | TakeWritten
    | NoteGiven
    | Scored
    | GameValued
    | Cautioned
    | SceneLocked
    | AffectChanged
    | Condensed
    | Edited
    | Branched
    | Whispered
    | Cued
    | SeatTaken
    | Failed
    | Wrapped,
    Field(discriminator="kind"),
]

BODY: TypeAdapter[Body] = TypeAdapter(Body, config=ConfigDict(ser_json_inf_nan="strings"))
"""Reads and writes a body as JSON."""

SPEAKING: frozenset[str] = frozenset(
    {
        "convened",
        "agenda_set",
        "pitched",
        "stance_taken",
        "ruled",
        "line_spoken",
        "take_written",
        "note_given",
        "condensed",
    }
)
"""Kinds in which an agent speaks. All others report what followed from it, or what a person did."""


def opens_turn(body: Body, agent: str) -> bool:
    """Whether an event begins a new turn: somebody speaks, rather than the room taking note."""
    return bool(agent) and body.kind in SPEAKING


def _in_utc(moment: datetime) -> datetime:
    return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)).replace(fold=0)


class Event(Frozen):
    """Something that happened, where in the session, and by whom."""

    id: EventId
    parent: EventId | None
    """The event before it on its branch; None only for the first."""
    turn: int = Field(ge=0)
    """Counts from 1 along a branch; one agent speaking once. 0 is before anyone spoke."""
    agent: str = ""
    """Who: an agent's name, `person`, or empty where the room itself acted."""
    scene: str = ""
    created: Annotated[datetime, AfterValidator(_in_utc)]
    """In UTC; one given without a zone is taken to be in UTC."""
    body: Body
    trace: Trace | None = None
