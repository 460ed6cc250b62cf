"""Sessions for the tests of the archive, with a clock that moves a second a look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from writersroom.archive import Archive
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.session_started import SessionStarted

STARTED = SessionStarted(logline="A keeper lets the lamp go out.", title="The Lamp", seed=7)


def ticking() -> Callable[[], datetime]:
    seconds = count()
    return lambda: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=next(seconds))


def written(path: Path, turns: int = 40) -> bytes:
    """Make a session and close it; returns the file."""
    with Archive.create(path, STARTED) as archive:
        for turn in range(turns):
            archive.append(
                LineSpoken(take="s1.t1", character="MARA", line=f"Line {turn}. " * 90), agent="MARA"
            )
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lamp.room"


@pytest.fixture
def session(path: Path) -> Iterator[Archive]:
    """A new session, open for writing."""
    with Archive.create(path, STARTED, clock=ticking()) as archive:
        yield archive
