"""What is done in a turn, by its kind, and how its moment comes about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from writersroom.cast.said import Said
from writersroom.events import Event
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.wrapped import Wrapped
from writersroom.room.asking import seed_of
from writersroom.room.condensing import condense, due
from writersroom.room.listening import Listener
from writersroom.room.moment import Moment, Room, moment
from writersroom.room.order import Kind, Turn, next_turns
from writersroom.room.spoken import Entry, Spoken
from writersroom.room.standing import Standing
from writersroom.room.turns.agenda import set_agenda
from writersroom.room.turns.argue import assess, pitch, rule, stance
from writersroom.room.turns.convene import convene
from writersroom.room.turns.judge import weigh
from writersroom.room.turns.review import line, lock, note, take
from writersroom.room.turns.write import open_scene
from writersroom.story.moves import summary_in


async def _wrap(at: Moment) -> Spoken:
    return Spoken(entries=(Entry(body=Wrapped(reason="The room is done.")),))


TURNS: Final[Mapping[Kind, Callable[[Moment], Awaitable[Spoken]]]] = {
    "convene": convene,
    "agenda": set_agenda,
    "pitch": pitch,
    "stance": stance,
    "assess": assess,
    "rule": rule,
    "open_scene": open_scene,
    "line": line,
    "take": take,
    "weigh": weigh,
    "note": note,
    "lock": lock,
    "wrap": _wrap,
    "condense": condense,
}


def coming(room: Room, standing: Standing) -> tuple[Turn, ...]:
    """The next turn, and after it those that may be written at the same time. Empty at the end."""
    turns = next_turns(standing, room.company, room.plan, judged=room.game is not None)
    if due(standing, turns):
        return (Turn(kind="condense", agent=room.company.director),)
    return turns


def approached(room: Room, turn: Turn, standing: Standing, said: Said, listener: Listener) -> Moment:
    """The moment at which a turn begins, followed while it is written."""
    return moment(replace(room, seed=chance(room.seed, standing)), turn, standing, said, listener)


def traced(spoken: Spoken, listener: Listener) -> Spoken:
    """The turn, whose first text has the traces of all that was written in it."""
    entries = list(spoken.entries)
    for place, entry in enumerate(entries):
        if entry.trace is not None:
            entries[place] = entry.model_copy(update={"trace": listener.followed(entry.trace)})
            break
    return Spoken(entries=tuple(entries))


def chance(seed: int, standing: Standing) -> int:
    """The seed of a line of the session: each branch draws anew, or it would go the way of the old one."""
    return seed_of(seed, "branch", standing.branched) if standing.branched else seed


def remember(said: Said, event: Event) -> None:
    """Note what was said, so that the filters know it when it is said again."""
    body = event.body
    match body:
        case Pitched():
            said.add(body.reason)
            said.add(summary_in(body.move))
        case StanceTaken():
            said.add(body.reason)
            if body.amendment is not None:
                said.add(summary_in(body.amendment))
        case Ruled():
            said.add(body.reason)
        case LineSpoken() if event.agent:  # A revision keeps most lines of its take: nobody says them again.
            said.add(body.line)
            said.add(body.thought)
        case NoteGiven():
            said.add(body.problem)
        case _:
            pass
