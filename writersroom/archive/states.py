"""Folded states in a session file, each written as what is new in it.

A state shares nearly all of its JSON with the one kept before it. Written whole, the screens of 10,000 turns
are larger than all that was said in them. So a state is written as runs of pieces of an earlier one, its
*base*, with what is new between them; every `CHAIN`th is whole, so that few have to be read for one.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias, cast

from pydantic_core import from_json

from writersroom.archive.branches import Route
from writersroom.archive.rows import DamagedRow
from writersroom.events import EventId

CHAIN = 16
"""States that are read for one, at most."""

_CUT = "\x1e"
"""Never in JSON, where control characters are escaped."""

_LONG = 400
"""Characters from which a piece is cut once more: such are lists of names or numbers."""

Change: TypeAlias = str | list[int]
"""A piece that is new, or [first, number] of pieces of the base."""


class Kept(NamedTuple):
    """Where a state lies."""

    id: int
    event: EventId
    turn: int


def latest(connection: sqlite3.Connection, route: Route, name: str, turn: int) -> Kept | None:
    """The last state of a name on a route, no later than a turn."""
    for run in reversed(route):
        found = connection.execute(
            "SELECT s.id, e.id, e.turn FROM snapshots s JOIN events e ON e.id = s.event"
            " WHERE s.name = ? AND s.event <= ? AND e.branch = ? AND e.turn <= ?"
            " ORDER BY s.event DESC LIMIT 1",
            (name, run.last, run.branch, turn),
        ).fetchone()
        if found is not None:
            return Kept(*cast("tuple[int, int, int]", found))
    return None


def copy(connection: sqlite3.Connection, route: Route, to: sqlite3.Connection) -> None:
    """Write all that is kept on a route into a new file; what they are based on is on it too."""
    for run in route:
        to.executemany(
            "INSERT INTO snapshots (id, name, event, state, base) VALUES (?, ?, ?, ?, ?)",
            connection.execute(
                "SELECT s.id, s.name, s.event, s.state, s.base"
                " FROM snapshots s JOIN events e ON e.id = s.event"
                " WHERE e.branch = ? AND e.id <= ? ORDER BY s.id",
                run,
            ),
        )


def state_of(connection: sqlite3.Connection, id: int) -> str:
    """The state of a row.

    Raises:
        DamagedRow: it, or one that it is based on, is not as it was kept.
    """
    return "".join(_pieces_of(_chain(connection, id)))


def keep(connection: sqlite3.Connection, name: str, event: EventId, state: str, *, base: int | None) -> None:
    """Write a state, in place of the one of this name that was kept at the event.

    Args:
        connection: in a transaction.
        name: which fold the state is of.
        event: the last event folded in.
        state: JSON.
        base: the row of an earlier state on the same route; None writes the state whole.

    Raises:
        ValueError: the state is no JSON.
    """
    if _CUT in state:
        raise ValueError("A state is kept as JSON, which holds no control characters.")
    _forget(connection, name, event)
    written = zlib.compress(state.encode())
    if base is not None:
        chain = _chain(connection, base)
        changes = _changes(_pieces_of(chain), _cut(state)) if len(chain) < CHAIN else None
        smaller = zlib.compress(json.dumps(changes, ensure_ascii=False).encode()) if changes else written
        written, base = (smaller, base) if len(smaller) < len(written) else (written, None)
    connection.execute(
        "INSERT INTO snapshots (name, event, state, base) VALUES (?, ?, ?, ?)", (name, event, written, base)
    )


def _forget(connection: sqlite3.Connection, name: str, event: EventId) -> None:
    """Take out a state, and all that cannot be read without it."""
    connection.execute(
        "WITH RECURSIVE gone (id) AS ("
        " SELECT id FROM snapshots WHERE name = ? AND event = ?"
        " UNION SELECT s.id FROM snapshots s JOIN gone ON s.base = gone.id)"
        " DELETE FROM snapshots WHERE id IN gone",
        (name, event),
    )


def _chain(connection: sqlite3.Connection, id: int) -> list[tuple[EventId, bytes]]:
    """Event and deflated state of the whole state that a row goes back to, then of each based on it."""
    chain: list[tuple[EventId, bytes]] = []
    at: int | None = id
    while at is not None and len(chain) <= CHAIN:
        found = connection.execute("SELECT event, state, base FROM snapshots WHERE id = ?", (at,)).fetchone()
        if found is None:
            raise DamagedRow(f"a snapshot that the one at event {chain[-1][0]} is based on is missing")
        event, state, at = cast("tuple[int, bytes, int | None]", found)
        chain.append((event, state))
    return chain[::-1]


def _pieces_of(chain: Sequence[tuple[EventId, bytes]]) -> list[str]:
    pieces: list[str] | None = None
    for event, state in chain:
        try:
            text = zlib.decompress(state).decode()
            pieces = _cut(text) if pieces is None else _changed(pieces, from_json(text))
        except (zlib.error, ValueError, TypeError, IndexError) as error:
            raise DamagedRow(f"the snapshot at event {event} is not as it was kept") from error
    return pieces or []


def _cut(state: str) -> list[str]:
    """The pieces of a state: cut after each item of a list or an object, and where these are long, at commas.

    That a text may be cut too does no harm.
    """
    pieces: list[str] = []
    for piece in state.replace("},", "}," + _CUT).replace("],", "]," + _CUT).split(_CUT):
        if len(piece) > _LONG:
            pieces += piece.replace(",", "," + _CUT).split(_CUT)
        else:
            pieces.append(piece)
    return pieces


def _changes(base: Sequence[str], new: Sequence[str]) -> list[Change]:
    """How to make the new pieces of those of the base."""
    places: dict[str, int] = {}
    for place, piece in enumerate(base):
        places.setdefault(piece, place)
    changes: list[Change] = []
    following = -1  # The place in the base after the last run.
    for piece in new:
        runs_on = 0 <= following < len(base) and base[following] == piece
        place = following if runs_on else places.get(piece, -1)
        last = changes[-1] if changes else None
        if place < 0:
            changes.append(piece)
        elif runs_on and isinstance(last, list):
            last[1] += 1
        else:
            changes.append([place, 1])
        following = place + 1 if place >= 0 else -1
    return changes


def _changed(base: Sequence[str], changes: Sequence[Change]) -> list[str]:
    pieces: list[str] = []
    for change in changes:
        if isinstance(change, str):
            pieces.append(change)
        else:
            first, number = change
            pieces += base[first : first + number]
    return pieces
