"""What is done in a turn, by its kind, and how its moment comes about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from writersroom.cast.cards import Card
from writersroom.cast.said import Said
from writersroom.cast.sheets import Shared
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
from writersroom.room.turns.argue import pitch, rule, stance
from writersroom.room.turns.convene import convene
from writersroom.room.turns.review import line, lock, note, take, weigh
from writersroom.room.turns.write import open_scene
from writersroom.story.text import one_line


async def _wrap(at: Moment) -> Spoken:
    return Spoken(entries=(Entry(body=Wrapped(reason="The room is done.")),))


TURNS: Final[Mapping[Kind, Callable[[Moment], Awaitable[Spoken]]]] = {
    "convene": convene,
    "agenda": set_agenda,
    "pitch": pitch,
    "stance": stance,
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

LONGEST_WHISPER: Final = 400


def coming(room: Room, standing: Standing) -> tuple[Turn, ...]:
    """The next turn, and after it those that may be written at the same time. Empty at the end."""
    turns = next_turns(standing, room.company, room.plan, judged=room.game is not None)
    if due(standing, turns):
        return (Turn(kind="condense", agent=room.company.director),)
    return turns


def approached(room: Room, turn: Turn, standing: Standing, said: Said, listener: Listener) -> Moment:
    """The moment at which a turn begins, with what its agent was whispered and what was condensed."""
    room = replace(room, seed=chance(room.seed, standing))
    at = moment(room, turn, standing, said)
    card = whispered(at.card, standing)
    shared = in_short(at.shared, standing)
    asker = at.asker.heard_by(listener, card=card, shared=shared)
    return replace(at, card=card, shared=shared, asker=asker)


def chance(seed: int, standing: Standing) -> int:
    """The seed of a line of the session: each branch draws anew, or it would go the way of the old one."""
    return seed_of(seed, "branch", standing.branched) if standing.branched else seed


def whispered(card: Card, standing: Standing) -> Card:
    """The card of an agent with what a person whispered to it since it spoke last."""
    words = standing.whispers.get(card.name)
    if not words:
        return card
    mandate = " ".join([card.mandate, *(one_line(one)[:LONGEST_WHISPER] for one in words)])
    return card.model_copy(update={"mandate": mandate})


def in_short(shared: Shared, standing: Standing) -> Shared:
    """The beginning of a prompt without the beats that a condensed text tells of."""
    if not standing.in_short:
        return shared
    return shared.model_copy(
        update={"beats": tuple(beat for beat in shared.beats if beat.id not in standing.in_short)}
    )


def remember(said: Said, event: Event) -> None:
    """Note what was said, so that the filters know it when it is said again."""
    body = event.body
    match body:
        case Pitched() | StanceTaken() | Ruled():
            said.add(body.reason)
        case LineSpoken() if event.agent:  # A revision keeps most lines of its take: nobody says them again.
            said.add(body.line)
            said.add(body.thought)
        case NoteGiven():
            said.add(body.problem)
        case _:
            pass
