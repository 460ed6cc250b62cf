"""The list of sessions: what it shows, finds, opens, renames and puts away."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import stat
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from textual.screen import Screen
from textual.widgets import Input, OptionList, Select, Static, TextArea

from tests.tui.screens import (
    LOGLINE,
    begun,
    cells,
    driven,
    home_app,
    live_app,
    opener_of,
    recorded_file,
    room_at,
    scripted,
)
from writersroom.archive import Archive, current
from writersroom.archive.errors import SessionInUse
from writersroom.archive.writer_lock import WriterLock
from writersroom.engine.errors import ModelNotFound
from writersroom.engine.interface import Engine
from writersroom.events.line_spoken import LineSpoken
from writersroom.resources import repository
from writersroom.room.plan import Plan
from writersroom.tui.app import WritersRoom
from writersroom.tui.dialogs.asking import AskLine, number_in
from writersroom.tui.dialogs.help import Help
from writersroom.tui.home.form import LENGTHS, NewSession
from writersroom.tui.home.keeping import (
    AWAY,
    KEPT_DAYS,
    CannotKeep,
    delete,
    forget_old,
    name_problem,
    rename,
    restore,
)
from writersroom.tui.home.listing import TYPING
from writersroom.tui.home.rows import ago
from writersroom.tui.home.screen import HomeScreen
from writersroom.tui.launch import app_for, beginning, replaying
from writersroom.tui.opening import Opener, OpeningScreen
from writersroom.tui.playing import floor
from writersroom.tui.playing.wanted import Beginning, Model
from writersroom.tui.room.screen import RoomScreen


def home_of(screen: object) -> HomeScreen:
    assert isinstance(screen, HomeScreen)
    return screen


def listed(home: HomeScreen) -> str:
    """All that the list says."""
    options = home.query_one(OptionList)
    return "\n".join(str(options.get_option_at_index(at).prompt) for at in range(options.option_count))


async def test_sessions_are_listed_with_what_matters(tmp_path: Path) -> None:
    recorded_file(tmp_path / "played.room")
    begun(tmp_path / "fresh.room")
    (tmp_path / "broken.room").write_bytes(b"SQLite format 3\x00 and no more")
    async with driven(home_app(tmp_path)) as on:
        said = listed(home_of(on.app.screen))
        assert "The Light" in said
        assert "A lighthouse keeper's radio" in said
        assert "turns" in said
        assert " D 0." in said
        assert "broken" in said
        assert "fresh" in said


async def test_an_empty_room_says_how_to_begin(tmp_path: Path) -> None:
    async with driven(home_app(tmp_path / "none")) as on:
        home = home_of(on.app.screen)
        assert not home.query_one(OptionList).display
        assert "begins one" in str(home.query_one("#empty").render())
        await on.press("enter", "p", "b", "r", "x")
        assert on.app.screen is home
        await on.press("u")
        assert any("Nothing was deleted" in note for note in on.notes)


async def test_the_sample_is_replayed_and_stays_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = recorded_file(tmp_path / "sample.room", events=40)
    monkeypatch.setattr("writersroom.tui.home.screen.sample_session", lambda: sample)
    async with driven(home_app(tmp_path)) as on:
        await on.press("x", "r")
        assert [note.startswith("The sample stays") for note in on.notes] == [True, True]
        assert sample.exists()
        await on.press("enter")
        assert not on.room.player.live


async def test_words_are_found_as_they_are_typed(tmp_path: Path) -> None:
    recorded_file(tmp_path / "played.room")
    begun(tmp_path / "fresh.room")
    async with driven(home_app(tmp_path)) as on:
        home = home_of(on.app.screen)
        await on.press("slash")
        assert home.query_one(Input).has_focus
        await on.write("harbour")
        assert any(row.strip() == "harbour" for row in cells(on.app))
        await on.pilot.pause(TYPING * 1.5)
        await on.settle()
        assert home.hits is not None
        assert [hits.path.name for hits in home.hits] == ["played.room"]
        assert "harbour" in listed(home)
        await on.press("enter", "p")
        assert isinstance(on.app.screen, RoomScreen)
        assert on.turn == home.hits[0].hits[0].turn
        await on.press("q")
        assert on.app.screen is home
        await on.press("escape")
        await on.pilot.pause(TYPING * 1.5)
        await on.settle()
        assert home.hits is None
        home.query_one(Input).value = "nobody ever said this"
        await on.pilot.pause(TYPING * 1.5)
        await on.settle()
        assert home.hits == ()
        assert "Nothing was said" in str(home.query_one("#empty").render())


async def test_a_session_is_resumed_and_replayed(tmp_path: Path) -> None:
    begun(tmp_path / "fresh.room")
    async with driven(home_app(tmp_path)) as on:
        await on.press("enter")
        assert on.live.state == "ready"
        await on.press("full_stop")
        assert on.turn == 1
        await on.press("q")
        home = home_of(on.app.screen)
        assert home.sessions[0].turns == 1
        await on.press("p")
        assert isinstance(on.app.screen, RoomScreen)
        assert not on.room.player.live
        await on.press("end")
        assert on.turn == 1


async def test_a_new_session_is_begun_from_the_form(tmp_path: Path) -> None:
    async with driven(home_app(tmp_path)) as on:
        await on.press("n")
        form = on.app.screen
        assert isinstance(form, NewSession)
        await on.press("ctrl+s")
        assert on.app.screen is form
        form.query_one(TextArea).text = "x" * 3000
        await on.press("ctrl+s")
        assert on.app.screen is form
        form.query_one(TextArea).text = LOGLINE
        form.query_one("#seed", Input).value = "9" * 10
        await on.press("ctrl+s")
        assert on.app.screen is form
        form.query_one("#seed", Input).value = "5"
        form.query_one("#room", Input).value = str(tmp_path / "nowhere")
        await on.press("ctrl+s")
        assert on.app.screen is form
        form.query_one("#room", Input).value = ""
        form.query_one("#length", Select).value = "look"
        await on.press("ctrl+s")
        await on.until(lambda: isinstance(on.app.screen, RoomScreen))
        assert on.live.screen.masthead.logline == LOGLINE
        assert on.live.screen.masthead.settings["rounds"] == 1
        assert on.live.screen.masthead.seed == 5
        assert on.live.saying == "ended"
        assert (tmp_path / "a-lighthouse-keeper-s-radio.room").exists()
        await on.press("q")
        home = home_of(on.app.screen)
        assert home.query_one(OptionList).has_focus
        assert "finds words in all sessions" in "\n".join(cells(on.app))


async def test_help_that_is_open_when_the_model_is_ready_does_not_keep_the_room_away(tmp_path: Path) -> None:
    ready = asyncio.Event()

    async def opened(_model: Model, _archive: Archive | None) -> Engine:
        await ready.wait()
        return scripted()

    def home(app: WritersRoom) -> HomeScreen:
        opener = Opener(app.config, lambda: app.chosen, still=True, open_model=opened)
        return HomeScreen(room_at(tmp_path), opener, Model())

    async with driven(WritersRoom(home, home)) as on:
        await on.press("n")
        on.app.screen.query_one(TextArea).text = LOGLINE
        on.app.screen.query_one("#length", Select).value = "look"
        await on.pilot.press("ctrl+s")
        while not isinstance(on.app.screen, OpeningScreen):
            await on.pilot.pause(0.01)
        await on.pilot.press("f1")
        assert isinstance(on.app.screen, Help)
        ready.set()
        await on.until(lambda: isinstance(on.app.screen, RoomScreen))
        await on.press("q")
        assert isinstance(on.app.screen, HomeScreen)


async def test_a_session_is_renamed_put_away_and_brought_back(tmp_path: Path) -> None:
    path = recorded_file(tmp_path / "played.room")
    async with driven(home_app(tmp_path)) as on:
        home = home_of(on.app.screen)
        await on.press("r")
        dialog = on.app.screen
        assert isinstance(dialog, AskLine)
        dialog.query_one(Input).value = "a/b"
        await on.press("enter")
        assert on.app.screen is dialog
        dialog.query_one(Input).value = "The second draft"
        await on.press("enter")
        assert not path.exists()
        renamed = tmp_path / "The second draft.room"
        assert home.chosen == renamed
        await on.press("x")
        assert not renamed.exists()
        assert home.sessions == ()
        await on.press("u")
        assert renamed.exists()
        assert home.chosen == renamed
        with Archive.open(renamed) as archive:
            assert archive.turn > 0


async def test_a_branch_becomes_a_session_of_its_own(tmp_path: Path) -> None:
    recorded_file(tmp_path / "played.room")
    async with driven(home_app(tmp_path)) as on:
        home = home_of(on.app.screen)
        await on.press("b")
        dialog = on.app.screen
        assert isinstance(dialog, AskLine)
        dialog.query_one(Input).value = "100000"
        await on.press("enter")
        assert on.app.screen is dialog
        dialog.query_one(Input).value = "12"
        await on.press("enter")
        assert home.chosen == tmp_path / "played-12.room"
        with Archive.open(tmp_path / "played-12.room") as archive:
            assert archive.turn == 12


async def test_the_app_that_commands_open_begins_where_they_say_and_leaves_to_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRITERSROOM_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("WRITERSROOM_STATE", str(tmp_path / "state.json"))
    (tmp_path / "config.toml").write_text('motion = "reduced"\ntheme = "nord"\nspede = 2\n')
    path = recorded_file(tmp_path / "played.room")
    app = app_for(room_at(tmp_path), Model(), replaying(path, at=7))
    async with driven(app) as on:
        assert on.turn == 7
        assert app.theme == "nord"
        assert any("spede" in note for note in on.notes)
        await on.press("q")
        assert [found.path for found in home_of(app.screen).sessions] == [path]
    async with driven(app_for(room_at(tmp_path), Model())) as on:
        home_of(on.app.screen)


async def test_the_cursor_stays_on_its_session_wherever_that_comes_to_stand(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        begun(tmp_path / f"{name}.room")
    async with driven(home_app(tmp_path)) as on:
        home = home_of(on.app.screen)
        await on.press("j", "j")
        last, before = home.sessions[2].path, home.sessions[1].path
        assert home.chosen == last
        await on.press("enter", "full_stop", "q")
        assert home.sessions[0].path == last
        assert home.chosen == last
        # A row that is still on the screen is what is put away, whatever the folder has come to meanwhile.
        home.sessions = home.sessions[::-1]
        await on.press("x")
        assert not last.exists()
        assert before.exists()
        # The one after what was put away has its place under the cursor.
        assert home.chosen == home.sessions[0].path
        await on.press("j", "x")
        assert len(home.sessions) == 1
        assert home.chosen == home.sessions[0].path


async def test_what_was_found_is_what_there_is_after_a_change(tmp_path: Path) -> None:
    for name in ("one", "two"):
        recorded_file(tmp_path / f"{name}.room")
    async with driven(home_app(tmp_path)) as on:
        home = home_of(on.app.screen)
        home.query_one(Input).value = "harbour"
        await on.pilot.pause(TYPING * 1.5)
        await on.settle()
        assert home.hits is not None
        assert len(home.hits) == 2
        gone = home.chosen
        assert gone is not None
        await on.press("x")
        assert [hits.path for hits in home.hits] == [home.chosen]
        assert home.chosen != gone
        await on.press("r")
        on.app.screen.query_one(Input).value = "Another"
        await on.press("enter")
        assert home.chosen == tmp_path / "Another.room"
        assert "Another" in listed(home)
        assert home.query_one(OptionList).option_count == 1


async def test_a_hit_on_another_branch_is_shown_where_it_was_said(tmp_path: Path) -> None:
    path = begun(tmp_path / "a.room")
    with Archive.open(path, write=True) as archive:
        archive.append(LineSpoken(take="s1.t1", character="Mara", line="Kept."), agent="Mara")
        archive.append(LineSpoken(take="s1.t1", character="Mara", line="A zeppelin!"), agent="Mara")
        archive.append(LineSpoken(take="s1.t1", character="Mara", line="Two zeppelins!"), agent="Mara")
        archive.branch(1)
        archive.append(LineSpoken(take="s1.t1", character="Mara", line="A rowing boat."), agent="Mara")
    async with driven(home_app(tmp_path)) as on:
        home = home_of(on.app.screen)
        for words, branch, turn in (("two zeppelins", 1, 3), ("kept", 2, 1), ("rowing", 2, 2)):
            home.query_one(Input).value = words
            await on.pilot.pause(TYPING * 1.5)
            await on.settle()
            await on.press("enter")
            assert on.turn == turn
            bodies = [item.event.body for item in on.recorded.screen.debate]
            said = [body.line for body in bodies if isinstance(body, LineSpoken)]
            assert words.split()[-1] in said[-1].lower()
            assert current(on.recorded.archive.branches()).id == branch
            await on.press("q")
        # Only eyes were turned there: the session goes on where it did.
        with Archive.open(path) as archive:
            assert current(archive.branches()).id == 2


async def test_on_the_screen_too_a_session_is_judged_by_its_own_rooms_critic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judges: list[object] = []

    def game(
        _engine: Engine, *, room: Path, tell: Callable[[str], None]
    ) -> AbstractAsyncContextManager[None]:
        judges.append(room)
        tell("It was told.")
        return nullcontext()

    monkeypatch.setattr(floor, "open_game", game)
    mine = tmp_path / "mine"
    for part in ("agents", "prompts"):
        shutil.copytree(repository() / part, mine / part)
    (mine / "sessions").mkdir()
    path = begun(mine / "sessions" / "a.room")
    wanted = Beginning(room=mine, logline=LOGLINE, plan={"rounds": 1, "scenes": 0})
    async with driven(live_app(path)):
        assert judges == [mine]

    def opening(app: WritersRoom) -> Screen[Any]:
        return beginning(tmp_path / "b.room", wanted, Model())(app, opener_of(app))

    app = WritersRoom(opening, lambda app: HomeScreen(room_at(tmp_path), opener_of(app), Model()))
    async with driven(app) as on:
        await on.until(lambda: len(judges) > 1)
    assert judges == [mine] * 2


async def test_a_model_that_cannot_be_opened_leaves_the_form_as_it_was_filled_in(tmp_path: Path) -> None:
    asked: list[str | None] = []

    async def opened(model: Model, _archive: Archive | None) -> Engine:
        asked.append(model.name)
        if model.name == "qwne":
            raise ModelNotFound("There is no model qwne.")
        return scripted()

    def home(app: WritersRoom) -> HomeScreen:
        opener = Opener(app.config, lambda: app.chosen, still=True, open_model=opened)
        return HomeScreen(room_at(tmp_path), opener, Model(name="served"))

    def stands(form: Screen[object]) -> list[object]:
        return [
            form.query_one(TextArea).text,
            cast("Select[str]", form.query_one("#length", Select)).value,
            cast("Select[str]", form.query_one("#structure", Select)).value,
            form.query_one("#seed", Input).value,
            form.query_one("#room", Input).value,
        ]

    async with driven(WritersRoom(home, home)) as on:
        await on.press("n")
        form = on.app.screen
        form.query_one(TextArea).text = LOGLINE
        form.query_one("#length", Select).value = "look"
        form.query_one("#structure", Select).value = "kishotenketsu"
        form.query_one("#seed", Input).value = "5"
        form.query_one("#model", Input).value = "qwne"
        filled = stands(form)
        await on.press("ctrl+s")
        assert isinstance(on.app.screen, OpeningScreen)
        assert any("qwne" in row for row in cells(on.app))
        await on.press("escape")
        again = on.app.screen
        assert isinstance(again, NewSession)
        assert stands(again) == filled
        field = again.query_one("#model", Input)
        assert (field.value, field.placeholder) == ("qwne", "served")
        # Where the field is empty, what the app was opened with plays the session.
        field.value = ""
        await on.press("ctrl+s")
        await on.until(lambda: isinstance(on.app.screen, RoomScreen))
        assert asked == ["qwne", "served"]
        assert on.live.screen.masthead.logline == LOGLINE
        assert on.live.screen.masthead.seed == 5


@pytest.mark.parametrize("folder", ["~nobody-has-this-name/x", "x" * 5000])
async def test_a_folder_that_cannot_be_looked_into_is_no_room(tmp_path: Path, folder: str) -> None:
    async with driven(home_app(tmp_path)) as on:
        await on.press("n")
        form = on.app.screen
        form.query_one(TextArea).text = LOGLINE
        form.query_one("#room", Input).value = folder
        await on.press("ctrl+s")
        assert on.app.screen is form
        assert " is no room: " in str(form.query_one(".wrong", Static).render())


async def test_what_was_said_of_a_field_goes_once_that_field_is_changed(tmp_path: Path) -> None:
    async with driven(home_app(tmp_path)) as on:
        await on.press("n")
        form = on.app.screen
        form.query_one(TextArea).text = LOGLINE
        seed, model = form.query_one("#seed", Input), form.query_one("#model", Input)
        for wrong in ("99999999999", "-5"):
            seed.value = wrong
            await on.press("ctrl+s")
            assert any("The seed is a number" in row for row in cells(on.app))
            model.value += "x"
            await on.settle()
            assert any("The seed is a number" in row for row in cells(on.app))
            seed.value = "5"
            await on.settle()
            assert not any("The seed is a number" in row for row in cells(on.app))


async def test_a_number_of_thousands_of_digits_is_no_turn(tmp_path: Path) -> None:
    recorded_file(tmp_path / "played.room")
    async with driven(home_app(tmp_path)) as on:
        await on.press("b")
        dialog = on.app.screen
        dialog.query_one(Input).value = "9" * 5000
        await on.press("enter")
        assert on.app.screen is dialog
    assert [number_in(line, 12) for line in ("12", " 7 ", "13", "-1", "1.0", "", "0" * 5000)] == [
        *(12, 7),
        *[None] * 5,
    ]


async def test_the_file_is_named_beside_the_title(tmp_path: Path) -> None:
    recorded_file(tmp_path / "the-light.room")
    async with driven(home_app(tmp_path)) as on:
        home = home_of(on.app.screen)
        assert re.search(r"The Light  the-light  +\d+ turns", listed(home))
        await on.press("r")
        on.app.screen.query_one(Input).value = "Second draft"
        await on.press("enter")
        assert re.search(r"The Light  Second draft  +\d+ turns", listed(home))


async def test_what_is_being_written_is_left_alone(tmp_path: Path) -> None:
    path = recorded_file(tmp_path / "played.room")
    async with driven(home_app(tmp_path)) as on:
        with Archive.open(path, write=True):
            await on.press("enter")
            await on.press("x")
            assert isinstance(on.app.screen, HomeScreen)
            assert path.exists()
            assert any("open" in note for note in on.notes)


def test_names_that_no_file_should_have_are_refused(tmp_path: Path) -> None:
    (tmp_path / "taken.room").touch()
    for name in ("", "  ", "a/b", "a\x1bb", ".hidden", "x" * 81, "taken", 'a"b', "a\u202eb"):
        assert name_problem(name, tmp_path), repr(name)
    assert not name_problem("Zweite Fassung 2", tmp_path)


def test_nothing_is_overwritten_when_files_move(tmp_path: Path) -> None:
    one, other = recorded_file(tmp_path / "one.room", events=5), recorded_file(tmp_path / "b.room", events=5)
    with pytest.raises(CannotKeep):
        rename(one, "b")
    gone = delete(one)
    other.rename(one)
    with pytest.raises(CannotKeep):
        restore(gone)
    one.unlink()
    assert restore(gone) == one
    with Archive.open(one, write=True), pytest.raises(SessionInUse):
        delete(one)


def _damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4096])


def _foreign(path: Path) -> None:
    path.write_text("no session")


def _read_only(path: Path) -> None:
    path.chmod(stat.S_IREAD)


@pytest.mark.parametrize("spoil", [_damaged, _foreign, _read_only])
def test_a_session_that_cannot_be_opened_can_be_put_away(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    path = recorded_file(tmp_path / "a.room")
    spoil(path)
    held = path.read_bytes()
    lock = WriterLock(path)
    with pytest.raises(SessionInUse):
        delete(path)
    with pytest.raises(SessionInUse):
        rename(path, "b")
    lock.release()
    renamed = rename(path, "b")
    assert renamed.read_bytes() == held
    gone = delete(renamed)
    assert restore(gone).read_bytes() == held
    # Nothing else is left behind, in either place.
    assert sorted(tmp_path.iterdir()) == [tmp_path / AWAY, renamed]
    assert list((tmp_path / AWAY).iterdir()) == []


def test_what_lies_beside_a_session_that_was_killed_goes_with_it(tmp_path: Path) -> None:
    path = recorded_file(tmp_path / "a.room", events=5)
    _foreign(path)
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).write_text(ending)
    rename(path, "b")
    assert {beside.name for beside in tmp_path.iterdir()} == {"b.room", "b.room-wal", "b.room-shm"}


def test_a_folder_is_no_session_to_put_away(tmp_path: Path) -> None:
    folder = tmp_path / "a.room"
    folder.mkdir()
    with pytest.raises(CannotKeep, match="is a folder"):
        delete(folder)
    assert folder.is_dir()


def test_what_was_deleted_long_ago_is_removed_for_good(tmp_path: Path) -> None:
    old, new = recorded_file(tmp_path / "old.room", events=5), recorded_file(tmp_path / "n.room", events=5)
    lies, kept = delete(old).lies, delete(new).lies
    long_ago = lies.stat().st_mtime - (KEPT_DAYS + 1) * 86400
    os.utime(lies, (long_ago, long_ago))
    assert forget_old(tmp_path) == 1
    assert not lies.exists()
    assert kept.exists()
    assert forget_old(tmp_path / "none") == 0
    assert (tmp_path / AWAY).is_dir()


def test_how_long_ago_is_said_in_two_words() -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert ago(now, now) == "just now"
    assert ago(now - timedelta(minutes=5), now) == "5 min ago"
    assert ago(now - timedelta(hours=3), now) == "3 h ago"
    assert ago(now - timedelta(days=2), now) == "2 d ago"
    assert ago(now - timedelta(days=60), now) == "2026-03-02"
    assert ago(now + timedelta(days=1), now) == "just now"


async def test_a_key_without_a_session_says_that_there_is_none(tmp_path: Path) -> None:
    async with driven(home_app(tmp_path)) as on:
        for key in ("enter", "p", "b", "r", "x"):
            before = len(on.notes)
            await on.press(key)
            (said,) = on.notes[before:]
            assert "no session yet" in said, key


@pytest.mark.parametrize("length", LENGTHS)
def test_a_length_is_what_it_is_called(length: str) -> None:
    label, differs = LENGTHS[length]
    plan = Plan.model_validate(differs)
    for number, what in re.findall(r"(\d+) (round|scene)", label):
        assert getattr(plan, f"{what}s") == int(number)
