"""`run`, `step` and `resume`, as a new user meets them: on a scripted model, all else the program itself."""

from __future__ import annotations

import io
import itertools
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, Writersroom, record
from tests.cli.test_bad_input import SPOILS, Spoil
from tests.room.scripted_rooms import told as happened
from tests.room.scripted_words import answering
from tests.scripted import ScriptedEngine
from tests.view.playing import session
from writersroom.archive import Archive
from writersroom.cli import playing
from writersroom.cli.progress import Progress, planned_turns
from writersroom.engine.errors import ModelNotFound
from writersroom.engine.settings import EngineSettings
from writersroom.events import Event, event_from_json
from writersroom.events.cued import Cued
from writersroom.events.seat_taken import SeatTaken
from writersroom.events.session_started import SessionStarted
from writersroom.exits import Exit
from writersroom.resources import SAMPLE, repository
from writersroom.room.plan import Plan
from writersroom.room.session import Session, begin, seed_for
from writersroom.room.spoken import Piece
from writersroom.room.standing import Standing
from writersroom.room.stepper import Stepper
from writersroom.story.structures import STRUCTURES
from writersroom.view.printable import columns

LOGLINE = "A lighthouse keeper's radio receives tomorrow's news."
SHORT = ("--rounds", "2", "--takes", "2", "--lines", "2", "--pitches", "2", "--stances", "1")

Run = Callable[..., Ran]


@asynccontextmanager
async def no_game(*given: object, **named: object) -> AsyncGenerator[None]:
    """No critic: it would open a model."""
    yield None


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What models were asked for; a scripted one is given."""
    names: list[str] = []

    async def scripted(name: str, settings: EngineSettings) -> ScriptedEngine:
        names.append(name)
        return ScriptedEngine(answering)

    monkeypatch.setattr(playing, "open_engine", scripted)
    monkeypatch.setattr(playing, "open_game", no_game)
    return names


@pytest.fixture
def run(writersroom: Writersroom, tmp_path: Path, opened: list[str]) -> Run:
    """Run a short session; further options come last."""
    assert opened == []

    def call(name: str = "a.room", *options: str | Path, logline: str = LOGLINE) -> Ran:
        return writersroom("run", logline, "--session", tmp_path / name, "--headless", *SHORT, *options)

    return call


def events_of(path: Path) -> list[Event]:
    with Archive.open(path) as archive:
        return list(archive.events())


def printed(ran: Ran) -> list[Event]:
    return [event_from_json(line) for line in ran.out.splitlines()]


def test_a_session_is_run_to_its_end_and_told_as_it_goes(run: Run, tmp_path: Path) -> None:
    ran = run("a.room", "--json")
    assert ran.code == Exit.OK
    events = events_of(tmp_path / "a.room")
    assert printed(ran) == events[1:]
    assert Standing(events).wrapped is not None
    # Round and turn, speed and the time left, and in the end what to do next.
    told = ran.err.splitlines()
    assert told[0].startswith("scripted, 1 threads")
    assert any(re.fullmatch(r"round 2/2, turn \d+, \d+ tok/s, about \d+ s left", line) for line in told)
    assert any(line.startswith("scene 1/") for line in told)
    assert f"writersroom export {tmp_path / 'a.room'}" in told[-1]
    again = run("a.room")
    assert again.code == Exit.OUTPUT
    assert "a.room" in again.err
    assert events_of(tmp_path / "a.room") == events


def test_the_same_seed_tells_the_same_story_and_another_tells_another(run: Run, tmp_path: Path) -> None:
    stories: list[list[str]] = []
    for name, seed in (("a", "4"), ("b", "4"), ("c", "5")):
        assert run(f"{name}.room", "--seed", seed).code == Exit.OK
        stories.append(happened(events_of(tmp_path / f"{name}.room")))
    assert stories[0] == stories[1]
    assert stories[0][1:] != stories[2][1:]


def test_a_logline_has_a_seed_of_its_own(run: Run, tmp_path: Path) -> None:
    """With one seed for all, different stories are told by the same devices in the same order."""
    assert run("a.room").code == run("b.room").code == Exit.OK
    seeds = [
        body.seed
        for name in "ab"
        if isinstance(body := events_of(tmp_path / f"{name}.room")[0].body, SessionStarted)
    ]
    assert seeds == [seed_for(LOGLINE)] * 2
    assert len({seed_for(f"Story {number}") for number in range(20)}) == 20


@pytest.mark.parametrize("structure", sorted(STRUCTURES))
def test_a_story_is_held_against_the_structure_that_was_named(
    run: Run, tmp_path: Path, structure: str
) -> None:
    assert run("a.room", "--structure", structure, "--rounds", "1", "--scenes", "0").code == Exit.OK
    started = Standing(events_of(tmp_path / "a.room")).started
    assert started is not None
    assert started.structure == structure


def test_a_structure_that_nobody_knows_is_refused(run: Run, opened: list[str], tmp_path: Path) -> None:
    ran = run("a.room", "--structure", "nine_acts")
    assert ran.code == Exit.USAGE
    assert "three_act" in ran.err
    assert opened == []
    assert not list(tmp_path.iterdir())


def test_step_takes_exactly_as_many_turns_as_were_asked_for(
    run: Run, writersroom: Writersroom, tmp_path: Path, opened: list[str]
) -> None:
    path = tmp_path / "a.room"
    run("a.room", "--rounds", "1")
    ended = writersroom("step", path)
    assert ended.code == Exit.OK
    assert "has ended" in ended.err
    assert ended.out == ""
    assert len(opened) == 1  # No model is loaded for a session that has ended.
    last = events_of(path)[-1].turn
    assert writersroom("branch", path, "--at", "1").code == Exit.OK
    for turns in (1, 3):
        before = events_of(path)[-1].turn
        ran = writersroom("step", path, "--turns", str(turns), "--json")
        assert ran.code == Exit.OK
        assert events_of(path)[-1].turn == before + turns
        assert {event.turn for event in printed(ran)} >= set(range(before + 1, before + turns + 1))
    assert opened[-1] == "scripted"  # The session's own model, unless told otherwise.
    writersroom("step", path, "--model", "other")
    assert opened[-1] == "other"
    assert writersroom("resume", path).code == Exit.OK
    assert Standing(events_of(path)).wrapped is not None
    assert abs(events_of(path)[-1].turn - last) < 12


def test_a_session_goes_on_with_the_model_file_it_was_begun_with(
    writersroom: Writersroom, model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real model, under a name that only its folder knows."""
    monkeypatch.setattr(playing, "open_game", no_game)
    (tmp_path / "mine.gguf").symlink_to(model_path)
    monkeypatch.chdir(tmp_path)
    path, small = tmp_path / "a.room", ("--rounds", "1", "--scenes", "0", "--pitches", "2")
    ran = writersroom("run", LOGLINE, "--session", path, "--headless", "--model", "./mine.gguf", *small)
    assert ran.code == Exit.OK, ran
    assert writersroom("branch", path, "--at", "1").code == Exit.OK
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    stepped = writersroom("step", path)
    assert stepped.code == Exit.OK, stepped
    assert "mine," in stepped.err


@pytest.mark.parametrize(
    ("options", "noted"),
    [
        (("--model", "http://127.0.0.1:9/v1", "--n-ctx", "2048"), True),
        (("--model", "http://127.0.0.1:9/v1"), False),
    ],
    ids=["with options for files", "without"],
)
def test_options_that_a_server_does_not_know_are_told(
    run: Run, options: tuple[str, ...], noted: bool
) -> None:
    ran = run("a.room", "--rounds", "1", "--scenes", "0", *options)
    assert ran.code == Exit.OK
    assert ("A server runs as it was started" in ran.err) == noted


def test_step_lets_somebody_speak_who_may(run: Run, writersroom: Writersroom, tmp_path: Path) -> None:
    path = tmp_path / "a.room"
    run("a.room", "--rounds", "1")
    writersroom("branch", path, "--at", "1")
    ran = writersroom("step", path, "--agent", "iris", "--json")
    assert ran.code == Exit.OK
    assert Cued(to="Iris") in [event.body for event in printed(ran)]
    # The director sets the agenda first; she is told to be next.
    assert "Iris had no turn yet" in ran.err
    ran = writersroom("step", path, "--json")
    assert printed(ran)[0].agent == "Iris"
    wrong = writersroom("step", path, "--agent", "Nobody")
    assert wrong.code == Exit.USAGE
    assert "There is no agent 'Nobody' in this session; there are Director" in wrong.err


def test_a_seat_that_a_person_has_taken_is_waited_for(
    run: Run, writersroom: Writersroom, tmp_path: Path
) -> None:
    path = tmp_path / "a.room"
    run("a.room", "--rounds", "1")
    writersroom("branch", path, "--at", "1")
    with Archive.open(path, write=True) as archive:
        archive.append(SeatTaken(seat="Director", by="person"), agent="person")
    ran = writersroom("resume", path)
    assert ran.code == Exit.WAITING
    assert "It is Director's turn (agenda), whose seat a person has taken; take it on the screen" in ran.err


def test_a_seat_that_a_card_gives_a_person_is_waited_for(
    run: Run, writersroom: Writersroom, tmp_path: Path
) -> None:
    mine, path = tmp_path / "mine", tmp_path / "a.room"
    assert writersroom("new", mine).code == Exit.OK
    card = mine / "agents" / "director.toml"
    card.write_text(f'seat = "person"\n{card.read_text()}')
    ran = run("a.room", "--room", mine, "--rounds", "1")
    assert ran.code == Exit.WAITING == 7
    assert "It is Director's turn (convene), whose seat a person has taken" in ran.err
    assert [event.body for event in events_of(path)][1:] == [SeatTaken(seat="Director", by="person")]
    assert writersroom("resume", path).code == Exit.WAITING
    assert len(events_of(path)) == 2


def test_replay_equals_the_events_where_no_model_can_be_loaded(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.room"
    run("a.room", "--rounds", "1")
    blocked = (
        "import sys\n"
        "class Blocker:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in {'llama_cpp', 'langgraph', 'torch'}:\n"
        "            raise ImportError(f'{name} is blocked')\n"
        "sys.meta_path.insert(0, Blocker())\n"
        "from writersroom.cli import execute\n"
        "sys.exit(execute(sys.argv[1:]))\n"
    )
    for arguments in (["replay", str(path), "--headless", "--json"], ["show", str(path), "--turn", "3"]):
        child = subprocess.run(
            [sys.executable, "-c", blocked, *arguments], capture_output=True, text=True, check=False
        )
        assert child.returncode == Exit.OK, child.stderr
        if arguments[0] == "replay":
            assert [event_from_json(line) for line in child.stdout.splitlines()] == events_of(path)
        else:
            assert "its hash is the one that was kept" in child.stdout


@pytest.mark.parametrize("which", ["SIGINT", "SIGTERM"])
def test_a_signal_stops_it_with_all_that_was_said_and_says_how_to_go_on(
    run: Run, writersroom: Writersroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    hear, count = playing.Teller.hear, itertools.count()

    def interrupted(teller: playing.Teller, event: Event) -> None:
        hear(teller, event)
        if next(count) == 6:
            os.kill(os.getpid(), getattr(signal, which))

    monkeypatch.setattr(playing.Teller, "hear", interrupted)
    ran = run("my session.room", "--json")
    assert ran.code == Exit.INTERRUPTED
    path = tmp_path / "my session.room"
    assert f"writersroom resume '{path}'" in ran.err
    events = events_of(path)
    assert printed(ran) == events[1:]
    assert Standing(events).wrapped is None
    assert writersroom("resume", path).code == Exit.OK
    assert events_of(path)[: len(events)] == events
    assert Standing(events_of(path)).wrapped is not None


BAD_LOGLINES = {
    "empty": ("", "The logline is empty"),
    "blank": (" \n\t ", "The logline is empty"),
    "long": ("x" * 10_000, "has 10,000 characters"),
    "bell": ("A radio\x07 tells.", "control character (U+0007) at place 8"),
    "escape": ("\x1b[2JA radio.", "control character (U+001B) at place 1"),
}


@pytest.mark.parametrize("name", BAD_LOGLINES)
def test_what_no_session_can_be_about_is_refused(
    run: Run, tmp_path: Path, opened: list[str], name: str
) -> None:
    logline, said = BAD_LOGLINES[name]
    ran = run(logline=logline)
    assert ran.code == Exit.USAGE
    assert said in ran.err
    assert ran.err.strip().count("\n") == 0
    assert not (tmp_path / "a.room").exists()
    assert opened == []


def without_director(room: Path) -> None:
    (room / "agents" / "director.toml").unlink()


def without_agents(room: Path) -> None:
    shutil.rmtree(room / "agents")
    (room / "agents").mkdir()


def two_of_one_name(room: Path) -> None:
    shutil.copy(room / "agents" / "mara.toml", room / "agents" / "another.toml")


def bad_card(room: Path) -> None:
    (room / "agents" / "mara.toml").write_text('name = "Mara"\nrole = "queen"\n')


def bad_template(room: Path) -> None:
    (room / "prompts" / "line.md.j2").write_text("{{ nothing_of_that_name }}\n")


def bad_syntax(room: Path) -> None:
    (room / "prompts" / "line.md.j2").write_text("{% if %}\n")


def bad_repertoire(room: Path) -> None:
    (room / "prompts" / "repertoire.toml").write_text("devices = 3\n")


ROOMS: dict[Callable[[Path], None], str] = {
    without_director: "no director",
    without_agents: "no agent cards",
    two_of_one_name: "two agents are called",
    bad_card: "mara.toml, line 2",
    bad_template: "line.md.j2, line 1",
    bad_syntax: "line.md.j2, line 1",
    bad_repertoire: "repertoire.toml",
}


@pytest.mark.parametrize("spoil", ROOMS, ids=lambda spoil: spoil.__name__)
def test_a_room_that_cannot_be_used_is_refused_before_a_model_is_loaded(
    run: Run, tmp_path: Path, opened: list[str], spoil: Callable[[Path], None]
) -> None:
    room = tmp_path / "room"
    for part in ("agents", "prompts"):
        shutil.copytree(repository() / part, room / part)
    spoil(room)
    ran = run("a.room", "--room", room)
    assert ran.code == Exit.INPUT
    assert ROOMS[spoil] in ran.err
    assert ran.err.strip().count("\n") == 0
    assert opened == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["room"]


def test_a_plan_that_cannot_be_is_a_matter_of_usage(run: Run, tmp_path: Path, opened: list[str]) -> None:
    ran = run("a.room", "--rounds", "0")
    assert ran.code == Exit.USAGE
    assert "Error: --rounds 0: Input should be greater than or equal to 1." in ran.err
    assert opened == []
    assert not list(tmp_path.iterdir())


def test_a_place_where_no_session_can_be_made_is_refused_before_a_model_is_loaded(
    run: Run, tmp_path: Path, opened: list[str]
) -> None:
    assert run("missing/a.room").code == Exit.OUTPUT
    (tmp_path / "letter.txt").write_text("Dear mother.")
    assert run("letter.txt").code == Exit.OUTPUT
    assert (tmp_path / "letter.txt").read_text() == "Dear mother."
    assert opened == []


@pytest.mark.parametrize("command", ["step", "resume"])
@pytest.mark.parametrize("spoil", SPOILS, ids=lambda spoil: spoil.__name__)
def test_a_file_that_is_no_whole_session_of_ours_cannot_be_gone_on_with(
    writersroom: Writersroom, tmp_path: Path, opened: list[str], spoil: Spoil, command: str
) -> None:
    path = record(tmp_path / "bad.room", session(2, 60))
    spoil(path)
    before = path.read_bytes() if path.is_file() else None
    ran = writersroom(command, path, "--headless")
    assert ran.code == Exit.INPUT
    assert str(path) in ran.err
    assert ran.err.count("\n") == 1
    assert opened == []
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_session_that_cannot_be_written_is_refused_before_a_model_is_loaded(
    run: Run, writersroom: Writersroom, tmp_path: Path, opened: list[str]
) -> None:
    path = tmp_path / "a.room"
    run("a.room", "--rounds", "1")
    writersroom("branch", path, "--at", "1")
    del opened[:]
    with Archive.open(path, write=True):
        busy = writersroom("resume", path)
        assert busy.code == Exit.BUSY
        assert "open for writing" in busy.err
    before = path.read_bytes()
    path.chmod(stat.S_IREAD)
    refused = writersroom("step", path)
    assert refused.code == Exit.OUTPUT
    assert "cannot be written to" in refused.err
    assert path.read_bytes() == before
    assert opened == []
    path.chmod(stat.S_IREAD | stat.S_IWRITE)
    script = tmp_path / "a.fountain"
    script.write_text("INT. A - DAY\n\nRain.\n")
    assert writersroom("import", script, "--session", tmp_path / "imported.room").code == Exit.OK
    imported = writersroom("resume", tmp_path / "imported.room")
    assert imported.code == Exit.INPUT
    assert "keeps no agents and prompts" in imported.err
    assert opened == []


def test_a_model_that_is_not_there_leaves_nothing_behind(
    run: Run, writersroom: Writersroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(name: str, settings: EngineSettings) -> ScriptedEngine:
        raise ModelNotFound(f"There is no model {name!r}; see `writersroom models`.")

    monkeypatch.setattr(playing, "open_engine", gone)
    ran = run("a.room", "--model", "gone")
    assert ran.code == Exit.MODEL
    assert "no model 'gone'" in ran.err
    assert not list(tmp_path.iterdir())


def test_a_room_of_ones_own_is_made_edited_and_run(
    run: Run, writersroom: Writersroom, tmp_path: Path, opened: list[str]
) -> None:
    mine = tmp_path / "mine"
    assert writersroom("new", mine).code == Exit.OK
    card = mine / "agents" / "mara.toml"
    card.write_text(card.read_text().replace("Mara", "Runa"))
    line = mine / "prompts" / "line.md.j2"
    line.write_text(line.read_text().replace("=== assistant ===", "=== assistant ===\nQuietly:"))
    ran = run("a.room", "--room", mine, "--rounds", "1")
    assert ran.code == Exit.OK
    started = Standing(events_of(tmp_path / "a.room")).started
    assert started is not None
    assert "Runa" in started.cards
    assert "Quietly:" in started.templates["line"]
    # Without a name the file lies in the room, called by the logline's first words.
    ran = writersroom("run", "A Fox, a boat!", "--room", mine, "--headless", *SHORT, "--rounds", "1")
    assert ran.code == Exit.OK
    assert [path.name for path in (mine / "sessions").glob("*.room")] == ["a-fox-a-boat.room"]
    assert len(opened) == 2


def test_a_session_is_judged_by_its_own_rooms_critic_wherever_it_is_gone_on_with(
    run: Run, writersroom: Writersroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judges: list[object] = []

    def game(*given: object, room: Path, **named: object) -> AbstractAsyncContextManager[None]:
        judges.append(room)
        return no_game()

    monkeypatch.setattr(playing, "open_game", game)
    mine, elsewhere = tmp_path / "mine", tmp_path / "elsewhere"
    for folder in (mine, elsewhere):
        assert writersroom("new", folder).code == Exit.OK
    (mine / "sessions").mkdir(exist_ok=True)
    monkeypatch.chdir(elsewhere)
    assert run("mine/sessions/a.room", "--room", mine, "--rounds", "1").code == Exit.OK
    path = mine / "sessions" / "a.room"
    assert writersroom("branch", path, "--at", "1").code == Exit.OK
    assert writersroom("step", path).code == Exit.OK
    assert writersroom("resume", path).code == Exit.OK
    assert judges == [mine] * 3
    # One that is begun outside any room keeps to the room it was given.
    assert run("b.room", "--room", mine, "--rounds", "1").code == Exit.OK
    assert judges[3:] == [mine]


async def test_a_terminal_shows_words_while_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    engine = ScriptedEngine(answering)
    plan, room = Plan(rounds=1), repository()
    with begin(
        tmp_path / "a.room", room, LOGLINE, plan=plan, seed=1, structure="three_act", engine=engine
    ) as archive:
        teller = playing.Teller(as_json=False)
        ear = teller.ear
        assert ear is not None
        played = Session(archive, engine, heard=teller.hear, streaming=ear)
        teller.begin(played)
        ear(Piece(agent="Mara", kind="line", text="\x1b[2JGive me \u5199 the radio! " * 9))
        teller.progress()
        shown = capsys.readouterr().err.rpartition("\x1b[K")[2]
        assert shown.startswith("round 1/1, turn 0, ")
        assert shown.endswith("the radio!")
        assert columns(shown) < 80
        assert "\x1b" not in shown
        await Stepper(played).step()
        assert "Cast: Anselm" in capsys.readouterr().out
        teller.progress()
        assert "radio" not in capsys.readouterr().err
        await played.close()


async def test_the_line_of_progress_is_taken_away_before_an_event_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(sys, "stderr", terminal)
    engine = ScriptedEngine(answering)
    plan, room = Plan(rounds=1), repository()
    with begin(
        tmp_path / "a.room", room, LOGLINE, plan=plan, seed=1, structure="three_act", engine=engine
    ) as archive:
        teller = playing.Teller(as_json=False)
        played = Session(archive, engine, heard=teller.hear)
        teller.begin(played)
        for _ in range(3):
            teller.progress()
            await Stepper(played).step()
        await played.close()
    # What a terminal shows of a line of progress is what stands after the last time it was cleared.
    rows = [row.rpartition("\x1b[K")[2] for row in terminal.getvalue().split("\n")]
    assert any("Cast: Anselm" in row for row in rows)
    assert not any("round " in row for row in rows)


def test_as_many_turns_are_planned_as_the_sample_took() -> None:
    standing = Standing(events_of(repository() / "sessions" / SAMPLE))
    assert standing.started is not None
    assert standing.wrapped is not None
    assert planned_turns(Plan.of(standing.started)) == pytest.approx(standing.turn, rel=0.1)
    # The time left is told to the last scene's last turns.
    progress = Progress(Plan.of(standing.started), 0)
    standing.turn -= 1
    assert progress.line(standing).endswith(" left")


def test_revisions_condensing_and_second_rulings_are_turns_too() -> None:
    plan = Plan(rounds=1, scenes=1, takes=1, pitches=1, stances=1, lines=4, notes=1)
    turns = planned_turns(plan)
    assert planned_turns(plan.model_copy(update={"revisions": 2})) == turns + 3
    assert planned_turns(plan.model_copy(update={"scenes": 2})) == turns + 5 + 1 + 3 + 1
    assert planned_turns(plan.model_copy(update={"pitches": 2})) == turns + 2 + 1


def test_progress_reckons_with_what_is_left() -> None:
    now = itertools.count(100.0, 10.0)
    plan = Plan(rounds=10, scenes=1, takes=1, pitches=1, stances=1, lines=4, notes=0)
    assert planned_turns(plan) == 1 + 10 * 4 + 5
    progress = Progress(plan, 0, lambda: next(now))
    progress.add(200)
    standing = Standing()
    standing.turn = 2
    assert progress.line(standing) == "round 1/10, turn 2, 20 tok/s"
    standing.turn, standing.rounds = 4, 1
    assert progress.line(standing) == "round 2/10, turn 4, 10 tok/s, about 4 min left"
    standing.turn = 200
    assert progress.line(standing) == "round 2/10, turn 200, 7 tok/s"
    slow = Progress(plan.model_copy(update={"rounds": 200}), 0, lambda: next(now))
    standing.turn = 4
    next(itertools.islice(now, 200, None))
    assert slow.line(standing).endswith(" h left")
