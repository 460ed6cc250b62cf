"""A reader sees what a writer writes, while it is written."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from writersroom.archive import Archive
from writersroom.events.cued import Cued
from writersroom.events.line_spoken import LineSpoken

WRITER = """
import sys
from writersroom.archive import Archive
from writersroom.events.line_spoken import LineSpoken
with Archive.open(sys.argv[1], write=True) as archive:
    for number in range(int(sys.argv[2])):
        archive.append(LineSpoken(take="s1.t1", character="MARA", line=f"{number} " * 200), agent="MARA")
"""


def line(text: str) -> LineSpoken:
    return LineSpoken(take="s1.t1", character="MARA", line=text)


def test_another_process_is_followed_to_its_end(
    session: Archive, path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    session.close()
    with Archive.open(path) as reader:
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path), "60"]) as writer:
            events = list(islice(reader.watch(every=0.001), 61))
        assert writer.returncode == 0
        copy = tmp_path_factory.mktemp("mailed") / path.name
        copy.write_bytes(path.read_bytes())  # The file alone, as one copies or mails it.
        with Archive.open(copy) as copied:
            assert copied.turn == 60
        assert [event.id for event in events] == list(range(1, 62))
        assert [event.parent for event in events[1:]] == [event.id for event in events[:-1]]
        assert reader.turn == 60
    with Archive.open(path, write=True):  # The watcher kept the log from being folded back; this does it.
        pass
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_change_is_noticed_once(session: Archive, path: Path) -> None:
    with Archive.open(path) as reader:
        assert not reader.changed()
        session.append(Cued(to="MARA"))
        session.append(Cued(to="ELIAS"))
        assert reader.changed()
        assert not reader.changed()
        assert not session.changed()


def test_a_transaction_is_seen_whole_or_not_at_all(session: Archive, path: Path) -> None:
    with Archive.open(path) as reader:
        with session.at_once():
            session.append(line("One."), agent="MARA")
            session.append(line("Two."), agent="MARA")
            assert reader.turn == 0
            assert not reader.changed()
        assert reader.turn == 2
        assert reader.search("one")


def test_reading_goes_on_while_the_session_grows(session: Archive, path: Path) -> None:
    for _ in range(300):
        session.append(line("Before."), agent="MARA")
    with Archive.open(path) as reader:
        events = reader.events()
        first = next(events)
        session.append(line("After."), agent="MARA")
        assert [first.id, *(event.id for event in events)] == list(range(1, 302))
        assert reader.head == 302


def test_watching_follows_the_session_to_another_branch(session: Archive, path: Path) -> None:
    for number in range(3):
        session.append(line(f"{number}"), agent="MARA")
    with Archive.open(path) as reader:
        watched = reader.watch(after=2, every=0)
        assert [event.id for event in islice(watched, 2)] == [3, 4]
        session.branch(1)
        session.append(line("Otherwise."), agent="MARA")
        other = list(islice(watched, 2))
        assert [(event.id, event.parent) for event in other] == [(5, 2), (6, 5)]
        session.switch(4)
        back = list(islice(watched, 2))
        assert [(event.id, event.parent) for event in back] == [(3, 2), (4, 3)]


def test_watching_ends_when_it_is_asked_to(session: Archive, path: Path) -> None:
    looks = iter([False, False, True])
    with Archive.open(path) as reader:
        assert [event.id for event in reader.watch(every=0, stop=lambda: next(looks))] == [1]
    assert list(looks) == []


def test_a_reader_of_a_closed_session_sees_it_opened_again(session: Archive, path: Path) -> None:
    session.close()
    with Archive.open(path) as reader:
        assert reader.head == 1
        with Archive.open(path, write=True) as archive:
            archive.append(Cued(to="MARA"))
            assert reader.head == 2
        assert reader.head == 2
