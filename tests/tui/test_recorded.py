"""Every key on a recorded session, and the way of the player behind it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.cli.conftest import record
from tests.tui.screens import OnScreen, cells, driven, recorded_file, replay_app
from tests.view.playing import session
from writersroom.archive import Archive
from writersroom.tui.dialogs.asking import AskLine, Pick
from writersroom.tui.dialogs.help import Help
from writersroom.tui.home.screen import HomeScreen
from writersroom.tui.messages import BeatChosen, EarlierWanted, TakeChosen, TurnScrubbed
from writersroom.tui.panels.debate import DebatePanel
from writersroom.tui.playing.looks import KEPT, Looks
from writersroom.tui.playing.recorded import Recorded
from writersroom.tui.playing.typing_out import typed_out
from writersroom.tui.room.branches import BranchesScreen
from writersroom.tui.room.trouble import TroublePanel
from writersroom.tui.room.why import WhyScreen
from writersroom.view.resuming import screen_at
from writersroom.view.screen import folded


@pytest.fixture
def played(tmp_path: Path) -> Path:
    return recorded_file(tmp_path / "played.room")


def assert_shown(on: OnScreen) -> None:
    """Every panel shows the session as it is where one looks."""
    screen = on.room.player.screen
    for panel in on.room.panels.values():
        assert panel.value is screen
    assert on.room.timeline.value is screen


async def test_one_goes_through_the_turns_with_keys(played: Path) -> None:
    async with driven(replay_app(played)) as on:
        last = on.recorded.turns
        assert on.turn == 0
        await on.press("full_stop")
        assert on.turn == 1
        await on.press("right", "l")
        assert on.turn == 3
        assert_shown(on)
        await on.press("comma")
        assert on.turn == 2
        await on.press("left", "h")
        assert on.turn == 0
        await on.press("left")
        assert on.turn == 0
        await on.press("end")
        assert on.turn == last
        assert_shown(on)
        await on.press("right")
        assert on.turn == last
        await on.press("home")
        assert on.turn == 0


async def test_the_footer_says_what_space_does_now(played: Path) -> None:
    async with driven(replay_app(played)) as on:
        assert "Space Play " in cells(on.app)[-1]
        await on.pilot.press("space")
        await on.becomes(lambda: on.recorded.playing and "Space Pause " in cells(on.app)[-1])
        await on.press("space")
        assert "Space Play " in cells(on.app)[-1]


async def test_a_replay_that_is_paused_in_its_last_turn_plays_that_turn_to_its_end(tmp_path: Path) -> None:
    events = session(2, 200)
    while events[-1].turn != events[-2].turn:
        events = events[:-1]
    async with driven(replay_app(record(tmp_path / "a.room", events))) as on:
        player = on.recorded
        player.screen = folded(events[:-1])
        assert player.following
        await on.press("space")
        await on.until(lambda: not player.playing)
        assert player.screen.event == player.archive.head
        player.play()
        assert player.screen.turn < player.turns, "from the beginning, where all has been played"
        player.pause()


async def test_a_turn_is_gone_to_by_its_number(played: Path) -> None:
    async with driven(replay_app(played)) as on:
        await on.press("g")
        dialog = on.app.screen
        assert isinstance(dialog, AskLine)
        dialog.query_one(Input).value = "ten"
        await on.press("enter")
        assert on.app.screen is dialog
        dialog.query_one(Input).value = "30"
        await on.press("enter")
        assert on.turn == 30
        assert on.room.player.screen == folded(
            event for event in session(2, 200) if event.turn <= 30
        ).model_copy(update={"time": on.room.player.screen.time})


async def test_every_turn_looks_as_it_did_when_it_was_played(played: Path) -> None:
    with Archive.open(played) as archive:
        looks = Looks(archive)
        for turn in (40, 39, 38, 41, 7, 100, 12, 99):
            seen = looks.at(turn)
            assert seen is not None
            assert seen.turn == turn
            assert seen.plot == screen_at(archive, turn).plot
            assert seen.event == screen_at(archive, turn).event
        looks.forget()
        assert looks.at(50, stale=lambda: True) is None


async def test_the_looks_that_are_kept_are_the_last_ones(tmp_path: Path) -> None:
    with Archive.open(recorded_file(tmp_path / "long.room", events=3 * KEPT)) as archive:
        last = archive.event(archive.head).turn
        assert last > KEPT
        looks = Looks(archive)
        for turn in range(0, last, 7):
            assert looks.at(turn) is not None
        assert len(looks) == KEPT


def test_what_is_read_of_a_line_that_is_left_is_not_kept(played: Path) -> None:
    with Archive.open(played) as archive:
        looks = Looks(archive)

        def leaves() -> bool:
            looks.forget()
            return False

        assert looks.at(60, stale=leaves) is not None
        assert len(looks) == 0


async def test_keys_while_a_turn_is_gone_to_are_heeded(played: Path) -> None:
    async with driven(replay_app(played)) as on:
        player = on.recorded
        await on.pilot.press("space")
        player.seek(60)
        assert player.goes_on
        player.toggle()
        await on.settle()
        assert not player.playing
        assert on.turn == 60
        player.play()
        player.seek(90)
        player.toggle()
        player.toggle()
        while not player.playing:
            await on.pilot.pause(0.01)
        player.pause()
        await on.settle()
        assert on.turn >= 90
        told = [event for event in player.archive.events() if event.id <= player.screen.event]
        assert player.screen.plot == folded(told).plot
        assert player.screen.cast == folded(told).cast


async def test_it_plays_and_pauses_and_changes_its_speed(played: Path) -> None:
    async with driven(replay_app(played)) as on:
        player = on.recorded
        await on.pilot.press("space")
        assert player.playing
        assert player.saying == "playing"
        await on.pilot.press("right_square_bracket", "right_square_bracket")
        assert player.speed == 4
        assert player.playing
        await on.pilot.press("left_square_bracket")
        assert player.speed == 2
        await on.pilot.press("space")
        assert not player.playing
        for _ in range(20):
            await on.pilot.press("right_square_bracket")
        assert player.speed == 32


async def test_it_plays_to_its_end_and_then_from_the_beginning(tmp_path: Path) -> None:
    path = recorded_file(tmp_path / "a.room", events=60)
    seen: list[int] = []
    with Archive.open(path) as archive:
        player = Recorded(archive, lambda: seen.append(player.screen.turn), speed=0, typing=False)
        player.begin(0, playing=True)
        await player.settled()
        assert player.following
        assert not player.playing
        assert seen == sorted(seen)
        assert set(seen) >= set(range(1, player.turns))
        assert player.screen.event == archive.head
        player.play()
        assert player.screen.turn == 0
        player.pause()
        await player.close()


async def test_a_long_way_is_scrubbed_and_only_where_one_stops_is_shown(played: Path) -> None:
    async with driven(replay_app(played)) as on:
        for turn in range(0, on.recorded.turns, 3):
            on.room.post_message(TurnScrubbed(turn))
        on.room.post_message(TurnScrubbed(33))
        await on.settle()
        assert on.turn == 33
        assert_shown(on)


async def test_the_timeline_is_dragged_with_the_mouse(played: Path) -> None:
    async with driven(replay_app(played)) as on:
        timeline = on.room.timeline
        assert timeline.turns == on.recorded.turns
        assert timeline.marks.scenes
        assert timeline.marks.rulings
        column = timeline.column(50)
        await on.pilot.mouse_down(timeline, offset=(timeline.column(10), 1))
        await on.pilot.hover(timeline, offset=(column, 1))
        await on.pilot.mouse_up(timeline, offset=(column, 1))
        await on.settle()
        assert on.turn == timeline.turn_at(column)


async def test_a_beat_leads_to_the_turn_that_made_it_and_back(played: Path) -> None:
    async with driven(replay_app(played, at=60)) as on:
        beat, made = next(iter(on.recorded.screen.plot.made.items()))
        on.room.post_message(BeatChosen(beat))
        await on.settle()
        assert on.turn == made < 60
        on.room.post_message(BeatChosen(beat))
        await on.settle()
        assert on.turn == 60
        on.room.post_message(BeatChosen("no such beat"))
        await on.settle()
        assert on.turn == 60


async def test_takes_are_shown_beside_each_other(played: Path) -> None:
    async with driven(replay_app(played, at=60)) as on:
        page = next(page for page in on.recorded.screen.script.pages.values() if len(page.drafts) > 1)
        on.room.post_message(TakeChosen(page.drafts[1].take))
        await on.settle()
        assert on.room.takes.has_focus
        assert on.room.takes.drafts == (page.drafts[0], page.drafts[1])
        await on.press("less_than_sign")
        assert on.room.takes.drafts[1] == page.drafts[0]
        await on.press("greater_than_sign")
        assert on.room.takes.drafts[1] == page.drafts[1]


async def test_a_key_that_has_nothing_to_do_in_a_replay_says_why(played: Path) -> None:
    async with driven(replay_app(played)) as on:
        for keys, why in (
            (("comma", "comma"), "beginning"),
            (("less_than_sign",), "no take before"),
            (("greater_than_sign",), "no take after"),
            (("i",), "Nothing has been said"),
            (("y",), "no text"),
            (("end", "full_stop", "full_stop"), "last turn"),
            (("left_square_bracket",) * 9, "0.25x is the slowest"),
            (("right_square_bracket",) * 9, "32x is the fastest"),
            (("z", "plus"), "no other beside it"),
        ):
            before = len(on.notes)
            await on.press(*keys)
            said = on.notes[before:]
            assert len(said) == 1, keys
            assert why in said[0]


async def test_a_take_that_is_gone_to_is_in_sight(played: Path) -> None:
    async with driven(replay_app(played, at=60), size=(80, 24)) as on:
        page = next(page for page in on.recorded.screen.script.pages.values() if len(page.drafts) > 1)
        on.room.takes.compare(page.drafts[1].take)
        await on.press("f2")
        assert "takes" not in on.room.mosaic.seen
        await on.press("less_than_sign")
        assert on.room.takes.drafts[1] == page.drafts[0]
        assert on.room.takes.has_focus


async def test_what_lies_further_back_is_fetched(tmp_path: Path) -> None:
    path = recorded_file(tmp_path / "a.room", events=1500)
    async with driven(replay_app(path)) as on:
        await on.press("end")
        first = on.recorded.screen.debate[0].event.id
        held = on.room.debate.virtual_size.height
        on.room.debate.post_message(EarlierWanted(first, 50))
        await on.settle()
        assert on.room.debate.virtual_size.height > held


@pytest.mark.parametrize("key", ["e", "E", "r", "d", "t", "1"])
async def test_what_needs_a_model_says_so(played: Path, key: str) -> None:
    async with driven(replay_app(played, at=20)) as on:
        before = on.recorded.screen
        await on.press(key)
        assert on.app.screen is on.room
        assert on.recorded.screen is before
        assert any("no model" in note for note in on.notes)


async def test_why_says_what_the_record_knows(played: Path) -> None:
    async with driven(replay_app(played, at=20)) as on:
        await on.press("i")
        screen = on.app.screen
        assert isinstance(screen, WhyScreen)
        await on.becomes(lambda: bool(screen.whys))
        (known,) = screen.whys
        assert known.agent == "Director"
        assert known.knows == ("b1. notebook storm lamp debt letter keeper silence tide",)
        await on.until(lambda: on.sees(f"· {known.knows[0][:40]}"))
        await on.press("escape")
        assert on.app.screen is on.room


async def test_a_branch_is_made_in_the_file_and_found_in_the_tree(played: Path) -> None:
    async with driven(replay_app(played, at=20)) as on:
        last = on.recorded.turns
        await on.press("b")
        assert on.recorded.turns == 20
        assert len(on.recorded.archive.branches()) == 2
        await on.press("B")
        screen = on.app.screen
        assert isinstance(screen, BranchesScreen)
        await on.press("k")
        assert screen.compared is not None
        assert screen.compared.shared > 0
        await on.press("enter")
        assert on.recorded.turns == last


async def test_a_branch_that_another_process_goes_on_with_is_gone_to(played: Path) -> None:
    with Archive.open(played, write=True) as archive:
        archive.branch(20)
    async with driven(replay_app(played, at=10)) as on:
        await on.press("B", "k")
        event = next(event for event in session(3, 40) if event.body.kind == "pitched")
        with Archive.open(played, write=True) as archive:
            archive.switch(archive.branches()[0])
            last = archive.append(event.body, agent="Sceptic")
        await on.press("enter")
        assert on.recorded.turns == last.turn
        assert on.recorded.trouble is None
        await on.press("B")
        # The file goes on along branch 1 as well; where one only looks, that is what counts.
        with Archive.open(played, write=True) as archive:
            archive.switch(archive.branches()[1])
        await on.press("escape", "B")
        marked = [row for row in cells(on.app) if row[:44].rstrip(" │").endswith("  here")]
        assert ["branch 1" in row for row in marked] == [True]


async def test_a_branch_that_cannot_be_read_is_said(played: Path) -> None:
    with Archive.open(played, write=True) as archive:
        archive.branch(20)
    async with driven(replay_app(played, at=10)) as on:
        await on.press("B", "k")
        on.recorded.archive.close()
        await on.press("enter")
        assert on.recorded.trouble is not None
        assert on.turn == 10
        on.recorded.clear_trouble()
        await on.press("B")
        assert on.app.screen is on.room
        assert on.recorded.trouble is not None
        on.recorded.clear_trouble()
        await on.press("less_than_sign")
        assert on.recorded.trouble is not None


async def test_a_branch_of_a_session_that_is_being_played_is_refused(played: Path) -> None:
    async with driven(replay_app(played, at=20)) as on:
        with Archive.open(played, write=True):
            await on.press("b")
            assert len(on.recorded.archive.branches()) == 1
            assert any("open" in note for note in on.notes)


async def test_what_another_process_writes_is_seen(played: Path) -> None:
    async with driven(replay_app(played)) as on:
        last = on.recorded.turns
        event = next(event for event in session(3, 40) if event.body.kind == "pitched")
        with Archive.open(played, write=True) as archive:
            archive.append(event.body, agent="Sceptic")
        on.recorded.refresh()
        assert on.recorded.turns == last + 1
        await on.press("end")
        assert on.turn == last + 1


async def test_a_branch_that_another_process_begins_is_followed(played: Path) -> None:
    async with driven(replay_app(played, at=30)) as on:
        old = on.recorded.screen
        event = next(event for event in session(3, 40) if event.body.kind == "pitched")
        with Archive.open(played, write=True) as archive:
            archive.branch(20)
            for _ in range(archive.turn, on.recorded.turns):
                archive.append(event.body, agent="Sceptic")
        on.recorded.refresh()
        await on.settle()
        assert on.turn == 30
        assert on.recorded.screen.event > old.event
        assert "branch 2/2" in "\n".join(cells(on.app))


async def test_panels_are_gone_through_resized_and_made_large(played: Path) -> None:
    async with driven(replay_app(played, at=30), size=(200, 60)) as on:
        room = on.room
        assert room.debate.has_focus
        order: list[str] = []
        for _ in range(5):
            order.append(str(room.focused.id) if room.focused else "")
            await on.press("tab")
        assert order == ["debate", "plot", "script", "cast", "critic"]
        assert room.debate.has_focus
        await on.press("shift+tab")
        assert room.panels["critic"].has_focus
        for key, name in {"f3": "plot", "f4": "script", "f5": "takes", "f6": "cast", "f7": "critic"}.items():
            await on.press(key)
            assert room.panels[name].has_focus
            assert room.panels[name].size.width > 20
        await on.press("f2")
        width = room.debate.size.width
        await on.press("plus", "plus")
        assert room.debate.size.width > width
        await on.press("minus", "minus", "minus")
        assert room.debate.size.width < width
        await on.press("0")
        assert room.debate.size.width == width
        await on.press("z")
        assert room.mosaic.seen == ("debate",)
        assert room.debate.size.width == 200
        await on.press("z")
        assert len(room.mosaic.seen) == 5
        await on.press("z", "escape")
        assert len(room.mosaic.seen) == 5
        assert on.app.chosen.shares == {}


async def test_seams_are_dragged_and_names_clicked(played: Path) -> None:
    async with driven(replay_app(played, at=30), size=(200, 60)) as on:
        room = on.room
        seam = next(seam for seam in room.mosaic.laid.seams if seam.name == "debate")
        at = room.mosaic.region.offset
        width = room.debate.size.width
        x, y = seam.line.x + at.x, 20
        await on.pilot.mouse_down(offset=(x, y))
        await on.pilot.hover(offset=(x + 10, y))
        await on.pilot.mouse_up(offset=(x + 10, y))
        await on.settle()
        assert abs(room.debate.size.width - width - 10) <= 1
        assert on.app.chosen.shares["debate"] > seam.share
        head = next(head for head in room.mosaic.laid.heads if "takes" in head.panels)
        await on.pilot.click(offset=(head.region.x + at.x + 11, head.region.y + at.y))
        await on.settle()
        assert room.takes.has_focus
        await on.pilot.click(offset=(head.region.x + at.x + 3, head.region.y + at.y), times=2)
        await on.settle()
        assert room.mosaic.maximised == "script"


@pytest.mark.parametrize("size", [(80, 24), (100, 40), (160, 50), (200, 60), (60, 20), (40, 12)])
async def test_every_size_shows_the_debate_and_a_way_to_all_panels(
    played: Path, size: tuple[int, int]
) -> None:
    async with driven(replay_app(played, at=30), size=size) as on:
        mosaic = on.room.mosaic
        assert "debate" in mosaic.seen
        assert {name for head in mosaic.laid.heads for name in head.panels} == set(on.room.panels)
        for name in mosaic.seen:
            assert on.room.panels[name].size.width >= min(18, size[0] // 2 - 2)
            assert on.room.panels[name].size.height >= 1
        await on.pilot.resize_terminal(120, 40)
        await on.settle()
        assert "plot" in mosaic.seen


async def test_help_theme_and_copy(played: Path) -> None:
    async with driven(replay_app(played, at=30)) as on:
        await on.press("f1")
        assert isinstance(on.app.screen, Help)
        await on.press("escape", "f9")
        assert isinstance(on.app.screen, Pick)
        before = on.app.theme
        await on.press("down")
        assert on.app.theme != before
        await on.press("escape")
        assert on.app.theme == before
        await on.press("f9", "down", "enter")
        assert on.app.theme == on.app.chosen.theme != before
        await on.press("y")
        assert on.app.clipboard


async def test_leaving_the_room_leads_home(played: Path) -> None:
    async with driven(replay_app(played, at=30)) as on:
        await on.press("q")
        assert isinstance(on.app.screen, HomeScreen)
        assert [found.path for found in on.app.screen.sessions] == [played]
        await on.press("q")
        assert on.app.return_code == 0


async def test_a_damaged_record_is_said_and_what_was_read_stays(played: Path) -> None:
    async with driven(replay_app(played, at=5)) as on:
        on.recorded.archive.close()
        await on.press("g")
        await on.write("90")
        await on.press("enter")
        assert on.recorded.trouble is not None
        assert on.turn == 5
        await on.press("escape")
        assert on.recorded.trouble is None


@pytest.mark.parametrize("keys", [("up", "i"), ("pageup",) * 60])
async def test_a_key_that_reads_a_damaged_record_is_answered_with_what_is_wrong(
    tmp_path: Path, keys: tuple[str, ...]
) -> None:
    path = recorded_file(tmp_path / "long.room", events=900)
    async with driven(replay_app(path, at=400), size=(120, 60)) as on:
        on.recorded.archive.close()
        await on.press(*keys)
        assert on.app.return_code is None
        assert on.recorded.trouble is not None
        assert on.room.query_one(TroublePanel).display


def test_texts_come_word_by_word_and_are_whole_at_the_end() -> None:
    for event in session(2, 80):
        looks = list(typed_out(event, 2.0))
        assert sum(pause for _, pause in looks) == pytest.approx(2.0)
        texts = [piece.text for pieces, _ in looks for piece in pieces.values()]
        assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
        if event.body.kind == "pitched":
            assert texts[-1] == getattr(event.body, "reason", None)
    assert DebatePanel.ACTIONS.title == "Debate"
