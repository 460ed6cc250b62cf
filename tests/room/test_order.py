"""Whose turn it is follows from the events alone, by the cheap rules first."""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.room.playing import PEOPLE, Player
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.assessed import Assessed
from writersroom.events.condensed import Condensed
from writersroom.events.cued import Cued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.ruled import Ruled
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.seat_taken import SeatTaken
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.weakness_intended import WeaknessIntended
from writersroom.events.whispered import Whispered
from writersroom.room.order import Turn, next_voice, pitchers
from writersroom.room.plan import Plan
from writersroom.room.standing import Standing
from writersroom.story.emotions import Emotion
from writersroom.story.weakness import Weakness, WeaknessKind

SHORT = Plan(rounds=2, scenes=1, takes=2, pitches=2, stances=2, lines=3, notes=1)

plans = st.builds(
    Plan,
    rounds=st.integers(1, 3),
    scenes=st.integers(0, 3),
    takes=st.integers(1, 3),
    pitches=st.integers(1, 4),
    stances=st.integers(1, 4),
    lines=st.integers(2, 4),
    notes=st.integers(0, 2),
)


def test_a_session_goes_its_way() -> None:
    kinds = [turn.kind for turn in Player(SHORT).play()]
    assert [kind for kind, _ in groupby(kinds)] == [
        "convene",
        *["agenda", "pitch", "stance", "rule"] * 2,
        "open_scene",
        "line",
        "take",
        "note",
        "lock",
        "wrap",
    ]
    counted = Counter(kinds)
    assert counted["pitch"] == 4
    assert counted["stance"] == 8
    assert counted["line"] == 6
    assert counted["note"] == 2


def ruled_once(*, weakness: str = "", stance: Literal["support", "object"] = "support") -> Player:
    """A room that has two pitches, of which the director has taken the first."""
    player = Player(SHORT)
    while (turn := player.coming()[0]).kind != "rule":
        match turn.kind:
            case "agenda":
                agents = pitchers(player.standing, player.company, None, player.plan.pitches)
                player.keep(AgendaSet(weakness=weakness, question="What now?", agents=agents), turn.agent)
            case "stance":
                player.keep(StanceTaken(pitch=turn.pitch, stance=stance, reason="So."), turn.agent)
            case _:
                player.answer(turn)
    for proposal in player.standing.proposals:
        player.keep(Assessed(pitch=proposal.id))
    player.answer(turn)
    return player


def test_a_second_pitch_that_is_welcome_is_ruled_on_too() -> None:
    player = ruled_once()
    (left,) = player.standing.proposals
    assert player.standing.rounds == 1
    (turn,) = player.coming()
    assert turn == Turn(kind="rule", agent="Ada")
    player.answer(turn)
    assert player.standing.proposals == []
    assert player.standing.rounds == 1
    assert player.events[-2].body == Ruled(pitch=left.id, verdict="adopted", reason="Yes.")
    assert player.coming()[0].kind == "agenda"


@pytest.mark.parametrize(
    "player", [ruled_once(weakness="loose:b1"), ruled_once(stance="object")], ids=["mended", "unwelcome"]
)
def test_a_second_pitch_is_passed_over(player: Player) -> None:
    assert player.coming()[0].kind == "agenda"


@given(plan=plans)
@settings(max_examples=25, deadline=None)
def test_turns_written_together_stay_the_same_while_they_are_spoken(plan: Plan) -> None:
    player = Player(plan)
    while turns := player.coming():
        for at, turn in enumerate(turns):
            assert player.coming() == turns[at:]
            player.answer(turn)
    assert player.standing.wrapped is not None
    assert len(player.standing.scenes) == min(plan.scenes, len(player.standing.graph.beats()))
    assert all(scene.locked for scene in player.standing.scenes.values())


@given(plan=plans, stop=st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_a_session_is_taken_up_again_from_its_events(plan: Plan, stop: int) -> None:
    player = Player(plan)
    for _ in zip(range(stop), player.play(), strict=False):
        pass
    again = Player(plan)
    again.standing, again.events = Standing(player.events), list(player.events)
    assert list(again.play()) == list(player.play())
    assert again.standing.graph == player.standing.graph


def test_nobody_answers_twice_before_all_others_were_heard() -> None:
    player = Player(SHORT)
    answers = [(turn.pitch, turn.agent) for turn in player.play() if turn.kind == "stance"][:4]
    assert len({agent for _, agent in answers}) == 4
    own = {proposal.id: proposal.agent for proposal in player.standing.proposals}
    assert all(own.get(pitch) != agent for pitch, agent in answers)


def test_who_is_named_in_a_reason_answers_it() -> None:
    player = Player(SHORT)
    answered = [turn.agent for turn in player.play() if turn.kind == "stance"]
    assert "Iris" in answered


def test_a_cue_comes_first() -> None:
    player = Player(SHORT)
    for turn in player.play():
        if turn.kind == "agenda":
            break
    player.keep(Cued(to="Iris"), "person")
    assert pitchers(player.standing, player.company, None, 2)[0] == "Iris"


def test_a_cue_comes_first_among_those_who_are_to_pitch() -> None:
    player = Player(SHORT.model_copy(update={"pitches": 3}))
    for turn in player.play():
        if turn.kind == "agenda":
            break
    first, second, third = player.coming()
    player.keep(Cued(to=third.agent), "person")
    assert player.coming() == (third, first, second)
    player.answer(third)
    assert player.coming() == (first, second)
    # Who is no longer to pitch changes nothing.
    player.keep(Cued(to=third.agent), "person")
    assert player.coming() == (first, second)


def test_whom_a_weakness_concerns_pitches_first() -> None:
    player = Player(SHORT)
    weakness = Weakness(
        key="absent:Tobias", kind=WeaknessKind.ABSENT, severity=0.5, characters=("Tobias",), evidence="Gone."
    )
    assert pitchers(player.standing, player.company, weakness, 2)[0] == "Tobias"


def test_what_a_person_does_is_known() -> None:
    player = Player(SHORT)
    for turn in player.play():
        if turn.kind == "line":
            break
    player.keep(SeatTaken(seat="Mara", by="person"), "person")
    player.keep(Whispered(to="Mara", text="Be kind."), "person")
    player.keep(WeaknessIntended(weakness="loose:b1"), "person")
    standing = player.standing
    assert standing.seat("Mara") == "person"
    assert standing.seat("Iris") == "model"
    assert standing.whispers == {"Mara": ["Be kind."]}
    assert standing.intended == {"loose:b1"}
    assert {one.name for one in standing.characters} == set(PEOPLE)


def test_what_was_condensed_stands_in_its_place() -> None:
    player = Player(SHORT)
    list(player.play())
    before = player.standing.said
    first, last = before[1][0], before[4][0]
    player.keep(Condensed(first=first, last=last, text="They argued."), "Ada")
    after = player.standing.said
    assert [words for _, _, words in after[:3]] == [before[0][2], "They argued.", before[5][2]]


def test_a_plan_is_kept_with_its_session() -> None:
    player = Player(SHORT)
    assert player.standing.started is not None
    assert Plan.of(player.standing.started) == SHORT


def test_a_third_in_a_scene_speaks_though_two_only_answer_each_other() -> None:
    player = Player(SHORT)
    opened = SceneOpened(
        scene="s1", heading="INT. A ROOM - DAY", beats=(), characters=("Mara", "Tobias", "Iris")
    )
    player.keep(opened, "Director")
    spoken: list[str] = []
    for _ in range(9):
        scene = player.standing.scenes["s1"]
        who = next_voice(player.standing, scene, player.standing.draft("s1.t1"), player.plan.lines)
        to = next((one for one in reversed(spoken) if one != who), "")
        player.keep(LineSpoken(take="s1.t1", character=who, line="Go.", emotion=Emotion.CALM, to=to), who)
        spoken.append(who)
    assert min(Counter(spoken)[name] for name in opened.characters) >= 2
    assert all(one != following for one, following in pairwise(spoken))
    # Else whoever was spoken to answers.
    assert spoken[:3] == ["Mara", "Tobias", "Mara"]


def test_a_whisper_waits_for_a_turn_that_heeds_it() -> None:
    player = Player(SHORT)
    player.answer(player.coming()[0])
    director = player.company.director
    player.keep(Whispered(to=director, text="Be kind."), "person")
    player.answer(player.coming()[0])
    assert player.coming()[0].kind == "pitch"  # The director has put a question, which asks no model.
    assert player.standing.whispers == {director: ["Be kind."]}
    while player.coming()[0].kind != "rule":
        player.answer(player.coming()[0])
    player.answer(player.coming()[0])
    assert player.standing.whispers == {}
