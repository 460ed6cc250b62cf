"""The script as it would print: margins, pages, wide text, and what is being spoken this moment."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from rich.cells import cell_len
from textual.pilot import Pilot

from tests.tui.panels.hosting import Host
from tests.tui.panels.lighthouse import FIRST, lighthouse
from writersroom.cli.session_script import screenplay_of
from writersroom.events import Body, Event
from writersroom.events.edited import Edited
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.take_written import TakeWritten
from writersroom.script.fountain import to_fountain
from writersroom.tui.messages import NothingToDo, TakeChosen
from writersroom.tui.panels.ink import Ink
from writersroom.tui.panels.page import PAGE, TEXT, Block, Setter, measure, paginated
from writersroom.tui.panels.panel import strip
from writersroom.tui.panels.script import ScriptPanel
from writersroom.view.screen import Screen, Window, folded

INK = Ink({"background": "#101010", "foreground": "#e0e0e0", "primary": "#88c0d0"})


@asynccontextmanager
async def shown(
    screen: Screen, panel: ScriptPanel | None = None, size: tuple[int, int] = (80, 50)
) -> AsyncGenerator[tuple[Host[ScriptPanel], ScriptPanel, Pilot[None]], None]:
    panel = panel or ScriptPanel()
    app = Host(panel)
    async with app.run_test(size=size) as pilot:
        panel.show(screen)
        await pilot.pause()
        yield app, panel, pilot


def with_bodies(*bodies: Body) -> list[Event]:
    events = lighthouse()
    last = events[-1]
    for number, body in enumerate(bodies, 1):
        agent = body.character if isinstance(body, LineSpoken) else ""
        events.append(last.model_copy(update={"id": last.id + number, "agent": agent, "body": body}))
    return events


MARGIN = 3
"""Columns that a panel has more than its text."""


def set_in(text: str, width: int = TEXT) -> list[str]:
    rows = [line.text for block in Setter(INK, width + MARGIN).take(text) for line in block.lines]
    assert all(row.startswith(" ") for row in rows)
    return [row[1:] for row in rows]


async def test_the_columns_are_those_of_a_printed_page() -> None:
    async with shown(folded(lighthouse())) as (app, _, _):
        rows = app.picture()
        left = next(row for row in rows if "INT. LIGHTHOUSE" in row).index("I")
        assert next(row for row in rows if row.strip() == "MARA").index("M") == left + 20
        assert next(row for row in rows if "(to herself)" in row).index("(") == left + 15
        assert next(row for row in rows if "Anything but" in row).index("A") == left + 10
        speech = [row for row in rows if "found this morning" in row or "harbour mouth. The" in row]
        assert all(len(row.strip()) <= 35 for row in speech)
        assert "THE LIGHT" in "\n".join(rows)


def test_everything_that_prints_is_set() -> None:
    text = (
        "INT. A - DAY #4#\n\n*Soft* **loud** _under_.\n\n> THE END <\n\n"
        "JO\n(low)\nYes.\n~la la\n\nMIA ^\nNo.\n\n"
        "[[a note]]\n\n# Act\n\n===\n\nCUT TO:\n"
    )
    rows = set_in(text)
    assert rows[0] == "4 INT. A - DAY"
    assert rows[1] == "Soft loud under."
    assert any(row.strip() == "THE END" and row.startswith(" " * 20) for row in rows)
    assert any("JO" in row and "MIA" in row for row in rows)
    assert any(row.endswith("CUT TO:") and len(row) == TEXT for row in rows)
    assert not [row for row in rows if "a note" in row or "Act" in row]


def test_emphasis_is_kept_word_by_word() -> None:
    block = Setter(INK, TEXT + MARGIN).take(
        "INT. A\n\nHe *never* **ever** _once_ spoke to the other one across the long table.\n"
    )
    looks = {
        segment.text.strip(): (segment.style.italic, segment.style.bold, segment.style.underline)
        for line in block[1].lines
        for segment in line
        if segment.style is not None
    }
    assert looks["never"][0]
    assert looks["ever"][1]
    assert looks["once"][2]


def test_wide_text_keeps_to_the_margins() -> None:
    text = f"INT. 灯台 - NIGHT\n\n{'雨が降っている。' * 12}\n\n真理\n{'天気じゃない。' * 9}\n"
    for width in (61, 30, 14):
        rows = set_in(text, width)
        assert all(cell_len(row) <= max(12, width) for row in rows)
        assert measure(width).dialogue + measure(width).speech <= measure(width).text


def test_pages_break_between_blocks_and_a_heading_never_stands_alone() -> None:
    row = (strip(("x", INK.plain)),)
    blocks: list[Block] = []
    for _ in range(40):
        blocks.append(Block(row, before=2, stays=True))
        blocks += [Block(row * 3), Block(row * 4)]
    pages: dict[int, int] = {}
    last: tuple[int, Block] | None = None
    for page, block, blanks in paginated(blocks):
        pages[page] = pages.get(page, 0) + len(block.lines) + blanks
        if last is not None and last[1].stays:
            assert page == last[0]
        last = (page, block)
    assert max(pages.values()) <= PAGE
    assert len(pages) > 5
    assert [page for page, _, _ in paginated([Block(row), Block((), breaks=True), Block(row)])] == [1, 2, 2]
    assert [page for page, _, _ in paginated([Block(row * (PAGE * 2)), Block(row)])] == [1, 3]


async def test_a_long_script_has_page_numbers() -> None:
    bodies: list[Body] = []
    for number in range(2, 8):
        scene = f"s{number}"
        bodies.append(SceneOpened(scene=scene, heading=f"INT. ROOM {number} - DAY", beats=(f"b{number}",)))
        bodies.append(
            TakeWritten(scene=scene, take=f"{scene}.t1", text=FIRST.replace("LIGHTHOUSE", f"ROOM {number}"))
        )
    async with shown(folded(with_bodies(*bodies))) as (app, panel, pilot):
        text = "\n".join(line.text for line in panel.sheet.body)
        assert "─ 2." in text
        assert "─ 3." in text
        # In telling order: b7 is told first.
        assert text.index("ROOM 7") < text.index("LIGHTHOUSE") < text.index("ROOM 3")
        assert "ROOM 7" in "\n".join(app.picture())  # The scene that is being written is followed.
        await pilot.press("N", "n")
        assert panel.cursor
        await pilot.press("enter")
        assert isinstance(app.said[-1], TakeChosen)
        assert app.said[-1].take == f"{panel.cursor}.t1" or app.said[-1].take == "s1.t2"
        before = panel.scroll_offset.y
        await pilot.press("pagedown")
        assert panel.scroll_offset.y > before
        await pilot.press("up", "down", "pageup", "G")
        assert panel.cursor == ""
        row = next(n for n, line in enumerate(app.picture()) if "INT. ROOM 7" in line)
        await pilot.click(panel, offset=(20, row), times=2)
        assert panel.cursor == "s7"


async def test_a_scene_without_a_take_is_what_is_spoken_in_it() -> None:
    opened = SceneOpened(scene="s2", heading="EXT. HARBOUR - DAY", beats=("b4",))
    first = LineSpoken(take="s2.t1", character="Ioan", line="I am taking the boat.")
    other = LineSpoken(take="s2.t2", character="Mara", line="Another take of it.")
    async with shown(folded(with_bodies(opened))) as (app, panel, pilot):
        assert "EXT. HARBOUR - DAY" in "\n".join(app.picture())
        panel.show(folded(with_bodies(opened, first, other)))
        await pilot.pause()
        text = "\n".join(app.picture())
        assert "I am taking the boat." in text
        assert "Another take" not in text
        more = other.model_copy(update={"line": "It is further than the first."})
        events = with_bodies(opened, first, other, more)
        panel.show(folded(events))
        await pilot.pause()
        text = "\n".join(app.picture())
        assert "further than the first" in text
        assert "I am taking the boat." not in text
        # What is exported is what is shown.
        printed = to_fountain(screenplay_of(events))
        assert "further than the first" in printed
        assert "I am taking the boat." not in printed


async def test_a_take_that_is_no_fountain_is_shown_as_it_is() -> None:
    huge = "INT. A\n\n" + "x" * 30_000
    body = TakeWritten(scene="s1", take="s1.t2", text=huge)
    async with shown(folded(with_bodies(body))) as (app, panel, _):
        assert "is no Fountain" in "\n".join(line.text for line in panel.sheet.body)
        assert all(cell_len(row) <= 80 for row in app.picture())


async def test_texts_out_of_memory_are_fetched_once_or_said_to_be_missing() -> None:
    screen = folded(lighthouse())
    page = screen.script.pages["s1"]
    bare = page.model_copy(update={"drafts": tuple(d.model_copy(update={"text": None}) for d in page.drafts)})
    lean = screen.model_copy(update={"script": screen.script.model_copy(update={"pages": {"s1": bare}})})
    async with shown(lean) as (_, panel, _):
        assert "not at hand" in "\n".join(line.text for line in panel.sheet.body)
    asked: list[int] = []

    def text_of(event: int) -> str:
        asked.append(event)
        return FIRST

    async with shown(lean, ScriptPanel(text_of=text_of)) as (app, panel, _):
        panel.show(lean.model_copy(update={"scene": "s9"}))
        assert "as one turns a key" in "\n".join(app.picture())
    assert asked == [page.drafts[1].text_from]
    asked.clear()
    many = {
        f"s{number}": bare.model_copy(
            update={
                "scene": f"s{number}",
                "drafts": tuple(d.model_copy(update={"text_from": number}) for d in bare.drafts),
            }
        )
        for number in range(300)
    }
    long = lean.model_copy(update={"script": screen.script.model_copy(update={"pages": many})})
    async with shown(long, ScriptPanel(text_of=text_of)) as (_, panel, _):
        panel.show(long.model_copy(update={"scene": "s9"}))
    assert sorted(asked) == list(range(300))


async def test_an_edit_is_in_the_script_at_once() -> None:
    events = lighthouse()
    take = next(e for e in reversed(events) if isinstance(e.body, TakeWritten))
    edit = Edited(target=take.id, field="text", text="INT. LIGHTHOUSE - NIGHT\n\nShe says nothing at all.\n")
    async with shown(folded(events)) as (app, panel, pilot):
        panel.show(folded(with_bodies(edit), Screen(window=Window())))
        await pilot.pause()
        text = "\n".join(app.picture())
        assert "She says nothing at all." in text
        assert "weather" not in text


async def test_nothing_written_is_said() -> None:
    async with shown(Screen()) as (app, panel, pilot):
        assert "Nothing has been written yet." in "\n".join(app.picture())
        await pilot.press("n", "N", "enter", "up", "down", "G")
        assert len(app.of(NothingToDo)) == len(app.said) == 3
        assert panel.cursor == ""
