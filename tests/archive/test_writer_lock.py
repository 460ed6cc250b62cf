"""At most one holds the lock, however many try, and a lock file alone locks nothing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from writersroom.archive.errors import CannotWrite, SessionInUse
from writersroom.archive.writer_lock import WriterLock


def test_only_one_holds_it_at_a_time(path: Path) -> None:
    holders: list[str] = []
    most = 0
    got = 0

    def try_often() -> None:
        nonlocal most, got
        for _ in range(300):
            try:
                lock = WriterLock(path)
            except SessionInUse:
                continue
            holders.append("")
            most, got = max(most, len(holders)), got + 1
            holders.pop()
            lock.release()

    threads = [threading.Thread(target=try_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert got > 300
    assert list(path.parent.iterdir()) == []


def test_a_file_left_by_one_that_was_killed_locks_nothing(path: Path) -> None:
    path.with_name(path.name + "-lock").write_text("99999")
    lock = WriterLock(path)
    with pytest.raises(SessionInUse) as caught:
        WriterLock(path)
    assert caught.value.process != 99999
    lock.release()
    lock.release()
    assert list(path.parent.iterdir()) == []


def test_what_is_in_the_file_may_be_anything(path: Path) -> None:
    file = path.with_name(path.name + "-lock")
    lock = WriterLock(path)
    file.write_bytes(b"\xff not a number")
    with pytest.raises(SessionInUse, match="is open for writing;") as caught:
        WriterLock(path)
    assert caught.value.process is None
    lock.release()


def test_no_lock_without_a_folder(path: Path) -> None:
    with pytest.raises(CannotWrite, match="No such file or directory"):
        WriterLock(path / "within" / "lamp.room")
