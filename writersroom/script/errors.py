"""What can go wrong with a script. Every message is one sentence for a person."""

from __future__ import annotations


class ScriptError(Exception):
    """Base of all errors the script raises on purpose."""


class NoScene(ScriptError):
    """A text holds no scene heading, so there is nothing to make scenes of."""

    def __init__(self) -> None:
        super().__init__(
            "This script has no scene: begin each with a heading on a line of its own, such as "
            "`INT. LIGHTHOUSE - NIGHT`, or force one with a dot, `.THE LIGHTHOUSE`."
        )


class UnreadableScript(ScriptError):
    """A text is not what a screenplay can be.

    Attributes:
        line: where, counted from 1; None where it is about the whole text.
    """

    def __init__(self, problem: str, *, line: int | None = None) -> None:
        super().__init__(problem if line is None else f"Line {line}: {problem}")
        self.line = line
