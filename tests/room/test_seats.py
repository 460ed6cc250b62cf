"""A person in any seat is offered legal moves alone, and what they fill in is the turn."""

from __future__ import annotations

import asyncio
import random
import shutil
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from tests.room.scripted_rooms import SHORT, begun, scripted
from writersroom.archive import Archive
from writersroom.archive.errors import CannotWrite
from writersroom.events.branched import Branched
from writersroom.events.convened import Convened
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.seat_taken import SeatTaken
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.take_written import TakeWritten
from writersroom.events.weakness_intended import WeaknessIntended
from writersroom.events.whispered import Whispered
from writersroom.resources import repository
from writersroom.room import session as sessions
from writersroom.room.forms import BadAnswer, Field, Form, is_shown
from writersroom.room.moment import Room
from writersroom.room.order import Turn
from writersroom.room.seated import Offer
from writersroom.room.session import NoSuchAgent, Session
from writersroom.room.spoken import Piece
from writersroom.room.standing import Standing
from writersroom.room.stepper import Stepper
from writersroom.room.why import why
from writersroom.script.reading import from_fountain


def answers_to(form: Form, rng: random.Random, **given: str) -> dict[str, str]:
    """What somebody might fill in who chooses at random."""
    answers: dict[str, str] = {}
    for field in form.fields:
        if is_shown(field, answers):
            answers[field.name] = given.get(field.name) or _answer(field, rng)
    return answers


def _answer(field: Field, rng: random.Random) -> str:
    if field.options:
        return rng.choice(field.options).key
    if field.value:
        return field.value
    return f"Mara hides the {rng.choice(('lamp', 'rope', 'key'))} number {rng.randrange(10_000)}."


async def test_seats_that_cards_give_are_taken_before_anything_can_stop_the_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine"
    for part in ("agents", "prompts"):
        shutil.copytree(repository() / part, mine / part)
    for name in ("director", "mara"):
        card = mine / "agents" / f"{name}.toml"
        card.write_text(f'seat = "person"\n{card.read_text()}')

    def killed(*given: object, **named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Archive, "append", killed)
        with suppress(KeyboardInterrupt):
            begun(tmp_path / "a.room", scripted(), room=mine).close()
    with Archive.open(tmp_path / "a.room") as archive:
        standing = Standing(archive.events())
    assert [standing.seat(name) for name in ("Director", "Mara", "Iris")] == ["person", "person", "model"]


@pytest.mark.parametrize("seed", range(3))
async def test_a_person_in_every_seat_can_play_a_session_to_its_end(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    kinds: Counter[str] = Counter()
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            stepper = Stepper(session)
            for name in session.names:
                session.take_seat(name)
            while (waiting := await stepper.play()) is not None:
                form = session.form()
                assert form is not None
                assert form.turn == waiting
                kinds[waiting.kind] += 1
                assert await stepper.answer(answers_to(form, rng)) is None
            events = list(archive.events())
            standing = Session(archive, engine).standing
    assert not engine.requests
    assert set(kinds) == {
        "convene", "agenda", "pitch", "stance", "rule", "open_scene", "line", "take", "note", "lock", "wrap",
    }  # fmt: skip
    # Whatever was chosen was legal: the whole line folds again, and each ruling that took a move made it.
    assert standing.wrapped is not None
    taken = [one for one in events if isinstance(one.body, Ruled) and one.body.verdict != "rejected"]
    assert len(taken) == sum(isinstance(one.body, MoveCommitted) for one in events)
    assert all(from_fountain(one.body.text).scenes for one in events if isinstance(one.body, TakeWritten))


async def played_to(session: Session, kind: str) -> Turn:
    """Let the models play until the turn of a person comes that is of some kind."""
    stepper = Stepper(session)
    while (turn := session.coming()) is not None and turn.kind != kind:
        await stepper.step()
    assert turn is not None
    return turn


async def test_what_is_filled_in_is_kept_as_it_was_filled_in(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            stepper = Stepper(session)
            turn = await played_to(session, "pitch")
            session.take_seat(turn.agent)
            assert await stepper.play() == turn
            form = session.form()
            assert form is not None
            moves = next(field for field in form.fields if field.name == "move")
            sentence = next(field for field in form.fields if field.name == "sentence")
            writing = next(option for option in moves.options if option.key in sentence.shown_with["move"])
            answers = {
                "move": writing.key,
                "sentence": "Mara\x1b[31m drowns the radio.",
                "reason": "It tells the truth.",
            }
            spoken = session.filled(form, answers)
            assert [entry.agent for entry in spoken.entries] == [turn.agent]
            assert session.coming() == turn  # Nothing was kept yet.
            await stepper.answer(answers)
            pitched = session.standing.proposals[0].body
            assert pitched.reason == "It tells the truth."
            assert "Mara [31m drowns the radio." in pitched.move.model_dump_json()
            assert session.form() is None
            with pytest.raises(BadAnswer, match="No person's turn"):
                await stepper.answer(answers)
            with pytest.raises(BadAnswer, match="gone on"):
                session.filled(form, answers)


async def test_answers_that_cannot_be_taken_are_refused_by_field(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            turn = await played_to(session, "pitch")
            session.take_seat(turn.agent)
            form = session.form()
            assert form is not None
            good = answers_to(form, random.Random(1))
            for field, bad in (
                ("move", "77"),
                ("move", ""),
                ("reason", " \x07 "),
                ("reason", "x" * 5000),
                ("", "surprise"),
            ):
                wrong = {**good, **({field: bad} if field else {"surprise": "1"})}
                with pytest.raises(BadAnswer) as caught:
                    session.filled(form, wrong)
                assert caught.value.field == field
                assert caught.value.problem.endswith(".")
                assert session.coming() == turn


async def test_a_take_that_is_no_scene_and_a_line_that_says_nothing_are_refused(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            turn = await played_to(session, "line")
            session.take_seat(turn.agent)
            form = session.form()
            assert form is not None
            with pytest.raises(BadAnswer, match="neither says nor does"):
                session.filled(form, {"line": " ", "action": ""})
            await Stepper(session).answer({"line": "#1. Not tonight.", "emotion": "fear"})
            spoken = archive.last("line_spoken")
            assert spoken is not None
            assert isinstance(spoken.body, LineSpoken)
            assert (spoken.body.line, spoken.body.emotion) == ("#1. Not tonight.", "fear")
            session.leave_seat(turn.agent)
            turn = await played_to(session, "take")
            session.take_seat(turn.agent)
            form = session.form()
            assert form is not None
            page = next(field for field in form.fields if field.name == "text")
            assert page.multiline
            assert "Not tonight" in page.value
            with pytest.raises(BadAnswer, match="has no scene"):
                session.filled(form, {"text": "Just words."})
            # What nobody sees stays: without its guard the line would be a heading, and her name an action.
            (kept,) = session.filled(form, {}).entries
            assert isinstance(kept.body, TakeWritten)
            assert kept.body.text.strip("\n") == page.value.strip("\n")
            assert "\u2060#1." in page.value


async def test_what_a_person_does_after_the_end_does_not_begin_the_session_again(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            stepper = Stepper(session)
            await stepper.play()
            assert session.standing.wrapped is not None
            session.whisper("Director", "Thank you.")
            session.intend("loose:b1", True)
            session.take_seat("Director")
            session.leave_seat("Director")
            assert session.standing.wrapped is not None
            assert session.coming() is None
            assert await stepper.play() is None
            assert [event.body.kind for event in archive.events()].count("wrapped") == 1


async def test_whispers_cues_seats_and_intentions_are_kept_and_names_are_checked(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            turn = await played_to(session, "pitch")
            before = len(engine.requests)
            session.whisper(turn.agent.upper(), "Be  kinder\nto the radio.")
            await Stepper(session).step()
            told = [str(request.prompt) for request in engine.requests[before:]]
            assert any("Be kinder to the radio." in prompt for prompt in told)
            # Nobody else hears it, and it is said once.
            after = len(engine.requests)
            await Stepper(session).play(turns=4)
            assert not any("kinder" in str(request.prompt) for request in engine.requests[after:])
            session.intend("loose:b1", True)
            session.take_seat("Director")
            session.leave_seat("director")
            kept = [event.body for event in archive.events() if event.agent == "person"]
            assert kept == [
                Whispered(to=turn.agent, text="Be kinder to the radio."),
                WeaknessIntended(weakness="loose:b1"),
                SeatTaken(seat="Director", by="person"),
                SeatTaken(seat="Director", by="model"),
            ]
            for wrong in (session.cue, session.take_seat, session.leave_seat):
                with pytest.raises(NoSuchAgent, match="no agent 'Nobody'"):
                    wrong("Nobody")
            with pytest.raises(NoSuchAgent):
                session.whisper("Nobody", "Psst.")
            for words in ("", "\x00", "x" * 401):
                with pytest.raises(BadAnswer):
                    session.whisper("Director", words)


async def test_what_was_written_ahead_is_written_again_when_a_person_says_something(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            stepper = Stepper(session)
            await played_to(session, "stance")
            await stepper.step()
            await asyncio.sleep(0.05)  # The rest of the round is being written, or is.
            turn = session.coming()
            assert turn is not None
            assert turn.kind == "stance"
            asked = len(engine.requests)
            session.whisper(turn.agent, "Ask about the rope.")
            await stepper.step()
            again = [str(request.prompt) for request in engine.requests[asked:]]
            assert any("Ask about the rope." in prompt for prompt in again)
            last = archive.last("stance_taken")
            assert last is not None
            assert last.agent == turn.agent
            assert why(archive.events(), last.turn).matches


async def test_what_a_person_is_to_say_is_not_written_ahead(tmp_path: Path) -> None:
    heard: list[Piece] = []
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine, streaming=heard.append)
            stepper = Stepper(session)
            await played_to(session, "pitch")
            agenda = session.standing.agenda
            assert agenda is not None
            first, second = agenda.agents
            session.take_seat(second)
            heard.clear()
            assert await stepper.play() == Turn(kind="pitch", agent=second)
            assert {piece.agent for piece in heard} == {first}


async def test_a_seat_left_while_its_turn_is_waited_for_is_played_by_the_model(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            session.take_seat("Director")
            stepper = Stepper(session)
            assert await stepper.play() == Turn(kind="convene", agent="Director")
            session.leave_seat("Director")
            assert await stepper.step() is None
            first = archive.last("convened")
            assert first is not None
            assert isinstance(first.body, Convened)
            assert await stepper.play() is None
            assert not any(isinstance(one.body, Branched) for one in archive.events())


async def test_a_person_who_rules_has_heard_the_critics(tmp_path: Path) -> None:
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            await played_to(session, "pitch")
            session.take_seat("Director")
            session.take_seat("The Cynic")
            stepper = Stepper(session)
            while (waiting := await stepper.play()) is not None and waiting.kind != "rule":
                form = session.form()
                assert form is not None
                await stepper.answer(answers_to(form, random.Random(1)))
            turn = session.standing.turn
            found = [one.assessed for one in session.standing.proposals]
            assert len(found) == 2
            answered = {answer.critic for one in found if one is not None for answer in one.answers}
            assert answered
            assert "The Cynic" not in answered, "who is a person is not answered for"
            form = session.form()
            assert form is not None
            await stepper.answer(answers_to(form, random.Random(1)))
            kinds = [event.body.kind for event in archive.events()]
    # They are heard once, before the ruling, in nobody's turn.
    assert kinds.count("assessed") == 2
    assert kinds.index("assessed") < kinds.index("ruled")
    assert session.standing.turn == turn + 1


async def test_a_person_may_amend_and_rule_with_the_change(tmp_path: Path) -> None:
    rng = random.Random(5)
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine, plan=SHORT.model_copy(update={"rounds": 4})) as archive:
            session = Session(archive, engine)
            for name in session.names:
                session.take_seat(name)
            stepper = Stepper(session)
            while (waiting := await stepper.play()) is not None and session.standing.rounds < 3:
                form = session.form()
                assert form is not None
                given: dict[str, str] = {}
                for field in form.fields:
                    keys = [option.key for option in field.options]
                    if "amend" in keys:
                        given[field.name] = "amend"
                    elif "amended" in keys:
                        given[field.name] = "amended"
                await stepper.answer(answers_to(form, rng, **given))
                assert waiting.agent == form.agent
            bodies = [event.body for event in archive.events()]
    amended = [one for one in bodies if isinstance(one, StanceTaken) and one.amendment is not None]
    assert amended
    ruled = [one for one in bodies if isinstance(one, Ruled) and one.verdict == "amended"]
    assert ruled
    moves = [one.move for one in bodies if isinstance(one, MoveCommitted)]
    assert any(one.amendment in moves for one in amended)
    assert all(one.stance is not None for one in ruled)
    assert any(isinstance(one, Pitched) for one in bodies)


async def test_what_is_asked_is_of_the_room_as_it_is_once_it_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun_to_look, may_find = threading.Event(), threading.Event()
    really = sessions.offered

    def offered(room: Room, turn: Turn, standing: Standing) -> Offer:
        begun_to_look.set()
        assert may_find.wait(20)
        return really(room, turn, standing)

    monkeypatch.setattr(sessions, "offered", offered)
    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            turn = await played_to(session, "pitch")
            session.take_seat(turn.agent)
            asked = asyncio.create_task(session.asked())
            await asyncio.to_thread(begun_to_look.wait, 20)
            session.leave_seat(turn.agent)
            may_find.set()
            assert await asked is None
            session.take_seat(turn.agent)
            form = await session.asked()
            assert form is not None
            assert form is session.form()


async def test_an_answer_that_cannot_be_kept_can_be_given_again_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(archive: Archive, *_args: object, **_more: object) -> object:
        raise CannotWrite(archive.path, "No space left on device")

    async with scripted() as engine:
        with begun(tmp_path / "a.room", engine) as archive:
            session = Session(archive, engine)
            stepper = Stepper(session)
            turn = await played_to(session, "pitch")
            session.take_seat(turn.agent)
            assert await stepper.play() == turn
            form = session.form()
            assert form is not None
            answers = answers_to(form, random.Random(3))
            with monkeypatch.context() as full:
                full.setattr(Archive, "append", disk_full)
                with pytest.raises(CannotWrite):
                    await stepper.answer(answers | {"reason": "It tells the truth."})
            assert session.coming() == turn
            await stepper.answer(answers | {"reason": "It is what she fears."})
            pitches = [event.body for event in archive.events() if isinstance(event.body, Pitched)]
            assert [pitch.reason for pitch in pitches] == ["It is what she fears."]
