"""Two takes side by side: every word of both is there, and what differs is marked without colour."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot

from tests.tui.panels.hosting import Host
from tests.tui.panels.lighthouse import FIRST, SECOND, lighthouse
from writersroom.events import EventId
from writersroom.tui.messages import TakeChosen
from writersroom.tui.panels.takes import TakesDiff, Wording
from writersroom.tui.panels.worddiff import LINES, WORDS, compared
from writersroom.view.screen import Screen, Window, folded

TEXT = st.text(alphabet="abc \n", max_size=80)


@asynccontextmanager
async def shown(
    screen: Screen, panel: TakesDiff | None = None, size: tuple[int, int] = (120, 40)
) -> AsyncGenerator[tuple[Host[TakesDiff], TakesDiff, Pilot[None]], None]:
    panel = panel or TakesDiff()
    app = Host(panel)
    async with app.run_test(size=size) as pilot:
        panel.show(screen)
        await pilot.pause()
        yield app, panel, pilot


@settings(max_examples=80, deadline=None)
@given(TEXT, TEXT)
def test_each_side_says_all_of_its_text_and_only_that(left: str, right: str) -> None:
    pairs = compared(left, right)
    assert [w.text for pair in pairs for w in pair.left or ()] == left.split()
    assert [w.text for pair in pairs for w in pair.right or ()] == right.split()
    old = [w.text for pair in pairs for w in pair.left or () if not w.new]
    new = [w.text for pair in pairs for w in pair.right or () if not w.new]
    assert old == new  # What is unmarked is common to both.


@given(TEXT)
@settings(max_examples=60, deadline=None)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert all(pair.same for pair in compared(text, text))


def test_a_huge_text_is_compared_without_time_growing_with_its_square() -> None:
    lines = 40 * LINES
    pairs = compared("a b\n" * lines, "a b\n" * lines + "c")
    assert len(pairs) == lines + 1
    assert [pair.same for pair in pairs] == [True] * lines + [False]
    one = compared("a " * 20 * WORDS, "a " * 20 * WORDS + "b")
    assert [word.new for word in one[0].right or ()] == [False] * 20 * WORDS + [True]


async def test_both_takes_stand_beside_each_other_with_their_scores() -> None:
    async with shown(folded(lighthouse())) as (app, panel, _):
        rows = app.picture()
        assert rows[0].strip() == "s1  INT. LIGHTHOUSE - NIGHT"
        assert "s1.t1  D 0.41  C 0.62  J 0.50" in rows[1]
        assert "s1.t2 ✓  D 0.63 +0.22  C 0.70 +0.08  J 0.58 +0.08" in rows[1]
        changed = next(row for row in rows if "Anything but the weather." in row)
        assert changed.startswith(" ~ Not the weather.")
        same = next(row for row in rows if "MARA" in row and "turns" not in row)
        assert same.startswith("   ")
        left, right = panel.drafts
        assert left is not None
        assert right is not None
        assert (left.take, right.take) == ("s1.t1", "s1.t2")


async def test_words_that_differ_are_underlined_and_others_are_not() -> None:
    async with shown(folded(lighthouse())) as (_, panel, _):
        line = next(line for line in panel.sheet.body if "recovered" in line.text)
        marked = {s.text.strip(): bool(s.style and s.style.underline) for s in line if s.text.strip()}
        assert marked["...recovered"]
        assert marked["...found"]
        assert not marked["this"]


async def test_in_few_columns_the_takes_stand_below_each_other() -> None:
    async with shown(folded(lighthouse()), size=(50, 60)) as (app, _, _):
        rows = app.picture()
        at = rows.index(" - Not the weather. Anything but the weather.")
        assert rows[at + 1] == " + Anything but the weather."
        assert rows[1].startswith(" - s1.t1")
        assert rows[2].startswith(" + s1.t2")


async def test_keys_go_through_takes_and_changes() -> None:
    screen = folded(lighthouse())
    async with shown(screen, size=(100, 14)) as (app, panel, pilot):
        await pilot.press("left")
        assert panel.take == "s1.t1"
        assert panel.drafts[0] is None  # There is none before it.
        assert "~" not in "\n".join(app.picture()[3:])
        assert panel.drafts[1] is not None
        assert panel.pointed == panel.drafts[1].event
        await pilot.press("left", "right")
        assert panel.take == "s1.t2"
        tops: list[int] = []
        for key in ("n", "n", "n", "N", "j", "k", "pagedown", "pageup"):
            await pilot.press(key)
            tops.append(panel.scroll_offset.y)
        assert tops[0] < tops[1] < tops[2]
        assert tops[3] == tops[1]
        assert tops[4] == tops[3] + 1
        await pilot.press("enter")
        assert isinstance(app.said[-1], TakeChosen)
        assert app.said[-1].take == "s1.t2"
        panel.compare("s1.t1", "s1.t2")
        await pilot.pause()
        left, right = panel.drafts
        assert left is not None
        assert right is not None
        assert (left.take, right.take) == ("s1.t2", "s1.t1")


async def test_a_text_that_is_not_in_memory_is_fetched_or_said_to_be_missing() -> None:
    screen = folded(lighthouse(), Screen(window=Window(texts=1)))
    page = screen.script.pages["s1"]
    assert page.drafts[0].text is None
    async with shown(screen) as (app, _, _):
        assert "The text of s1.t1 is not at hand." in "\n".join(app.picture())
    asked: list[EventId] = []

    def text_of(event: EventId) -> str:
        asked.append(event)
        return FIRST

    async with shown(screen, TakesDiff(text_of=text_of)) as (app, _, _):
        assert "recovered" in "\n".join(app.picture())
    assert set(asked) == {page.drafts[0].text_from}


async def test_without_a_take_it_says_so() -> None:
    async with shown(Screen()) as (app, panel, pilot):
        assert "No take has been written" in app.picture()[0]
        await pilot.press("left", "right", "n", "N", "enter", "up", "down")
        assert panel.take == ""
        assert "weather" in SECOND


@pytest.mark.parametrize("width", [100, 60])
async def test_two_wordings_of_a_turn_stand_beside_each_other_until_a_take_is_looked_at(width: int) -> None:
    screen = folded(lighthouse())
    async with shown(screen, size=(width, 14)) as (app, panel, pilot):
        before = Wording("turn 3, branch 1", "She sinks the boat.")
        panel.hold(before, Wording("turn 3, branch 2", "She sells the boat."))
        await pilot.pause()
        text = "\n".join(app.picture())
        for words in ("turn 3, branch 1", "turn 3, branch 2", "She sinks the boat.", "She sells the boat."):
            assert words in text
        assert panel.pointed == 0
        panel.compare("s1.t2")
        await pilot.pause()
        assert "sinks" not in "\n".join(app.picture())
        assert panel.pointed
