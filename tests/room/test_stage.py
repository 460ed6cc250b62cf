"""What a character knows when it speaks in a scene: what it has seen, and no more."""

from __future__ import annotations

from tests.room.playing import Player
from tests.room.scripted_rooms import scripted
from writersroom.cast.repertoire import load_repertoire
from writersroom.cast.said import Said
from writersroom.cast.templates import Templates
from writersroom.events.condensed import Condensed
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.scene_opened import SceneOpened
from writersroom.resources import repository
from writersroom.room.listening import Listener
from writersroom.room.moment import Moment, Room, moment, stage
from writersroom.room.order import Turn
from writersroom.room.plan import Plan
from writersroom.story.moves import AddBeat, BeatDraft

PROMPTS = repository() / "prompts"


def at(player: Player, agent: str) -> Moment:
    """An agent about to speak a line of s2."""
    room = Room(
        company=player.company,
        templates=Templates.load(PROMPTS),
        repertoire=load_repertoire(PROMPTS),
        plan=player.plan,
        engine=scripted(),
        seed=1,
        structure="three_act",
    )
    return moment(room, Turn(kind="line", agent=agent, take="s2.t1"), player.standing, Said(), Listener())


def told(*beats: tuple[str, tuple[str, ...]]) -> Player:
    """A session that has come to its second scene, by the beats and who is in them; the last is its own."""
    player = Player(Plan(scenes=2))
    player.answer(player.coming()[0])
    for summary, people in beats:
        ids = player.standing.graph.ids()
        move = AddBeat(beat=BeatDraft(summary=summary, characters=people), after=ids[-1] if ids else None)
        player.keep(MoveCommitted(move=move, diff=player.standing.graph.copy().apply(move)))
    ids = [beat.id for beat in player.standing.graph.beats()]
    player.keep(
        SceneOpened(scene="s1", heading="INT.", beats=tuple(ids[:-1]), characters=("Mara",)), "Director"
    )
    player.keep(Condensed(first=2, last=len(player.events), text="Mara was alone.", scene="s1"), "Director")
    player.keep(
        SceneOpened(scene="s2", heading="EXT.", beats=(ids[-1],), characters=("Mara", "Tobias")), "Director"
    )
    return player


def test_a_character_knows_what_it_saw_in_earlier_scenes_and_not_what_it_did_not() -> None:
    player = told(
        ("Mara hears the news.", ("Mara",)), ("Tobias lies.", ("Tobias", "Mara")), ("Mara runs.", ("Mara",))
    )
    scene = player.standing.scenes["s2"].opened
    mara, tobias = stage(at(player, "Mara"), scene, 0), stage(at(player, "Tobias"), scene, 0)
    assert mara.knows == ("Tobias lies.",), "the last it saw, besides what happens now"
    assert mara.now == "Mara runs."
    assert mara.beat == tobias.beat == player.standing.graph.beat("b3")
    assert mara.shared.condensed == ("Mara was alone.",)
    assert tobias.knows == ("Tobias lies.",)
    assert tobias.now == ""
    assert tobias.shared.condensed == ()
    assert not mara.shared.beats
    assert not mara.shared.said
