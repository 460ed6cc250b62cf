"""What makes a plot long enough and its scenes tell it: the agenda, who acts, who speaks, where it plays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.room.playing import Player
from tests.room.scripted_rooms import begun, scripted
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.pitched import Pitched
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.take_written import TakeWritten
from writersroom.room.order import next_voice, playing
from writersroom.room.plan import Plan
from writersroom.room.session import Session
from writersroom.room.stepper import Stepper
from writersroom.room.turns.agenda import FEWEST, worst
from writersroom.story.moves import AddBeat, BeatDraft


def grown(*people: tuple[str, ...], rounds: int = 0) -> Player:
    """A session with a plot of unlinked beats, which has weaknesses, after so many rounds."""
    player = Player(Plan(lines=4))
    player.answer(player.coming()[0])
    for number, who in enumerate(people, start=1):
        ids = player.standing.graph.ids()
        draft = BeatDraft(summary=f"Thing {number} happens.", characters=who)
        move = AddBeat(beat=draft, after=ids[-1] if ids else None)
        player.keep(MoveCommitted(move=move, diff=player.standing.graph.copy().apply(move)))
    player.standing.rounds = rounds
    return player


@pytest.mark.parametrize(
    ("beats", "done", "rounds", "mended"),
    [
        (3, 1, 3, True),  # Two rounds cannot bring five beats: what is there is mended.
        (2, 1, 6, False),  # Six beats in five rounds: each has to bring one or two.
        (3, 1, 6, True),
        (FEWEST, 3, 6, True),
        (6, 2, 6, False),  # Every second round tells on.
    ],
)
def test_a_short_story_is_carried_on_while_it_can_become_long_enough(
    beats: int, done: int, rounds: int, mended: bool
) -> None:
    player = grown(*[("Mara",)] * beats, rounds=done)
    assert (worst(player.standing, "three_act", rounds) is not None) == mended


def test_those_speak_who_are_in_what_happens() -> None:
    player = grown(("Mara", "Tobias"), ("Iris", "Tobias"), ("Mara",))
    opened = SceneOpened(
        scene="s1", heading="INT.", beats=("b1", "b2", "b3"), characters=("Mara", "Tobias", "Iris")
    )
    player.keep(opened, "Director")
    heard: list[tuple[str, str]] = []
    for number in range(6):
        scene = player.standing.scenes["s1"]
        beat = playing(player.standing, opened, number, 6)
        assert beat is not None
        who = next_voice(player.standing, scene, player.standing.draft("s1.t1"), 6)
        heard.append((beat.id, who))
        player.keep(LineSpoken(take="s1.t1", character=who, line="Go."), who)
    assert [beat for beat, _ in heard] == ["b1", "b1", "b2", "b2", "b3", "b3"]
    assert {who for beat, who in heard if beat == "b1"} == {"Mara", "Tobias"}
    assert {who for beat, who in heard if beat == "b2"} == {"Iris", "Tobias"}
    # One alone has somebody to talk to.
    assert len({who for beat, who in heard if beat == "b3"}) == 2


def test_lines_beyond_the_plan_belong_to_the_last_beat_and_gone_beats_to_none() -> None:
    player = grown(("Mara",), ("Tobias",))
    opened = SceneOpened(scene="s1", heading="INT.", beats=("b1", "b9", "b2"), characters=("Mara",))
    found = [playing(player.standing, opened, line, 4) for line in (0, 3, 9)]
    assert [beat.id if beat is not None else "" for beat in found] == ["b1", "b2", "b2"]
    more = grown(*[("Mara",)] * 5)
    whole = opened.model_copy(update={"beats": ("b1", "b2", "b3", "b4", "b5")})
    told = [playing(more.standing, whole, line, 4) for line in range(4)]
    assert [beat.id if beat is not None else "" for beat in told] == ["b2", "b3", "b4", "b5"]
    gone = opened.model_copy(update={"beats": ("b9",)})
    assert playing(player.standing, gone, 0, 4) is None


async def test_a_session_tells_its_beats_at_several_places_by_several_people(tmp_path: Path) -> None:
    plan = Plan(rounds=6, scenes=3, lines=3, notes=0)
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine, plan=plan) as archive:
            session = Session(archive, engine)
            await Stepper(session).play()
            events, graph = list(archive.events()), session.standing.graph
    bodies = [event.body for event in events]
    scenes = [body for body in bodies if isinstance(body, SceneOpened)]
    assert len({scene.heading.partition(" - ")[0] for scene in scenes}) == len(scenes) == 3
    for take in (body for body in bodies if isinstance(body, TakeWritten)):
        (scene,) = [one for one in scenes if one.scene == take.scene]
        acted = take.text.split("\n\n")
        assert {graph.beat(id).summary for id in scene.beats} <= set(acted)
    # A character who pitches a beat it is in begins it.
    own = [
        (event.agent, event.body.move.beat.characters[0])
        for event in events
        if isinstance(event.body, Pitched)
        and isinstance(event.body.move, AddBeat)
        and event.agent in event.body.move.beat.characters
    ]
    assert own
    assert all(agent == first for agent, first in own)
