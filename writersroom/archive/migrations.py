"""The numbered migrations of a session file: appended to, never edited.

Each runs in one transaction with the record that it ran, and sets `user_version` to its own number. Only this
module imports sqlite-utils; it is imported only when a file is created or is of an older format.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from writersroom.archive import rows, words
from writersroom.archive.schema import APPLICATION_ID, TOKENIZER

MIGRATIONS = Migrations("writersroom")


@MIGRATIONS(name="0001_record")
def record(db: Database) -> None:
    """The record itself. Times are microseconds since 1970 in UTC."""
    # A branch is a line of events that share its number; it goes on from `fork`, an event of `parent`.
    # `texts` holds long texts once each, by hash. `events.json` is the body but for its kind, with null where
    # a long text belongs; `events.texts` says which: a list of [path..., id in texts]. `recipe` is the id of
    # what recurs in traces, `trace` the list of what does not. See `rows`.
    for statement in (
        "CREATE TABLE session ("
        " id INTEGER PRIMARY KEY CHECK (id = 1),"
        " created INTEGER NOT NULL,"
        " branch INTEGER NOT NULL REFERENCES branches (id),"
        " events_version INTEGER NOT NULL)",
        "CREATE TABLE branches ("
        " id INTEGER PRIMARY KEY,"
        " parent INTEGER REFERENCES branches (id),"
        " fork INTEGER REFERENCES events (id),"
        " created INTEGER NOT NULL)",
        "CREATE TABLE texts (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, text TEXT NOT NULL)",
        "CREATE TABLE events ("
        " id INTEGER PRIMARY KEY,"
        " parent INTEGER REFERENCES events (id),"
        " branch INTEGER NOT NULL REFERENCES branches (id),"
        " turn INTEGER NOT NULL,"
        " kind TEXT NOT NULL,"
        " agent TEXT NOT NULL,"
        " scene TEXT NOT NULL,"
        " version INTEGER NOT NULL,"
        " created INTEGER NOT NULL,"
        " json TEXT NOT NULL,"
        " texts TEXT,"
        " recipe INTEGER REFERENCES texts (id),"
        " trace TEXT,"
        " crc INTEGER NOT NULL)",
        "CREATE INDEX events_branch_turn ON events (branch, turn)",
        f"PRAGMA application_id = {APPLICATION_ID}",
        "PRAGMA user_version = 1",
    ):
        db.conn.execute(statement)


@MIGRATIONS(name="0002_full_text_index")
def full_text_index(db: Database) -> None:
    """An index of the words of each event, by its id.

    It keeps neither the text, which is in the record, nor the places of words in it (`detail=none`): a third
    of the size. Phrases are found by reading the events that hold all their words.
    """
    db.conn.execute(
        "CREATE VIRTUAL TABLE words USING fts5"
        f"(text, content='', columnsize=0, detail=none, tokenize='{TOKENIZER}')"
    )
    for event, body in rows.stored_bodies(db.conn):
        words.index(db.conn, event, body)
    db.conn.execute("PRAGMA user_version = 2")


@MIGRATIONS(name="0003_snapshots")
def snapshots(db: Database) -> None:
    """Folded states, so that a fold need not start from the beginning. `state` is JSON, deflated."""
    db.conn.execute(
        "CREATE TABLE snapshots (id INTEGER PRIMARY KEY, name TEXT NOT NULL,"
        " event INTEGER NOT NULL REFERENCES events (id), state BLOB NOT NULL, UNIQUE (name, event))"
    )
    db.conn.execute("PRAGMA user_version = 3")


@MIGRATIONS(name="0004_snapshots_on_others")
def snapshots_on_others(db: Database) -> None:
    """A state may be written as what differs from an earlier one, its `base`: see `states`."""
    db.conn.execute("ALTER TABLE snapshots ADD COLUMN base INTEGER REFERENCES snapshots (id)")
    db.conn.execute("PRAGMA user_version = 4")


def migrate(connection: sqlite3.Connection, *, stop_before: str | None = None) -> None:
    """Bring a file to the current format, or to the one before the migration `stop_before`."""
    database = Database(connection, execute_plugins=False)
    MIGRATIONS.apply(database, stop_before=stop_before)
