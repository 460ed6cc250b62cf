"""One registry of actions feeds keys, footer, help, palette and the config file."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.dom import DOMNode

from tests.tui.screens import begun, driven, home_app, live_app, notes, recorded_file, replay_app
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
    assert list(complaints(["room.play", "plot.open"])) == []
    (said,) = complaints(["room.plya"])
    assert "room.play" in said
    (said,) = complaints(["\x1b[2J"])
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


async def test_a_key_given_twice_is_said(tmp_path: Path) -> None:
    path = recorded_file(tmp_path / "a.room", events=20)
    config = Config(motion="reduced", keys={"room.back": "g"})
    async with driven(replay_app(path, config=config)) as on:
        await on.press("g")
        assert any("twice" in note for note in notes(on.app))


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
        await on.pilot.pause(0.4)
        await on.press("enter")
        await on.settle()
        assert on.app.screen is room
        assert room.panels["script"].has_focus


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
