"""All the sessions of a folder: what is in each, and where words occur."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from writersroom.archive.archive import Archive
from writersroom.archive.errors import ArchiveError
from writersroom.archive.reading import Reading
from writersroom.archive.schema import SUFFIX
from writersroom.archive.words import Hit
from writersroom.events.convened import Convened
from writersroom.events.edited import Edited
from writersroom.events.edits import with_edits
from writersroom.events.game_valued import GameValued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scored import Scored
from writersroom.events.session_started import SessionStarted
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.take_written import TakeWritten
from writersroom.frozen import Frozen

_EXTENSION = re.compile(r"\s*(?:\([^()]*\)\s*)*\^?\s*$")
"""What may follow the name in a cue: `(V.O.)`, and the caret of a dual dialogue."""


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
    """Who speaks `last_line`: a character, or an agent in the debate; empty where nobody is named."""
    last_line: str = ""
    """The last line of the scene written last, in the take that was kept or else leads; while no scene is
    written, the reason of the last pitch, stance or ruling."""
    last_score: float | None = None
    """D of the take that was kept of the scene judged last, or else of the one that leads there, 0..1."""


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
    speaker, line = _said_last(session)
    return SessionSummary(
        path=session.path,
        modified=session.event(session.head).created,
        title=title,
        logline=logline,
        turns=session.turn,
        branches=len(session.branches()),
        last_speaker=speaker,
        last_line=line,
        last_score=_score(session),
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


def _kept(session: Reading, take: str) -> str:
    """The take that its scene was locked with, or else the one that leads; `take` while none does."""
    scene = take.rpartition(".")[0]
    decided = session.last("scene_opened", "game_valued", "scene_locked", scene=scene)
    match decided.body if decided is not None else None:
        case SceneLocked(take=locked):
            return locked
        case GameValued(best=leading) if leading:
            return leading
        case _:
            return take


def _score(session: Reading) -> float | None:
    last = session.last("scored")
    if last is None or not isinstance(last.body, Scored):
        return None
    scored = session.last("scored", take=_kept(session, last.body.take))
    return scored.body.d if scored is not None and isinstance(scored.body, Scored) else None


def _said_last(session: Reading) -> tuple[str, str]:
    """Who, and what: in the scene written last, or else in the debate."""
    written = session.last("line_spoken", "take_written")
    if written is None or not isinstance(written.body, LineSpoken | TakeWritten):
        argued = session.last("pitched", "stance_taken", "ruled")
        if argued is None or not isinstance(argued.body, Pitched | StanceTaken | Ruled):
            return "", ""
        return argued.agent, argued.body.reason
    take = _kept(session, written.body.take)
    edits = tuple(session.of_kinds("edited"))
    spoken, text = (session.last(kind, take=take) for kind in ("line_spoken", "take_written"))
    # The text of an edited take is a person's; what was spoken for it may no longer stand in it.
    rewritten = text is not None and any(
        isinstance(edit.body, Edited) and edit.body.target == text.id for edit in edits
    )
    if spoken is not None and not rewritten:
        said = next(with_edits((spoken, *edits))).body
        assert isinstance(said, LineSpoken)
        return said.character, said.line or said.action
    body = next(with_edits((text, *edits))).body if text is not None else written.body
    return _last_speech(body.text) if isinstance(body, TakeWritten) else ("", "")


def _last_speech(text: str) -> tuple[str, str]:
    """Who speaks last in a take, and the last line of it; the take's last line where nobody speaks.

    A cue in Fountain is a line in capitals, or after an @, with the speech directly under it.
    """
    for block in reversed(re.split(r"\n\s*\n", text)):
        cue, *below = block.strip().splitlines() or [""]
        speech = [line.strip() for line in below if not line.strip().startswith("(")]
        name = _EXTENSION.sub("", cue)
        if speech and (name.isupper() or name.startswith("@")):
            return name.removeprefix("@").strip(), speech[-1]
    return "", next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")
