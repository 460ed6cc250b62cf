"""At most one holds the lock, however many try, and a lock file alone locks nothing."""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from writersroom.archive.errors import CannotWrite, SessionInUse
from writersroom.archive.writer_lock import WriterLock


def test_only_one_holds_it_at_a_time(path: Path) -> None:
    holders: list[str] = []
    most = 0

    def hold_often() -> None:
        nonlocal most
        for _ in range(60):
            lock = when_free(path)
            holders.append("")
            time.sleep(0.001)
            most = max(most, len(holders))
            holders.pop()
            lock.release()

    threads = [threading.Thread(target=hold_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert list(path.parent.iterdir()) == []


def when_free(path: Path) -> WriterLock:
    while True:
        try:
            return WriterLock(path)
        except SessionInUse:
            time.sleep(0)


def test_a_lock_on_a_file_that_its_holder_removed_is_none(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = path.with_name(path.name + "-lock")
    os_open = os.open
    removed: list[int] = []

    def open_just_before_it_is_removed(name: Path, flags: int, mode: int) -> int:
        handle = os_open(name, flags, mode)
        if not removed:
            removed.append(handle)
            file.unlink()
        return handle

    monkeypatch.setattr(os, "open", open_just_before_it_is_removed)
    lock = WriterLock(path)
    assert removed
    with pytest.raises(SessionInUse):
        WriterLock(path)
    lock.release()


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


def test_a_full_disk_is_named_and_leaves_nothing_locked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(CannotWrite, match="No space left on device"):
            WriterLock(path)
    assert list(path.parent.iterdir()) == []
    WriterLock(path).release()


@pytest.mark.skipif(sys.platform == "win32", reason="flock is not how Windows locks.")
def test_a_file_system_without_locks_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", no_locks)
    with pytest.raises(CannotWrite, match="its file system has no locks"):
        WriterLock(path)
