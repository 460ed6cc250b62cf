"""A scene's review: judged, criticised, revised and kept, step by step, and again from its events."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.critic.scenes import before_the_first_line
from tests.critic.standin import StandIn, plain, verdict
from tests.room.playing import Player
from writersroom.archive import Archive
from writersroom.critic import rubric
from writersroom.critic.errors import TooFewTexts
from writersroom.critic.game import Game, Lesson
from writersroom.critic.page import of_screenplay
from writersroom.critic.verdict import GameValue, Verdict
from writersroom.engine.errors import Unsupported
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.settings import EngineSettings
from writersroom.events import Body, Event
from writersroom.events.cautioned import Cautioned
from writersroom.events.edited import Edited
from writersroom.events.failed import Failed
from writersroom.events.game_valued import GameValued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.note_given import NoteGiven
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scored import Scored
from writersroom.events.seat_taken import SeatTaken
from writersroom.events.take_written import TakeWritten
from writersroom.events.wrapped import Wrapped
from writersroom.room.order import Turn, next_turns
from writersroom.room.pages import page_of
from writersroom.room.plan import Plan
from writersroom.room.reviewing import next_place, quoted, revisions_of, round_of
from writersroom.room.session import Session
from writersroom.room.stale import depending
from writersroom.room.standing import Standing
from writersroom.room.stepper import Stepper
from writersroom.room.turns.judge import lessons
from writersroom.script.reading import piece_from_fountain
from writersroom.view.debate import Debate, debate_of, heard
from writersroom.view.summary import spoken

LOGLINE = "A lighthouse keeper's radio receives tomorrow's news."
SETTINGS = EngineSettings(n_ctx=4096)
SHORT = Plan(rounds=1, scenes=1, takes=2, pitches=1, stances=1, lines=3, notes=2, revisions=2)


class Judged(Player):
    """Plays with a critic that lets the loop run to its end; the first revision of each round leads."""

    judged = True

    def answer(self, turn: Turn) -> None:
        """As the room does: what a revision keeps is spoken by nobody."""
        for body in self._bodies(turn):
            kept = turn.kind == "note" and isinstance(body, LineSpoken)
            silent = kept or isinstance(body, MoveCommitted | SceneLocked | Wrapped | GameValued)
            self.keep(body, "" if silent else turn.agent)

    def coming(self) -> tuple[Turn, ...]:
        return next_turns(self.standing, self.company, self.plan, judged=self.judged)

    def _bodies(self, turn: Turn) -> Iterator[Body]:
        scene = self.standing.scene
        match turn.kind:
            case "weigh":
                assert scene is not None
                name = scene.opened.scene
                round = len(self.standing.reviews[name].games)
                best = revisions_of(name, round, 1)[0] if round else next(iter(scene.takes))
                on = round < self.plan.notes
                yield GameValued(
                    scene=name,
                    round=round,
                    d_human=0.9,
                    d_take=0.1,
                    value=-0.2,
                    loss_d=0.1,
                    loss_g=2.3,
                    best=best,
                    goes_on=on,
                )
            case "line":
                assert scene is not None
                spoken = len(scene.takes[turn.take].lines) if turn.take in scene.takes else 0
                yield LineSpoken(take=turn.take, character=turn.agent, line=f"{turn.take} {spoken}.")
            case "note":
                assert scene is not None
                base = scene.takes[turn.take]
                at = 1 % len(base.lines)
                yield NoteGiven(take=turn.take, quote=base.lines[at][1].line, problem="Dull.", adopted=True)
                review = self.standing.reviews[scene.opened.scene]
                for id in revisions_of(scene.opened.scene, len(review.games), self.plan.revisions):
                    for _, kept in base.lines[:at]:
                        yield kept.model_copy(update={"take": id})
            case _:
                yield from super()._bodies(turn)


plans = st.builds(
    Plan,
    rounds=st.integers(1, 2),
    scenes=st.integers(1, 2),
    takes=st.integers(1, 3),
    pitches=st.just(1),
    stances=st.just(1),
    lines=st.integers(2, 4),
    notes=st.integers(0, 3),
    revisions=st.integers(1, 3),
)


def test_a_scene_is_judged_criticised_and_revised() -> None:
    kinds = [turn.kind for turn in Judged(SHORT).play()]
    course = [kind for kind, _ in groupby(kinds[kinds.index("open_scene") :])]
    revised = ["note", "line", "take", "weigh"]
    assert course == ["open_scene", "line", "take", "weigh", *revised, *revised, "lock", "wrap"]


def test_what_answers_a_critique_of_a_line_depends_on_that_line() -> None:
    player = Judged(SHORT)
    list(player.play())
    note = next(event for event in player.events if isinstance(event.body, NoteGiven))
    assert isinstance(note.body, NoteGiven)
    line = next(e for e in player.events if isinstance(e.body, LineSpoken) and e.body.take == note.body.take)
    revised = {e.id for e in player.events if isinstance(e.body, LineSpoken) and round_of(e.body.take)}
    assert revised
    assert revised <= set(depending(player.events, line.id))
    assert revised <= set(depending(player.events, note.id))


@given(plan=plans)
@settings(max_examples=20, deadline=None)
def test_turns_of_a_review_that_are_written_together_do_not_depend_on_each_other(plan: Plan) -> None:
    player = Judged(plan)
    while turns := player.coming():
        for at, turn in enumerate(turns):
            assert player.coming() == turns[at:]
            player.answer(turn)
    for scene in player.standing.scenes.values():
        assert scene.locked is not None
        written = [draft for draft in scene.takes.values() if draft.written is not None]
        assert len(written) == plan.takes + plan.notes * plan.revisions
        review = player.standing.reviews[scene.opened.scene]
        assert [game.round for game in review.games] == list(range(plan.notes + 1))


@given(plan=plans, stop=st.integers(1, 60))
@settings(max_examples=15, deadline=None)
def test_a_review_is_taken_up_again_from_its_events(plan: Plan, stop: int) -> None:
    player = Judged(plan)
    for _ in zip(range(stop), player.play(), strict=False):
        pass
    again = Judged(plan)
    again.standing, again.events = Standing(player.events), list(player.events)
    assert list(again.play()) == list(player.play())


@pytest.mark.parametrize("stop", ["note", "line", "weigh"])
def test_a_session_that_goes_on_without_its_critic_keeps_the_take_that_led(stop: str) -> None:
    player = Judged(SHORT)
    for _ in player.play():
        review = player.standing.reviews.get("s1")
        if review is not None and review.games and player.coming()[0].kind == stop:
            break
    player.judged = False
    kinds = {turn.kind for turn in player.play()}
    assert not kinds & {"note", "weigh"}
    scene, review = player.standing.scenes["s1"], player.standing.reviews["s1"]
    assert scene.locked is not None
    assert review.games


def test_what_a_revision_keeps_is_said_once() -> None:
    player = Judged(SHORT)
    list(player.play())
    kept = [event for event in player.events if isinstance(event.body, LineSpoken) and not event.agent]
    assert kept
    shown = {said.event.id for said in debate_of(player.events)}
    assert not shown & {event.id for event in kept}
    one_by_one: Debate = ()
    for event in player.events:
        one_by_one = heard(one_by_one, event)
    assert {said.event.id for said in one_by_one} == shown
    words = list(spoken(player.events))
    assert len(words) == len(list(spoken(event for event in player.events if event not in kept)))
    assert {event.body.line for event in kept if isinstance(event.body, LineSpoken)} <= set(words)


def _about(quote: str, place: int = -1) -> NoteGiven:
    return NoteGiven(take="s1.t1", quote=quote, place=place, problem="Dull.")


def test_only_the_quoted_line_and_its_answer_are_written_again() -> None:
    lines = [LineSpoken(take="s1.t1", character="Mara", line=word) for word in ("a", "b", "c")]
    assert [quoted(lines, _about(word)) for word in ("a", "c", "gone")] == [0, 2, 0]
    assert [quoted([*lines, *lines], _about("c", place)) for place in (-1, 2, 5, 4)] == [2, 2, 5, 2]
    assert [next_place(lines, 1, spoken) for spoken in range(4)] == [1, 1, 2, None]
    assert [next_place(lines, 2, spoken) for spoken in range(4)] == [2, 2, 2, None]
    assert next_place([], 0, 0) is None
    assert [round_of(id) for id in ("s1.t1", "s1.r1a", "s12.r3c", "r1a", "s1.r1")] == [0, 1, 3, 0, 0]


def test_what_a_person_wrote_is_in_all_revisions_of_it() -> None:
    player = Judged(SHORT.model_copy(update={"notes": 3}))
    list(player.play())
    standing = player.standing
    takes = list(standing.scenes["s1"].takes)
    assert not any(standing.has_words_of_a_person(take) for take in takes)
    standing.scenes["s1"].takes["s1.t1"].by_person = True
    # Of the second first take, which nobody revised, a person wrote nothing.
    assert [take for take in takes if not standing.has_words_of_a_person(take)] == ["s1.t2"]


def test_a_page_that_a_person_rewrote_is_kept_where_it_leads() -> None:
    player = Judged(SHORT)
    while player.coming()[0].kind != "note":
        player.answer(player.coming()[0])
    scene = player.standing.scenes["s1"]
    draft = scene.takes[player.standing.reviews["s1"].best]
    assert draft.written is not None
    draft.by_person = True
    assert [turn.kind for turn in player.coming()] == ["lock"]
    built = page_of(player.standing, scene, draft)
    draft.written = draft.written.model_copy(update={"text": built})
    assert [turn.kind for turn in player.coming()] == ["note"]


class _Choosy(StandIn):
    """Refuses one text in particular: the second revision of a round."""

    async def weigh(self, takes: tuple[str, ...] | list[str]) -> tuple[Verdict, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]  # narrower on purpose: what the room gives
        judged = await super().weigh(takes)
        if len(judged) > 2:
            last = verdict(logit=judged[-1].logit, j=0.1, j_score=-2.0)
            return (*judged[:-1], last)
        return judged


async def played(path: Path, model_path: Path, critic: StandIn, plan: Plan) -> list[Event]:
    """A scene with a critic, on the real model."""
    async with await LlamaEngine.open(model_path, SETTINGS) as engine:
        with before_the_first_line(path, engine, LOGLINE, plan=plan, seed=3) as archive:
            session = Session(archive, engine, game=Game(critic, writer="small"))
            assert await Stepper(session).play() is None
            return list(archive.events())


@pytest.fixture(scope="module")
def drafted(model_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scene of which two takes are written by the real model, and none is judged."""
    path = tmp_path_factory.mktemp("drafted") / "a.room"
    plan = SHORT.model_copy(update={"lines": 2, "notes": 1})

    async def draft() -> None:
        async with await LlamaEngine.open(model_path, SETTINGS) as engine:
            with before_the_first_line(path, engine, LOGLINE, plan=plan, seed=3) as archive:
                session = Session(archive, engine, game=Game(StandIn(plain), writer="small"))
                while (turn := session.coming()) is not None and turn.kind != "weigh":
                    await Stepper(session).again()

    asyncio.run(draft())
    return path


async def reviewed(drafted: Path, folder: Path, model_path: Path, critic: StandIn) -> list[Event]:
    """The whole of a session that goes on, in a copy of its file, with a critic of its own."""
    path = Path(shutil.copy(drafted, folder))
    async with await LlamaEngine.open(model_path, SETTINGS) as engine:
        with Archive.open(path, write=True) as archive:
            session = Session(archive, engine, game=Game(critic, writer="small"))
            assert await Stepper(session).play() is None
            return list(archive.events())


async def test_the_real_writer_answers_a_critic(model_path: Path, tmp_path: Path) -> None:
    critic = _Choosy(plain)
    plan = SHORT.model_copy(update={"notes": 1, "steering": True})
    events = await played(tmp_path / "a.room", model_path, critic, plan)
    bodies = [event.body for event in events]
    games = [body for body in bodies if isinstance(body, GameValued)]
    assert [game.round for game in games] == [0, 1]
    assert [game.goes_on for game in games] == [True, False]
    assert games[0].trained
    takes = {body.take: body for body in bodies if isinstance(body, TakeWritten)}
    assert set(takes) == {"s1.t1", "s1.t2", "s1.r1a", "s1.r1b"}
    (note,) = [event for event in events if isinstance(event.body, NoteGiven)]
    assert isinstance(note.body, NoteGiven)
    assert note.body.adopted
    assert note.body.take == games[0].best
    assert note.body.quote in takes[games[0].best].text.replace("\n", " ")
    lines = {take: [b for b in bodies if isinstance(b, LineSpoken) and b.take == take] for take in takes}
    base = lines[games[0].best]
    at = [line.line for line in base].index(note.body.quote)
    for id in ("s1.r1a", "s1.r1b"):
        assert takes[id].round == 1
        assert takes[id].answers == note.id
        assert len(lines[id]) == len(base)
        for place, (old, new) in enumerate(zip(base, lines[id], strict=True)):
            assert new.character == old.character
            if place not in (at, at + 1):
                assert new.line == old.line
    spoken = [event for event in events if isinstance(event.body, LineSpoken) and event.agent]
    assert len(spoken) == 2 * plan.lines + 2 * min(2, plan.lines - at)
    scored = {body.take: body.rubric for body in bodies if isinstance(body, Scored)}
    # The model is too small to be asked what it thinks of them.
    assert scored == dict.fromkeys(takes)
    cautions = [body for body in bodies if isinstance(body, Cautioned)]
    refused = [caution.take for caution in cautions if caution.about == "refused"]
    assert "s1.r1b" in refused
    (locked,) = [body for body in bodies if isinstance(body, SceneLocked)]
    assert locked.take == games[1].best
    assert locked.take not in refused
    # What is compared is judged by a D that has learned none of it: it learns with the lock, as it read them.
    assert critic.learned == []
    locked_at = next(at for at, body in enumerate(bodies) if isinstance(body, SceneLocked))
    assert lessons(Standing(events[:locked_at])) == []
    lesson, *_ = lessons(Standing(events))
    first = [of_screenplay(piece_from_fountain(takes[id].text)) for id in ("s1.t1", "s1.t2")]
    assert [len(text.split()) for text in lesson.takes] == [len(text.split()) for text in first]


async def test_a_model_that_is_large_enough_ranks_the_takes(
    drafted: Path, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rubric, "LEAST_PARAMETERS", 100_000_000)
    events = await reviewed(drafted, tmp_path, model_path, StandIn(plain))
    scored = [event.body for event in events if isinstance(event.body, Scored)]
    first, later = scored[:2], scored[2:]
    assert {one.take for one in first} == {"s1.t1", "s1.t2"}
    assert all(one.rubric is not None and 0 < one.rubric < 1 for one in scored)
    # Two takes alone mirror each other; a model asked in both orders cannot call both the better one.
    assert sum(one.rubric or 0 for one in first) == pytest.approx(1)
    assert len(later) >= 3


def unreadable(text: str) -> Mapping[str, object]:
    return {**plain(text), "refused_by": "short", "refusal": "It has 20 words."}


async def test_takes_that_cannot_be_judged_are_left_to_questions(
    drafted: Path, model_path: Path, tmp_path: Path
) -> None:
    events = await reviewed(drafted, tmp_path, model_path, StandIn(unreadable))
    bodies = [event.body for event in events]
    (failed,) = [body for body in bodies if isinstance(body, Failed)]
    assert failed.message == "No take of this round can be judged. It has 20 words."
    assert not any(isinstance(body, Scored | GameValued) for body in bodies)
    assert sum(isinstance(body, SceneLocked) for body in bodies) == 1


async def test_what_a_person_wrote_is_not_learned_as_the_machines(
    drafted: Path, model_path: Path, tmp_path: Path
) -> None:
    events = await reviewed(drafted, tmp_path, model_path, StandIn(plain))
    whole = lessons(Standing(events))
    assert [(lesson.round, len(lesson.takes)) for lesson in whole] == [(0, 2), (1, 2)]
    line = next(
        event for event in events if isinstance(event.body, LineSpoken) and event.body.take == "s1.t2"
    )
    last = events[-1]
    edit = last.model_copy(
        update={
            "id": last.id + 1,
            "body": Edited(target=line.id, field="line", text="I was here."),
            "agent": "",
        }
    )
    assert lessons(Standing([*events, edit]))[0].takes == whole[0].takes[:1]
    seat = SeatTaken(seat=line.agent, by="person")
    start = next(at for at, event in enumerate(events) if isinstance(event.body, LineSpoken))
    seated = events[start].model_copy(
        update={"id": events[start - 1].id, "body": seat, "agent": "", "turn": 0}
    )
    assert lessons(Standing([*events[:start], seated, *events[start:]])) == []


class _Blind(StandIn):
    async def weigh(self, takes: object) -> tuple[Verdict, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]  # whatever it is given
        raise Unsupported("The eye is closed.")


async def test_a_critic_that_cannot_judge_is_done_without(
    drafted: Path, model_path: Path, tmp_path: Path
) -> None:
    events = await reviewed(drafted, tmp_path, model_path, _Blind())
    bodies = [event.body for event in events]
    assert [body.message for body in bodies if isinstance(body, Failed)] == ["The eye is closed."]
    assert sum(isinstance(body, NoteGiven) for body in bodies) == 2
    assert sum(isinstance(body, SceneLocked) for body in bodies) == 1
    assert not any(isinstance(body, GameValued | Scored) for body in bodies)


class _GoesBlind(StandIn):
    """Judges the first takes, and nothing after."""

    seeing = True

    async def weigh(self, takes: tuple[str, ...] | list[str]) -> tuple[Verdict, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]  # narrower on purpose: what the room gives
        if not self.seeing:
            raise Unsupported("The eye is closed.")
        self.seeing = False
        return await super().weigh(takes)


class _WithoutPassages(StandIn):
    def game(self, verdicts: object) -> GameValue:
        raise TooFewTexts("The value of the game needs a take and a human passage at least.")


async def test_weights_without_passages_held_back_are_done_without(
    drafted: Path, model_path: Path, tmp_path: Path
) -> None:
    events = await reviewed(drafted, tmp_path, model_path, _WithoutPassages(plain))
    bodies = [event.body for event in events]
    (failed,) = [body for body in bodies if isinstance(body, Failed)]
    assert failed.message.startswith("The value of the game needs")
    assert sum(isinstance(body, SceneLocked) for body in bodies) == 1


async def test_a_critic_that_fails_after_a_round_leaves_the_take_that_led(
    drafted: Path, model_path: Path, tmp_path: Path
) -> None:
    events = await reviewed(drafted, tmp_path, model_path, _GoesBlind(plain))
    bodies = [event.body for event in events]
    (game,) = [body for body in bodies if isinstance(body, GameValued)]
    assert [body.message for body in bodies if isinstance(body, Failed)] == ["The eye is closed."]
    (locked,) = [body for body in bodies if isinstance(body, SceneLocked)]
    assert locked.take == game.best
    assert not any(isinstance(body, NoteGiven) for body in bodies)


async def test_a_fresh_critic_is_taught_what_the_session_says() -> None:
    critic = StandIn()
    game = Game(critic, references=("A passage.",), writer="small")
    given = [Lesson(scene="s1", round=number, takes=(f"take {number}",)) for number in (0, 1)]
    await game.catch_up(given[:1])
    await game.catch_up(given)
    await game.catch_up(given)
    assert critic.learned == [
        ("human", ("A passage.",)),
        ("small", ("take 0",)),
        ("small", ("take 1",)),
    ]
    assert game.learned == 2
    steered = game.biases(7, lambda: ["my heart, the radio"], lambda text: [len(text)])
    assert steered[len(" heart")] < 0 < steered[len(" the")]
    assert game.biases(7, lambda: pytest.fail("nothing is new"), lambda text: [1]) == steered
    # A session that is taken up again asks as this one does, whether or not D has learned something since.
    later = game.biases(9, lambda: ["heart heart the radio the"], lambda text: [len(text)])
    again = Game(critic, writer="small")
    await again.catch_up(given)
    assert (
        again.biases(9, lambda: ["heart heart the radio the"], lambda text: [len(text)]) == later != steered
    )


async def test_what_was_learned_on_a_line_that_was_left_is_forgotten() -> None:
    critic = StandIn()
    game = Game(critic, references=("A passage.",), writer="small")
    one, other, another = (Lesson(scene="s1", round=0, takes=(f"take {number}",)) for number in range(3))
    await game.catch_up([one, other])
    await game.catch_up([one, another])
    assert critic.learned == [
        ("human", ("A passage.",)),
        ("small", ("take 0",)),
        ("small", ("take 2",)),
    ]
    assert game.learned == 2
    await game.catch_up([])
    assert critic.learned == [("human", ("A passage.",))]
    assert game.learned == 0
