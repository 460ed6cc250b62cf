"""A screen at any turn, from the nearest one that was kept, read from a real session file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import record
from tests.view.playing import session
from writersroom.archive import Archive
from writersroom.view.debate import debate_of
from writersroom.view.resuming import EVERY, NAME, TAIL, debate_before, kept_json, screen_at, worth_keeping
from writersroom.view.screen import Screen, Window, fold, folded


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """A session of some four hundred turns with screens kept as it went."""
    path: Path = record(tmp_path_factory.mktemp("view") / "long.room", session(6, 700))
    with Archive.open(path, write=True) as archive:
        screen, kept = Screen(), 0
        for event in list(archive.events()):
            screen = fold(screen, event)
            if worth_keeping(screen, kept):
                # Mid-turn on purpose: what is kept says itself how far it has come.
                archive.snapshot(screen.turn, NAME, kept_json(screen), event=event.id)
                kept = screen.turn
        assert kept >= 3 * EVERY
        yield archive


@pytest.mark.parametrize("turn", [0, 1, 99, 100, 101, 150, 299, 300, None])
def test_any_turn_is_reached_as_if_folded_from_the_beginning(archive: Archive, turn: int | None) -> None:
    reached = screen_at(archive, turn)
    whole = folded(archive.events(upto_turn=turn))
    forgotten = {name: getattr(whole, name) for name in ("debate", "unseen", "script", "criticism")}
    assert reached.model_copy(update=forgotten) == whole
    assert len(reached.debate) >= min(TAIL, len(whole.debate))
    assert reached.unseen + len(reached.debate) == whole.unseen + len(whole.debate)


def test_the_window_is_the_readers_own(archive: Archive) -> None:
    assert screen_at(archive, 300, Window(debate=10)).window.debate == 10
    assert len(screen_at(archive, 300, Window(debate=10)).debate) == 10


def test_a_kept_screen_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    path = record(tmp_path / "x.room", session(6, 100))
    with Archive.open(path, write=True) as archive:
        archive.snapshot(20, NAME, '{"of": "another version"}')
        assert screen_at(archive, 30) == folded(archive.events(upto_turn=30))


@pytest.mark.parametrize("items", [1, 5, 40, 100_000])
def test_scrolling_back_fetches_what_was_dropped(archive: Archive, items: int) -> None:
    whole = debate_of(event for event in archive.events())
    first = whole[len(whole) // 2].event.id
    before = debate_of(event for event in archive.events() if event.id < first)
    fetched = debate_before(archive, first, items)
    assert [item.event.id for item in fetched] == [item.event.id for item in before[-items:]]
    assert fetched == before[-items:]
