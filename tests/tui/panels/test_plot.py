"""The plot graph on the screen: lines keep out of boxes, the map keeps its place, the cursor walks links."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from rich.cells import cell_len
from rich.style import Style
from textual.pilot import Pilot

from tests.tui.panels.hosting import Host
from tests.tui.panels.lighthouse import lighthouse
from tests.view.playing import session
from writersroom.events import Event
from writersroom.events.move_committed import MoveCommitted
from writersroom.story.beats import Beat, Link, LinkKind, Status
from writersroom.story.moves import BeatPlaced, GraphDiff
from writersroom.tui.messages import BeatChosen, WeaknessIntended
from writersroom.tui.panels.boxes import HEIGHTS, State, box, height
from writersroom.tui.panels.ink import Ink
from writersroom.tui.panels.plot import PlotPanel
from writersroom.tui.panels.routes import PENS, ZOOMS, Router, Zoom, drawn, grid, scale
from writersroom.view.plot import Plot, replotted
from writersroom.view.screen import Screen, folded


@asynccontextmanager
async def shown(
    screen: Screen, size: tuple[int, int] = (80, 40)
) -> AsyncGenerator[tuple[Host[PlotPanel], PlotPanel, Pilot[None]], None]:
    panel = PlotPanel()
    panel.still = True
    app = Host(panel)
    async with app.run_test(size=size) as pilot:
        panel.show(screen)
        await app.settled(pilot)
        yield app, panel, pilot


async def test_the_legend_is_left_to_help_where_there_is_little_room() -> None:
    for size, there in (((36, 19), False), ((80, 19), False), ((80, 40), True)):
        async with shown(folded(lighthouse()), size) as (app, panel, pilot):
            assert any("━ causes" in row for row in app.picture()) == there, size
            await pilot.press("down")
            assert any(f"{panel.cursor} act 1" in row for row in app.picture()[-8:])
            assert "━" in panel.ACTIONS.about


def large() -> Plot:
    return folded(session(8, 1500, most_beats=60)).plot


@pytest.mark.parametrize("zoom", [*ZOOMS, scale(ZOOMS[0], 160, 50)])
def test_lines_run_in_gaps_and_gutters_and_never_through_a_box(zoom: Zoom) -> None:
    plot = large()
    where = grid(plot.places, zoom)
    covered = {
        (x + dx, y + dy)
        for x, y in where.boxes.values()
        for dx in range(zoom.width)
        for dy in range(zoom.height)
    }
    assert len(covered) == len(where.boxes) * zoom.width * zoom.height  # No two boxes overlap.
    routes = Router(where).routes(plot.links)
    assert len(routes) == len(plot.links) > 20
    for route in routes:
        assert not covered & route.sides.keys()
        x, y = where.boxes[route.link.target]
        assert route.head[1] == y - 1
        assert x <= route.head[0] < x + zoom.width


@pytest.mark.parametrize("zoom", [*ZOOMS, scale(ZOOMS[0], 160, 50)])
def test_every_line_hangs_together_from_its_source_to_its_target(zoom: Zoom) -> None:
    plot = large()
    where = grid(plot.places, zoom)
    for route in Router(where).routes(plot.links):
        x, y = where.boxes[route.link.source]
        starts = [cell for cell in route.sides if cell[1] == y + zoom.height and route.sides[cell] & 1]
        assert any(x <= cell[0] < x + zoom.width for cell in starts)
        reached, waiting = set(starts), list(starts)
        while waiting:
            cx, cy = waiting.pop()
            for bit, step in ((1, (0, -1)), (2, (1, 0)), (4, (0, 1)), (8, (-1, 0))):
                following = (cx + step[0], cy + step[1])
                if route.sides[cx, cy] & bit and following in route.sides and following not in reached:
                    reached.add(following)
                    waiting.append(following)
        assert route.head in reached


def test_each_kind_of_link_has_a_hand_of_its_own() -> None:
    across = {pen[10] for pen in PENS.values()}
    down = {pen[5] for pen in PENS.values()}
    assert len(across) == len(down) == len(LinkKind)
    assert all(cell_len(character) == 1 for pen in PENS.values() for character in pen)


def test_a_beat_that_is_added_moves_no_box_sideways_and_none_above_it() -> None:
    events = session(21, 800, most_beats=40)
    plot, moved = Plot(), 0
    for event in events:
        if not isinstance(event.body, MoveCommitted):
            continue
        diff = event.body.diff
        after = replotted(plot, diff, event.turn)
        fresh = after.beats.keys() - plot.beats.keys()
        if fresh and not diff.before and not diff.links_added:
            was, now = grid(plot.places, ZOOMS[0]), grid(after.places, ZOOMS[0])
            for beat in was.boxes:
                assert now.boxes[beat][0] == was.boxes[beat][0]
                moved += now.boxes[beat][1] != was.boxes[beat][1]
        plot = after
    assert plot.made.keys() >= plot.beats.keys()


@pytest.mark.parametrize("zoom", [*ZOOMS, scale(ZOOMS[0], 160, 50)])
@pytest.mark.parametrize("state", [State(), State(chosen=True, weak=12), State(pulse=0.5)])
@pytest.mark.parametrize(
    "summary", ["Short", "日本語の長い要約がここに入る" * 4, "e\u0301\u0301 \u202e[b]x[/b] 👩‍👩‍👧 " * 6]
)
def test_a_box_is_as_wide_and_high_as_its_zoom(zoom: Zoom, state: State, summary: str) -> None:
    ink = Ink({"background": "#101010", "foreground": "#e0e0e0", "primary": "#88c0d0"})
    for status in Status:
        beat = Beat(id="b123", summary=summary, characters=("日本" * 9, "\x1b[31mIoan"), status=status)
        rows = box(beat, zoom, state, ink)
        assert len(rows) == zoom.height
        assert [sum(cell_len(text) for text, _ in row) for row in rows] == [zoom.width] * zoom.height
        text = "".join(part for row in rows for part, _ in row)
        assert not set(text) & set("\x1b\u202e\u200d")


def test_tension_rises_with_the_block() -> None:
    assert [height(value) for value in (-1, 1)] == [HEIGHTS[0], HEIGHTS[-1]]
    heights = [HEIGHTS.index(height(step / 10)) for step in range(-10, 11)]
    assert heights == sorted(heights)


async def test_acts_tension_and_weaknesses_are_on_the_map() -> None:
    async with shown(folded(lighthouse())) as (app, panel, _):
        text = "\n".join(app.picture())
        for words in ("── Act 1 ", "── Act 2 ", "── Act 3 ", "tension ", "!3 weak", "◆b1", "◆b2", "─ b6 "):
            assert words in text
        assert {found.kind.value for found in panel.agenda.found} == {"unvalued", "uncaused", "unchanged"}
        assert [found.key for found in panel.agenda.unmeant(panel.value.intended, "b3")] == ["uncaused:b3"]


async def test_the_cursor_walks_along_links_and_to_the_sides() -> None:
    async with shown(folded(lighthouse())) as (app, panel, pilot):
        walked: list[str] = []
        for key in ("down", "down", "down", "down", "up", "right", "left", "k", "l", "n", "N"):
            await pilot.press(key)
            walked.append(panel.cursor)
        # Down the causes to b6; up one of the four that lead there, then along the others.
        assert walked[:4] == ["b1", "b2", "b4", "b6"]
        assert walked[4] == "b4"
        assert {walked[5], walked[6]} <= {"b3", "b4", "b5", "b7"}
        assert walked[6] == walked[4]
        assert walked[-1] == walked[-3]
        await pilot.press("enter")
        assert isinstance(app.said[-1], BeatChosen)
        assert app.said[-1].beat == panel.cursor


async def test_the_foot_tells_of_the_beat_and_is_what_is_copied() -> None:
    async with shown(folded(lighthouse())) as (_, panel, pilot):
        assert "━ causes" in panel.copied()
        assert panel.go_to_beat("b6")
        await pilot.pause()
        told = panel.copied()
        for words in ("b6 act 3", "turn 31", "Mara puts out the light", "b4 ━▶", "b7 ═▶", "b3 ╌▶"):
            assert words in told
        assert not panel.go_to_beat("b99")


async def test_a_weakness_is_gone_to_with_its_evidence_and_marked_as_meant() -> None:
    screen = folded(lighthouse())
    async with shown(screen) as (app, panel, pilot):
        await pilot.press("w", "w")
        assert panel.agenda.shown is not None
        assert panel.agenda.shown.key == "uncaused:b3"
        assert panel.cursor == "b3"
        assert "Nothing leads to b3" in panel.copied()
        await pilot.press("m")
        said = app.said[-1]
        assert isinstance(said, WeaknessIntended)
        assert (said.key, said.intended) == ("uncaused:b3", True)
        panel.show(screen.model_copy(update={"intended": frozenset({"uncaused:b3"})}))
        await pilot.pause()
        assert "meant so" in panel.copied()
        assert not panel.agenda.unmeant(panel.value.intended, "b3")
        await pilot.press("m")
        said = app.said[-1]
        assert isinstance(said, WeaknessIntended)
        assert not said.intended
        await pilot.press("W", "W")
        assert panel.agenda.shown.key != "uncaused:b3"


async def test_what_one_looks_at_stays_in_its_place_when_a_beat_is_added() -> None:
    events = lighthouse()
    moves = [n for n, event in enumerate(events) if isinstance(event.body, MoveCommitted)]
    before, after = events[: moves[-3] + 1], events
    async with shown(folded(before), size=(60, 24)) as (app, panel, pilot):
        panel.go_to_beat("b5")
        await pilot.pause()
        row = next(n for n, line in enumerate(app.picture()) if "═ b5 " in line or "═ ◆b5 " in line)
        panel.show(folded(after))
        await pilot.pause()
        again = next(n for n, line in enumerate(app.picture()) if "═ b5 " in line or "═ ◆b5 " in line)
        assert again == row
        assert panel.cursor == "b5"


async def test_a_beat_that_is_cut_loses_the_cursor() -> None:
    screen = folded(lighthouse())
    async with shown(screen) as (_, panel, pilot):
        panel.go_to_beat("b6")
        panel.show(folded(lighthouse()[:12]))
        await pilot.pause()
        assert panel.cursor == ""
        panel.show(Screen())
        await pilot.press("up", "down", "left", "right", "n", "enter", "m", "o", "x", "pagedown", "pageup")
        await pilot.pause()
        assert panel.cursor == ""


async def test_what_is_talked_about_pulses_unless_nothing_may_move() -> None:
    async with shown(folded(lighthouse())) as (_, panel, pilot):
        assert panel._breath is None  # pyright: ignore[reportPrivateUsage]  # what is being proved
        panel.still = False
        await pilot.pause()
        assert panel._breath is not None  # pyright: ignore[reportPrivateUsage]
        seen: set[float] = set()
        for _ in range(12):
            await pilot.pause(0.1)
            seen.add(panel._lit)  # pyright: ignore[reportPrivateUsage]
        assert len(seen) > 2
        panel.still = True
        await pilot.pause()
        assert panel._breath is None  # pyright: ignore[reportPrivateUsage]
        assert panel._lit == 1.0  # pyright: ignore[reportPrivateUsage]


async def test_three_sizes_and_the_mouse() -> None:
    async with shown(folded(lighthouse())) as (app, panel, pilot):
        await pilot.press("o")
        assert panel.cursor == "b1"
        x, y = panel.map.grid.boxes["b2"]
        await pilot.click(panel, offset=(x + 3, y + 2 - panel.scroll_offset.y))
        assert panel.cursor == "b2"
        await pilot.click(panel, offset=(x + 3, y + 2 - panel.scroll_offset.y), times=2)
        assert app.of(BeatChosen)
        await pilot.click(panel, offset=(3, 39))
        for _ in range(3):
            await pilot.press("x")
            await pilot.pause()
            assert "b2" in "\n".join(app.picture())
        assert panel.zoom == 0
        assert panel.cursor == "b2"


async def test_the_links_of_the_beat_under_the_cursor_stand_out() -> None:
    async with shown(folded(lighthouse())) as (_, panel, pilot):
        panel.go_to_beat("b7")
        await pilot.pause()
        x, y = panel.map.grid.boxes["b7"]
        line = panel.map.row(y + panel.map.grid.zoom.height, range(80), lambda _: State(), panel.ink)
        styles = {segment.text.strip(): segment.style or Style() for segment in line}
        assert any("╝" in text and style.bold for text, style in styles.items())
        assert any("┃" in text and style == panel.ink.faint for text, style in styles.items())
        assert x > 0


async def test_more_beats_than_columns_share_the_curve_of_tension() -> None:
    beats = [Beat(id=f"b{n}", summary="x", tension=1.0 if n == 150 else -1.0) for n in range(1, 301)]
    diff = GraphDiff(after=tuple(BeatPlaced(beat=beat, index=n) for n, beat in enumerate(beats)))
    links = tuple(Link(source=f"b{n}", target=f"b{n + 1}", kind=LinkKind.CAUSES) for n in range(1, 300))
    plot = replotted(Plot(), diff.model_copy(update={"links_added": links}), 1)
    async with shown(Screen(plot=plot), size=(80, 24)) as (app, panel, pilot):
        head = app.picture()[0]
        assert cell_len(head) <= 80
        assert head.count("█") == 1
        assert "300 beats" in head
        panel.go_to_beat("b300")
        await pilot.pause()
        assert any("b300" in row for row in app.picture())


async def test_a_plot_that_no_story_allows_has_no_weaknesses() -> None:
    circle = tuple(
        Link(source=source, target=target, kind=LinkKind.CAUSES)
        for source, target in (("b1", "b2"), ("b2", "b1"))
    )
    beats = {name: Beat(id=name, summary=name) for name in ("b1", "b2")}
    plot = replotted(
        Plot(),
        GraphDiff(
            after=tuple(BeatPlaced(beat=beat, index=n) for n, beat in enumerate(beats.values())),
            links_added=circle,
        ),
    )
    async with shown(Screen(plot=plot)) as (app, panel, _):
        assert panel.agenda.found == ()
        assert "b2" in "\n".join(app.picture())


def test_two_crossing_lines_show_the_one_that_goes_down() -> None:
    events: list[Event] = lighthouse()
    plot = folded(events).plot
    where = grid(plot.places, ZOOMS[0])
    routes = Router(where).routes(plot.links)
    cells = drawn(routes)
    crossing = [
        (cell, one, other)
        for one in routes
        for other in routes
        for cell in one.sides.keys() & other.sides.keys()
        if one.sides[cell] == 5 and other.sides[cell] == 10
    ]
    assert crossing
    for (x, y), one, _ in crossing:
        assert cells[y][x].kind is one.link.kind
