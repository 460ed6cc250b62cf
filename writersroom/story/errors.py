"""What can go wrong with a plot graph. Every message is for a person: what, where, what to do."""

from __future__ import annotations


class StoryError(Exception):
    """Base of all errors the story raises on purpose."""


class UnknownBeat(StoryError, LookupError):
    """No beat has this id.

    Attributes:
        id: the id asked for.
    """

    def __init__(self, id: str) -> None:
        super().__init__(f"There is no beat {id!r}; ask `ids()` for those there are.")
        self.id = id


class IllegalMove(StoryError):
    """A move, or a change of status, that the graph as it stands does not allow. Nothing was changed.

    Attributes:
        problems: each a sentence.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class DiffMismatch(StoryError):
    """A recorded diff does not fit the graph it is to be applied to. Nothing was changed.

    Attributes:
        problems: each a sentence.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(
            "The recorded change does not fit this graph: "
            + " ".join(problems)
            + " Replay the session from an earlier turn."
        )
        self.problems = problems


class BrokenGraph(StoryError):
    """A saved graph breaks a rule that no sequence of moves can break: it was edited or cut short.

    Attributes:
        problems: each a sentence.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("The saved plot graph cannot be used: " + " ".join(problems))
        self.problems = problems
