"""What can be wrong with the data of a room. Every message is one sentence: which file, which line, why."""

from __future__ import annotations


class CastError(Exception):
    """Base of all errors raised by `writersroom.cast`."""


class BadFile(CastError):
    """A file of a room that cannot be used.

    Attributes:
        where: the file, or what else the text came from.
        line: line of the fault, from 1; 0 where the fault is not in one line.
        reason: what is wrong and what to do, without a full stop.
    """

    def __init__(self, where: str, line: int, reason: str) -> None:
        place = f"{where}, line {line}" if line else where
        super().__init__(f"{place}: {reason.rstrip('.')}.")
        self.where = where
        self.line = line
        self.reason = reason


class BadCard(BadFile):
    """An agent card with a mistake."""


class BadTemplate(BadFile):
    """A prompt template that does not render."""


class BadRepertoire(BadFile):
    """The list of dramatic devices has a mistake."""


class BadTavernCard(BadFile):
    """A file that is no SillyTavern character card, or a damaged one."""


class BadCast(CastError):
    """Each card is right, but together they make no room."""
