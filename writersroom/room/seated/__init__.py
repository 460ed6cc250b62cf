"""A person's turns: for each kind what is offered, and the turn that the answers make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from writersroom.room.moment import Room
from writersroom.room.order import Kind, Turn
from writersroom.room.seated import argue, write
from writersroom.room.seated.offer import Offer
from writersroom.room.standing import Standing

__all__ = ["OFFERS", "Offer", "offered"]

OFFERS: Final[Mapping[Kind, Callable[[Room, Turn, Standing], Offer]]] = {
    "convene": argue.convene,
    "agenda": argue.agenda,
    "pitch": argue.pitch,
    "stance": argue.stance,
    "rule": argue.rule,
    "open_scene": write.open_scene,
    "line": write.line,
    "take": write.take,
    "note": write.note,
    "lock": write.lock,
    "wrap": write.wrap,
}
"""Of every kind but `condense`, in which there is nothing to decide."""


def offered(room: Room, turn: Turn, standing: Standing) -> Offer:
    """What a person can do in a turn of theirs."""
    return OFFERS[turn.kind](room, turn, standing)
