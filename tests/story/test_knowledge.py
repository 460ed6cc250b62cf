"""Who knows what, and where the audience knows more or less."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writersroom.story.beats import Beat, Status
from writersroom.story.characters import CharacterState
from writersroom.story.knowledge import awareness, knowledge, told

BEATS = (
    Beat(id="b1", summary="Tom puts the lamp out.", characters=("Tom",), time=1),
    Beat(id="b2", summary="Mara finds it cold.", characters=("Mara",), time=2),
    Beat(id="b3", summary="A cut scene.", characters=("Mara",), time=2.5, status=Status.CUT),
    Beat(id="b5", summary="The boat strikes.", characters=("Eve",), witnesses=("Eve", "Tom"), time=4),
    Beat(id="b4", summary="The day before: Mara oils it.", characters=("Mara", "Tom"), time=0),
)
"""As they are told; the last is told out of its time."""


def test_a_character_knows_what_they_witness_and_hear() -> None:
    assert knowledge(BEATS, "Mara") == ("b2", "b4")
    assert knowledge(BEATS, "Tom") == ("b1", "b5", "b4")
    assert knowledge(BEATS, "Mara", beliefs=("b1", "b3")) == ("b1", "b2", "b4")
    assert knowledge(BEATS, "Nobody") == ()
    assert told(CharacterState(beliefs=frozenset({"b2"})), "b1").beliefs == {"b1", "b2"}


def test_irony_is_what_the_audience_knows_and_the_character_does_not() -> None:
    at_the_door = awareness(BEATS, "Mara", until="b2")
    assert at_the_door.audience == ("b1", "b2")
    assert at_the_door.irony == ("b1",)
    # She oiled the lamp the day before; the audience has yet to be shown.
    assert at_the_door.mystery == ("b4",)
    assert at_the_door.character == ("b2", "b4")
    assert awareness(BEATS, "Mara", until="b2", beliefs={"b1"}).irony == ()


def test_at_the_end_nothing_is_a_mystery() -> None:
    end = awareness(BEATS, "Tom")
    assert (end.irony, end.mystery, end.audience) == (("b2",), (), ("b1", "b2", "b5", "b4"))


def test_within_a_flashback_nobody_knows_what_is_to_come() -> None:
    assert awareness(BEATS, "Tom", until="b4") == awareness(BEATS, "Mara", until="b4").model_copy(
        update={"character": ("b4",)}
    )
    assert awareness(BEATS, "Tom", until="b4").irony == ("b1", "b2", "b5")


@pytest.mark.parametrize("until", ["b3", "b9"])
def test_a_beat_that_is_not_told_is_named(until: str) -> None:
    with pytest.raises(LookupError, match=f"There is no beat '{until}' among those told"):
        awareness(BEATS, "Mara", until=until)


NAMES = ("Mara", "Tom")


@st.composite
def plots(draw: st.DrawFn) -> tuple[Beat, ...]:
    count = draw(st.integers(1, 8))
    return tuple(
        Beat(
            id=f"b{number}",
            summary="Something.",
            characters=tuple(draw(st.lists(st.sampled_from(NAMES), unique=True))),
            time=draw(st.integers(0, 4)),
            status=draw(st.sampled_from([Status.ADOPTED, Status.CUT])),
        )
        for number in range(1, count + 1)
    )


@settings(max_examples=60, deadline=None)
@given(plots(), st.sampled_from(NAMES), st.data())
def test_irony_and_mystery_are_the_two_differences(
    plot: tuple[Beat, ...], name: str, data: st.DataObject
) -> None:
    standing = [beat.id for beat in plot if beat.status != Status.CUT]
    until = data.draw(st.sampled_from([None, *standing]))
    aware = awareness(plot, name, until=until)
    known, shown = set(aware.character), set(aware.audience)
    assert set(aware.irony) == shown - known
    assert set(aware.mystery) == known - shown
    assert known <= set(knowledge(plot, name))
    if until is None:
        assert (aware.audience, known) == (tuple(standing), set(knowledge(plot, name)))


def test_equal_states_are_equal_as_text() -> None:
    ids = [f"b{number}" for number in range(1, 60)]
    one, other = (CharacterState(beliefs=frozenset(order)) for order in (ids, ids[::-1]))
    assert one.model_dump_json() == other.model_dump_json()
    assert one.model_dump(mode="json")["beliefs"] == ids
    assert CharacterState.model_validate_json(one.model_dump_json()) == one
