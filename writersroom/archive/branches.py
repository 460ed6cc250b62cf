"""The lines of a session, and how to walk one of them.

Every event belongs to one branch by number. A branch goes on from its fork, an event of its parent branch, so
that the events along it are a few runs of rows: those of each ancestor up to where the next one forks, then
its own. Ids and turns grow along a branch, which makes every bound a range.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias, cast

from writersroom.archive.rows import moment
from writersroom.events import EventId
from writersroom.frozen import Frozen


class Branch(Frozen):
    """One line of the session."""

    id: int
    """1 is the first; later ones count up."""
    parent: int | None
    """The branch it goes on from; None for the first."""
    fork: EventId | None
    """The last event it shares with its parent."""
    fork_turn: int | None
    head: EventId
    """Its last event."""
    turn: int
    """The turn of its head."""
    created: datetime
    current: bool
    """Whether the session goes on here."""


def current(branches: Sequence[Branch]) -> Branch:
    """The one of a session's branches that it goes on along."""
    return next(branch for branch in branches if branch.current)


class Run(NamedTuple):
    """Consecutive events of one branch that lie on a route."""

    branch: int
    last: EventId


def starts(route: Route) -> Iterator[tuple[Run, EventId]]:
    """The runs of a route, each with the last event before it; 0 before the first.

    Ids grow along a route, so no event of a run is to be looked for before that one.
    """
    return zip(route, (0, *(run.last for run in route)), strict=False)


Route: TypeAlias = tuple[Run, ...]
"""From the first event of the session to some event, as runs in order."""


def route_to(connection: sqlite3.Connection, event: EventId) -> Route | None:
    """The route that ends in an event; None where there is no such event."""
    found = connection.execute("SELECT branch FROM events WHERE id = ?", (event,)).fetchone()
    if found is None:
        return None
    branch = cast(int, found[0])
    runs = [Run(branch, event)]
    while True:
        parent, fork = connection.execute(
            "SELECT parent, fork FROM branches WHERE id = ?", (branch,)
        ).fetchone()
        if parent is None:
            return tuple(reversed(runs))
        branch = cast(int, parent)
        runs.append(Run(branch, cast(int, fork)))


def last_of_turn(connection: sqlite3.Connection, route: Route, turn: int) -> EventId | None:
    """The last event on a route that happened in a turn or before it."""
    for run in reversed(route):
        found = connection.execute(
            "SELECT id FROM events WHERE branch = ? AND turn <= ? AND id <= ?"
            " ORDER BY branch DESC, turn DESC, id DESC LIMIT 1",
            (run.branch, turn, run.last),
        ).fetchone()
        if found is not None:
            return cast(int, found[0])
    return None


def head_of(connection: sqlite3.Connection, branch: int) -> tuple[EventId, int]:
    """Id and turn of the last event of a branch."""
    found = connection.execute(
        "SELECT id, turn FROM events WHERE branch = ? ORDER BY branch DESC, turn DESC, id DESC LIMIT 1",
        (branch,),
    ).fetchone()
    return cast("tuple[int, int]", found)


def all_branches(connection: sqlite3.Connection, current: int) -> tuple[Branch, ...]:
    """The branches of a session, oldest first."""
    found = connection.execute(
        "SELECT b.id, b.parent, b.fork, e.turn, b.created"
        " FROM branches b LEFT JOIN events e ON e.id = b.fork ORDER BY b.id"
    ).fetchall()
    branches: list[Branch] = []
    for number, parent, fork, fork_turn, created in found:
        head, turn = head_of(connection, number)
        branches.append(
            Branch(
                id=number,
                parent=parent,
                fork=fork,
                fork_turn=fork_turn,
                head=head,
                turn=turn,
                created=moment(created),
                current=number == current,
            )
        )
    return tuple(branches)


def until(route: Route, last: EventId) -> Route:
    """The part of a route that ends with an event on it; empty for 0."""
    kept: list[Run] = []
    for run in route:
        if last <= run.last:
            if last > 0:
                kept.append(Run(run.branch, last))
            break
        kept.append(run)
    return tuple(kept)


def shared(one: Route, other: Route) -> EventId:
    """The last event that lies on both routes. Routes of one session share its first."""
    last = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine.branch != theirs.branch:
            break
        last = min(mine.last, theirs.last)
        if mine.last != theirs.last:
            break
    return last


def last_of_kinds(
    connection: sqlite3.Connection, route: Route, kinds: Sequence[str], fields: Mapping[str, str]
) -> EventId | None:
    """The last event on a route that is of one of these kinds and has these values in its body.

    Args:
        connection: to the session file.
        route: where to look.
        kinds: of events.
        fields: values shorter than `rows.LONG`, by the name of the field.
    """
    # Without an index on kinds, which would be 3 % of the file: what is looked for is mostly near the end,
    # and 10,000 turns are gone through in 4 ms where it is not there at all.
    places = ", ".join("?" * len(kinds))
    held = "".join(" AND json_extract(json, ?) = ?" for _ in fields)
    values = [part for name, value in fields.items() for part in (f"$.{name}", value)]
    for run, before in reversed(tuple(starts(route))):
        found = connection.execute(
            f"SELECT id FROM events WHERE +branch = ? AND id > ? AND id <= ? AND kind IN ({places}){held}"
            " ORDER BY id DESC LIMIT 1",
            (run.branch, before, run.last, *kinds, *values),
        ).fetchone()
        if found is not None:
            return cast(int, found[0])
    return None


def branch_of(connection: sqlite3.Connection, event: EventId) -> int:
    """The branch of an event that exists."""
    return cast(int, connection.execute("SELECT branch FROM events WHERE id = ?", (event,)).fetchone()[0])


def new_branch(
    connection: sqlite3.Connection, *, parent: int | None, fork: EventId | None, created: int
) -> int:
    """Add a branch and go on there; returns its number."""
    cursor = connection.execute(
        "INSERT INTO branches (parent, fork, created) VALUES (?, ?, ?)", (parent, fork, created)
    )
    number = cast(int, cursor.lastrowid)
    go_on(connection, number)
    return number


def go_on(connection: sqlite3.Connection, branch: int) -> None:
    """Make a branch the one the session goes on along."""
    connection.execute("UPDATE session SET branch = ?", (branch,))
