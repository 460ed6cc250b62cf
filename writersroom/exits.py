"""Exit codes: stable, documented, one for each thing a script may want to tell apart.

Errors are named by their class path rather than imported, so that knowing the codes costs no imports. A class
that is not named takes the code of the nearest of its bases that is.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What `writersroom` returns to the shell."""

    OK = 0
    FAILED = 1
    """The command ran and the answer is no, or an error that has no code of its own."""
    USAGE = 2
    """The command line is not understood."""
    INPUT = 3
    """A file that was named cannot be read: missing, damaged, newer than this program, or something else."""
    BUSY = 4
    """The session is open for writing elsewhere."""
    OUTPUT = 5
    """Nothing could be written there: read-only, full, or in the way of a file that exists."""
    MODEL = 6
    """The model, or the server behind it, cannot be found or used."""
    WAITING = 7
    """It is the turn of a person, who is not there to take it."""
    UNEXPECTED = 70
    """A fault of the program itself."""
    INTERRUPTED = 130
    """Ctrl+C."""
    PIPE_CLOSED = 141
    """The reader of the output went away."""


MEANING: dict[Exit, str] = {
    Exit.OK: "Done.",
    Exit.FAILED: "The command ran and the answer is no, or an error that has no code of its own.",
    Exit.USAGE: "The command line is not understood.",
    Exit.INPUT: "A file that was named cannot be read: missing, damaged, newer, or something else.",
    Exit.BUSY: "The session is open for writing elsewhere.",
    Exit.OUTPUT: "Nothing could be written there: read-only, full, or in the way of a file that exists.",
    Exit.MODEL: "The model, or the server behind it, cannot be found or used.",
    Exit.WAITING: "It is the turn of a person, who is not there to take it.",
    Exit.UNEXPECTED: "A fault of the program itself.",
    Exit.INTERRUPTED: "Ctrl+C.",
    Exit.PIPE_CLOSED: "The reader of the output went away.",
}
"""What each code means, for the documentation."""

OF_ERROR: dict[str, Exit] = {
    "builtins.FileNotFoundError": Exit.INPUT,
    "builtins.IsADirectoryError": Exit.INPUT,
    "builtins.NotADirectoryError": Exit.INPUT,
    "builtins.UnicodeDecodeError": Exit.INPUT,
    "builtins.FileExistsError": Exit.OUTPUT,
    "builtins.PermissionError": Exit.OUTPUT,
    "builtins.OSError": Exit.FAILED,
    "writersroom.archive.errors.ArchiveError": Exit.INPUT,
    "writersroom.archive.errors.SessionInUse": Exit.BUSY,
    "writersroom.archive.errors.SessionExists": Exit.OUTPUT,
    "writersroom.archive.errors.ReadOnlySession": Exit.OUTPUT,
    "writersroom.archive.errors.CannotWrite": Exit.OUTPUT,
    "writersroom.archive.errors.NoSuchTurn": Exit.USAGE,
    "writersroom.archive.errors.NoSuchEvent": Exit.USAGE,
    "writersroom.cast.errors.CastError": Exit.INPUT,
    "writersroom.cast.founding.NotEmpty": Exit.OUTPUT,
    "writersroom.critic.errors.CriticError": Exit.INPUT,
    "writersroom.events.errors.EventError": Exit.INPUT,
    "writersroom.script.errors.ScriptError": Exit.INPUT,
    "writersroom.story.errors.StoryError": Exit.FAILED,
    "writersroom.story.errors.DiffMismatch": Exit.INPUT,
    "writersroom.story.errors.BrokenGraph": Exit.INPUT,
    "writersroom.engine.errors.EngineError": Exit.MODEL,
}
"""Code of each error class that has one, by its full name."""


def exit_of(error: BaseException) -> Exit | None:
    """The code of an error, or None where neither its class nor a base of it is named."""
    for kind in type(error).__mro__:
        code = OF_ERROR.get(f"{kind.__module__}.{kind.__qualname__}")
        if code is not None:
            return code
    return None
