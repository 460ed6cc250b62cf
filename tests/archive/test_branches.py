"""Branching never changes what was there, and every line can be read as if it were the only one."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.archive.conftest import STARTED
from writersroom.archive import Archive, errors
from writersroom.events import Event
from writersroom.events.branched import Branched
from writersroom.events.cued import Cued
from writersroom.events.line_spoken import LineSpoken


def line(text: str) -> LineSpoken:
    return LineSpoken(take="s1.t1", character="MARA", line=text)


def three_turns(session: Archive) -> None:
    for number in range(1, 4):
        session.append(line(f"Line {number}."), agent="MARA")
        session.append(Cued(to="ELIAS"), agent="person")


def test_a_branch_starts_at_the_end_of_a_turn_and_leaves_the_rest(session: Archive) -> None:
    three_turns(session)
    before = list(session.events())
    new = session.branch(2, reason="She stays.")
    assert (new.parent, new.fork, new.fork_turn, new.turn, new.current) == (1, 5, 2, 2, True)
    assert session.event(new.head).body == Branched(fork=5, reason="She stays.")
    assert session.event(new.head).agent == "person"
    session.append(line("Another."), agent="MARA")
    assert [event.id for event in session.events()] == [1, 2, 3, 4, 5, 8, 9]
    assert [event.turn for event in session.events()] == [0, 1, 1, 2, 2, 2, 3]
    assert list(session.events(head=7)) == before
    assert [(branch.id, branch.head, branch.turn, branch.current) for branch in session.branches()] == [
        (1, 7, 3, False),
        (2, 9, 3, True),
    ]
    assert session.last("line_spoken") == session.event(9)


def test_turns_are_those_of_the_current_branch(session: Archive) -> None:
    three_turns(session)
    session.branch(1)
    assert session.turn == 1
    assert session.at_turn(1).id == 8
    with pytest.raises(errors.NoSuchTurn, match="from 0 to 1"):
        session.at_turn(2)
    session.switch(7)
    assert session.at_turn(1).id == 3
    assert session.turn == 3


def test_where_the_session_goes_on_is_kept(session: Archive, path: Path) -> None:
    three_turns(session)
    new = session.branch(1)
    session.close()
    with Archive.open(path, write=True) as archive:
        assert archive.head == new.head
        archive.switch(archive.branches()[0])
    with Archive.open(path) as archive:
        assert archive.head == 7


def test_a_reader_looks_where_it_wants_and_otherwise_follows(session: Archive, path: Path) -> None:
    three_turns(session)
    with Archive.open(path) as following, Archive.open(path) as staying:
        staying.switch(7)
        new = session.branch(1)
        assert following.head == new.head
        assert staying.head == 7
        staying.switch(new)
        assert staying.head == new.head
        assert session.head == new.head


def test_a_branch_is_gone_to_that_has_gone_on_since_it_was_looked_at(session: Archive, path: Path) -> None:
    three_turns(session)
    with Archive.open(path) as reader:
        first = reader.branches()[0]
        session.append(line("More."), agent="MARA")
        session.branch(1)
        reader.switch(first)
        assert reader.head == 8
        with pytest.raises(errors.NoSuchEvent):
            reader.switch(first.model_copy(update={"id": 3}))


def test_one_can_only_go_on_at_the_end_of_a_branch(session: Archive) -> None:
    three_turns(session)
    with pytest.raises(errors.NoSuchEvent, match="no event 4 at the end of a branch"):
        session.switch(4)


def test_an_event_after_one_in_the_middle_starts_a_branch(session: Archive) -> None:
    three_turns(session)
    event = session.append(line("Other."), agent="MARA", parent=3)
    assert (event.parent, event.turn, session.head) == (3, 2, event.id)
    assert [branch.fork for branch in session.branches()] == [None, 3]
    assert session.append(line("On."), agent="MARA", parent=7).turn == 4
    assert len(session.branches()) == 2
    assert session.branches()[0].current
    with pytest.raises(errors.NoSuchEvent):
        session.append(line("Nowhere."), agent="MARA", parent=99)


def test_snapshots_belong_to_their_branch(session: Archive) -> None:
    three_turns(session)
    session.snapshot(1, "fold.1", "one")
    session.snapshot(3, "fold.1", "three")
    session.snapshot(2, "other.1", "else", event=4)
    session.branch(2)
    kept = session.latest_snapshot("fold.1")
    assert kept is not None
    assert (kept.event, kept.turn, kept.state) == (3, 1, "one")
    session.snapshot(2, "fold.1", "two, otherwise")
    session.switch(7)
    assert [
        None if (kept := session.latest_snapshot("fold.1", upto_turn=turn)) is None else kept.state
        for turn in (0, 1, 2, 3, 10**30)
    ] == [None, "one", "one", "three", "three"]
    session.snapshot(3, "fold.1", "three, better")
    assert (kept := session.latest_snapshot("fold.1"))
    assert kept.state == "three, better"
    assert (kept := session.latest_snapshot("other.1"))
    assert (kept.event, kept.turn) == (4, 2)
    for event in (0, 99):
        with pytest.raises(errors.NoSuchEvent):
            session.snapshot(2, "fold.1", "{}", event=event)
    with pytest.raises(errors.NoSuchTurn):
        session.snapshot(9, "fold.1", "{}")


def test_a_copy_holds_the_branch_so_far_under_the_same_ids(session: Archive, tmp_path: Path) -> None:
    three_turns(session)
    session.snapshot(1, "fold.1", "one")
    session.snapshot(3, "fold.1", "three")
    session.branch(2)
    session.append(line("Aside."), agent="MARA")
    session.switch(7)
    session.append(line("Straight on."), agent="MARA")
    session.snapshot(4, "fold.1", "four")
    copy = tmp_path / "copy.room"
    session.copy_branch(3, copy, reason="Keep it.")
    with Archive.open(copy, write=True) as other:
        events = list(other.events())
        assert events[:-1] == list(session.events(upto_turn=3))
        assert events[-1].body == Branched(fork=7, source="lamp.room", reason="Keep it.")
        assert [branch.id for branch in other.branches()] == [1]
        assert (kept := other.latest_snapshot("fold.1"))
        assert kept.state == "three"
        assert [hit.event for hit in other.search("line")] == [6, 4, 2]
        assert other.append(line("On."), agent="MARA").turn == 4
        while other.head < session.head:
            other.append(Cued(to="MARA"))
        assert (kept := other.latest_snapshot("fold.1"))
        assert kept.state == "three"  # Not that of the event that has this id in the other file.
    assert session.head == 10


def test_a_copy_takes_no_other_file_s_place(session: Archive, tmp_path: Path) -> None:
    other = tmp_path / "other.room"
    other.write_bytes(b"mine")
    for target in (other, session.path):
        with pytest.raises(errors.SessionExists, match="left alone"):
            session.copy_branch(0, target)
    assert other.read_bytes() == b"mine"
    with pytest.raises(errors.NoSuchTurn):
        session.copy_branch(1, tmp_path / "third.room")
    with pytest.raises(errors.CannotWrite):
        session.copy_branch(0, tmp_path / "nowhere" / "third.room")
    assert sorted(file.name for file in tmp_path.glob("*.room")) == ["lamp.room", "other.room"]


class Line(NamedTuple):
    """A branch as the tests know it: all its events from the beginning."""

    events: list[Event]


class Tree(RuleBasedStateMachine):
    """Any sequence of appending, branching and switching, against lists of events."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "tree.room"

    @initialize()
    def begin(self) -> None:
        self.archive = Archive.create(self.path, STARTED)
        self.lines = [Line([self.archive.event(1)])]
        self.current = 0

    def teardown(self) -> None:
        if hasattr(self, "archive"):
            self.archive.close()
        self.folder.cleanup()

    @rule(speaks=st.booleans())
    def append(self, speaks: bool) -> None:
        agent = "MARA" if speaks else ""
        self.lines[self.current].events.append(self.archive.append(line("Word."), agent=agent))

    @rule(data=st.data())
    def branch(self, data: st.DataObject) -> None:
        shared = self.lines[self.current].events
        turn = data.draw(st.integers(0, shared[-1].turn))
        new = self.archive.branch(turn)
        self.lines.append(
            Line([event for event in shared if event.turn <= turn] + [self.archive.event(new.head)])
        )
        self.current = len(self.lines) - 1

    @rule(data=st.data())
    def switch(self, data: st.DataObject) -> None:
        self.current = data.draw(st.integers(0, len(self.lines) - 1))
        self.archive.switch(self.lines[self.current].events[-1].id)

    @rule(data=st.data())
    def append_anywhere(self, data: st.DataObject) -> None:
        home = self.lines[data.draw(st.integers(0, len(self.lines) - 1))].events
        at = data.draw(st.integers(0, len(home) - 1))
        event = self.archive.append(Cued(to="MARA"), parent=home[at].id)
        ends = [i for i, known in enumerate(self.lines) if known.events[-1] == home[at]]
        if ends:
            self.current = ends[0]
            self.lines[self.current].events.append(event)
        else:
            self.lines.append(Line([*home[: at + 1], event]))
            self.current = len(self.lines) - 1

    @precondition(lambda self: len(self.lines) > 1)
    @rule()
    def close_and_open(self) -> None:
        self.archive.close()
        self.archive = Archive.open(self.path, write=True)

    @invariant()
    def every_line_is_as_it_was_written(self) -> None:
        branches = self.archive.branches()
        assert [branch.head for branch in branches] == [known.events[-1].id for known in self.lines]
        assert [branch.current for branch in branches].index(True) == self.current
        for known in self.lines:
            assert list(self.archive.events(head=known.events[-1].id)) == known.events
        events = self.lines[self.current].events
        assert list(self.archive.events()) == events
        for turn in range(events[-1].turn + 1):
            assert self.archive.at_turn(turn) == [event for event in events if event.turn <= turn][-1]


TestTree = Tree.TestCase
TestTree.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
