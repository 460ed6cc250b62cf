"""One session file, open: append to it, start new lines in it, and all that `Reading` does."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from writersroom.archive import branches, rows, states, words
from writersroom.archive.branches import Branch
from writersroom.archive.errors import (
    CannotWrite,
    DamagedSession,
    NoSuchEvent,
    OutOfTurn,
    ReadOnlySession,
    SessionClosed,
    SessionExists,
)
from writersroom.archive.reading import Reading
from writersroom.archive.session_file import (
    abandon,
    close_written,
    create_file,
    open_to_read,
    open_to_write,
    require_writable,
    resolved,
    told,
)
from writersroom.archive.writer_lock import WriterLock
from writersroom.events import VERSION, Body, Event, EventId, Trace, opens_turn
from writersroom.events.branched import Branched
from writersroom.events.session_started import SessionStarted

_TOGETHER = {
    False: ("BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",)),
    True: ("SAVEPOINT inner", "RELEASE inner", ("ROLLBACK TO inner", "RELEASE inner")),
}
"""How to begin, keep and drop a transaction, by whether there is one round it."""


def _now() -> datetime:
    return datetime.now(UTC)


class Archive(Reading):
    """A session file, open to read or as its one writer. Any thread may call it; calls wait for each other.

    Get one from `create` or `open`; close it, or use it as a context manager. A file whose writer was killed
    opens again with every event whose `append` had returned.

    Every method may raise `SessionClosed`, `DamagedSession`, `NewerSession`, `SessionInUse` and `CannotRead`;
    those that write, also `ReadOnlySession` and `CannotWrite`. What else one raises, it says.

    Attributes:
        path: the file, resolved.
        writable: whether this archive is the session's writer.
    """

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        lock: WriterLock | None,
        clock: Callable[[], datetime],
    ) -> None:
        """For `create` and `open`."""
        super().__init__(path, connection)
        self.writable = lock is not None
        self._lock = lock
        self._clock = clock

    @classmethod
    def create(
        cls,
        path: str | os.PathLike[str],
        first: SessionStarted,
        *,
        then: Iterable[tuple[Body, str]] = (),
        clock: Callable[[], datetime] = _now,
    ) -> Archive:
        """Begin a session in a new file, with `first` as its event 1, and open it for writing.

        Args:
            path: the new file; only names that end in `schema.SUFFIX` are listed among the sessions.
            first: what the session starts from.
            then: what belongs to its beginning and opens no turn, each with who did it; the file has all of
                it, or is not there.
            clock: tells when events happen.

        Raises:
            SessionExists: there is already something of this name.
            CannotWrite: the folder is missing, read-only or full.
        """
        path = resolved(path)
        lock = WriterLock(path)
        try:
            events = [
                Event(
                    id=number,
                    parent=number - 1 or None,
                    turn=0,
                    agent=agent,
                    created=clock(),
                    body=rows.storable_body(body),
                )
                for number, (body, agent) in enumerate([(first, ""), *then], start=1)
            ]
            create_file(path, lambda connection: _begin(connection, events))
            try:
                return cls(path, open_to_write(path), lock, clock)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        write: bool = False,
        clock: Callable[[], datetime] = _now,
    ) -> Archive:
        """Open a session that exists.

        Args:
            path: the file.
            write: to append to it. At most one archive, of all processes, may; any number may read.
            clock: tells when events happen.

        Raises:
            SessionMissing, NotASession, NewerSession, DamagedSession, CannotRead: as `errors` says.
            ReadOnlySession, SessionInUse: only with `write`.
        """
        path = resolved(path)
        if not write:
            return cls(path, open_to_read(path), None, clock)
        require_writable(path)
        lock = WriterLock(path)
        try:
            return cls(path, open_to_write(path), lock, clock)
        except BaseException:
            lock.release()
            raise

    @contextmanager
    def at_once(self) -> Generator[None, None, None]:
        """What is written inside is kept together or, where an error leaves the block, not at all.

        Blocks may stand inside each other; the outermost decides when it is on the disk.
        """
        with self._guard:
            self._require_writable()
            begin, keep, drop = _TOGETHER[self._connection.in_transaction]
            try:
                with told(self.path, CannotWrite):
                    self._connection.execute(begin)
                    yield
                    self._connection.execute(keep)
            except BaseException as error:
                with suppress(sqlite3.Error):  # SQLite may have rolled back already.
                    for statement in drop:
                        self._connection.execute(statement)
                if isinstance(error, DamagedSession):
                    self._damaged = error
                raise

    def append(
        self,
        body: Body,
        *,
        agent: str = "",
        scene: str = "",
        turn: int | None = None,
        trace: Trace | None = None,
        parent: EventId | None = None,
    ) -> Event:
        """Record that something happened. It is on the disk when this, or the `at_once` round it, returns.

        Args:
            body: what happened. Halves of surrogate pairs in its texts become U+FFFD.
            agent: who; empty where the room itself acted.
            scene: id of the scene it belongs to.
            turn: None goes on from the event before: the next turn where an agent speaks
                (`events.opens_turn`), the same one otherwise.
            trace: where a generated text came from.
            parent: the event before it; None for the head of the current branch. One that is not the head of
                its branch starts a new one. Either way the session goes on there.

        Returns:
            The event, as it will be read.

        Raises:
            NoSuchEvent: there is no event `parent`.
            OutOfTurn: `turn` is neither the turn of the event before nor the next.
        """
        body = rows.storable_body(body)
        with self.at_once():
            connection = self._connection
            branch = self._branch(connection)
            created = self._clock()
            if parent is None:
                parent, before = branches.head_of(connection, branch)
            else:
                before = self.event(parent).turn
                branch = self._branch_after(parent, created)
            if turn is None:
                turn = before + opens_turn(body, agent)
            if turn not in (before, before + 1):
                raise OutOfTurn(self.path, turn=turn, last=before)
            event = Event(
                id=self._next_id(),
                parent=parent,
                turn=turn,
                agent=rows.storable(agent),
                scene=rows.storable(scene),
                created=created,
                body=body,
                trace=trace,
            )
            _write(connection, event, branch)
        return event

    def branch(self, at_turn: int, *, reason: str = "", agent: str = "person") -> Branch:
        """Start a new line from the end of a turn of the current branch, and go on there.

        The new line begins with a `Branched` event; the old one stays as it is.

        Raises:
            NoSuchTurn: the branch has no such turn.
        """
        with self.at_once():
            return self.branch_after(self.at_turn(at_turn).id, reason=reason, agent=agent)

    def branch_after(self, event: EventId, *, reason: str = "", agent: str = "person") -> Branch:
        """Start a new line after any event, also of another branch and within a turn, and go on there.

        Raises:
            NoSuchEvent: there is no such event.
        """
        with self.at_once():
            fork = self.event(event)
            first = self._following(fork, self._next_id(), Branched(fork=fork.id, reason=reason), agent)
            _write(self._connection, first, self._new_branch(fork.id, first.created))
            return self.branches()[-1]

    def copy_branch(
        self, at_turn: int, to: str | os.PathLike[str], *, reason: str = "", agent: str = "person"
    ) -> None:
        """Start a new session file from the end of a turn of the current branch.

        The new file holds the events so far, under the same ids, and a `Branched` event; this one stays as it
        is. Open it with `open`.

        Raises:
            NoSuchTurn: the branch has no such turn.
            SessionExists: there is already something of that name.
            CannotWrite: the folder is missing, read-only or full.
        """
        fork = self.at_turn(at_turn)
        target = resolved(to)
        if os.path.lexists(target):
            raise SessionExists(target)
        first = Branched(fork=fork.id, source=self.path.name, reason=reason)

        def fill(connection: sqlite3.Connection) -> None:
            _begin(connection, self.events(head=fork.id))
            _write(connection, self._following(fork, fork.id + 1, first, agent), branch=1)
            with self._reading() as ours:
                states.copy(ours, self._route(fork.id), connection)

        lock = WriterLock(target)
        try:
            create_file(target, fill)
        finally:
            lock.release()

    def snapshot(self, turn: int, name: str, state: str, *, event: EventId | None = None) -> None:
        """Keep a folded state, so that a fold can start from there instead of from the beginning.

        A snapshot is no part of the record: it can be made again from the events. Give `name` a version, and
        change it with what the state means.

        Args:
            turn: a turn of the current branch.
            name: which fold the state is of.
            state: the state, as JSON.
            event: the last event folded in; None is the last of the turn so far.

        Raises:
            NoSuchTurn: the branch has no such turn.
            NoSuchEvent: there is no such event.
        """
        with self.at_once():
            last = self.at_turn(turn) if event is None else self.event(event)
            before = branches.until(self._route(last.id), last.id - 1)
            base = states.latest(self._connection, before, name, last.turn)
            states.keep(self._connection, name, last.id, state, base=base.id if base else None)

    def switch(self, to: EventId | Branch) -> None:
        """Go on along another branch.

        A writer says so in the file, and readers follow; a reader only turns its own eyes there.

        Args:
            to: the branch, which may have gone on since it was read; or its head as it is now.

        Raises:
            NoSuchEvent: no branch ends in that event, or there is no such branch.
        """
        there = self.branches()
        if isinstance(to, Branch):
            number = next((branch.id for branch in there if branch.id == to.id), None)
        else:
            number = next((branch.id for branch in there if branch.head == to), None)
        if number is None:
            head = to.head if isinstance(to, Branch) else to
            raise NoSuchEvent(self.path, head, " at the end of a branch")
        if self.writable:
            with self.at_once():
                branches.go_on(self._connection, number)
        else:
            self._chosen = number

    def _let_go(self) -> None:
        if self._lock is None:
            self._connection.close()
            return
        try:
            if self._damaged is None:
                close_written(self._connection)
            else:
                abandon(self._connection, self.path)
        finally:
            self._lock.release()

    def _require_writable(self) -> None:
        if self._closed:
            raise SessionClosed(self.path)
        if not self.writable:
            raise ReadOnlySession(self.path, "it was opened to be watched")
        if self._damaged is not None:
            raise self._damaged

    def _branch_after(self, parent: EventId, created: datetime) -> int:
        """The branch that `parent` is the head of, or a new one from there; the session goes on in it."""
        connection = self._connection
        branch = branches.branch_of(connection, parent)
        if branches.head_of(connection, branch)[0] != parent:
            return self._new_branch(parent, created)
        branches.go_on(connection, branch)
        return branch

    def _new_branch(self, fork: EventId, created: datetime) -> int:
        home = branches.branch_of(self._connection, fork)
        return branches.new_branch(
            self._connection, parent=home, fork=fork, created=rows.microseconds(created)
        )

    def _following(self, before: Event, number: EventId, body: Body, agent: str) -> Event:
        return Event(
            id=number,
            parent=before.id,
            turn=before.turn,
            agent=rows.storable(agent),
            created=self._clock(),
            body=rows.storable_body(body),
        )

    def _next_id(self) -> EventId:
        return cast(int, self._connection.execute("SELECT max(id) + 1 FROM events").fetchone()[0])


def _begin(connection: sqlite3.Connection, events: Iterable[Event]) -> None:
    """Fill a new file with the events of its first branch."""
    created: int | None = None
    for event in events:
        if created is None:
            created = rows.microseconds(event.created)
            connection.execute(
                "INSERT INTO session (id, created, branch, events_version) VALUES (1, ?, 1, ?)",
                (created, VERSION),
            )
            branches.new_branch(connection, parent=None, fork=None, created=created)
        _write(connection, event, branch=1)


def _write(connection: sqlite3.Connection, event: Event, branch: int) -> None:
    words.index(connection, event.id, rows.insert(connection, event, branch))
