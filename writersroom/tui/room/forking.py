"""Branches of a session, as a person goes among them: the tree, and the takes of one turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from writersroom.archive import Archive, Branch, current
from writersroom.events import Event, opens_turn
from writersroom.events.edits import with_edits
from writersroom.view.wording import words_of


def sibling(archive: Archive, event: Event, way: int) -> Branch | None:
    """The branch on which the turn of an event was spoken otherwise, `way` places after the current one.

    Such branches part from each other just before the turn, or at its end where its words were edited.
    """
    branches = archive.branches()
    by_id = {branch.id: branch for branch in branches}
    here = current(branches)
    while here.parent is not None and (here.fork_turn or 0) > event.turn:
        here = by_id[here.parent]  # It parted later, and shares the turn with that one.
    around = (event.turn - 1, event.turn)
    stem = here
    while (
        stem.parent is not None and stem.fork_turn in around
    ):  # A take of a take leaves the line of that one.
        stem = by_id[stem.parent]
    family, known = [stem], {stem.id}
    for branch in branches:  # Oldest first: each comes after the one that it leaves.
        if branch.parent in known and branch.fork_turn in around:
            family.append(branch)
            known.add(branch.id)
    at = family.index(here) + way
    return family[at] if 0 <= at < len(family) else None


def wording(archive: Archive, turn: int) -> str:
    """What was said in a turn of the branch that is looked at, as edits left it."""
    before = archive.at_turn(turn - 1).id if turn else None
    for event in with_edits(archive.events(after=before, upto_turn=turn)):
        if event.turn == turn and opens_turn(event.body, event.agent):
            return words_of(event.body)
    return ""


def as_tree(branches: Sequence[Branch]) -> Iterator[tuple[Branch, str]]:
    """The branches, each with the lines drawn before it: children under the one they go on from."""

    def under(parent: int | None, before: str) -> Iterator[tuple[Branch, str]]:
        children = [branch for branch in branches if branch.parent == parent]
        for number, child in enumerate(children):
            last = number == len(children) - 1
            if parent is None:
                yield child, ""
                yield from under(child.id, "")
            else:
                yield child, before + ("└─ " if last else "├─ ")
                yield from under(child.id, before + ("   " if last else "│  "))

    yield from under(None, "")


def parting(branches: Sequence[Branch], one: Branch, other: Branch) -> int:
    """The turn after which two branches go apart."""

    def way(branch: Branch) -> list[tuple[int, int]]:
        """Branch and last turn on it, from the first branch to this one."""
        by_id = {branch.id: branch for branch in branches}
        steps = [(branch.id, branch.turn)]
        while branch.parent is not None:
            steps.append((branch.parent, branch.fork_turn or 0))
            branch = by_id[branch.parent]
        return steps[::-1]

    turn = 0
    for mine, theirs in zip(way(one), way(other), strict=False):
        if mine[0] != theirs[0]:
            break
        turn = min(mine[1], theirs[1])
    return turn
