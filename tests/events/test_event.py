"""The envelope, and which kinds of event are somebody speaking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from tests.events.bodies import body_types
from writersroom.events import SPEAKING, Event, opens_turn
from writersroom.events.affect_changed import AffectChanged
from writersroom.events.note_given import NoteGiven
from writersroom.events.session_started import SessionStarted
from writersroom.events.whispered import Whispered
from writersroom.events.wrapped import Wrapped
from writersroom.story.characters import CharacterState


def event_at(moment: datetime) -> Event:
    return Event(id=1, parent=None, turn=0, created=moment, body=Wrapped(reason=""))


def test_kinds_are_told_apart_by_one_word_each() -> None:
    kinds = [model.model_fields["kind"].default for model in body_types()]
    assert len(set(kinds)) == len(kinds)
    assert set(kinds) >= SPEAKING


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (datetime(2026, 1, 2, 3), datetime(2026, 1, 2, 3, tzinfo=UTC)),
        (datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 1, 2, 1, tzinfo=UTC)),
    ],
)
def test_times_are_kept_in_utc(given: datetime, kept: datetime) -> None:
    event = event_at(given)
    assert event.created == kept
    assert event.created.tzinfo is UTC


def test_an_agent_that_speaks_opens_a_turn_and_the_room_does_not() -> None:
    note = NoteGiven(take="s1.t1", quote="Oh.", problem="Nobody says oh.")
    assert opens_turn(note, "critic")
    assert not opens_turn(note, "")
    assert not opens_turn(AffectChanged(character="MARA", state=CharacterState()), "MARA")
    assert not opens_turn(Whispered(to="MARA", text="slower"), "person")


def test_settings_are_numbers_that_json_has() -> None:
    with pytest.raises(ValidationError, match="finite"):
        SessionStarted(logline="x", settings={"temperature": float("nan")})
    kept = SessionStarted(logline="x", settings={"takes": 1, "heat": 1.0, "on": True, "name": "1"})
    read = SessionStarted.model_validate_json(kept.model_dump_json())
    assert [type(value) for value in read.settings.values()] == [int, float, bool, str]
