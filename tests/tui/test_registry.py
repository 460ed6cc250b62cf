"""One registry of actions feeds keys, footer, help, palette and the config file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.dom import DOMNode

from tests.tui.screens import begun, driven, home_app, live_app, recorded_file, replay_app
from writersroom.resources import repository
from writersroom.tui.actions import MOST_IN_FOOTER, Group, known_ids
from writersroom.tui.app import APP, WritersRoom
from writersroom.tui.config import Config
from writersroom.tui.dialogs.asking import AskText
from writersroom.tui.dialogs.dialog import Dialog
from writersroom.tui.dialogs.help import Help
from writersroom.tui.footer import KeyLine, key_name, keys_shown
from writersroom.tui.home.form import NewSession
from writersroom.tui.home.screen import HomeScreen
from writersroom.tui.opening import OpeningScreen
from writersroom.tui.palette import Palette
from writersroom.tui.panels.cast import CastPanel
from writersroom.tui.panels.critic import CriticPanel
from writersroom.tui.panels.debate import DebatePanel
from writersroom.tui.panels.plot import PlotPanel
from writersroom.tui.panels.script import ScriptPanel
from writersroom.tui.panels.takes import TakesDiff
from writersroom.tui.panels.timeline import Timeline
from writersroom.tui.registry import GROUPS, PAGE, complaints, page
from writersroom.tui.room.branches import BranchesScreen
from writersroom.tui.room.doing import ROOM
from writersroom.tui.room.screen import RoomScreen
from writersroom.tui.room.seat import SeatPanel
from writersroom.tui.room.why import WhyScreen

PLACES: tuple[type[DOMNode], ...] = (
    WritersRoom,
    RoomScreen,
    HomeScreen,
    BranchesScreen,
    OpeningScreen,
    WhyScreen,
    NewSession,
    AskText,
    Dialog,
    SeatPanel,
    DebatePanel,
    PlotPanel,
    ScriptPanel,
    TakesDiff,
    CastPanel,
    CriticPanel,
    Timeline,
)


def group_of(place: type[DOMNode]) -> Group:
    group = getattr(place, "ACTIONS", None)
    assert isinstance(group, Group)
    return group


def test_every_id_is_there_once() -> None:
    ids = [group.id_of(action) for group in GROUPS for action in group.actions]
    assert len(ids) == len(set(ids))
    assert set(known_ids(GROUPS)) == set(ids)
    assert {group.name for group in GROUPS} == {group_of(place).name for place in PLACES}
    assert len({group.name for group in GROUPS}) == len(GROUPS)


def test_the_documentation_lists_them() -> None:
    text = (repository() / PAGE).read_text(encoding="utf-8")
    assert page(text) == text, "run `python -m writersroom.tui.registry`"


def test_an_id_that_there_is_not_is_named() -> None:
    assert list(complaints({"room.play": "f8", "plot.open": "v"})) == []
    (said,) = complaints({"room.plya": "f8"})
    assert "room.play" in said
    (said,) = complaints({"room.alone": "f8, ."})
    assert "key . to room.alone, which takes it from room.forward" in said
    (said,) = complaints({"\x1b[2J": "f8"})
    assert "\x1b" not in said


@pytest.mark.parametrize("place", PLACES)
def test_every_action_has_its_method_its_words_and_keys_of_its_own(place: type[DOMNode]) -> None:
    group = group_of(place)
    keys: list[str] = []
    assert group.title
    assert group.about.endswith(".")
    for action in group.actions:
        name = (action.call or action.name).partition("(")[0]
        assert callable(getattr(place, f"action_{name}", None)), name
        assert action.label
        assert action.help.endswith(".")
        keys += action.keys
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("place", [DebatePanel, PlotPanel, ScriptPanel, TakesDiff, CastPanel, CriticPanel])
def test_the_footer_has_at_most_seven_keys_and_always_help(place: type[DOMNode], live: bool) -> None:
    shown = keys_shown((group_of(place), ROOM, APP), {}, live=live)
    assert len(shown) <= MOST_IN_FOOTER
    assert shown[-1].key == "F1"
    assert len({one.key for one in shown}) == len(shown)


def test_keys_are_named_as_they_stand_on_the_keyboard() -> None:
    said = {
        "space": "Space",
        "full_stop": ".",
        "ctrl+p": "Ctrl+P",
        "f1": "F1",
        "E": "E",
        "shift+tab": "Shift+Tab",
    }
    assert {key: key_name(key) for key in said} == said


async def test_the_config_file_gives_other_keys(tmp_path: Path) -> None:
    path = recorded_file(tmp_path / "a.room")
    config = Config(motion="reduced", keys={"room.forward": "n,f8", "room.alone": "f12"})
    async with driven(replay_app(path, config=config)) as on:
        await on.press("full_stop")
        assert on.turn == 0
        await on.press("f8", "n")
        assert on.turn == 2
        await on.press("f12")
        assert on.room.mosaic.maximised == "debate"
        assert any(one.key == "n" for one in on.room.query_one(KeyLine).shown)


async def test_a_key_that_is_taken_from_something_else_is_said_once(tmp_path: Path) -> None:
    path = recorded_file(tmp_path / "a.room", events=20)
    config = Config(motion="reduced", keys={"room.alone": "g"})
    async with driven(replay_app(path, config=config)) as on:
        said = [note for note in on.notes if "room.turn" in note]
        assert len(said) == 1
        assert "key g to room.alone" in said[0]
        await on.press("g")
        assert on.room.mosaic.maximised == "debate"
        await on.press("g", "full_stop", "comma")
        assert len(on.notes) == 1


async def test_a_key_given_to_two_things_works_for_the_one_that_is_named(tmp_path: Path) -> None:
    path = recorded_file(tmp_path / "a.room", events=20)
    config = Config(motion="reduced", keys={"room.alone": "f8", "room.forward": "f8"})
    async with driven(replay_app(path, config=config)) as on:
        (said,) = on.notes
        assert "F8 to room.forward, which takes it from room.alone" in said
        await on.press("f8")
        assert on.turn == 1
        assert not on.room.mosaic.maximised


async def test_keys_that_nothing_else_has_are_not_complained_of(tmp_path: Path) -> None:
    path = recorded_file(tmp_path / "a.room", events=20)
    # One action with three keys of its own is given another; two that change keys with each other.
    keys = {"room.forward": "f8, u", "room.alone": "y", "room.copy": "z", "room.slower": " , "}
    async with driven(replay_app(path, config=Config(motion="reduced", keys=keys))) as on:
        await on.press("f8", "u")
        assert on.turn == 2
        await on.press("y")
        assert on.room.mosaic.maximised == "debate"
        await on.press("left_square_bracket")
        assert on.recorded.speed == 0.5
        assert on.notes == []


def test_keys_of_the_documentation_are_free() -> None:
    text = (repository() / PAGE).read_text(encoding="utf-8")
    example = tomllib.loads(text.partition("```toml\n")[2].partition("```")[0])
    keys = Config.model_validate(example).keys
    assert len(keys) == 2
    assert list(complaints(keys)) == []


async def test_keys_of_the_config_file_stand_wherever_keys_are_named(tmp_path: Path) -> None:
    path = recorded_file(tmp_path / "a.room", events=20)
    own = {"room.play": "f8", "branches.mark": "u", "dialog.leave": "f10", "text.keep": "f11"}
    async with driven(replay_app(path, config=Config(motion="reduced", keys=own))) as on:
        assert any(offer.title == "The room: Play (F8)" for offer in Palette(on.room).offers())
        await on.press("B")
        footer = on.app.screen.query_one(KeyLine).shown
        assert [one.key for one in footer if one.label == "Mark"] == ["u"]
        await on.press("escape", "g")
        dialog = on.app.screen
        assert str(dialog.query_one("#frame").border_subtitle) == "Enter keep   F10 leave"
        await on.press("f10")
        assert on.app.screen is on.room
        on.app.push_screen(AskText("Text"))
        await on.settle()
        assert str(on.app.screen.query_one("#frame").border_subtitle) == "F11 keep   Esc leave"


async def test_the_palette_reaches_everything(tmp_path: Path) -> None:
    async with driven(live_app(begun(tmp_path / "a.room"))) as on:
        room = on.room
        await on.press("ctrl+p")
        palette = on.app.screen
        assert isinstance(palette, CommandPalette)
        offered = {offer.group.id_of(offer.action) for offer in Palette(room).offers()}
        wanted = {
            group.id_of(action)
            for group in (APP, ROOM, *(panel.ACTIONS for panel in room.panels.values()))
            for action in group.actions
            if action.palette
        }
        assert wanted <= offered
        await on.press("escape")
        await on.press("ctrl+p")
        await on.write("script latest")
        await on.settle()
        await on.press("enter")
        await on.settle()
        assert on.app.screen is room
        assert room.panels["script"].has_focus


async def test_the_palette_brings_what_it_acts_on_into_sight(tmp_path: Path) -> None:
    path = recorded_file(tmp_path / "a.room", events=20)
    async with driven(replay_app(path), size=(80, 24)) as on:
        room = on.room
        assert "cast" not in room.mosaic.seen
        offers = list(Palette(room).offers())
        # Nobody is asked for anything, so there is no form to answer.
        assert not any(offer.group is SeatPanel.ACTIONS for offer in offers)
        assert any(offer.node is room.panels["cast"] for offer in offers)
        await on.press("ctrl+p")
        await on.write("who knows what")  # The help of the cast's `matrix`.
        await on.settle()
        await on.press("enter")
        await on.settle()
        assert "cast" in room.mosaic.seen
        assert room.panels["cast"].has_focus


async def test_a_click_on_the_footer_presses_the_key(tmp_path: Path) -> None:
    async with driven(replay_app(recorded_file(tmp_path / "a.room"))) as on:
        line = on.room.query_one(KeyLine)
        column = 1
        for one in line.shown:
            if one.key == ".":
                break
            column += len(f"{one.key} {one.label}") + 3
        await on.pilot.click(line, offset=(column + 1, 0))
        await on.settle()
        assert on.turn == 1


async def test_help_can_be_opened_at_home(tmp_path: Path) -> None:
    async with driven(home_app(tmp_path)) as on:
        await on.press("f1")
        assert isinstance(on.app.screen, Help)
        await on.press("escape")
        assert isinstance(on.app.screen, HomeScreen)
