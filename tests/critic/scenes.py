"""A session that stands before its first line: what is written from here on is a scene and its review."""

from __future__ import annotations

from pathlib import Path

from writersroom.archive import Archive
from writersroom.cast.cards import load_cards
from writersroom.engine.interface import Engine
from writersroom.events.convened import Convened
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.scene_opened import SceneOpened
from writersroom.resources import repository
from writersroom.room.order import Company
from writersroom.room.plan import Plan
from writersroom.room.session import begin
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import AddBeat, BeatDraft

HEADING = "INT. A ROOM - NIGHT"


def before_the_first_line(path: Path, engine: Engine, logline: str, *, plan: Plan, seed: int) -> Archive:
    """A session file with a bible, one beat and an open scene: the premise is all they know.

    Args:
        path: of the file to make.
        engine: the model that will write.
        logline: the premise; the scene is about it.
        plan: of the session; its argument is left out.
        seed: of chance, and of who is in the scene.
    """
    archive = begin(path, repository(), logline, plan=plan, seed=seed, structure="three_act", engine=engine)
    room = Company(load_cards(repository() / "agents"))
    people = tuple(card.character for card in room.cards if card.character is not None)
    first = seed % len(people)
    pair = tuple(people[(first + step) % len(people)].name for step in (0, 1))
    summary = logline[:240]
    move = AddBeat(beat=BeatDraft(summary=summary, characters=pair))
    opened = SceneOpened(scene="s1", heading=HEADING, beats=("b1",), characters=pair, purpose=summary)
    with archive.at_once():
        archive.append(Convened(characters=people), agent=room.director)
        archive.append(MoveCommitted(move=move, diff=PlotGraph().apply(move)))
        archive.append(opened, agent=room.director, scene="s1")
    return archive
