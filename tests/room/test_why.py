"""Why she said that: the prompt, made again from the file alone, is the one that the model saw."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from pathlib import Path

import pytest

from tests.room.scripted_rooms import SHORT, begun, scripted
from writersroom.archive import Archive
from writersroom.engine.files.chat_layout import chat_layout
from writersroom.engine.interface import Part
from writersroom.engine.llama.engine import LlamaEngine
from writersroom.engine.settings import EngineSettings
from writersroom.events import Event
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.session_started import SessionStarted
from writersroom.resources import SAMPLE, repository
from writersroom.room.plan import Plan
from writersroom.room.session import Session
from writersroom.room.standing import Standing
from writersroom.room.stepper import Stepper
from writersroom.room.why import Unchecked, why, whys

SAMPLE_SESSION = repository() / "sessions" / SAMPLE


@pytest.fixture
def sample() -> list[Event]:
    """The recorded session that comes with the program."""
    with Archive.open(SAMPLE_SESSION) as archive:
        return list(archive.events())


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    """A session with everything in it that changes prompts: a whisper, a seat, a cue, an edit, a branch."""

    async def play(path: Path) -> list[Event]:
        async with scripted() as engine:
            with begun(path, engine, plan=SHORT.model_copy(update={"scenes": 2})) as archive:
                session = Session(archive, engine)
                stepper = Stepper(session)
                await stepper.play(turns=3)
                session.whisper("Mara", "Be kinder.")
                session.cue("Iris")
                await stepper.play(turns=9)
                stance = archive.last("stance_taken")
                assert stance is not None
                await session.edit(stance.id, "It costs the winter, and who pays for that?")
                await stepper.play(turns=9)
                await session.go_back(12)
                await stepper.play()
                assert session.standing.wrapped is not None
                return list(archive.events())

    return asyncio.run(play(tmp_path_factory.mktemp("why") / "a.room"))


def test_every_prompt_of_a_session_can_be_made_again(played: list[Event]) -> None:
    traced = [event for event in played if event.trace is not None]
    last = played[-1].turn
    told = [one for turn in range(last + 1) for one in whys(played, turn)]
    assert [one.event for one in told] == [
        event.id for event in traced for _ in (event.trace.texts if event.trace else ())
    ]
    wrong = [(one.event, one.agent, one.template, one.unchecked) for one in told if one.matches is not True]
    assert wrong == []
    templates = {one.template for one in told}
    assert templates >= {
        "reason",
        "pitch_sentence",
        "line",
        "thought",
        "convene_premise",
        "convene_title",
        "character_want",
        "advice",
    }
    for one in told:
        assert one.trace is not None
        assert hashlib.sha256(one.prompt.encode()).hexdigest() == one.trace.prompt_sha256
    assert any("Be kinder." in one.prompt for one in told)
    assert any("who pays for that?" in one.prompt for one in told)


def test_a_character_knows_what_it_saw_and_the_director_everything(played: list[Event]) -> None:
    lines = [event for event in played if event.body.kind == "line_spoken"]
    told = why(played, lines[-1].turn)
    assert told.agent == lines[-1].agent
    assert told.trace == lines[-1].trace
    director = why(played, played[-1].turn)
    assert set(told.knows) <= set(director.knows)
    assert director.knows
    assert all(one.startswith("b") for one in director.knows)


def test_on_stage_nobody_knows_what_is_told_later(sample: list[Event]) -> None:
    for event in sample:
        if not isinstance(event.body, LineSpoken) or not event.agent or not event.body.beat:
            continue
        told = [beat.id for beat in Standing(sample[: sample.index(event)]).graph.beats()]
        if event.body.beat in told:
            later = told[told.index(event.body.beat) + 1 :]
            known = {one.partition(".")[0] for one in why(sample, event.turn).knows}
            assert later
            assert not known & set(later)
            return
    raise AssertionError("the sample has no such line")


def test_the_sample_session_is_explained_by_the_templates_it_keeps(sample: list[Event]) -> None:
    """Every turn of it: it was recorded by the room as it is."""
    told = [one for turn in range(sample[-1].turn + 1) for one in whys(sample, turn)]
    assert len(told) == sum(len(event.trace.texts) for event in sample if event.trace is not None)
    assert all(one.matches for one in told)


async def test_the_sample_session_can_be_gone_on_with(tmp_path: Path) -> None:
    """From the midst of it, with the templates it keeps."""
    shutil.copy(SAMPLE_SESSION, tmp_path / "a.room")
    async with scripted() as engine:
        with Archive.open(tmp_path / "a.room", write=True) as archive:
            session = Session(archive, engine)
            await session.go_back(12)
            await Stepper(session).play(turns=4)
            last = list(archive.events())[-1]
            assert last.turn == 16
            assert why(archive.events(), last.turn).matches


def test_a_changed_log_is_found_out(played: list[Event]) -> None:
    line = [event for event in played if event.body.kind == "line_spoken"][-1]
    first = played[0]
    assert isinstance(first.body, SessionStarted)
    other = first.body.model_copy(update={"logline": "A baker learns to fly."})
    forged = [first.model_copy(update={"body": other}), *played[1:]]
    told = why(forged, line.turn)
    assert told.matches is False
    assert "A baker learns to fly." in told.prompt


def test_what_cannot_be_made_again_says_so(played: list[Event]) -> None:
    line = [event for event in played if event.body.kind == "line_spoken"][-1]
    assert line.trace is not None
    bare = line.model_copy(update={"trace": line.trace.model_copy(update={"choices": ()})})
    told = why([bare if event is line else event for event in played], line.turn)
    assert told.matches is None
    assert "cannot be gone through again" in told.unchecked
    first = played[0]
    assert isinstance(first.body, SessionStarted)
    imported = [first.model_copy(update={"body": first.body.model_copy(update={"cards": {}})}), *played[1:]]
    assert "keeps no cards" in why(imported, line.turn).unchecked
    broken = first.body.model_copy(update={"templates": {**first.body.templates, "line": "{{ nothing }}"}})
    told = why([first.model_copy(update={"body": broken}), *played[1:]], line.turn)
    assert told.matches is None
    assert "cannot be read" in told.unchecked


def test_a_turn_in_which_nothing_was_generated_has_no_prompt(played: list[Event]) -> None:
    take = next(event for event in played if event.body.kind == "take_written")
    told = why(played, take.turn, event=take.id)
    assert (told.agent, told.template, told.prompt, told.trace) == ("Director", "", "", None)
    with pytest.raises(ValueError, match="holds no event 3"):
        why(played, take.turn, event=3)
    with pytest.raises(ValueError, match="Turn 900"):
        why(played, 900)


async def test_it_can_be_asked_on_a_running_loop(played: list[Event]) -> None:
    assert why(played, 1).matches


CHAT = """name = "Ada"
role = "director"
mandate = "You want an end."
chat = true
"""


@pytest.fixture
def chatty(tmp_path: Path) -> Path:
    """A room whose director is asked by the model's own chat template."""
    for part in ("agents", "prompts"):
        shutil.copytree(repository() / part, tmp_path / "room" / part)
    director = tmp_path / "room" / "agents" / "director.toml"
    director.write_text(director.read_text() + "\nchat = true\n" if "[" not in director.read_text() else CHAT)
    return tmp_path / "room"


async def test_a_prompt_laid_out_by_the_models_template_needs_the_models_file(
    model_path: Path, chatty: Path, tmp_path: Path
) -> None:
    plan = Plan(rounds=1, scenes=0, pitches=1, stances=1)
    settings = EngineSettings(n_ctx=2048, sequences=4)
    async with await LlamaEngine.open(model_path, settings, sha256="f" * 64) as engine:
        with begun(tmp_path / "a.room", engine, plan=plan, room=chatty) as archive:
            await Stepper(Session(archive, engine)).play(turns=1)
    with Archive.open(tmp_path / "a.room") as archive:
        events = list(archive.events())
    told = why(events, 1)
    assert told.matches is None
    assert "file was not looked for" in told.unchecked
    assert "=== system ===" in told.prompt
    lay_out = chat_layout(model_path)
    told = why(events, 1, layout=lambda name, sha256, parts: lay_out(parts))
    assert told.matches
    assert "<|im_start|>" in told.prompt

    def missing(name: str, sha256: str, parts: tuple[Part, ...]) -> str:
        raise Unchecked(f"The file of {name} is not there.")

    assert why(events, 1, layout=missing).unchecked.endswith("is not there.")
