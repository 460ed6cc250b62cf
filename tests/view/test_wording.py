"""Every move and every event has words."""

from __future__ import annotations

from typing import cast, get_args

import pytest

from tests.view.playing import session
from writersroom.events import Body
from writersroom.events.affect_changed import AffectChanged
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.assessed import Assessed, YesNo
from writersroom.events.branched import Branched
from writersroom.events.cautioned import Cautioned
from writersroom.events.convened import Convened
from writersroom.events.cued import Cued
from writersroom.events.edited import Edited
from writersroom.events.failed import Failed
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scored import Scored
from writersroom.events.seat_taken import SeatTaken
from writersroom.events.session_started import SessionStarted
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.weakness_intended import WeaknessIntended
from writersroom.events.wrapped import Wrapped
from writersroom.story.beats import LinkKind
from writersroom.story.characters import Character, CharacterState, Feeling
from writersroom.story.emotions import Emotion
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import (
    AddBeat,
    AddLink,
    BeatChange,
    BeatDraft,
    CutBeat,
    MergeBeats,
    Move,
    PayOffSetup,
    PlantSetup,
    RemoveLink,
    ReorderBeat,
    ReviseBeat,
)
from writersroom.view.wording import amendment_words, beats_of, diff_words, move_words, words_of

DRAFT = BeatDraft(summary="She lies.\nAgain.")

MOVES: list[tuple[Move, str, tuple[str, ...]]] = [
    (AddBeat(beat=DRAFT), "Add at the beginning: “She lies. Again.”", ()),
    (
        AddBeat(beat=DRAFT, after="b2", caused_by=("b1",), causes=("b3", "b1")),
        "Add after b2: “She lies. Again.”, because of b1, leading to b3, b1",
        ("b1", "b3", "b2"),
    ),
    (
        ReviseBeat(
            beat="b1",
            change=BeatChange(
                summary="No.",
                value_after=0.5,
                characters=("Ann", "Bo"),
                emotions={"Ann": Emotion.FEAR},
                witnesses=(),
            ),
        ),
        "Revise b1: “No.”, characters Ann, Bo, value after 0.5, emotions Ann: fear, witnesses none",
        ("b1",),
    ),
    (AddLink(source="b1", target="b2", link=LinkKind.SETS_UP), "Link: b1 sets up b2", ("b1", "b2")),
    (
        RemoveLink(source="b1", target="b2", link=LinkKind.CAUSES),
        "Unlink: b1 no longer causes b2",
        ("b1", "b2"),
    ),
    (ReorderBeat(beat="b1", after=None), "Tell b1 at the beginning", ("b1",)),
    (ReorderBeat(beat="b1", after="b4"), "Tell b1 after b4", ("b1", "b4")),
    (MergeBeats(beat="b1", absorbed="b2", summary="Both."), "Merge b2 into b1: “Both.”", ("b1", "b2")),
    (CutBeat(beat="b1"), "Cut b1", ("b1",)),
    (
        PlantSetup(beat=DRAFT, payoff="b9"),
        "Plant at the beginning, to be paid off by b9: “She lies. Again.”",
        ("b9",),
    ),
    (PayOffSetup(beat=DRAFT, setup="b1", after="b5"), "Pay off b1 after b5: “She lies. Again.”", ("b1",)),
]


@pytest.mark.parametrize(("move", "words", "beats"), MOVES, ids=[words for _, words, _ in MOVES])
def test_a_move_says_what_it_would_do_and_which_beats_it_names(
    move: Move, words: str, beats: tuple[str, ...]
) -> None:
    assert move_words(move) == words
    assert beats_of(move) == beats


def test_an_amendment_says_what_it_has_other_than_the_pitch() -> None:
    pitched = AddBeat(beat=DRAFT, after="b1")
    moved = AddBeat(beat=DRAFT.model_copy(update={"place": "harbour", "tension": 0.5}), after="b1")
    assert move_words(moved) == move_words(pitched)
    assert amendment_words(moved, pitched) == (
        "The same, but it happens elsewhere: harbour, and there is more to fear (0 → 0.5)"
    )
    assert "there is less to fear (0.5 → 0)" in amendment_words(pitched, moved)
    joined = DRAFT.model_copy(update={"characters": (*DRAFT.characters, "Ada"), "witnesses": ("Ada", "Bo")})
    assert amendment_words(AddBeat(beat=joined, after="b1"), pitched) == (
        "The same, but Ada takes part, and Bo sees it"
    )
    assert amendment_words(pitched, AddBeat(beat=joined, after="b1")) == (
        "The same, but without Ada, and Bo does not see it"
    )
    aside = AddBeat(beat=joined.model_copy(update={"characters": DRAFT.characters}), after="b1")
    assert amendment_words(aside, AddBeat(beat=joined, after="b1")) == "The same, but Ada only sees it"
    assert amendment_words(CutBeat(beat="b1"), pitched) == move_words(CutBeat(beat="b1"))


def test_a_diff_says_what_came_of_it() -> None:
    graph = PlotGraph()
    graph.apply(AddBeat(beat=BeatDraft(summary="One.")))
    assert diff_words(graph.apply(AddBeat(beat=DRAFT, after="b1", caused_by=("b1",)))) == (
        "b2 added: “She lies. Again.”; b1 causes b2"
    )
    assert diff_words(graph.apply(ReorderBeat(beat="b2", after=None))) == "b2 is told 1st, not 2nd"
    assert diff_words(graph.apply(ReviseBeat(beat="b2", change=BeatChange(act=2)))) == "b2 act: 1 → 2"
    assert diff_words(graph.apply(CutBeat(beat="b2"))) == "b2 cut; b1 no longer causes b2"


def test_every_kind_of_event_has_words() -> None:
    union = get_args(get_args(Body)[0])
    seen: set[type[object]] = {SessionStarted}
    for seed in range(12):
        for event in session(seed, 400):
            seen.add(type(event.body))
            assert words_of(event.body).strip()
    assert seen == set(cast("tuple[type[object], ...]", union))


WORDED: list[tuple[Body, str]] = [
    (SessionStarted(logline="", title="T"), "A session begins: T"),
    (Convened(), "The room convenes"),
    (Convened(title="T", theme="Light.", characters=(Character(name="Ann"),)), "T\nLight.\nCast: Ann"),
    (AgendaSet(weakness="", question="What now?", beats=("b1", "b2")), "What now? (b1, b2)"),
    (Pitched(move=CutBeat(beat="b1"), reason="Dull.", device="reversal"), "Cut b1 [reversal] - Dull."),
    (StanceTaken(pitch=1, stance="object", reason="No."), "No."),
    (
        StanceTaken(pitch=1, stance="amend", reason="So.", amendment=CutBeat(beat="b2")),
        "Cut b2 - So.",
    ),
    (Assessed(pitch=1), "nothing speaks against it"),
    (
        Assessed(
            pitch=1,
            problems=("It closes a circle.",),
            answers=(YesNo(critic="Heart", question="Cost?", yes=0.25),),
        ),
        "not possible: It closes a circle.; Cost? Heart says yes at 25%",
    ),
    (Ruled(pitch=1, verdict="amended", reason="Better."), "Amended: Better."),
    (LineSpoken(take="s1.t1", character="Ann"), "Ann is silent"),
    (
        LineSpoken(
            take="s1.t1",
            character="Ann",
            line="Go.",
            parenthetical="low",
            action="She points",
            thought="Stay",
        ),
        "(She points) ANN (low): Go. [thinks: Stay]",
    ),
    (
        NoteGiven(take="s1.t1", quote="Go.", problem="Flat.", severity=0.25, adopted=True),
        "“Go.” Flat. (s1.t1, 25%) [the next takes answer this]",
    ),
    (Scored(take="s1.t1"), "s1.t1: not measured"),
    (
        Cautioned(scene="s1", round=2, about="gaming", message="D rose while J fell."),
        "Scene s1, round 2 of criticism, gaming: D rose while J fell.",
    ),
    (
        AffectChanged(
            character="Ann",
            state=CharacterState(feeling=Feeling(emotion=Emotion.FEARS_CONFIRMED)),
            cause="b1",
        ),
        "Ann feels fears confirmed (b1)",
    ),
    (WeaknessIntended(weakness="loose:b1", intended=False), "loose:b1 is no longer meant to be so"),
    (Edited(target=3, field="line", text="Stop."), "The line of an earlier turn now reads: Stop."),
    (Branched(fork=3, source="a.room", reason="what if"), "A new branch begins here, of a.room: what if"),
    (Cued(to="Ann"), "Ann is asked to speak next"),
    (SeatTaken(seat="Ann", by="person"), "Ann is now played by a person"),
    (SeatTaken(seat="Ann", by="model"), "Ann is now played by the model"),
    (Failed(where="engine", message="gone"), "engine failed: gone"),
    (Wrapped(reason=""), "The session ends: done"),
    (MoveCommitted.model_validate({"move": CutBeat(beat="b1"), "diff": {}}), "nothing changed"),
]


@pytest.mark.parametrize(("body", "words"), WORDED, ids=[words for _, words in WORDED])
def test_an_event_says_what_happened(body: Body, words: str) -> None:
    assert words_of(body) == words
