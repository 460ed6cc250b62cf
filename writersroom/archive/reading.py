"""A session file, open: its events along any branch, its words, its snapshots."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from writersroom.archive import branches, rows, states, words
from writersroom.archive.branches import Branch, Route
from writersroom.archive.errors import CannotRead, DamagedSession, NoSuchEvent, NoSuchTurn, SessionClosed
from writersroom.archive.session_file import told
from writersroom.archive.words import Hit
from writersroom.events import Event, EventId
from writersroom.frozen import Frozen

_AT_ONCE = 256
"""Events read in one go."""
_LAST_ID = 2**63 - 1


class Snapshot(Frozen):
    """A folded state kept in the file."""

    event: EventId
    """The last event folded into it."""
    turn: int
    """The turn of that event."""
    state: str
    """As it was given."""


class Reading:
    """What `Archive` can do whether it may write or not.

    Attributes:
        path: the file, resolved.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._guard = threading.RLock()
        self._closed = False
        self._damaged: DamagedSession | None = None
        self._chosen: int | None = None
        self._seen = self._data_version()

    @property
    def head(self) -> EventId:
        """The last event of the current branch."""
        with self._reading() as connection:
            return branches.head_of(connection, self._branch(connection))[0]

    @property
    def turn(self) -> int:
        """How many turns the current branch has."""
        with self._reading() as connection:
            return branches.head_of(connection, self._branch(connection))[1]

    def event(self, event: EventId) -> Event:
        """One event.

        Raises:
            NoSuchEvent: there is none of this id.
        """
        with self._reading() as connection:
            found = self._fetch(connection, "id = ?", event) if 0 < event <= _LAST_ID else []
        if not found:
            raise NoSuchEvent(self.path, event)
        return found[0]

    def events(
        self, *, head: EventId | None = None, after: EventId | None = None, upto_turn: int | None = None
    ) -> Iterator[Event]:
        """The events along a branch, in order. Memory stays bounded however long it is.

        Args:
            head: the last event; None for that of the current branch, as it is when the first is asked for.
            after: start after this one; None starts at the beginning.
            upto_turn: end with this turn.

        Raises:
            NoSuchEvent: there is no event `head`. Like all errors here, as the events are asked for.
        """
        route = self._route(head)
        if upto_turn is not None:
            with self._reading() as connection:
                last = branches.last_of_turn(connection, route, min(upto_turn, _LAST_ID))
                route = branches.until(route, last or 0)
        position = min(after or 0, _LAST_ID)
        before: EventId | None = None
        for run in route:
            while position < run.last:
                with self._reading() as connection:
                    # By id alone: through the index on branches every read would sort the whole branch.
                    along = "+branch = ? AND id > ? AND id <= ?"
                    found = self._fetch(connection, along, run.branch, position, run.last)
                    for event in found:
                        if before not in (None, event.parent):
                            raise DamagedSession(self.path, f"event {event.parent} is missing")
                        before = event.id
                position = found[-1].id if found else position
                if len(found) < _AT_ONCE and position != run.last:
                    raise DamagedSession(self.path, f"event {run.last} is missing")
                yield from found

    def at_turn(self, turn: int) -> Event:
        """The last event of a turn on the current branch: the head of the session as it stood then.

        Raises:
            NoSuchTurn: the branch has not come so far, or the number is negative.
        """
        route = self._route(None)
        with self._reading() as connection:
            _, last = branches.head_of(connection, route[-1].branch)
            found = branches.last_of_turn(connection, route, turn) if 0 <= turn <= last else None
        if found is None:
            raise NoSuchTurn(self.path, turn=turn, last=last)
        return self.event(found)

    def last(self, *kinds: str, **fields: str) -> Event | None:
        """The latest event of any of these kinds along the current branch.

        Args:
            kinds: of events.
            fields: what its body must have, such as `take="s1.t1"`; ids and names, no long texts.
        """
        route = self._route(None)
        with self._reading() as connection:
            found = branches.last_of_kinds(connection, route, kinds, fields)
        return None if found is None else self.event(found)

    def of_kinds(self, *kinds: str) -> Iterator[Event]:
        """The events of these kinds along the current branch, in order; the others are not even read."""
        places = ", ".join("?" * len(kinds))
        for run, position in branches.starts(self._route(None)):
            while True:
                with self._reading() as connection:
                    found = connection.execute(
                        f"SELECT {rows.COLUMNS} FROM events WHERE +branch = ? AND id > ? AND id <= ?"
                        f" AND kind IN ({places}) ORDER BY id LIMIT {_AT_ONCE}",
                        (run.branch, position, run.last, *kinds),
                    ).fetchall()
                    events = rows.read(connection, found)
                yield from events
                if len(events) < _AT_ONCE:
                    break
                position = events[-1].id

    def search(self, text: str, *, limit: int = 50) -> tuple[Hit, ...]:
        """The events of all branches that hold all the words, newest first; see `words.Query`.

        A line is found where it was spoken, and not again in the revisions that keep it, in the takes that
        are written out from it, or where a score quotes it.
        """
        query = words.Query(text)
        hits: list[Hit] = []
        spoken: dict[str, words.Spoken] = {}
        before = _LAST_ID
        while query.match and len(hits) < limit:
            with self._reading() as connection:
                found = connection.execute(
                    "SELECT rowid FROM words WHERE words MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?",
                    (query.match, before, max(limit, _AT_ONCE // 4)),
                ).fetchall()
            if not found:
                break
            before = cast(int, found[-1][0])
            events = [self.event(number) for (number,) in found]
            for scene in {event.scene for event in events if words.may_repeat(event)} - spoken.keys():
                spoken[scene] = words.Spoken(query, self._lines_of(scene, query))
            hits.extend(query.hits([event for event in events if not words.repeats(event, spoken)]))
        return tuple(hits[:limit])

    def _lines_of(self, scene: str, query: words.Query) -> list[Event]:
        """The lines of a scene, on all branches, that hold the words."""
        with self._reading() as connection:
            found = connection.execute(
                f"SELECT {rows.COLUMNS} FROM events WHERE kind = 'line_spoken' AND scene = ?"
                " AND id IN (SELECT rowid FROM words WHERE words MATCH ?) ORDER BY id",
                (scene, query.match),
            ).fetchall()
            return rows.read(connection, found)

    def changed(self) -> bool:
        """Whether somebody else has written to the file since this was last asked, or since it was opened."""
        with self._reading():
            version = self._data_version()
            changed, self._seen = version != self._seen, version
            return changed

    def watch(
        self,
        *,
        after: EventId | None = None,
        every: float = 0.1,
        stop: Callable[[], bool] = lambda: False,
    ) -> Iterator[Event]:
        """Follow a session that another process writes: its events so far, then each as it comes.

        When the writer goes to another branch, the events of that branch follow: the parent of the first of
        them is then not the event before it, and whoever folds them starts again from there.

        Args:
            after: start after this event.
            every: seconds between looks.
            stop: asked at each look that finds nothing new; True ends it.
        """
        position = after
        while True:
            head = self.head
            if position is not None:
                position = branches.shared(self._route(position), self._route(head))
            for event in self.events(head=head, after=position):
                yield event
                position = event.id
            while not self.changed():
                if stop():
                    return
                time.sleep(every)

    def branches(self) -> tuple[Branch, ...]:
        """All lines of the session, oldest first."""
        with self._reading() as connection:
            return branches.all_branches(connection, self._branch(connection))

    def holding(self, event: EventId) -> Branch:
        """A branch that an event lies on: the current one, or else the one on which it happened.

        Raises:
            NoSuchEvent: there is none of this id.
        """
        with self._reading() as connection:
            route = self._route(event)
            here = self._branch(connection)
            lies_here = branches.shared(route, self._route(None)) == event
            number = here if lies_here else route[-1].branch
            return next(one for one in branches.all_branches(connection, here) if one.id == number)

    def latest_snapshot(self, name: str, *, upto_turn: int | None = None) -> Snapshot | None:
        """The last state kept under a name on the current branch, no later than a turn.

        Go on with `events(after=snapshot.event)`.
        """
        route = self._route(None)
        turn = _LAST_ID if upto_turn is None else min(upto_turn, _LAST_ID)
        with self._reading() as connection:
            kept = states.latest(connection, route, name, turn)
            if kept is None:
                return None
            return Snapshot(event=kept.event, turn=kept.turn, state=states.state_of(connection, kept.id))

    def close(self) -> None:
        """Let go of the file. Closing twice is harmless."""
        with self._guard:
            if not self._closed:
                self._closed = True
                self._let_go()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _let_go(self) -> None:
        self._connection.close()

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection, None, None]:
        with self._guard:
            if self._closed:
                raise SessionClosed(self.path)
            try:
                with told(self.path, CannotRead):
                    yield self._connection
            except DamagedSession as error:
                self._damaged = error
                raise

    def _data_version(self) -> int:
        return cast(int, self._connection.execute("PRAGMA data_version").fetchone()[0])

    def _branch(self, connection: sqlite3.Connection) -> int:
        if self._chosen is not None:
            return self._chosen
        return cast(int, connection.execute("SELECT branch FROM session").fetchone()[0])

    def _route(self, head: EventId | None) -> Route:
        with self._reading() as connection:
            if head is None:
                head = branches.head_of(connection, self._branch(connection))[0]
            route = branches.route_to(connection, head) if 0 < head <= _LAST_ID else None
        if route is None:
            raise NoSuchEvent(self.path, head)
        return route

    def _fetch(self, connection: sqlite3.Connection, where: str, *values: int) -> list[Event]:
        found = connection.execute(
            f"SELECT {rows.COLUMNS} FROM events WHERE {where} ORDER BY id LIMIT {_AT_ONCE}", values
        )
        return rows.read(connection, found.fetchall())
