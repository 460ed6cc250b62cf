"""What an agent knows and may use when it begins to speak, whatever happens beside it."""

from __future__ import annotations

from dataclasses import dataclass

from writersroom.cast import requests
from writersroom.cast.cards import Card
from writersroom.cast.repertoire import Repertoire
from writersroom.cast.said import Said
from writersroom.cast.sheets import Shared, Speech
from writersroom.cast.templates import Templates
from writersroom.critic.game import Game
from writersroom.engine.interface import Engine
from writersroom.room.asking import Asker, seed_of
from writersroom.room.order import Company, Turn
from writersroom.room.plan import Plan
from writersroom.room.standing import Standing
from writersroom.story.beats import Status

HEARD = 8
"""Things said in the room that an agent is shown, besides the plot."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """What stays the same through a session."""

    company: Company
    templates: Templates
    repertoire: Repertoire
    plan: Plan
    engine: Engine
    seed: int
    structure: str
    game: Game | None = None
    """The writers' game with the discriminator; None where there is none, or none that could judge."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One turn about to be taken."""

    room: Room
    turn: Turn
    standing: Standing
    """As it is now; read what is needed before waiting for the model, for others go on meanwhile."""
    card: Card
    shared: Shared
    asker: Asker


def moment(room: Room, turn: Turn, standing: Standing, said: Said) -> Moment:
    """The moment at which `turn` begins."""
    card, shared = room.company.by_name[turn.agent], shared_of(standing)
    everybody = dict.fromkeys([*room.company.by_name, *(one.name for one in standing.characters)])
    page = requests.Turn(
        templates=room.templates,
        shared=shared,
        card=card,
        seed=seed_of(room.seed, standing.rounds, turn.kind, turn.agent, turn.pitch, turn.take, standing.turn),
        number=standing.turn,
    )
    others = [name for name in everybody if name != turn.agent]
    return Moment(
        room=room,
        turn=turn,
        standing=standing,
        card=card,
        shared=shared,
        asker=Asker(room.engine, page, said=said, others=others),
    )


def shared_of(standing: Standing) -> Shared:
    """The beginning of every prompt, the same for all agents of a moment."""
    started, bible = standing.started, standing.bible
    assert started is not None  # the first event of every session
    heard = standing.said[-HEARD:]
    return Shared(
        logline=started.logline,
        title=bible.title if bible else started.title,
        premise=bible.premise if bible else "",
        theme=bible.theme if bible else "",
        characters=standing.characters,
        beats=tuple(beat for beat in standing.graph.beats() if beat.status is not Status.PITCHED),
        condensed=tuple(words for _, agent, words in standing.said if not agent),
        said=tuple(Speech(who=agent, words=words) for _, agent, words in heard if agent),
    )
