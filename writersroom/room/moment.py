"""What an agent knows and may use when it begins to speak, whatever happens beside it."""

from __future__ import annotations

from collections.abc import Sequence
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
from writersroom.story.beats import Beat, Status

HEARD = 8
"""Things said in this round of the argument that an agent is shown, besides the plot."""
KNOWN = 2
"""Beats a character is reminded of when it speaks in a scene."""


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
        whispers=tuple(standing.whispers.get(turn.agent, ())),
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
    # From the round's beginning on, so that what is shown only grows and its beginning is read once.
    heard = [one for one in standing.said if one[0] >= standing.round_began][:HEARD]
    heard = [] if standing.scenes else heard
    return Shared(
        logline=started.logline,
        title=bible.title if bible else started.title,
        premise=bible.premise if bible else "",
        theme=bible.theme if bible else "",
        characters=standing.characters,
        beats=tuple(
            beat
            for beat in standing.graph.beats()
            if beat.status is not Status.PITCHED and beat.id not in standing.in_short
        ),
        condensed=tuple(words for _, agent, words in standing.said if not agent),
        said=tuple(Speech(who=agent, words=words) for _, agent, words in heard if agent),
    )


def on_stage(shared: Shared) -> Shared:
    """The beginning of a prompt for who plays in a scene: the bible, not the plot, which they cannot know."""
    return shared.model_copy(update={"beats": (), "said": ()})


def witnessed(beats: Sequence[Beat], name: str) -> tuple[str, ...]:
    """What a character has seen happen, the last `KNOWN` beats of it, in telling order."""
    seen = [beat.summary for beat in beats if name in beat.seen_by]
    return tuple(seen[-KNOWN:])
