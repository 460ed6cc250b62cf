"""`branch` goes on from an earlier turn and loses nothing."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Writersroom
from writersroom.archive import Archive
from writersroom.events.branched import Branched
from writersroom.exits import Exit


def test_a_branch_in_the_same_file_leaves_the_old_line_whole(writersroom: Writersroom, played: Path) -> None:
    with Archive.open(played) as archive:
        before = list(archive.events())
        fork = archive.at_turn(9)
    ran = writersroom("branch", played, "--at", "9", "--reason", "what if", "--json")
    assert ran.code == Exit.OK
    assert ran.json == {"file": str(played), "branch": 2, "fork": fork.id, "turn": 9}
    with Archive.open(played) as archive:
        old, new = archive.branches()
        assert list(archive.events(head=old.head)) == before
        assert new.current
        *shared, first = archive.events()
        assert shared == [event for event in before if event.id <= fork.id]
        assert first.body == Branched(fork=fork.id, reason="what if")


def test_a_branch_in_a_file_of_its_own_leaves_the_old_file_untouched(
    writersroom: Writersroom, played: Path, tmp_path: Path
) -> None:
    before = played.read_bytes()
    new = tmp_path / "other.room"
    ran = writersroom("branch", played, "--at", "9", "--session", new)
    assert ran.code == Exit.OK
    assert ran.out == f"{new}\n"
    assert "after turn 9" in ran.err
    assert played.read_bytes() == before
    with Archive.open(played) as one, Archive.open(new) as other:
        shared = list(one.events(upto_turn=9))
        assert list(other.events())[:-1] == shared
        assert other.turn == 9


def test_no_file_is_written_over(writersroom: Writersroom, played: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.room"
    there.write_text("mine")
    ran = writersroom("branch", played, "--at", "2", "--session", there)
    assert ran.code == Exit.OUTPUT
    assert there.read_text() == "mine"
    assert writersroom("branch", played, "--at", "2", "--session", played).code == Exit.OUTPUT


def test_a_name_that_sessions_will_not_list_is_remarked_on(
    writersroom: Writersroom, played: Path, tmp_path: Path
) -> None:
    assert ".room" in writersroom("branch", played, "--at", "2", "--session", tmp_path / "x.db").err


def test_a_branch_needs_a_turn_that_is_there(writersroom: Writersroom, played: Path) -> None:
    assert writersroom("branch", played).code == Exit.USAGE
    assert writersroom("branch", played, "--at", "5000").code == Exit.USAGE
    with Archive.open(played) as archive:
        assert len(archive.branches()) == 1
