"""What holds of every panel: strange text is harmless, nothing is drawn twice, no colour is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from random import Random

import pytest
from rich.cells import cell_len
from textual.strip import Strip

from tests.tui.panels.hosting import Host
from tests.tui.panels.lighthouse import lighthouse
from tests.tui.panels.test_cells import STRANGE
from tests.view.playing import Room
from writersroom.tui.messages import NothingToDo
from writersroom.tui.panels.cast import CastPanel
from writersroom.tui.panels.critic import CriticPanel
from writersroom.tui.panels.debate import DebatePanel
from writersroom.tui.panels.panel import Panel
from writersroom.tui.panels.plot import PlotPanel
from writersroom.tui.panels.script import ScriptPanel
from writersroom.tui.panels.takes import TakesDiff
from writersroom.tui.panels.timeline import Timeline
from writersroom.view.screen import Screen, folded

PANELS: tuple[type[Panel], ...] = (
    DebatePanel,
    PlotPanel,
    CriticPanel,
    CastPanel,
    ScriptPanel,
    TakesDiff,
    Timeline,
)
SIZES = ((80, 24), (33, 11), (12, 4))


class StrangeRoom(Room):
    """Every text holds something that a terminal, a markup or a wide font would stumble over."""

    at = 0

    def text(self, words: int = 8) -> str:
        """Words with something strange among them."""
        self.at += 1
        strange = STRANGE[self.at % len(STRANGE)].replace("\ud800", "")
        return f"{strange} {super().text(words)} {strange}"


class MarkupRoom(Room):
    """Every text looks like markup."""

    def text(self, words: int = 8) -> str:
        """Words after a tag."""
        return f"[b]x[/b] {super().text(words)}"


@cache
def strange() -> Screen:
    room = StrangeRoom(Random(6), most_beats=14)
    return folded(event for event, _ in zip(room, range(300), strict=False))


@cache
def plain() -> Screen:
    return folded(lighthouse())


def cells(app: Host[Panel]) -> list[Strip]:
    return app.screen._compositor.render_strips()  # pyright: ignore[reportPrivateUsage]  # no public way


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", PANELS)
async def test_strange_text_is_harmless_and_columns_stay_straight(
    kind: Callable[[], Panel], size: tuple[int, int]
) -> None:
    panel = kind()
    panel.still = True
    app = Host(panel)
    screen = strange()
    async with app.run_test(size=size) as pilot:
        panel.show(screen)
        await pilot.pause()
        for key in ("", "down", "pageup", "n", "w"):
            if key:
                await pilot.press(key)
                await pilot.pause()
            for row in cells(app):
                assert row.cell_length == size[0]
                assert sum(cell_len(character) for character in row.text) == size[0]
                assert not [c for c in row.text if ord(c) < 32 or 0x7F <= ord(c) < 0xA0]
                assert not set(row.text) & set("\u202e\u2066\u200b\u200d\ufe0f\ufeff")


@pytest.mark.parametrize("kind", [kind for kind in PANELS if kind is not Timeline])
async def test_markup_in_a_text_is_text(kind: Callable[[], Panel]) -> None:
    panel = kind()
    panel.still = True
    app = Host(panel)
    events = [event for event, _ in zip(MarkupRoom(Random(6), most_beats=14), range(200), strict=False)]
    async with app.run_test(size=(100, 60)) as pilot:
        panel.show(folded(events))
        await pilot.pause()
        assert "[b]x[/b] " in "\n".join(row.text for row in cells(app))
        assert not any(part.style and part.style.link for line in cells(app) for part in line)


@pytest.mark.parametrize("kind", PANELS)
async def test_nothing_is_drawn_anew_where_nothing_changed(
    kind: type[Panel], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Panel] = []
    draw = kind.draw

    def counted(panel: Panel) -> None:
        drawn.append(panel)
        draw(panel)

    monkeypatch.setattr(kind, "draw", counted)
    panel = kind()
    panel.still = True
    app = Host(panel)
    screen = plain()
    async with app.run_test(size=(80, 24)) as pilot:
        panel.show(screen)
        await pilot.pause()
        count = len(drawn)
        for _ in range(5):
            panel.show(screen.model_copy())
        await pilot.pause()
        assert len(drawn) == count
        panel.display = False
        await pilot.pause()
        panel.show(folded(lighthouse()[:-20]))
        await pilot.pause()
        assert len(drawn) == count  # Nobody sees it.
        panel.display = True
        await pilot.pause()
        assert len(drawn) > count


@pytest.mark.parametrize("kind", PANELS)
async def test_every_theme_can_be_put_on_while_it_is_shown(kind: Callable[[], Panel]) -> None:
    panel = kind()
    panel.still = True
    app = Host(panel)
    async with app.run_test(size=(80, 24)) as pilot:
        panel.show(plain())
        await app.settled(pilot)
        before = [row.text for row in cells(app)]
        for theme in ("paper", "high-contrast", "ansi-dark", "nord"):
            app.theme = theme
            await pilot.pause()
            assert [row.text for row in cells(app)] == before
        assert panel.ink.agent("Mara") != panel.ink.agent("Ioan")


@pytest.mark.parametrize("kind", [DebatePanel, PlotPanel, TakesDiff])
async def test_without_colour_the_same_is_said(
    kind: Callable[[], Panel], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def text() -> list[str]:
        panel = kind()
        panel.still = True
        app = Host(panel)
        async with app.run_test(size=(80, 24)) as pilot:
            panel.show(plain())
            await app.settled(pilot)
            await pilot.press("down")
            return app.picture()

    coloured = await text()
    monkeypatch.setenv("NO_COLOR", "1")
    assert await text() == coloured


@pytest.mark.parametrize("kind", PANELS)
def test_every_panel_explains_itself_and_its_keys(kind: type[Panel]) -> None:
    group = kind.ACTIONS
    assert len(group.about) > 60
    names = [action.name for action in group.actions]
    assert len(set(names)) == len(names)
    keys = [key for action in group.actions for key in action.keys]
    assert len(set(keys)) == len(keys)
    for action in group.actions:
        assert callable(getattr(kind, f"action_{action.name}"))
        assert action.help.endswith(".")
    assert sum(action.footer for action in group.actions) <= 5


KEYS: Mapping[type[Panel], tuple[str, ...]] = {
    DebatePanel: ("enter", "p", "T"),
    PlotPanel: ("w", "W", "m", "o", "n", "N", "enter"),
    CriticPanel: ("enter",),
    CastPanel: ("enter", "w"),
    ScriptPanel: ("enter", "n", "N"),
    TakesDiff: ("enter", "n", "N", "left", "right"),
}


@pytest.mark.parametrize("kind", KEYS)
async def test_a_key_that_has_nothing_to_do_says_why(kind: type[Panel]) -> None:
    app = Host(kind())
    async with app.run_test(size=(80, 24)) as pilot:
        app.panel.show(Screen())
        await app.settled(pilot)
        if isinstance(app.panel, PlotPanel):
            app.panel.agenda.take(())  # A story without a beat is a weakness of its own.
        for key in KEYS[kind]:
            app.said.clear()
            await pilot.press(key)
            await pilot.pause()
            (said,) = app.said
            assert isinstance(said, NothingToDo), key
            assert said.why.endswith("."), key


async def test_keys_at_the_end_of_what_there_is_say_so() -> None:
    for kind, keys, step in (
        (PlotPanel, ("n", "N"), "told"),
        (ScriptPanel, ("n", "N"), "scene"),
        (TakesDiff, ("right", "left"), "take"),
    ):
        app = Host[Panel](kind())
        async with app.run_test(size=(80, 24)) as pilot:
            app.panel.show(plain())
            await app.settled(pilot)
            for key in keys:
                app.said.clear()
                await pilot.press(*[key] * 60)
                await pilot.pause()
                said = app.of(NothingToDo)
                assert said, (kind, key)
                assert all(isinstance(one, NothingToDo) and step in one.why for one in said)
