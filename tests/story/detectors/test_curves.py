"""Acts without a turn, flat and falling tension, one place too long: found, and only they."""

from __future__ import annotations

from tests.story.making import beat, find, keys, rising, story
from writersroom.story.graph import PlotGraph
from writersroom.story.weaknesses import WeaknessKind


def test_unvalued() -> None:
    (found,) = find(story("One", "Two", "Three"), WeaknessKind.UNVALUED)
    assert found.suggests == ("revise",)
    assert keys(story("One", "Two"), WeaknessKind.UNVALUED) == [], "too early to say"
    assert keys(story("One", "Two", beat(value_after=0.1)), WeaknessKind.UNVALUED) == []


def test_no_turning_point() -> None:
    still = [beat(act=2, value_before=0.1, value_after=0.2) for _ in range(3)]
    (found,) = find(story(*rising(3), *still), WeaknessKind.NO_TURNING_POINT)
    assert (found.key, found.beats) == ("no_turning_point:act2", ("b4", "b6"))
    assert keys(story(*rising(3), *still[:2]), WeaknessKind.NO_TURNING_POINT) == [], "the act has only begun"
    degrees = [beat(act=2, value_before=v, value_after=v + 0.15) for v in (0.0, 0.15, 0.3)]
    assert keys(story(*rising(3), *degrees), WeaknessKind.NO_TURNING_POINT) == [], "it turns by degrees"
    assert keys(story(*["Beat"] * 4), WeaknessKind.NO_TURNING_POINT) == [], "unvalued says so once"


def tense(*tensions: float) -> PlotGraph:
    return story(*(beat(tension=tension) for tension in tensions))


def test_a_flat_tension_is_said_once() -> None:
    early = tense(*[0.15] * 3, *[0.0] * 9)
    assert keys(early, WeaknessKind.FLAT_TENSION) == ["flat_tension"]
    assert keys(early, WeaknessKind.FALLING_TENSION) == []
    assert not any("tension" in found.evidence for found in find(early, WeaknessKind.MISSING_POINT))


def test_flat_tension() -> None:
    assert keys(tense(0.5, 0.6, 0.5, 0.6), WeaknessKind.FLAT_TENSION) == ["flat_tension"]
    sagging = tense(-0.5, 0.0, 0.3, 0.4, 0.4, 0.4, 0.35, 0.4, 0.9)
    (found,) = find(sagging, WeaknessKind.FLAT_TENSION)
    assert (found.key, found.beats) == ("flat_tension:b3", ("b3", "b4", "b5", "b6", "b7", "b8"))
    assert keys(tense(-0.5, 0.0, 0.4, 0.4, 0.4, 0.4, 0.4, 0.9), WeaknessKind.FLAT_TENSION) == []
    assert keys(tense(0.0, 0.0, 0.0), WeaknessKind.FLAT_TENSION) == []
    assert keys(tense(*[0.5] * 8), WeaknessKind.FLAT_TENSION, structure="kishotenketsu") == []


def test_falling_tension() -> None:
    falling = tense(0.9, 0.8, 0.6, 0.4, 0.2, 0.0, -0.2, -0.4)
    (found,) = find(falling, WeaknessKind.FALLING_TENSION)
    assert found.evidence.startswith("The tension falls: 0.85 on average")
    assert keys(falling, WeaknessKind.FALLING_TENSION, structure="kishotenketsu") == []
    assert keys(tense(-0.4, -0.2, 0.0, 0.2, 0.4, 0.6, 0.8, 0.2), WeaknessKind.FALLING_TENSION) == []
    pyramid = tense(0.0, 0.2, 0.5, 0.9, 0.9, 0.4, 0.0, -0.4, -0.6, -0.6)
    assert keys(pyramid, WeaknessKind.FALLING_TENSION, structure="freytag") == []
    assert keys(pyramid, WeaknessKind.FALLING_TENSION, structure="three_act") == ["falling_tension"]


def at(*places: str) -> PlotGraph:
    return story(*(beat(place=place) for place in places))


def test_one_place() -> None:
    (found,) = find(at(*["hall"] * 9, *"abcdefgh"), WeaknessKind.ONE_PLACE)
    assert (found.key, len(found.beats)) == ("one_place:b1:hall", 9)
    (home,) = find(at(*["hall"] * 9, "yard", *["hall"] * 9), WeaknessKind.ONE_PLACE)
    assert (home.key, home.severity) == ("one_place:hall", 0.15)
    assert "18 of 19 beats" in home.evidence
    assert keys(at(*["hall"] * 7, *"abcdefgh"), WeaknessKind.ONE_PLACE) == []
    assert keys(at(*["hall", "yard"] * 9), WeaknessKind.ONE_PLACE) == []
    assert keys(at(*[""] * 20), WeaknessKind.ONE_PLACE) == [], "no place was given"
