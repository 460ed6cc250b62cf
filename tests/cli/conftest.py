"""Running the program in this process, and session files to run it on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.view.playing import session
from writersroom.archive import Archive
from writersroom.cli import execute
from writersroom.events import Event
from writersroom.events.session_started import SessionStarted


@dataclass(frozen=True)
class Ran:
    """What a command line came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # whatever the command documents
        """Stdout, all of it one JSON value."""
        return json.loads(self.out)


Writersroom = Callable[..., Ran]


@pytest.fixture
def writersroom(capsys: pytest.CaptureFixture[str]) -> Writersroom:
    """Run one command line, as `main` would."""

    def call(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = execute([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(int(code), captured.out, captured.err)

    return call


def record(path: Path, events: Sequence[Event]) -> Path:
    """Make a session file of events."""
    first = events[0].body
    assert isinstance(first, SessionStarted)
    moments = iter([event.created for event in events])
    with Archive.create(path, first, clock=lambda: next(moments)) as archive, archive.at_once():
        for event in events[1:]:
            archive.append(
                event.body, agent=event.agent, scene=event.scene, turn=event.turn, trace=event.trace
            )
    return path


@pytest.fixture
def played(tmp_path: Path) -> Path:
    """A session of some fifty turns, with text that a terminal would obey."""
    return record(tmp_path / "played.room", session(2, 120, awkward=True))
