"""An event survives being written down; earlier formats are read, later ones refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, JsonValue

from tests.events.bodies import alike, body_types, events, of_model
from writersroom.events import (
    BODY,
    VERSION,
    Event,
    NewerEvent,
    NotAnEvent,
    event_from_json,
    event_from_raw,
    event_to_json,
)
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.versions import UPCASTERS, RawEvent, Upcaster
from writersroom.events.wrapped import Wrapped

ENDED = Event(
    id=7, parent=6, turn=3, created=datetime(2026, 1, 2, tzinfo=UTC), body=Wrapped(reason="The lamp is lit.")
)


@pytest.mark.parametrize("model", body_types(), ids=lambda model: model.__name__)
def test_every_kind_of_body_survives_the_round_trip(model: type[BaseModel]) -> None:
    @settings(max_examples=25, deadline=None)
    @given(of_model(model))
    def check(body: BaseModel) -> None:
        text = BODY.dump_json(body)  # pyright: ignore[reportArgumentType] - drawn from the union's members
        assert alike(BODY.validate_json(text), body)
        json.loads(
            text, parse_constant=pytest.fail
        )  # Strict JSON: no bare NaN for other programs to choke on.

    check()


@settings(max_examples=150, deadline=None)
@given(events())
def test_any_event_survives_the_round_trip_as_one_line(event: Event) -> None:
    line = event_to_json(event)
    assert "\n" not in line
    assert alike(event_from_json(line), event)
    assert json.loads(line)["version"] == VERSION


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["version", "id", "parent", "turn", "created", "body", "kind"]),
                inner,
                max_size=7,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_else_is_refused_in_one_line(value: JsonValue) -> None:
    with pytest.raises((NotAnEvent, NewerEvent)) as caught:
        event_from_json(json.dumps(value))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, "\x00", b"\xff\xfe{}", "1", '{"version": true}', "{}"]
)
def test_text_that_is_no_event_is_refused(text: str | bytes) -> None:
    with pytest.raises(NotAnEvent):
        event_from_json(text)


def test_a_body_of_an_unknown_kind_is_refused() -> None:
    raw = json.loads(event_to_json(ENDED))
    raw["body"]["kind"] = "exploded"
    with pytest.raises(NotAnEvent, match="body"):
        event_from_json(json.dumps(raw))


def test_a_later_version_is_refused_with_both_versions_named() -> None:
    text = event_to_json(ENDED).replace(f'"version":{VERSION}', f'"version":{VERSION + 4}', 1)
    with pytest.raises(NewerEvent) as caught:
        event_from_json(text)
    assert (caught.value.found, caught.value.known) == (VERSION + 4, VERSION)
    assert str(caught.value) == (
        f"This event has format {VERSION + 4}, but this program knows formats up to {VERSION}; "
        "update writersroom to read it."
    )


def renamed_speaker(raw: RawEvent) -> RawEvent:
    """In version 1 of this story a line's `character` was its `speaker`."""
    body = raw["body"]
    assert isinstance(body, dict)
    if body["kind"] == "line_spoken":
        body["character"] = body.pop("speaker")
    return raw


def shouted(raw: RawEvent) -> RawEvent:
    """In version 2 lines were kept in lower case."""
    body = raw["body"]
    assert isinstance(body, dict)
    if body["kind"] == "line_spoken":
        body["line"] = str(body["line"]).upper()
    return raw


CHAIN: dict[int, Upcaster] = {1: renamed_speaker, 2: shouted}


@pytest.mark.parametrize(
    ("version", "speaker", "line"),
    [(1, "speaker", "light it"), (2, "character", "light it"), (3, "character", "LIGHT IT")],
)
def test_earlier_versions_go_through_every_upcaster_after_them(version: int, speaker: str, line: str) -> None:
    raw: RawEvent = {
        "id": 2,
        "parent": 1,
        "turn": 1,
        "created": "2026-01-02T00:00:00Z",
        "body": {"kind": "line_spoken", "take": "s1.t1", speaker: "MARA", "line": line},
    }
    event = event_from_raw(raw, version, current=3, upcasters=CHAIN)
    assert event.body == LineSpoken(take="s1.t1", character="MARA", line="LIGHT IT")


def test_an_earlier_version_that_its_upcaster_does_not_understand_is_refused() -> None:
    raw: RawEvent = {"id": 2, "body": {"kind": "line_spoken"}}
    with pytest.raises(NotAnEvent, match="version 1"):
        event_from_raw(raw, 1, current=3, upcasters=CHAIN)


def test_every_version_before_the_current_has_its_upcaster() -> None:
    assert set(UPCASTERS) == set(range(1, VERSION))
