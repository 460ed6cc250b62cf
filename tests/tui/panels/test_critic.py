"""The critic: curves told apart without colour, scores with their intervals, notes that quote."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot

from tests.tui.panels.hosting import Host
from tests.tui.panels.lighthouse import lighthouse
from tests.view.playing import session
from writersroom.events.game_valued import GameValued
from writersroom.events.note_given import NoteGiven
from writersroom.events.scored import Scored
from writersroom.tui.messages import TakeChosen
from writersroom.tui.panels.canvas import Canvas
from writersroom.tui.panels.critic import BAR, CriticPanel, scale
from writersroom.tui.panels.curves import AXIS, Curve, Frame, chart, point_at, shown, spacing
from writersroom.tui.panels.ink import Ink
from writersroom.view.screen import Screen, folded

INK = Ink({"background": "#101010", "foreground": "#e0e0e0", "primary": "#88c0d0"})


@asynccontextmanager
async def looking(
    screen: Screen, size: tuple[int, int] = (80, 40)
) -> AsyncGenerator[tuple[Host[CriticPanel], CriticPanel, Pilot[None]], None]:
    panel = CriticPanel()
    app = Host(panel)
    async with app.run_test(size=size) as pilot:
        panel.show(screen)
        await pilot.pause()
        yield app, panel, pilot


def rows_of(curves: list[Curve], width: int, height: int, cursor: int | None = None) -> list[str]:
    frame = Frame(width, height, 0.0, 1.0)
    return ["".join(text for text, _ in row) for row in chart(curves, frame, cursor, INK)]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=300), st.integers(24, 160), st.integers(2, 12))
def test_a_chart_keeps_to_its_cells(values: list[float], width: int, height: int) -> None:
    curves = [Curve("human", values, INK.good), Curve("take", values[::-1], INK.bad, every=2, point="○")]
    rows = rows_of(curves, width, height, len(values) - 1)
    assert len(rows) == height
    assert {cell_len(row) for row in rows} == {width}


def test_high_values_stand_above_low_ones_and_two_hands_are_two() -> None:
    rows = rows_of(
        [Curve("human", [1.0, 1.0], INK.good), Curve("take", [0.0, 0.0], INK.good, every=2, point="○")], 40, 5
    )
    assert "●" in rows[0]
    assert "○" in rows[-1]
    assert rows[0].startswith("1.0┤")
    assert rows[-1].startswith("0.0┤")
    line, dots = rows[0].split("●")[1], rows[-1].split("○")[1]
    assert set(line) != set(dots)
    assert "human" in rows[0]
    assert "take" in rows[-1]


@pytest.mark.parametrize(("count", "width"), [(1, 40), (5, 80), (60, 80), (500, 80), (3, 20)])
def test_every_point_in_sight_is_found_by_its_column(count: int, width: int) -> None:
    points = shown(count, width)
    assert points[-1] == count - 1
    step = spacing(len(points), width)
    for at, point in enumerate(points):
        assert point_at(AXIS + at * step, count, width) == point
    assert point_at(-50, count, width) is None


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_scale_is_as_wide_as_it_says_and_has_its_value(a: float, b: float, c: float) -> None:
    low, value, high = sorted((a, b, c))
    bar = scale(value, low, high)
    assert len(bar) == BAR
    assert bar.count("●") == 1


def test_dots_out_of_the_field_are_not_drawn() -> None:
    canvas = Canvas(2, 1)
    canvas.line(-5, -5, 20, 20, INK.plain)
    canvas.put(9, 9, "x", INK.plain)
    assert "".join(text for text, _ in canvas.row(0)) == "⠑⢄"
    assert not canvas.blank(0, 0)


async def test_the_round_the_losses_and_the_verdict_are_told() -> None:
    async with looking(folded(lighthouse())) as (app, panel, pilot):
        text = "\n".join(app.picture())
        for words in ("s1, round 1", "● human 0.85", "○ take 0.63", "■ critic loses 0.52", "□ room 0.60"):
            assert words in text
        assert "▪ Nothing got better." in text
        await pilot.press("left")
        assert "s1, round 0" in app.picture()[0]
        assert panel.take == "s1.t1"
        await pilot.press("enter")
        assert isinstance(app.said[-1], TakeChosen)
        assert app.said[-1].take == "s1.t1"
        await pilot.press("left", "l", "right")
        assert panel.take == "s1.t2"


async def test_under_every_round_stands_what_the_loop_did_next() -> None:
    events = lighthouse()
    last = events[-1]
    game = GameValued(scene="s1", round=2, d_human=0.8, d_take=0.7, value=-1, loss_d=0.5, loss_g=0.4)
    changes: tuple[dict[str, object], ...] = (
        {"goes_on": True, "trained": True, "accuracy": 0.75, "best": "s1.t1"},
        {"goes_on": True},
        {"narrative": {"theme_said": 0.25, "single_track": 1.0}},
    )
    more = [
        last.model_copy(update={"id": last.id + n, "body": game.model_copy(update=change)})
        for n, change in enumerate(changes, 1)
    ]
    async with looking(folded([*events, *more])) as (app, panel, pilot):
        row = next(row for row in app.picture() if row.strip().startswith("▸"))
        assert row.split() == ["▸", "▪", "▸", "▸", "▪"]
        assert "▪ It ends here." in "\n".join(app.picture())
        assert "The story: theme said 0.25 · single track 1.00" in "\n".join(app.picture())
        await pilot.press("left", "left")
        text = "\n".join(app.picture())
        assert "▸ It goes on. The critic learns these takes when the scene is locked." in text
        assert panel.take == "s1.t1"


async def test_in_few_rows_how_the_story_is_built_scrolls_with_the_scores() -> None:
    events = lighthouse()
    last = events[-1]
    game = GameValued(scene="s1", round=2, d_human=0.8, d_take=0.7, value=-1, loss_d=0.5, loss_g=0.4)
    built = game.model_copy(update={"narrative": {"theme_said": 0.25, "single_track": 1.0}})
    screen = folded([*events, last.model_copy(update={"id": last.id + 1, "body": built})])
    for size, still in (((80, 24), False), ((80, 40), True)):
        panel = CriticPanel()
        app = Host(panel)
        async with app.run_test(size=size) as pilot:
            panel.show(screen)
            await pilot.pause()
            for part, here in ((panel.sheet.head, still), (panel.sheet.body, not still)):
                assert any("The story: theme said 0.25" in row.text for row in part) == here


async def test_scores_stand_apart_with_their_interval_and_the_change() -> None:
    async with looking(folded(lighthouse())) as (app, _, _):
        row = next(row for row in app.picture() if row.startswith(" s1.t2"))
        assert "D 0.63 [0.51, 0.73] +0.22  C 0.70  J 0.58" in row
        assert "●" in row


async def test_the_cursor_goes_through_scores_and_notes_and_back_to_the_chart() -> None:
    screen = folded(lighthouse())
    async with looking(screen) as (app, panel, pilot):
        await pilot.press("down")
        assert panel.row == screen.criticism.scores[-1].event
        assert "· sentences of one length" in "\n".join(app.picture())
        assert "s1.t2" in panel.copied()
        await pilot.press("down", "down", "down", "down", "down")
        assert panel.row == screen.criticism.notes[0].event
        assert panel.take == "s1.t1"
        assert "as one turns a key" in panel.copied()
        await pilot.press("pageup")
        assert panel.row == -1
        assert panel.pointed == 0
        await pilot.press("left")
        assert panel.pointed == panel.round == screen.criticism.rounds[0].event
        await pilot.press("down")
        assert panel.pointed == panel.row == screen.criticism.scores[-1].event


async def test_the_mouse_finds_rounds_and_rows() -> None:
    screen = folded(lighthouse())
    async with looking(screen) as (app, panel, pilot):
        await pilot.click(panel, offset=(1 + AXIS, 4))
        assert panel.round == screen.criticism.rounds[0].event
        row = next(n for n, text in enumerate(app.picture()) if text.startswith(" s1.t1"))
        await pilot.click(panel, offset=(10, row), times=2)
        assert panel.row == screen.criticism.scores[0].event
        assert app.of(TakeChosen)


async def test_many_rounds_in_a_wide_panel_stand_beside_each_other() -> None:
    async with looking(folded(session(3, 1500)), size=(160, 50)) as (app, panel, pilot):
        rows = app.picture()
        assert "● human" in rows[0] or any("● human" in row for row in rows[:10])
        assert any(row.count("1.0┤") == 2 for row in rows)
        at = len(panel.value.criticism.rounds)
        for _ in range(5):
            await pilot.press("left")
        assert panel.round == panel.value.criticism.rounds[at - 6].event


async def test_before_the_first_round_it_says_so() -> None:
    async with looking(Screen()) as (app, panel, pilot):
        assert "The critic has read no take yet." in app.picture()[0]
        await pilot.press("left", "down", "enter", "up", "pagedown")
        assert panel.take == ""


async def test_strange_numbers_and_missing_heads_are_shown_as_they_are() -> None:
    events = lighthouse()
    last = events[-1]
    bodies = (
        Scored(take="s9.t1"),
        Scored(take="s9.t2", d=0.5, sentences=(("A machine wrote this.", 0.93),)),
        GameValued(
            scene="s9", round=3, d_human=2.0, d_take=-1.0, value=0, loss_d=float("inf"), loss_g=float("nan")
        ),
        NoteGiven(take="s9.t2", quote="", problem="It says nothing.", severity=0.9),
    )
    more = [last.model_copy(update={"id": last.id + n, "body": body}) for n, body in enumerate(bodies, 1)]
    async with looking(folded([*events, *more])) as (app, panel, pilot):
        text = "\n".join(app.picture())
        assert "D not measured" in text
        assert "the scene fails by it" in text
        assert "critic loses inf" in text
        assert panel.take == "s9.t2"
        await pilot.press("down")
        assert "93% A machine wrote this." in "\n".join(app.picture())
