"""Setups never paid, or paid too soon: found, and only they."""

from __future__ import annotations

from tests.story.making import beat, chain, find, keys, rising, story
from writersroom.story.weaknesses import WeaknessKind


def test_unpaid_setup() -> None:
    beats = [beat("A gun hangs on the wall", plants="the gun"), *rising(5)]
    (found,) = find(story(*beats, links=chain(6)), WeaknessKind.UNPAID_SETUP)
    assert found.key == "unpaid_setup:b1"
    assert found.suggests[0] == "pay_off"
    assert "“the gun”" in found.evidence
    assert keys(story(*beats, links=chain(6) + " b1 sets_up b5"), WeaknessKind.UNPAID_SETUP) == []
    late = [*rising(5), beat(plants="the gun")]
    assert keys(story(*late, links=chain(6)), WeaknessKind.UNPAID_SETUP) == [], "there is still time"
    same = [beat("A gun", plants="A gun"), *rising(5)]
    evidence = find(story(*same, links=chain(6)), WeaknessKind.UNPAID_SETUP)[0].evidence
    assert evidence == 'b1 "A gun" plants something, and nothing ever comes of it.'


def test_paid_too_soon() -> None:
    graph = story(*["Beat"] * 24, links=chain(24) + " b2 sets_up b3 b5 sets_up b7 b9 sets_up b20")
    assert keys(graph, WeaknessKind.PAID_TOO_SOON) == ["paid_too_soon:b2:b3", "paid_too_soon:b5:b7"]
    first, second = find(graph, WeaknessKind.PAID_TOO_SOON)
    assert "right after it" in first.evidence
    assert "only 1 beat later" in second.evidence
    prepared = story(*["Beat"] * 24, links=chain(24) + " b2 sets_up b20 b19 sets_up b20")
    assert keys(prepared, WeaknessKind.PAID_TOO_SOON) == [], "an early setup is enough"
    assert keys(story(*["Beat"] * 3, links="b1 sets_up b3"), WeaknessKind.PAID_TOO_SOON) == []
