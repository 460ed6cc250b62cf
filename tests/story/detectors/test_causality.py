"""Beats without cause or effect, chains of "and then", effects before causes: found, and only they."""

from __future__ import annotations

import pytest

from tests.story.making import beat, chain, find, keys, story
from writersroom.story.weaknesses import WeaknessKind


def test_and_then() -> None:
    graph = story("He wakes", "It rains", "A bus passes", "He dies", links="b3 precedes b4 b1 precedes b2")
    (found,) = find(graph, WeaknessKind.AND_THEN)
    assert found.key == "and_then:b1"
    assert found.beats == ("b1", "b2", "b3", "b4")
    assert '"He wakes"' in found.evidence
    assert keys(graph, WeaknessKind.LOOSE) == [], "said once"


def test_a_longer_chain_of_and_then_weighs_more_and_keeps_its_key() -> None:
    short, long = (find(story(*["Beat"] * n), WeaknessKind.AND_THEN)[0] for n in (3, 6))
    assert short.key == long.key
    assert short.severity < long.severity


def test_no_and_then_where_one_thing_leads_to_another() -> None:
    assert keys(story("One", "Two", "Three", "Four", links=chain(4)), WeaknessKind.AND_THEN) == []
    two_lines = "b1 causes b3 b2 motivates b4 b3 enables b5 b4 sets_up b6"
    assert keys(story(*["Beat"] * 6, links=two_lines), WeaknessKind.AND_THEN) == []
    given_first = "b1 causes b4 b2 causes b4 b3 causes b5 b4 causes b5"
    assert keys(story(*["Beat"] * 5, links=given_first), WeaknessKind.AND_THEN) == []


def test_uncaused() -> None:
    graph = story(*["Beat"] * 10, links=chain(6) + " b7 causes b8 b8 causes b9 b9 causes b10")
    (found,) = find(graph, WeaknessKind.UNCAUSED)
    assert found.key == "uncaused:b7"
    assert "65 % into the story" in found.evidence
    assert found.evidence.endswith('b8 "Beat" depends on it.')
    late = story(*["Beat"] * 10, links=chain(8) + " b9 causes b10")
    assert find(late, WeaknessKind.UNCAUSED)[0].severity > found.severity, "the later the worse"
    several = story(*["Beat"] * 10, links=chain(6) + " b7 causes b8 b7 causes b9 b9 causes b10")
    assert find(several, WeaknessKind.UNCAUSED)[0].evidence.endswith('b8 "Beat" and b9 "Beat" depend on it.')


@pytest.mark.parametrize("link", ["b2 causes b7", "b2 enables b7", "b2 motivates b7", "b2 sets_up b7"])
def test_what_is_grounded_is_not_uncaused(link: str) -> None:
    graph = story(*["Beat"] * 10, links=chain(6) + f" b7 causes b8 b8 causes b9 b9 causes b10 {link}")
    assert keys(graph, WeaknessKind.UNCAUSED) == []


def test_what_may_be_without_cause() -> None:
    opening = story(*["Beat"] * 6, links="b1 causes b4 b2 causes b5 b3 causes b6 b4 causes b5 b5 causes b6")
    assert keys(opening, WeaknessKind.UNCAUSED) == []
    planted = story(*["Beat"] * 10, links=chain(6) + " b7 sets_up b9 b6 causes b8 b8 causes b9 b9 causes b10")
    assert keys(planted, WeaknessKind.UNCAUSED) == [], "a setup is there for its payoff"
    beats = [beat("Now", time=5) for _ in range(10)]
    beats[6] = beat("Long ago", time=1)
    links = chain(6) + " b7 causes b8 b8 causes b9 b9 causes b10"
    assert keys(story(*beats, links=links), WeaknessKind.UNCAUSED) == [], "what happened before"
    assert keys(story(*["Beat"] * 10, links=links), WeaknessKind.UNCAUSED, structure="kishotenketsu") == []


def test_who_was_spoken_of_may_come() -> None:
    links = chain(6) + " b7 causes b8 b8 causes b9 b9 causes b10"
    beats = [beat("Now") for _ in range(10)]
    beats[6] = beat("She is at the door", characters=("Lady Bracknell",))
    assert keys(story(*beats, links=links), WeaknessKind.UNCAUSED) == ["uncaused:b7"]
    for announced in (
        beat("Tea is laid for LADY BRACKNELL."),
        beat("Tea", plants="a cup for Lady Bracknell"),
    ):
        assert keys(story(announced, *beats[1:], links=links), WeaknessKind.UNCAUSED) == []
    twice = [beat("Tea is laid for Lady Bracknells, not for Lady Bracknell."), *beats[1:]]
    assert keys(story(*twice, links=links), WeaknessKind.UNCAUSED) == []
    half_a_name = beat("Tea is laid for Lady Bracknells")
    assert keys(story(half_a_name, *beats[1:], links=links), WeaknessKind.UNCAUSED) == ["uncaused:b7"]
    seen_before = beat("Lady Bracknell is here", characters=("Lady Bracknell",))
    assert keys(story(seen_before, *beats[1:], links=links), WeaknessKind.UNCAUSED) == ["uncaused:b7"]


def test_a_word_that_is_also_a_name_announces_nobody() -> None:
    links = chain(6) + " b7 causes b8 b8 causes b9 b9 causes b10"
    beats = [beat("Now") for _ in range(10)]
    beats[6] = beat("He is at the door", characters=("Will",))
    for said, found in (("She will wait.", ["uncaused:b7"]), ("She waits for Will.", [])):
        assert keys(story(beat(said), *beats[1:], links=links), WeaknessKind.UNCAUSED) == found


def test_two_beats_that_are_only_put_in_order_are_and_then() -> None:
    graph = story("He wakes", "It rains", links="b1 precedes b2")
    assert keys(graph, WeaknessKind.AND_THEN) == ["and_then:b1"]
    assert keys(graph, WeaknessKind.LOOSE) == []
    assert keys(story("He wakes", "It rains"), WeaknessKind.LOOSE) == ["loose:b2", "loose:b1"]


def test_loose() -> None:
    graph = story(*["Beat"] * 5, links="b1 causes b2 b2 causes b4 b4 causes b5 b2 precedes b3")
    (found,) = find(graph, WeaknessKind.LOOSE)
    assert (found.key, found.beats) == ("loose:b3", ("b3",))
    image = story("An empty road", "Two", "Three", links="b2 causes b3")
    assert find(image, WeaknessKind.LOOSE)[0].severity < found.severity
    assert keys(story("One", "Two", links="b1 sets_up b2"), WeaknessKind.LOOSE) == []
    assert keys(story("One"), WeaknessKind.LOOSE) == []


def test_dead_end() -> None:
    links = "b1 causes b2 b1 causes b3 b3 causes b4 b4 causes b5 b5 causes b6 b2 precedes b3"
    graph = story(*["Beat"] * 6, links=links)
    (found,) = find(graph, WeaknessKind.DEAD_END)
    assert found.key == "dead_end:b2"
    promising = story("Beat", beat(stakes="his life"), *["Beat"] * 4, links=links)
    assert find(promising, WeaknessKind.DEAD_END)[0].severity > found.severity
    for more in ("b2 causes b5", "b2 enables b5", "b2 motivates b5", "b2 sets_up b5", "b1 sets_up b2"):
        assert keys(story(*["Beat"] * 6, links=f"{links} {more}"), WeaknessKind.DEAD_END) == []
    ending = story(*["Beat"] * 4, links="b1 causes b2 b2 causes b3 b2 causes b4")
    assert keys(ending, WeaknessKind.DEAD_END) == [], "the ending leads nowhere"


def test_effect_before_cause() -> None:
    wrong = story(beat("Shot", time=2), beat("Quarrel", time=3), links="b2 causes b1 b2 precedes b1")
    (found,) = find(wrong, WeaknessKind.EFFECT_BEFORE_CAUSE)
    assert (found.key, found.severity) == ("effect_before_cause:b2:b1", 0.8)
    assert found.evidence == 'b2 "Quarrel" causes b1 "Shot", but happens after it (time 3 after 2).'
    unsaid = story("Shot", "Quarrel", links="b2 causes b1")
    assert find(unsaid, WeaknessKind.EFFECT_BEFORE_CAUSE)[0].severity == 0.4
    flashback = story(beat("Shot", time=2), beat("Quarrel", time=1), links="b2 causes b1")
    straight = story("Quarrel", "Shot", links="b1 causes b2")
    goad = story("One", "Two", links="b1 motivates b2 b2 motivates b1")
    for fine in (flashback, straight, goad):
        assert keys(fine, WeaknessKind.EFFECT_BEFORE_CAUSE) == []
