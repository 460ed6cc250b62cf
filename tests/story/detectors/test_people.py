"""Characters who do not change, are not there, or cannot know: found, and only they."""

from __future__ import annotations

import pytest

from tests.story.making import beat, find, keys, rising, story
from writersroom.story.beats import Beat
from writersroom.story.emotions import Emotion
from writersroom.story.weaknesses import WeaknessKind


def feeling(*feelings: Emotion | None) -> list[Beat]:
    return [beat(characters=("Ann",), emotions={} if feel is None else {"Ann": feel}) for feel in feelings]


@pytest.mark.parametrize(
    ("beats", "why"),
    [
        (feeling(*[Emotion.JOY] * 5), "feels joy and nothing else"),
        (feeling(*[Emotion.HAPPY_FOR, None] * 3), "feels happy for and nothing else"),
        (
            feeling(*[Emotion.FEAR, Emotion.DISTRESS] * 3),
            "feels only distress and fear, which are much alike",
        ),
        (feeling(*[None] * 4), "no feeling is noted"),
    ],
)
def test_unchanged(beats: list[Beat], why: str) -> None:
    (found,) = find(story(*beats), WeaknessKind.UNCHANGED)
    assert (found.key, found.characters) == ("unchanged:Ann", ("Ann",))
    assert why in found.evidence


@pytest.mark.parametrize(
    "beats",
    [
        feeling(*[Emotion.JOY] * 4, Emotion.FEAR),
        feeling(*[Emotion.FEAR, Emotion.DISTRESS, Emotion.SHAME] * 2),
        feeling(*[Emotion.JOY, Emotion.CALM] * 3),
        feeling(*[Emotion.FEAR, Emotion.DISTRESS] * 2),
        feeling(*[Emotion.JOY] * 3),
        rising(5, characters=("Ann",)),
        [*feeling(*[Emotion.JOY] * 4), *rising(12)],
    ],
    ids=["falls", "worse and worse", "calms down", "still few", "too few beats", "is turned", "minor"],
)
def test_not_unchanged(beats: list[Beat]) -> None:
    assert keys(story(*beats), WeaknessKind.UNCHANGED) == []


def test_absent() -> None:
    graph = story(*rising(4, characters=("Ann",)))
    (found,) = find(graph, WeaknessKind.ABSENT, "Ann", "Bob")
    assert (found.key, found.characters) == ("absent:Bob", ("Bob",))
    assert keys(graph, WeaknessKind.ABSENT, "Ann") == []
    assert keys(graph, WeaknessKind.ABSENT, "Ann", "Bob", "Cyd", "Dee", "Eve") == [], "more people than beats"


def test_unwitnessed() -> None:
    murder, revenge = (
        beat("Murder", characters=("Bob",), time=1),
        beat("Revenge", characters=("Ann",), time=3),
    )
    (found,) = find(story(murder, revenge, links="b1 motivates b2"), WeaknessKind.UNWITNESSED)
    assert (found.key, found.severity) == ("unwitnessed:b1:b2", 0.75)
    assert found.evidence == 'b1 "Murder" motivates b2 "Revenge", but Ann did not witness it.'
    meeting = beat("Supper", characters=("Ann", "Bob"), time=2)
    (hearsay,) = find(story(murder, meeting, revenge, links="b1 motivates b3"), WeaknessKind.UNWITNESSED)
    assert hearsay.severity == 0.3
    assert "may have heard of it" in hearsay.evidence
    early = beat("Supper", characters=("Ann", "Bob"), time=0)
    assert (
        find(story(murder, early, revenge, links="b1 motivates b3"), WeaknessKind.UNWITNESSED)[0].severity
        == 0.75
    )


def test_word_travels_from_mouth_to_mouth_and_to_those_who_overhear() -> None:
    def severity(*meetings: Beat) -> float:
        murder, revenge = (
            beat("Murder", characters=("Bob",), time=1),
            beat("Revenge", characters=("Ann",), time=9),
        )
        graph = story(murder, *meetings, revenge, links=f"b1 motivates b{len(meetings) + 2}")
        return find(graph, WeaknessKind.UNWITNESSED)[0].severity

    bob_cyd, cyd_ann = beat(characters=("Bob", "Cyd"), time=2), beat(characters=("Cyd", "Ann"), time=3)
    assert severity(bob_cyd, cyd_ann) == 0.3
    assert severity(cyd_ann.model_copy(update={"time": 1.5}), bob_cyd) == 0.75
    assert severity(beat(characters=("Bob", "Cyd"), witnesses=("Bob", "Cyd", "Ann"), time=2)) == 0.3


def test_witnessed() -> None:
    murder = beat("Murder", characters=("Bob",), witnesses=("Bob", "Ann"), time=1)
    revenge = beat("Revenge", characters=("Cyd", "Ann"), time=3)
    unseen = beat("Murder", characters=("Bob",), time=1)
    body = beat("She finds the body", characters=("Ann",), time=2)
    for fine in (
        story(murder, revenge, links="b1 motivates b2"),
        story(unseen, revenge, links="b1 causes b2"),
        story(unseen, beat("Storm", time=3), links="b1 motivates b2"),
        story(unseen, body, revenge, links="b1 causes b2 b1 motivates b3"),
    ):
        assert keys(fine, WeaknessKind.UNWITNESSED) == []
    later = body.model_copy(update={"time": 4})
    assert keys(story(unseen, revenge, later, links="b1 causes b3 b1 motivates b2"), WeaknessKind.UNWITNESSED)
