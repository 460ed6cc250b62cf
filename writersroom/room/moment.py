"""What an agent knows and may use when it begins to speak, whatever happens beside it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from writersroom.cast import requests
from writersroom.cast.cards import Card
from writersroom.cast.repertoire import Repertoire
from writersroom.cast.said import Said
from writersroom.cast.sheets import SceneSheet, Shared, Speech, StageSheet
from writersroom.cast.templates import Templates
from writersroom.critic.game import Game
from writersroom.engine.interface import Engine
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.scene_opened import SceneOpened
from writersroom.room.asking import Asker, seed_of
from writersroom.room.listening import Listener
from writersroom.room.order import Company, Turn, playing
from writersroom.room.plan import Plan
from writersroom.room.standing import Standing
from writersroom.story.beats import Beat, Status

HEARD = 16
"""Things said in this round of the argument, at least, that an agent is shown, besides the plot."""
KNOWN = 1
"""Beats a character is reminded of when it speaks in a scene, besides the one that happens."""


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
    number: int
    """What the agent picks by among things that take turns."""


def moment(room: Room, turn: Turn, standing: Standing, said: Said, listener: Listener) -> Moment:
    """The moment at which `turn` begins, followed by `listener` while it is written."""
    card, shared = room.company.by_name[turn.agent], shared_of(standing)
    number = _number(room, turn, standing)
    everybody = dict.fromkeys([*room.company.by_name, *(one.name for one in standing.characters)])
    page = requests.Turn(
        templates=room.templates,
        shared=shared,
        card=card,
        seed=seed_of(room.seed, standing.rounds, turn.kind, turn.agent, turn.pitch, turn.take, standing.turn),
        number=number,
        whispers=tuple(standing.whispers.get(turn.agent, ())),
    )
    others = [name for name in everybody if name != turn.agent]
    return Moment(
        room=room,
        turn=turn,
        standing=standing,
        card=card,
        shared=shared,
        asker=Asker(room.engine, page, said=said, others=others, listener=listener),
        number=number,
    )


def shared_of(standing: Standing) -> Shared:
    """The beginning of every prompt, the same for all agents of a moment."""
    started, bible = standing.started, standing.bible
    assert started is not None  # the first event of every session
    # From the round's beginning on, so that what is shown only grows and its beginning is read once.
    heard = [one for one in standing.said if one[0] >= standing.round_began and not standing.scenes]
    heard = heard[max(0, len(heard) - HEARD) // HEARD * HEARD :]
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


class Stage(NamedTuple):
    """What a character in a scene knows when it speaks a line."""

    shared: Shared
    """The beginning of its prompts: the bible and scenes it was in, not the plot, which it cannot know."""
    beat: Beat | None
    """What happens at this moment."""
    now: str
    """The same in a sentence; empty where the character is not in it."""
    knows: tuple[str, ...]
    """What it has seen happen, the last `KNOWN` beats of it, in telling order."""

    def sheet(self, heading: str, lines: Sequence[Speech]) -> StageSheet:
        """What its prompts print of this, after so many lines of a scene."""
        scene = SceneSheet(heading=heading)
        return StageSheet(scene=scene, lines=tuple(lines), now=self.now, knows=self.knows)


def speeches(lines: Iterable[LineSpoken]) -> list[Speech]:
    """Lines of a scene as prompts print them."""
    return [Speech(who=line.character, words=line.line, action=line.action) for line in lines]


def stage(at: Moment, scene: SceneOpened, line: int) -> Stage:
    """What the agent knows of the story in a scene.

    Args:
        at: the moment.
        scene: the scene it is in.
        line: the place of the line it speaks; the scene's beats pass by as its lines are spoken.
    """
    name, graph, scenes = at.card.name, at.standing.graph, at.standing.scenes
    now = playing(at.standing, scene, line, at.room.plan.lines)
    told = itertools.takewhile(lambda beat: now is None or beat.id != now.id, graph.beats())
    seen = [beat.summary for beat in told if beat.status is not Status.PITCHED and name in beat.seen_by]
    there = {id for id, one in scenes.items() if name in one.opened.characters}
    shorts = at.standing.short_of
    before = tuple(words for id, _, words in at.standing.said if shorts.get(id) in there)
    return Stage(
        shared=at.shared.model_copy(update={"beats": (), "said": (), "condensed": before}),
        beat=now,
        now=now.summary if now is not None and name in now.seen_by else "",
        knows=tuple(seen[-KNOWN:]),
    )


def _number(room: Room, turn: Turn, standing: Standing) -> int:
    """What an agent picks by among things that take turns: it goes through them from a place of its own.

    The room's turns would not do: two who speak by turns would each see every second one, and every session
    would begin alike.
    """
    start = seed_of(room.seed, "number", turn.agent, turn.kind, turn.take) % 9973
    if turn.take:
        draft = standing.draft(turn.take)
        return start + sum(line.character == turn.agent for _, line in draft.lines)
    return start + standing.turns_of[turn.agent, turn.kind]
