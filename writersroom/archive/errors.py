"""What can go wrong with a session file, one class for each thing a caller may want to tell apart.

Every message is one sentence for a person: which file, what is wrong, what to do. None of these leaves the
file changed: what cannot be written whole is not written at all, and a damaged file is never written to.
"""

from __future__ import annotations

from pathlib import Path


class ArchiveError(Exception):
    """Base of all errors raised by `writersroom.archive`.

    Attributes:
        path: the session file concerned.
    """

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path


class SessionMissing(ArchiveError):
    """There is no file of this name."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path, f"There is no session file {path}; `writersroom sessions` lists those there are."
        )


class SessionExists(ArchiveError):
    """A new session would take the place of a file that is there."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, f"There is already a file {path}, and it is left alone; choose another name.")


class NotASession(ArchiveError):
    """The file is something else."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(path, f"{path} is not a session file: {what}; name a file that writersroom wrote.")


class NewerSession(ArchiveError):
    """A later program wrote the file.

    Attributes:
        found: version of the file.
        known: latest version this program reads.
    """

    def __init__(self, path: Path, *, what: str, found: int, known: int) -> None:
        super().__init__(
            path,
            f"{path} has {what} version {found}, but this program knows versions up to {known}; "
            "update writersroom to open it.",
        )
        self.found = found
        self.known = known


class DamagedSession(ArchiveError):
    """The file is cut short or its contents contradict each other. It is not written to."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(path, f"{path} is damaged ({what}) and was left as it is; restore it from a copy.")


class ReadOnlySession(ArchiveError):
    """Something was to be written to a file, or through an archive, that may only be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            path, f"{path} cannot be written to: {why}; make it writable or branch it into a new file."
        )


class SessionInUse(ArchiveError):
    """Another process, or another part of this one, writes to the session.

    Attributes:
        process: its process id, where it is known.
    """

    def __init__(self, path: Path, process: int | None) -> None:
        by = f" by process {process}" if process is not None else ""
        super().__init__(
            path, f"{path} is open for writing{by}; close it there first, or open it here to watch only."
        )
        self.process = process


class CannotRead(ArchiveError):
    """The system does not let the file be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(path, f"{path} cannot be read: {why}; check its permissions and its disk.")


class CannotWrite(ArchiveError):
    """The system refused a write. What was to be written is not in the file; all before it is."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(path, f"{path} cannot be written: {why}; make room or choose another folder.")


class SessionClosed(ArchiveError):
    """The archive was used after it was closed."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, f"The session {path} was closed; open it again.")


class NoSuchTurn(ArchiveError):
    """The branch has no turn of this number.

    Attributes:
        turn: the number asked for.
        last: the last turn there is.
    """

    def __init__(self, path: Path, *, turn: int, last: int) -> None:
        super().__init__(path, f"{path} has no turn {turn}; give a turn from 0 to {last}.")
        self.turn = turn
        self.last = last


class NoSuchEvent(ArchiveError):
    """The session has no event of this id, or it is not where it was looked for."""

    def __init__(self, path: Path, event: int, where: str = "") -> None:
        super().__init__(
            path, f"{path} has no event {event}{where}; `writersroom show` lists branches and turns."
        )


class OutOfTurn(ArchiveError):
    """An event was given a turn that does not follow the one before it. A fault of the program."""

    def __init__(self, path: Path, *, turn: int, last: int) -> None:
        super().__init__(
            path, f"An event of turn {turn} cannot follow turn {last} in {path}; give {last} or {last + 1}."
        )
