"""The timeline: marks of what happened, and a handle that the mouse drags."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from hypothesis import given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot

from tests.tui.panels.hosting import Host
from tests.tui.panels.lighthouse import lighthouse
from tests.view.playing import session
from writersroom.events import Event
from writersroom.tui.messages import TurnScrubbed
from writersroom.tui.panels.marks import Marks, marks_of
from writersroom.tui.panels.timeline import Timeline
from writersroom.view.screen import Screen, folded


@asynccontextmanager
async def shown(
    events: list[Event], marks: Marks | None = None
) -> AsyncGenerator[tuple[Host[Timeline], Timeline, Pilot[None]], None]:
    panel = Timeline()
    app = Host(panel)
    async with app.run_test(size=(80, 6)) as pilot:
        if marks is not None:
            panel.mark(marks)
        panel.show(folded(events))
        await pilot.pause()
        yield app, panel, pilot


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 120), st.integers(0, 120))
def test_marks_come_out_the_same_in_one_go_and_piece_by_piece(seed: int, first: int, second: int) -> None:
    events = session(seed, 240)
    whole = marks_of(events)
    half = marks_of(events[: first + second], marks_of(events[:first]))
    assert marks_of(events, half) == whole
    assert marks_of(events[:first], whole) is whole
    assert whole.turns == max(event.turn for event in events)


async def test_a_live_screen_brings_its_own_marks() -> None:
    events = lighthouse()
    async with shown(events[:40]) as (_, panel, pilot):
        assert panel.marks == marks_of(events[:40])
        panel.show(folded(events))
        await pilot.pause()
        assert panel.marks == marks_of(events)
        assert panel.turn == panel.turns == events[-1].turn


async def test_in_replay_the_handle_stands_within_the_whole() -> None:
    events = lighthouse()
    async with shown(events[:40], marks_of(events)) as (app, panel, _):
        assert panel.turns == 47
        assert panel.turn == folded(events[:40]).turn
        scenes, turns = app.picture()[:2]
        assert turns.startswith(f" {panel.turn}/47")
        assert turns.index("█") == panel.column(panel.turn)
        assert "s1" in scenes
        assert "▪" in scenes
        assert "●" in turns
        assert "○" in turns
        before, after = turns.split("█")
        assert "━" in before
        assert "─" in after


async def test_every_turn_is_found_again_where_it_is_drawn() -> None:
    events = lighthouse()
    async with shown(events) as (_, panel, _):
        assert [panel.turn_at(panel.column(turn)) for turn in range(48)] == list(range(48))
        assert panel.turn_at(-5) == 0
        assert panel.turn_at(500) == 47


async def test_the_handle_is_dragged() -> None:
    async with shown(lighthouse()) as (app, panel, pilot):
        await pilot.mouse_down(panel, offset=(panel.column(10), 1))
        await pilot.hover(panel, offset=(panel.column(20), 1))
        await pilot.hover(panel, offset=(panel.column(20), 0))
        await pilot.hover(panel, offset=(panel.column(30), 1))
        assert panel.turn == 30
        await pilot.mouse_up(panel, offset=(panel.column(30), 1))
        scrubbed = [message.turn for message in app.said if isinstance(message, TurnScrubbed)]
        assert scrubbed == [10, 20, 30]
        assert panel.turn == 47  # The session itself is where it was until somebody moves it.
        await pilot.hover(panel, offset=(panel.column(5), 1))
        assert len(app.of(TurnScrubbed)) == 3


async def test_nothing_played_yet_is_a_line_without_marks() -> None:
    async with shown([]) as (app, panel, _):
        panel.show(Screen())
        assert app.picture()[1].startswith(" no turn yet ")
        assert panel.column(0) < 80
