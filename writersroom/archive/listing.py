"""All the sessions of a folder: what is in each, and where words occur."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from writersroom.archive.archive import Archive
from writersroom.archive.errors import ArchiveError
from writersroom.archive.reading import Reading
from writersroom.archive.schema import SUFFIX
from writersroom.archive.words import Hit
from writersroom.events import Event
from writersroom.events.convened import Convened
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scored import Scored
from writersroom.events.session_started import SessionStarted
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.take_written import TakeWritten
from writersroom.frozen import Frozen


class SessionSummary(Frozen):
    """What a list says of a session. Texts are as they were written, of any length."""

    path: Path
    modified: datetime
    """When its last event happened; of a file that cannot be read, when the file changed."""
    problem: str = ""
    """Why it cannot be read; where this is not empty, nothing below is known."""
    title: str = ""
    logline: str = ""
    turns: int = 0
    """Of the current branch, like all that follows but `branches`."""
    branches: int = 0
    last_speaker: str = ""
    last_line: str = ""
    """What was said last: a line, the end of a take, or the reason of a pitch, stance, ruling or note."""
    last_score: float | None = None
    """D of the take scored last, 0..1."""


class SessionHits(Frozen):
    """Where words occur in one session."""

    path: Path
    title: str = ""
    logline: str = ""
    hits: tuple[Hit, ...] = ()
    problem: str = ""
    """Why it could not be searched."""


def summary(session: Reading) -> SessionSummary:
    """What a list says of an open session.

    Raises:
        DamagedSession: what it shows cannot be read.
    """
    title, logline = _title(session)
    spoken = session.last("line_spoken", "take_written", "pitched", "stance_taken", "ruled", "note_given")
    scored = session.last("scored")
    return SessionSummary(
        path=session.path,
        modified=session.event(session.head).created,
        title=title,
        logline=logline,
        turns=session.turn,
        branches=len(session.branches()),
        last_speaker="" if spoken is None else _speaker(spoken),
        last_line="" if spoken is None else _said(spoken),
        last_score=scored.body.d if scored is not None and isinstance(scored.body, Scored) else None,
    )


def list_sessions(folder: str | os.PathLike[str]) -> tuple[SessionSummary, ...]:
    """The session files of a folder, the one that went on last first.

    A file that cannot be read is listed with the reason; nothing here raises but for the folder itself.

    Raises:
        OSError: the folder cannot be read. One that is not there has no sessions.
    """
    found: list[SessionSummary] = []
    for path in _files(folder):
        try:
            with Archive.open(path) as session:
                found.append(summary(session))
        except ArchiveError as error:
            found.append(SessionSummary(path=path, modified=_modified(path), problem=str(error)))
    return tuple(sorted(found, key=lambda session: session.modified, reverse=True))


def search_sessions(folder: str | os.PathLike[str], text: str, *, limit: int = 50) -> tuple[SessionHits, ...]:
    """The sessions of a folder in which all the words of `text` occur in one event, and those unreadable.

    Args:
        folder: where the session files are.
        text: see `words.Query`.
        limit: most hits of one session.

    Raises:
        OSError: the folder cannot be read. One that is not there has no sessions.
    """
    found: list[SessionHits] = []
    for path in _files(folder):
        try:
            with Archive.open(path) as session:
                hits = session.search(text, limit=limit)
                if hits:
                    title, logline = _title(session)
                    found.append(SessionHits(path=path, title=title, logline=logline, hits=hits))
        except ArchiveError as error:
            found.append(SessionHits(path=path, problem=str(error)))
    return tuple(found)


def _files(folder: str | os.PathLike[str]) -> list[Path]:
    try:
        return sorted(path for path in Path(folder).iterdir() if path.name.endswith(SUFFIX))
    except FileNotFoundError:
        return []


def _modified(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except OSError:  # It went while we looked.
        return datetime.fromtimestamp(0, UTC)


def _title(session: Reading) -> tuple[str, str]:
    first = session.event(1).body
    title, logline = (first.title, first.logline) if isinstance(first, SessionStarted) else ("", "")
    convened = session.last("convened")
    if convened is not None and isinstance(convened.body, Convened) and convened.body.title:
        title = convened.body.title
    return title, logline


def _speaker(event: Event) -> str:
    return event.body.character if isinstance(event.body, LineSpoken) else event.agent


def _said(event: Event) -> str:
    match event.body:
        case LineSpoken(line=line, action=action):
            return line or action
        case TakeWritten(text=text):
            return next((line for line in reversed(text.splitlines()) if line.strip()), "")
        case Pitched(reason=reason) | StanceTaken(reason=reason) | Ruled(reason=reason):
            return reason
        case NoteGiven(problem=problem):
            return problem
        case _:
            return ""
