"""Notes: what the critic measured as a reader says it, and never a count or a list of words."""

from __future__ import annotations

import re

from tests.critic.standin import verdict
from writersroom.critic.features.vector import FAMILIES
from writersroom.critic.notes import MOST, findings, readerly

_SEEN_AGAIN = [family.machine for family in FAMILIES.values()]


def test_what_d_minds_most_comes_first_as_a_reader_would_say_it() -> None:
    reasons = (FAMILIES["named feelings"].machine, FAMILIES["sentence rhythm"].machine)
    found = findings(verdict(reasons=reasons), ["it begs for tears"])
    assert [one.says for one in found] == [
        "They name the feeling instead of showing it.",
        "Every sentence here is as long as the one before.",
        "It begs for tears.",
    ]
    assert found[0].asks.replace("{who}", "Mara") == "Mara would rather not say how it feels."
    assert found[2].asks == "This time nobody can say that it begs for tears."


def test_no_note_counts_or_lists_words() -> None:
    said = [one for reason in _SEEN_AGAIN for one in findings(verdict(reasons=(reason,)))]
    assert len({one.says for one in said}) > 10
    for one in said:
        assert readerly(one.says)
        assert readerly(one.asks)
        assert not re.search(r"\d|%", one.says + one.asks)
    assert not readerly("3 adverbs per line")
    assert not readerly('it says "heart" and "soul"')


def test_a_fault_that_counts_is_left_out() -> None:
    found = findings(verdict(reasons=(FAMILIES["voice"].machine,)), ["there are 12 adverbs", ""])
    assert [one.says for one in found] == ["I do not hear who is talking."]


def test_nothing_is_said_twice_and_something_is_always_said() -> None:
    first = findings(verdict())
    assert len(first) == MOST
    again = findings(verdict(), said={one.says for one in first})
    assert again
    assert not {one.says for one in again} & {one.says for one in first}
    human = findings(verdict(reasons=(FAMILIES["voice"].human,)))
    assert human == first


def test_a_line_that_is_the_theme_is_what_a_note_is_about_first() -> None:
    reasons = (FAMILIES["voice"].machine,)
    plain, argued = findings(verdict(reasons=reasons)), findings(verdict(reasons=reasons), theme_said=True)
    assert argued[1:] == plain
    assert "out loud" in argued[0].says
    again = findings(verdict(reasons=reasons), theme_said=True, said={argued[0].says})
    assert again == plain
