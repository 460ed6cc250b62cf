"""An event as rows of a session file, and back.

A text of `LONG` characters or more, wherever it stands in a body, is kept in `texts`, once however often it
recurs; its place in the JSON holds null and is listed beside it. So cards, templates, takes and condensed
transcript are found by length alone, and a new kind of event needs no mark.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias, cast

from pydantic import JsonValue
from pydantic_core import from_json

from writersroom.events import BODY, VERSION, Body, Event, EventId, NotAnEvent, Trace
from writersroom.events.versions import RawEvent, event_from_raw

LONG = 300
"""Characters from which a text is kept in `texts`. For less, its row and hash cost more than they save."""

COLUMNS = "id, parent, turn, kind, agent, scene, version, created, json, texts, recipe, trace, crc"
"""What `read` takes, in order."""

Row: TypeAlias = tuple[
    int, int | None, int, str, str, str, int, int, str, str | None, int | None, str | None, int
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RECURRING = ("model_sha256", "template", "sampling")
"""Fields of a trace that are the same for many events."""
_SURROGATE = re.compile("[\ud800-\udfff]")


class DamagedRow(ValueError):
    """A row contradicts itself or another."""


def microseconds(moment: datetime) -> int:
    """Since 1970 in UTC, exactly."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(microseconds: int) -> datetime:
    """Inverse of `microseconds`."""
    return _EPOCH + timedelta(microseconds=microseconds)


def storable(text: str) -> str:
    """The text with halves of surrogate pairs, which UTF-8 cannot hold, as U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def storable_body(body: Body) -> Body:
    """The body, with each of its texts made `storable`; the same object where they all are."""
    try:
        body.model_dump_json()
    except ValueError:
        return BODY.validate_python(_mended(body.model_dump()))
    return body


def _mended(value: object) -> object:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in cast("dict[object, object]", value).items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_mended(item) for item in cast("Iterable[object]", value)]
    return value


def checksum(columns: tuple[int | str | None, ...]) -> int:
    """Of a row without its own, so that a changed row is not taken for what was said."""
    return zlib.crc32("\x1f".join(map(str, columns)).encode())


def insert(connection: sqlite3.Connection, event: Event, branch: int) -> JsonValue:
    """Write an event; returns its body as JSON, texts and all.

    Raises:
        sqlite3.Error: it could not be written.
    """
    body = cast("dict[str, JsonValue]", from_json(BODY.dump_json(event.body)))
    places: list[list[str | int]] = []
    fields = {name: value for name, value in body.items() if name != "kind"}
    short = _short(connection, fields, [], places)
    recipe, trace = _trace_columns(connection, event.trace)
    row = (
        event.id,
        event.parent,
        event.turn,
        event.body.kind,
        event.agent,
        event.scene,
        VERSION,
        microseconds(event.created),
        _json(short),
        _json(cast(JsonValue, places)) if places else None,
        recipe,
        trace,
    )
    connection.execute(
        f"INSERT INTO events (branch, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (branch, *row, checksum(row)),
    )
    return body


def _short(
    connection: sqlite3.Connection, value: JsonValue, path: list[str | int], places: list[list[str | int]]
) -> JsonValue:
    """The value with null for each long text; stores these and adds [path..., id] to `places`."""
    if isinstance(value, str):
        if len(value) < LONG:
            return value
        places.append([*path, _text_id(connection, value)])
        return None
    if isinstance(value, dict):
        return {key: _short(connection, item, [*path, key], places) for key, item in value.items()}
    if isinstance(value, list):
        return [_short(connection, item, [*path, i], places) for i, item in enumerate(value)]
    return value


def _text_id(connection: sqlite3.Connection, text: str) -> int:
    digest = _digest(text)
    found = connection.execute("SELECT id FROM texts WHERE digest = ?", (digest,)).fetchone()
    if found is not None:
        return cast(int, found[0])
    cursor = connection.execute("INSERT INTO texts (digest, text) VALUES (?, ?)", (digest, text))
    return cast(int, cursor.lastrowid)


def _digest(text: str) -> bytes:
    """The address of a text: half of its SHA-256, as no two of 2^64 texts are likely to share."""
    return hashlib.sha256(text.encode()).digest()[:16]


def _trace_columns(connection: sqlite3.Connection, trace: Trace | None) -> tuple[int | None, str | None]:
    if trace is None:
        return None, None
    fields = cast("dict[str, JsonValue]", from_json(trace.model_dump_json()))
    varying = {name: value for name, value in fields.items() if name not in _RECURRING}
    recipe: JsonValue = {
        "fields": {name: fields[name] for name in _RECURRING},
        "then": list(varying),
    }
    return _text_id(connection, _json(recipe)), _json(list(varying.values()))


def read(connection: sqlite3.Connection, rows: Sequence[Row]) -> list[Event]:
    """Events from rows of `COLUMNS`.

    Raises:
        DamagedRow: a row cannot be an event, or a text it names is gone or changed.
        NewerEvent: a later program wrote one.
    """
    for row in rows:
        if checksum(row[:-1]) != row[-1]:
            raise DamagedRow(f"event {row[0]} is not what was written")
    places = [_places(row[9]) for row in rows]
    texts = _texts(
        connection,
        {cast(int, place[-1]) for listed in places for place in listed}
        | {row[10] for row in rows if row[10] is not None},
    )
    return [_event(row, listed, texts) for row, listed in zip(rows, places, strict=True)]


def stored_bodies(connection: sqlite3.Connection) -> Iterator[tuple[EventId, JsonValue]]:
    """Every event's id and body as it was written, texts and all, in order."""
    found = connection.execute("SELECT id, kind, json, texts FROM events ORDER BY id")
    for number, kind, fields, places in found:
        listed = _places(places)
        texts = _texts(connection, {cast(int, place[-1]) for place in listed})
        yield cast(int, number), _body(kind, fields, listed, texts)


def _places(column: str | None) -> list[list[str | int]]:
    return [] if column is None else cast("list[list[str | int]]", from_json(column))


def _texts(connection: sqlite3.Connection, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    found = connection.execute(
        "SELECT id, digest, text FROM texts WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(ids)),),
    )
    texts: dict[int, str] = {}
    for number, digest, text in found:
        if _digest(cast(str, text)) != digest:
            raise DamagedRow(f"text {number} is not what was written")
        texts[cast(int, number)] = cast(str, text)
    return texts


def _event(row: Row, places: list[list[str | int]], texts: dict[int, str]) -> Event:
    number, parent, turn, kind, agent, scene, version, created, body, _, recipe, trace, _ = row
    try:
        raw: RawEvent = {
            "id": number,
            "parent": parent,
            "turn": turn,
            "agent": agent,
            "scene": scene,
            "created": moment(created).isoformat(),
            "body": _body(kind, body, places, texts),
            "trace": None if recipe is None else _trace(texts[recipe], cast(str, trace)),
        }
        return event_from_raw(raw, version)
    except NotAnEvent as error:
        raise DamagedRow(f"event {number}: {error}") from error
    except KeyError as error:
        raise DamagedRow(f"a text of event {number} is missing") from error


def _body(kind: str, fields: str, places: list[list[str | int]], texts: dict[int, str]) -> JsonValue:
    body = cast("dict[str, JsonValue]", from_json(fields))
    body["kind"] = kind
    for *path, last, text in places:
        holder: JsonValue = body
        for step in path:
            holder = _at(holder, step)
        if isinstance(holder, dict):
            holder[cast(str, last)] = texts[cast(int, text)]
        else:
            cast("list[JsonValue]", holder)[cast(int, last)] = texts[cast(int, text)]
    return body


def _at(holder: JsonValue, step: str | int) -> JsonValue:
    if isinstance(holder, dict):
        return holder[cast(str, step)]
    return cast("list[JsonValue]", holder)[cast(int, step)]


def _trace(recipe: str, varying: str) -> JsonValue:
    recurring, names = _recipe(recipe)
    values = cast("list[JsonValue]", from_json(varying))
    return recurring | dict(zip(names, values, strict=True))


@lru_cache(maxsize=64)
def _recipe(recipe: str) -> tuple[dict[str, JsonValue], list[str]]:
    read = cast("dict[str, JsonValue]", from_json(recipe))
    return cast("dict[str, JsonValue]", read["fields"]), cast("list[str]", read["then"])


def _json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
