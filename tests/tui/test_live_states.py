"""What keys do in each state of a live session: while the model loads, between two turns, in a rewrite."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from tests.scripted import ScriptedEngine
from tests.tui.screens import STILL, OnScreen, begun, cells, driven, live_app, room_at, scripted, shown
from tests.tui.test_live import Failing, Halting, branches_of, events_of, heard, seated, stepped
from writersroom.archive import Archive
from writersroom.archive.errors import CannotWrite
from writersroom.engine.interface import Completion, Engine, OnToken, Request, Stop
from writersroom.events.pitched import Pitched
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.whispered import Whispered
from writersroom.room.standing import Standing
from writersroom.tui.app import WritersRoom
from writersroom.tui.dialogs.asking import AskLine, AskText
from writersroom.tui.home.screen import HomeScreen
from writersroom.tui.opening import Opener
from writersroom.tui.playing import floor as floors
from writersroom.tui.playing.player import Refused
from writersroom.tui.playing.taking import UNHURRIED
from writersroom.tui.playing.wanted import Model
from writersroom.tui.room.branches import BranchesScreen
from writersroom.tui.room.seat import SeatPanel

SLOWEST = 0.001
"""A speed at which any turn is left to be read for much longer than a test may take."""


def after_opening(path: Path, opening: Callable[[], Awaitable[Engine]]) -> WritersRoom:
    """The app on a live session whose model is opened so."""

    async def opened(_model: Model, _archive: Archive | None) -> Engine:
        return await opening()

    def opener(app: WritersRoom) -> Opener:
        return Opener(app.config, lambda: app.chosen, still=True, open_model=opened)

    return WritersRoom(
        lambda app: opener(app).resumed(path, Model()),
        lambda app: HomeScreen(room_at(path.parent), opener(app), Model()),
        config=STILL,
    )


@asynccontextmanager
async def while_loading(path: Path) -> AsyncGenerator[tuple[OnScreen, asyncio.Event]]:
    """A live session whose model is there only once the event is set."""
    loaded = asyncio.Event()

    async def opening() -> Engine:
        await loaded.wait()
        return scripted()

    async with shown(after_opening(path, opening)) as on:
        yield on, loaded


async def test_what_is_asked_while_the_model_loads_is_refused_and_no_words_are_lost(tmp_path: Path) -> None:
    path = begun(tmp_path / "a.room")
    async with driven(live_app(path)) as on:
        await stepped(on, 3)
    async with while_loading(path) as (on, loaded):
        for key in ("full_stop", "b", "e", "r", "1"):
            before = len(on.notes)
            await on.pilot.press(key)
            await on.pilot.pause()
            assert ["still being loaded" in note for note in on.notes[before:]] == [True], key
        await on.pilot.press("t", "enter")
        await on.pilot.pause()
        assert "still being loaded" in on.notes[-1]
        await on.pilot.press("d", "enter")
        await on.write("be brief")
        await on.pilot.press("enter")
        await on.pilot.pause()
        assert isinstance(on.app.screen, AskLine)
        assert "still being loaded" in "\n".join(cells(on.app))
        assert not any("Whispered" in note or "branch" in note for note in on.notes)
        loaded.set()
        await on.settle()
        await on.press("enter")
        assert isinstance(events_of(on)[-1].body, Whispered)
        assert any("Whispered" in note for note in on.notes)
        assert branches_of(on) == 1


async def test_play_that_is_asked_for_while_the_model_loads_begins_once_it_is_there(tmp_path: Path) -> None:
    async with while_loading(begun(tmp_path / "a.room")) as (on, loaded):
        await on.pilot.press("space", "space")
        loaded.set()
        await on.settle()
        assert on.turn == 0
        await on.press("space")
        assert on.live.saying == "ended"


async def test_nothing_is_played_while_another_branch_is_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await stepped(on, 6)
        old = on.live.archive.head
        await on.press("g")
        await on.write("3")
        await on.press("enter", "b")
        assert on.live.turns == 3
        seated = asyncio.Event()
        really = floors.Floor.seat_critic

        async def seat_critic(floor: floors.Floor) -> None:
            await seated.wait()
            await really(floor)

        monkeypatch.setattr(floors.Floor, "seat_critic", seat_critic)
        await on.press("B")
        await on.pilot.press("k", "enter")
        await on.until_state("rewriting")
        assert on.live.archive.head == old
        await on.pilot.press("space", "1")
        await on.pilot.pause(0.2)
        assert on.live.busy
        assert on.live.saying == "rewriting"
        assert on.live.archive.head == old, "a turn of the branch that was left stands on the new one"
        seated.set()
        await on.settle()
        assert on.live.saying == "ended"
        events = events_of(on)
        assert Standing(events).wrapped is not None, "the branch folds to its end"
        assert [event.body.kind for event in events if event.parent == old] == ["cued"]


@pytest.mark.parametrize("key", ["space", "escape"])
async def test_no_turn_follows_where_one_stops_while_the_last_is_left_to_be_read(
    tmp_path: Path, key: str
) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await being_read(on)
        async with asyncio.timeout(60):  # The pause alone would be longer.
            await on.press(key)
        assert on.turn == 3
        assert on.live.saying == "paused"


async def test_a_change_while_a_turn_is_left_to_be_read_waits_for_no_other_turn(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await being_read(on)
        subject = on.room.subject
        assert subject is not None
        async with asyncio.timeout(60):
            await on.live.edit(subject.id, "Mara sinks the boat at dawn.")
        assert branches_of(on) == 2
        old = next(branch for branch in on.live.archive.branches() if branch.id == 1)
        assert old.turn == 3, "no other turn was taken on the branch that was left"
        assert on.live.playing
        await on.pilot.press("escape")
        await on.settle()


async def being_read(on: OnScreen) -> None:
    """Play to the third turn, and be in the pause in which it is read."""
    await stepped(on, 2)
    on.live.speed = SLOWEST
    await on.pilot.press("space")
    for _ in range(2000):
        if on.live.turns == 3:
            break
        await on.pilot.pause(0.01)
    await on.pilot.pause(0.2)
    assert (on.live.turns, on.live.playing) == (3, True)


async def test_stances_and_rulings_are_left_to_be_read_too(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        seen: set[str] = set()
        on.live.speed = 1
        while not {"stance_taken", "ruled", "take_written"} <= seen:
            before = on.live.screen
            await on.press("full_stop")
            said = [event for event in events_of(on) if event.id > before.event and event.agent]
            seen |= {event.body.kind for event in said}
            # There is no clock in tests.
            assert on.live._pause_after(before) > 0, said  # pyright: ignore[reportPrivateUsage]


async def test_a_key_pressed_twice_answers_one_form(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await stepped(on, 2)
        agenda = on.live.screen.agenda
        assert agenda is not None
        for agent in agenda.agents[:2]:
            await on.live.swap_seat(agent)
        await on.settle()
        seat = on.room.query_one(SeatPanel)
        for box in seat.query(Input):
            box.value = "Because the light has to go out."
        seat.action_say()
        seat.action_say()
        await on.settle()
        pitches = [event for event in events_of(on) if isinstance(event.body, Pitched)]
        assert [pitch.agent for pitch in pitches] == [agenda.agents[0]]
        assert seat.form is not None
        assert seat.form is on.live.form
        assert seat.form.agent == agenda.agents[1]
        assert not any("light has to go out" in box.value for box in seat.query(Input))


async def test_an_answer_that_cannot_be_kept_stays_in_the_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await seated(on)
        seat = on.room.query_one(SeatPanel)
        for box in seat.query(Input):
            box.value = "Because the light has to go out."
        before = events_of(on)
        with monkeypatch.context() as full:
            full.setattr(on.live.archive, "append", _disk_full)
            await on.press("ctrl+s")
            assert "make room" in "\n".join(cells(on.app))
        assert events_of(on) == before
        for box in seat.query(Input):
            assert box.value == "Because the light has to go out."
            box.value = "Because the tide is out."
        await on.press("ctrl+s")
        assert [event.turn for event in events_of(on)[len(before) :] if event.agent] == [3]
        assert "the tide is out" in events_of(on)[-1].body.model_dump_json()


def _disk_full(*_args: object, **_more: object) -> object:
    raise CannotWrite(Path("a.room"), "No space left on device")


async def test_a_text_that_cannot_stand_is_kept_in_the_dialog_and_play_goes_on(tmp_path: Path) -> None:
    engine = Halting()
    async with driven(live_app(begun(tmp_path / "a.room"), engine=engine)) as on:
        await stepped(on, 4)
        engine.halting = True
        await on.pilot.press("space")
        await heard(on, words=5)
        await on.pilot.press("e")
        dialog = on.app.screen
        assert isinstance(dialog, AskText)
        long = "Mara sinks the boat. " * 120
        dialog.query_one(TextArea).text = long
        await on.pilot.press("ctrl+s")
        await on.pilot.pause()
        assert on.app.screen is dialog
        assert dialog.query_one(TextArea).text == long
        assert "2,000" in "\n".join(cells(on.app))
        for wish in (lambda: on.live.another_take(1), lambda: on.live.edit(1, long)):
            with pytest.raises(Refused):
                await wish()
        assert on.live.playing, "what was being written was not broken off"
        assert branches_of(on) == 1
        dialog.query_one(TextArea).text = "Mara sinks the boat."
        await on.pilot.press("ctrl+s")
        await on.until_state("taking", lambda: branches_of(on) == 2)
        assert on.live.playing, "it plays on, on the new branch"
        await on.press("escape")
        engine.halting = False


async def test_a_text_that_could_not_be_kept_is_before_the_person_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await stepped(on, 3)
        await on.press("e")
        on.app.screen.query_one(TextArea).text = "Mara sinks the boat."
        with monkeypatch.context() as full:
            full.setattr(on.live.archive, "branch_after", _disk_full)
            await on.press("ctrl+s")
        assert isinstance(on.app.screen, AskText)
        assert on.app.screen.query_one(TextArea).text == "Mara sinks the boat."
        assert "make room" in "\n".join(cells(on.app))
        await on.press("ctrl+s")
        assert branches_of(on) == 2


async def test_a_text_from_the_editor_that_cannot_stand_is_before_the_person_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "editor.py"
    script.write_text("import sys; open(sys.argv[1], 'w').write('Iris burns the radio. ' * 120)")
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
    monkeypatch.delenv("VISUAL", raising=False)
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await stepped(on, 3)
        monkeypatch.setattr(on.app, "suspend", nullcontext)  # the pilot's terminal cannot be given away
        await on.press("E")
        assert isinstance(on.app.screen, AskText)
        assert on.app.screen.query_one(TextArea).text == "Iris burns the radio. " * 120
        assert "2,000" in "\n".join(cells(on.app))
        assert branches_of(on) == 1


async def test_a_retake_is_a_turn_that_can_be_stopped(tmp_path: Path) -> None:
    engine = Halting()
    async with driven(live_app(begun(tmp_path / "a.room"), engine=engine)) as on:
        await stepped(on, 5)
        stance = events_of(on)[-1]
        assert isinstance(stance.body, StanceTaken)
        engine.halting = True
        await on.live.another_take(stance.id)
        assert on.live.state == "taking"
        assert on.live.saying == "writing"
        await heard(on, words=5)
        await on.pilot.press("full_stop")  # The turn that is being taken is the one turn.
        await on.press("escape")
        assert on.live.state == "ready"
        assert not on.live.pieces
        assert on.live.turns == 5
        again = events_of(on)[-1].body
        assert isinstance(again, StanceTaken)
        assert again.reason.endswith("\u2014")
        engine.halting = False


async def test_another_take_of_a_locked_scene_takes_no_turn_besides(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await on.press("space")
        locked = next(event for event in events_of(on) if event.body.kind == "scene_locked")
        await on.live.another_take(locked.id)
        await on.settle()
        assert on.live.turns == locked.turn
        assert on.live.saying != "ended"


async def test_a_third_take_is_found_again(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await stepped(on, 3)
        await on.press("r")
        await on.press("r")
        assert branches_of(on) == 3

        def here() -> int:
            return next(branch.id for branch in on.live.archive.branches() if branch.current)

        seen = [here()]
        for key in ("less_than_sign", "less_than_sign", "greater_than_sign", "greater_than_sign"):
            await on.press(key)
            seen.append(here())
        assert seen == [3, 2, 1, 2, 3]


async def test_why_an_answer_cannot_be_taken_is_said_though_the_same_was_asked_anew(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await seated(on)
        seat, form = on.room.query_one(SeatPanel), on.live.form
        assert form is not None
        on.live.form = form.model_copy()
        on.room.look()
        await on.settle()
        assert seat.form is not form
        seat.post_message(SeatPanel.Answered(form, {form.fields[0].name: "no such choice"}))
        await on.settle()
        assert seat.query_one(".wrong").display


async def test_turns_that_were_wanted_are_counted_over_a_persons_turn(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        agenda = await seated(on, 1)
        on.live.start(playing=True, turns=4)
        await on.settle()
        assert on.turn == 3
        assert on.live.saying == "your turn"
        await on.press("f2", "full_stop")
        assert agenda.agents[1] in on.notes[-1]
        await answered(on)
        assert (on.turn, on.live.saying) == (4, "your turn"), "they are asked for a stance, too"
        await answered(on)
        assert on.turn == 6, "four turns were wanted, the person's among them"


async def answered(on: OnScreen) -> None:
    """Fill in the form that is asked, and give it."""
    for box in on.room.query_one(SeatPanel).query(Input):
        box.value = "Because the light has to go out."
    on.room.query_one(SeatPanel).action_say()
    await on.settle()


async def test_leaving_the_seat_goes_on_with_the_play_that_waited(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        agenda = await seated(on)
        await on.press("f2", "space")
        assert "It plays once that is done." in on.notes[-1]
        await on.live.swap_seat(agenda.agents[0])
        await on.settle()
        assert on.live.saying == "ended"
        await on.press("full_stop")
        assert "nobody has another turn" in on.notes[-1]


class Stumbling(ScriptedEngine):
    """Fails at the first request after it is told to, not as an engine does but as a program does."""

    def __init__(self) -> None:
        super().__init__(scripted()._answer, context=8192)  # pyright: ignore[reportPrivateUsage]
        self.stumbles = False

    async def generate(
        self, request: Request, *, on_token: OnToken | None = None, stop: Stop | None = None
    ) -> Completion:
        if self.stumbles:
            self.stumbles = False
            raise RuntimeError("it stumbled")
        return await super().generate(request, on_token=on_token, stop=stop)


async def test_one_key_tries_a_turn_again_that_failed_after_a_persons(tmp_path: Path) -> None:
    engine = Stumbling()
    async with driven(live_app(begun(tmp_path / "a.room"), engine=engine)) as on:
        await seated(on)
        await on.press("f2", "space")
        engine.stumbles = True
        await answered(on)
        assert on.live.trouble is not None
        assert "stumbled" in on.live.trouble.what
        assert on.live.state == "ready"
        turns = on.live.turns
        await on.press("f2", "space")
        assert on.live.trouble is None, "it is no longer so"
        assert on.live.turns > turns


async def test_a_model_that_is_there_again_is_no_longer_in_trouble(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"), engine=Failing(8))) as on:
        await on.press("space")
        assert on.live.state == "lost"
        assert on.live.trouble is not None
        await on.press("full_stop")
        assert "Space loads it again" in on.notes[-1]
        await on.press("space")
        assert on.live.trouble is None
        assert on.live.saying == "ended"


async def test_of_two_changes_at_once_the_second_waits_for_no_turn(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await being_read(on)
        on.live.speed = UNHURRIED
        await asyncio.gather(on.live.go_back(2), on.live.go_back(1))
        await on.pilot.press("escape")
        await on.settle()
        branches = {branch.id: branch for branch in on.live.archive.branches()}
        assert (branches[2].turn, branches[3].fork_turn) == (2, 1), "a turn was taken that nobody wanted"


async def test_a_person_is_told_that_the_critic_does_not_judge(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        assert "criticised but not scored" in on.room.critic.notices[0]
        await on.press("f7", "z")
        assert "not scored" in "\n".join(cells(on.app))


async def test_words_in_a_form_are_there_again_when_another_was_heard_first(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        agenda = await seated(on)
        form = on.live.form
        assert form is not None
        words = "Because the light has to go out."
        on.room.query_one(SeatPanel).query(Input).first().value = words
        await on.live.cue(agenda.agents[1])
        await on.settle()
        assert on.live.form is None or on.live.form.turn != form.turn
        while on.live.form is None or on.live.form.turn != form.turn:
            await on.press("full_stop")
        assert on.room.query_one(SeatPanel).query(Input).first().value == words


async def test_the_branch_that_the_person_is_on_is_marked(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        await stepped(on, 3)
        await on.press("r", "less_than_sign", "B")
        assert isinstance(on.app.screen, BranchesScreen)
        marked = [row for row in cells(on.app) if row[:44].rstrip(" │").endswith("  here")]
        assert ["branch 1" in row for row in marked] == [True]
