"""The debate: it follows the end, has a cursor, reaches back, streams, and never draws what nobody sees."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from textual import events as happenings
from textual import on
from textual.pilot import Pilot

from tests.tui.panels.hosting import Host
from tests.tui.panels.lighthouse import lighthouse
from tests.view.playing import session
from writersroom.events import Event
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.pitched import Pitched
from writersroom.tui.messages import BeatChosen, EarlierWanted, TurnChosen
from writersroom.tui.panels.debate import DebatePanel
from writersroom.tui.panels.stack import KEPT
from writersroom.view.debate import Debate, debate_of
from writersroom.view.screen import Screen, Window, fold, folded


@dataclass(frozen=True)
class Speaking:
    """Text on its way."""

    agent: str
    text: str
    kind: str = "pitch"
    take: str = ""
    pitch: int = 0


@asynccontextmanager
async def shown(
    events: list[Event], panel: DebatePanel | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncGenerator[tuple[Host[DebatePanel], DebatePanel, Pilot[None]], None]:
    panel = panel or DebatePanel()
    app = Host(panel)
    async with app.run_test(size=size) as pilot:
        panel.show(folded(events))
        await pilot.pause()
        yield app, panel, pilot


def stand(panel: DebatePanel, event: Event) -> None:
    """Go up to an event."""
    while panel.pointed != event.id:
        was = panel.pointed
        panel.action_up()
        assert panel.pointed != was, "it is not held"


async def test_a_pitch_has_under_it_who_holds_what_of_it_and_the_ruling() -> None:
    async with shown(lighthouse(), size=(100, 400)) as (app, _, _):
        text = "\n".join(app.picture())
    pitch = text.index("Ioan pitches")
    assert "because of b1" in text
    for sign in ("± Mara amends", "✓ Vera is for it", "● Ada rules: adopted", "→ b2 added; b1 causes b2"):
        assert text.index(sign, pitch) > pitch
    assert "○ Ada rules: rejected" in text
    assert "✗ Otto is against it" in text


async def test_it_follows_the_end_until_one_goes_up_and_again_from_there() -> None:
    events = lighthouse()
    async with shown(events[:40]) as (app, panel, pilot):
        assert panel.following
        panel.show(folded(events[:60]))
        await pilot.pause()
        assert panel.is_vertical_scroll_end
        await pilot.press("up")
        assert not panel.following
        first = panel.pointed
        assert first
        seen = app.picture()
        panel.show(folded(events))
        await pilot.pause()
        assert panel.pointed == first
        assert [row[:70].rstrip() for row in app.picture()] == [row[:70].rstrip() for row in seen]
        await pilot.press("G")
        assert panel.following
        assert panel.is_vertical_scroll_end
        assert panel.pointed == 0


async def test_the_cursor_walks_through_every_entry_and_back() -> None:
    events = lighthouse()
    debate = debate_of(events)
    entries = [event.id for item in debate for event in (item.event, *item.answers)]
    async with shown(events) as (_, panel, pilot):
        walked: list[int] = []
        for _ in entries:
            panel.action_up()
            walked.append(panel.pointed)
        await pilot.pause()
        assert walked == entries[::-1]
        for _ in entries:
            panel.action_down()
        assert panel.following


async def test_what_the_cursor_is_on_is_in_sight() -> None:
    async with shown(session(3, 400)) as (app, panel, pilot):
        for key in ["k"] * 9 + ["pageup"] * 3 + ["j"] * 4 + ["pagedown"]:
            await pilot.press(key)
            assert panel.cursor is not None
            span = panel.stack.span(panel.cursor)
            top = panel.scroll_offset.y
            assert top <= span.start < top + panel.size.height
            assert any(row.startswith("▌") for row in app.picture())


async def test_enter_asks_for_the_turn_and_p_for_the_beat() -> None:
    events = lighthouse()
    pitch = next(event for event in events if isinstance(event.body, Pitched) and event.turn > 5)
    async with shown(events) as (app, panel, pilot):
        stand(panel, pitch)
        await pilot.press("enter", "p")
        assert [message.turn for message in app.said if isinstance(message, TurnChosen)] == [pitch.turn]
        assert [message.beat for message in app.said if isinstance(message, BeatChosen)] == ["b1"]


async def test_a_click_marks_and_a_second_one_opens() -> None:
    async with shown(lighthouse()) as (app, panel, pilot):
        await pilot.click(panel, offset=(20, 10))
        assert panel.cursor is not None
        assert any(row.startswith("▌") for row in app.picture())
        await pilot.click(panel, offset=(20, 10), times=2)
        assert app.of(TurnChosen)


async def test_thoughts_are_hidden_until_they_are_asked_for() -> None:
    events = lighthouse()
    thought = next(event.body.thought for event in events if isinstance(event.body, LineSpoken))
    async with shown(events, size=(100, 400)) as (app, panel, pilot):
        assert thought not in "\n".join(app.picture())
        await pilot.press("T")
        await pilot.pause()
        assert panel.thoughts
        assert f"∘ {thought}" in "\n".join(app.picture())


async def test_what_is_being_said_stands_at_the_end_for_every_agent() -> None:
    async with shown(lighthouse()) as (app, panel, pilot):
        panel.stream((Speaking("Mara", "I would"), Speaking("Vera", "Not yet", "note", "s1.t1")))
        await pilot.pause()
        text = "\n".join(app.picture())
        assert "Mara pitches\n       I would▌" in text
        assert "Vera notes  s1.t1\n       Not yet▌" in text
        panel.stream((Speaking("Mara", ""),))  # It was thrown away and begins again.
        await pilot.pause()
        text = "\n".join(app.picture())
        assert "I would" not in text
        assert "Not yet" not in text
        pitch = next(event for event in lighthouse() if isinstance(event.body, Pitched) and event.turn > 5)
        answers = (
            Speaking("Vera", "But", "stance", pitch=pitch.id),
            Speaking("Vera", "Two", "line", "s1.t2"),
        )
        panel.stream(answers)  # One agent may be written twice at once.
        await pilot.pause()
        text = "\n".join(app.picture())
        assert f"Vera answers  on {pitch.agent}'s pitch\n       But▌" in text
        assert "Vera speaks  s1.t2\n       Two▌" in text
        panel.stream(())
        await pilot.pause()
        assert "▌" not in "\n".join(app.picture())


async def test_eight_who_speak_at_once_are_all_in_sight_with_their_last_words() -> None:
    async with shown(lighthouse(), size=(80, 40)) as (app, panel, pilot):
        speaking = tuple(Speaking(f"Agent {n}", f"{'word ' * 400}last of {n}") for n in range(8))
        panel.stream(speaking)
        await pilot.pause()
        text = "\n".join(app.picture())
        assert text.count("last of") == text.count("▌") == 8
        assert text.count("… word") == 8
        panel.stream((Speaking("Mara", "one\ntwo\nthree"),))
        await pilot.pause()
        assert "Mara pitches\n       one\n       two\n       three▌" in "\n".join(app.picture())


class Reader(Host[DebatePanel]):
    """Hands the panel what it asks for, as the room does."""

    def __init__(self, panel: DebatePanel, whole: Debate) -> None:
        super().__init__(panel)
        self.whole = whole

    @on(EarlierWanted)
    def fetch(self, message: EarlierWanted) -> None:
        at = next(n for n, item in enumerate(self.whole) if item.event.id == message.before)
        self.panel.earlier(self.whole[max(0, at - message.items) : at])


async def test_it_reaches_back_to_the_beginning_and_stays_where_it_was() -> None:
    events = session(5, 900)
    whole = debate_of(events)
    window = Screen(window=Window(debate=40))
    panel = DebatePanel()
    app = Reader(panel, whole)
    async with app.run_test(size=(80, 24)) as pilot:
        panel.show(folded(events, window))
        await pilot.pause()
        assert len(panel.stack.items) == 40
        for _ in range(40):
            panel.action_page_up()
            await pilot.pause()
            if len(panel.stack.items) > 40:
                break
        assert len(panel.stack.items) == 240
        marked = panel.pointed
        for number in range(240):
            panel.action_page_up()
            if number % 8 == 0:
                await pilot.pause()
        assert panel.stack.items[0].event.id == whole[0].event.id
        assert marked
        assert len(panel.stack.items) == len(whole)
        # A later screen goes on from what was fetched.
        panel.show(folded(session(5, 901), window))
        assert panel.stack.items[0].event.id == whole[0].event.id


async def test_it_asks_once_and_takes_what_comes() -> None:
    events = session(5, 900)
    whole = debate_of(events)
    panel = DebatePanel()
    app = Host(panel)
    async with app.run_test(size=(80, 24)) as pilot:
        panel.show(folded(events, Screen(window=Window(debate=40))))
        await pilot.pause()
        for _ in range(30):
            panel.action_page_up()
        await pilot.pause()
        wanted = app.of(EarlierWanted)
        assert len(wanted) == 1
        assert isinstance(wanted[0], EarlierWanted)
        first = panel.stack.items[0].event.id
        assert wanted[0].before == first
        at = next(n for n, item in enumerate(whole) if item.event.id == first)
        row = next(row for row in app.picture() if row.startswith("▌"))
        panel.earlier(whole[at - 30 : at])
        panel.earlier(whole[at - 30 : at])
        panel.earlier(())
        await pilot.pause()
        assert len(panel.stack.items) == 70
        assert row in app.picture()


async def test_who_follows_a_long_session_holds_no_more_of_it_than_the_window() -> None:
    events = session(5, 900)
    window = Screen(window=Window(debate=20))
    async with shown([]) as (_, panel, pilot):
        screen = window
        most = 0
        for event in events:
            screen = fold(screen, event)
            panel.show(screen)
            most = max(most, len(panel.stack.items))
        assert most == len(screen.debate) == 20
        await pilot.press("up", "up")
        on = panel.pointed
        for event in session(5, 960)[900:]:
            screen = fold(screen, event)
            panel.show(screen)
        await pilot.pause()
        # What one looks at stays, though the window has gone on from it.
        assert panel.pointed == on
        assert on not in {item.event.id for item in screen.debate}
        assert 20 < len(panel.stack.items) < 100
        await pilot.press("G")
        for event in session(5, 980)[960:]:
            screen = fold(screen, event)
            panel.show(screen)
        assert len(panel.stack.items) == 20


async def test_the_cursor_stays_on_what_it_is_on_when_other_items_come() -> None:
    events = session(5, 300)
    async with shown(events) as (_, panel, pilot):
        await pilot.press("up", "up", "up")
        on = panel.pointed
        panel.show(folded(events[:-1]))
        await pilot.pause()
        assert panel.pointed == on
        panel.show(folded(events[:20]))
        await pilot.pause()
        assert panel.pointed == 0
        assert panel.following


@pytest.mark.parametrize("follow", [True, False])
async def test_a_jump_back_and_forth_shows_what_there_is(follow: bool) -> None:
    events = session(7, 600)
    async with shown(events) as (_, panel, pilot):
        if not follow:
            await pilot.press("up")
        panel.show(folded(events[:50]))
        await pilot.pause()
        assert panel.stack.items == folded(events[:50]).debate
        panel.show(Screen())
        await pilot.pause()
        assert panel.stack.items == ()
        assert panel.cursor is None
        await pilot.press("up", "down", "enter", "p", "pageup")
        panel.show(folded(events))
        await pilot.pause()
        assert panel.stack.items[-1] == folded(events).debate[-1]


async def test_few_of_many_items_are_drawn() -> None:
    events = session(9, 1500)
    screen = folded(events, Screen(window=Window(debate=5000)))
    panel = DebatePanel()
    app = Host(panel)
    async with app.run_test(size=(80, 24)) as pilot:
        panel.show(screen)
        await pilot.pause()
        drawn = panel.stack._told  # pyright: ignore[reportPrivateUsage]  # what is being proved
        assert len(drawn) < 30
        for _ in range(150):
            panel.action_page_up()
        await pilot.pause()
        assert 30 < len(drawn) <= KEPT


async def test_another_width_keeps_what_one_looks_at() -> None:
    async with shown(session(3, 300), size=(100, 30)) as (app, panel, pilot):
        for _ in range(20):
            panel.action_up()
        await pilot.pause()
        marked = panel.pointed
        await pilot.resize_terminal(60, 30)
        await pilot.pause()
        assert panel.pointed == marked
        assert all(len(row) <= 60 for row in app.picture())
        assert panel.cursor is not None
        await pilot.press("up", "down")
        assert panel.pointed == marked


async def test_what_is_copied_is_what_the_cursor_is_on() -> None:
    events = lighthouse()
    pitch = next(event for event in events if isinstance(event.body, Pitched))
    async with shown(events) as (_, panel, _):
        assert panel.copied() == ""
        stand(panel, pitch)
        assert isinstance(pitch.body, Pitched)
        assert pitch.body.reason in panel.copied()


async def test_the_wheel_stops_following_and_takes_it_up_again() -> None:
    async with shown(session(3, 300)) as (_, panel, pilot):
        panel.post_message(_turned(happenings.MouseScrollUp, panel))
        await pilot.pause()
        assert not panel.following
        panel.post_message(_turned(happenings.MouseScrollDown, panel))
        await pilot.pause()
        assert panel.following


def _turned(kind: type[happenings.MouseEvent], panel: DebatePanel) -> happenings.MouseEvent:
    return kind(panel, 5, 5, 0, 0, 0, shift=False, meta=False, ctrl=False)
