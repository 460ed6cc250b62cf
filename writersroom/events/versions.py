"""Events as JSON, of this version and of earlier ones.

An event in memory is always of the current version. Written down it carries its version; read back, it goes
through one upcaster a version until it is current. An upcaster is never edited once released: a change of the
format adds one, raises `event.VERSION`, and leaves the old ones as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeAlias, cast

from pydantic import JsonValue, ValidationError

from writersroom.events.errors import NewerEvent, NotAnEvent
from writersroom.events.event import VERSION, Event

RawEvent: TypeAlias = dict[str, JsonValue]
"""An event as its JSON holds it, without the version."""

Upcaster: TypeAlias = Callable[[RawEvent], RawEvent]
"""Makes an event of version n + 1 from one of version n."""

UPCASTERS: dict[int, Upcaster] = {}
"""By the version they start from; there is one for every version before the current."""


def event_to_json(event: Event) -> str:
    """The event as one line of JSON that says its version, as `export --format jsonl` writes it.

    Raises:
        ValueError: a text holds half a surrogate pair, which the archive would have replaced.
    """
    return f'{{"version":{VERSION},{event.model_dump_json()[1:]}'


def event_from_json(text: str | bytes) -> Event:
    """Read what `event_to_json` of this or an earlier version wrote.

    Raises:
        NewerEvent: a later version wrote it.
        NotAnEvent: it is something else, or damaged.
    """
    try:
        raw = cast(JsonValue, json.loads(text))
    except (ValueError, RecursionError) as error:
        raise NotAnEvent(f"it is no JSON: {_in_one_line(error)}") from error
    if not isinstance(raw, dict):
        raise NotAnEvent("it is no JSON object")
    version = raw.pop("version", None)
    if not isinstance(version, int) or isinstance(version, bool):
        raise NotAnEvent("it does not say its version")
    return event_from_raw(raw, version)


def event_from_raw(
    raw: RawEvent,
    version: int,
    *,
    current: int = VERSION,
    upcasters: Mapping[int, Upcaster] = UPCASTERS,
) -> Event:
    """Make an event from its parsed JSON.

    Args:
        raw: the event's fields; may be changed.
        version: the version that wrote them.
        current: the version to arrive at.
        upcasters: by the version they start from.

    Raises:
        NewerEvent: `version` is later than `current`.
        NotAnEvent: the fields are not those of an event of that version, or no upcaster starts there.
    """
    if version > current:
        raise NewerEvent(found=version, known=current)
    try:
        for step in range(version, current):
            raw = upcasters[step](raw)
        return Event.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise NotAnEvent(_in_one_line(f"{where}: {first['msg']}")) from error
    except (LookupError, TypeError, ValueError) as error:
        raise NotAnEvent(f"it does not have the form of version {version}") from error


def _in_one_line(what: object) -> str:
    line = " ".join(str(what).split())
    return line if len(line) <= 200 else line[:199] + "…"
