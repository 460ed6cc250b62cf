"""The rules of the loop: what is refused, when it stops, when D is trained, what a person is warned of."""

from __future__ import annotations

import pytest

from tests.critic.standin import verdict
from writersroom.critic import collapse, loop
from writersroom.critic.selection import Contender
from writersroom.critic.verdict import Verdict

TEXT = "One of us left the radio on. It was talking when I came in, and nobody had asked it to."


def take(text: str = TEXT, **said: object) -> Contender:
    return Contender(take="s1.t1", text=text, verdict=verdict(**said))


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (take(c=0.6), "holds together less well"),
        (take(c=0.2), "below what is usual"),
        (take(j_score=-0.3), "worse to read"),
        (take(refused_by="spliced", refusal="Two texts were glued together."), "glued"),
        (take(refused_by="spliced"), "spliced"),
        (take(TEXT + " It was talking when I came in. It was talking when I came in."), "repeats itself"),
        (take(TEXT + " So I turned round and went down to the harbour instead."), "longer"),
        (take("One of us left the radio on."), "shorter"),
    ],
)
def test_a_revision_that_makes_something_worse_is_refused(after: Contender, why: str) -> None:
    before = take()
    assert loop.regressed(before, before, floor=0.3) == ""
    assert why in loop.regressed(before, after, floor=0.3)


def test_small_changes_are_no_reason() -> None:
    after = take(TEXT.replace("radio", "kettle"), c=0.77, j_score=-0.1)
    assert loop.regressed(take(), after, floor=0.3) == ""
    assert loop.regressed(take(), after, floor=0.3, continuity=(0.6, 0.55)) == ""
    assert loop.regressed(take(), after, floor=0.3, rubric=(0.6, 0.55)) == ""


def test_a_revision_that_contradicts_what_happened_is_refused() -> None:
    assert "before" in loop.regressed(take(), take(), floor=0.3, continuity=(0.7, 0.4))
    assert "sooner read" in loop.regressed(take(), take(), floor=0.3, rubric=(0.7, 0.4))


def test_what_a_guard_refused_is_not_kept_whatever_it_revises() -> None:
    short = take(refused_by="short", refusal="It has 31 words.")
    assert loop.regressed(short, take(refused_by="spliced"), floor=0.0)
    assert loop.regressed(short, take(), floor=0.0) == ""


def test_a_writer_below_its_usual_range_may_stay_where_it_is() -> None:
    assert loop.regressed(take(c=0.2), take(c=0.2), floor=0.3) == ""


@pytest.mark.parametrize(
    ("round", "rounds", "d_low", "unchanged", "goes_on"),
    [
        (0, 1, 0.1, 0, True),
        (1, 1, 0.1, 0, False),
        (0, 0, 0.1, 0, False),
        (2, 3, 0.1, 0, True),
        (3, 9, 0.1, 0, False),
        (0, 3, 0.6, 0, False),
        (2, 3, 0.1, 2, False),
        (1, 3, 0.1, 1, True),
    ],
)
def test_the_loop_stops_when_d_is_fooled_on_a_plateau_and_after_its_rounds(
    round: int, rounds: int, d_low: float, unchanged: int, goes_on: bool
) -> None:
    course = loop.course(round=round, rounds=rounds, leading=take(d=0.7, d_low=d_low), unchanged=unchanged)
    assert course.goes_on is goes_on
    assert "s1.t1" in course.why


def test_rounds_without_a_change_are_counted_from_the_end() -> None:
    assert loop.unchanged(["a"]) == 0
    assert loop.unchanged(["a", "b"]) == 0
    assert loop.unchanged(["a", "b", "b"]) == 1
    assert loop.unchanged(["b", "b", "a", "b", "b", "b"]) == 2


def test_d_is_trained_no_harder_than_needed() -> None:
    assert loop.to_be_trained(0.99, 0)
    assert loop.to_be_trained(0.99, 4)
    assert not loop.to_be_trained(0.99, 8)
    assert loop.to_be_trained(0.8, 100)  # The writer has found something that D does not know.


def test_distinct_and_alike_are_shares() -> None:
    assert collapse.distinct([]) == 1
    assert collapse.distinct(["a b c", "a b c"]) == 0.5
    assert collapse.alike(["a b c d"]) == 0
    assert collapse.alike(["a b c d", "A b, c d!"]) == 1
    assert collapse.alike(["a b c d", "a b c e"]) == pytest.approx(1 / 3)


def test_collapse_drift_and_gaming_are_told() -> None:
    other = "Nobody came for the boat, so Mara sold it to the man with the two dogs before winter."
    assert collapse.watched([TEXT, other], [TEXT, other]) == ()
    (alike,) = collapse.watched([TEXT, other], [TEXT, TEXT])
    assert alike.about == "collapse"
    assert alike.after < alike.before
    near = "The boat went out at night and nobody saw it. " + TEXT
    (nearer,) = collapse.watched([f"{other} {other}", TEXT], [f"{near} {other}", TEXT + " " + other])[:1]
    assert nearer.about == "collapse"
    longer = TEXT + " " + other
    assert collapse.watched([TEXT], [longer]) == ()  # one scene tells nothing of length, and two no more
    assert "length" not in {one.about for one in collapse.watched([TEXT, other], [longer, longer])}
    third = "Rain fell on the glass all day and the keeper wrote down every ship that did not come."
    (drift,) = [
        one
        for one in collapse.watched([TEXT, other, third], [longer, other, f"{third} {other}"])
        if one.about == "length"
    ]
    assert drift.after > drift.before


def test_takes_of_a_round_that_grow_alike_are_told() -> None:
    other = "Nobody came for the boat, so Mara sold it to the man with the two dogs before winter."
    assert collapse.gathered([TEXT, other], [TEXT, other]) is None
    near = collapse.gathered([TEXT, other], [TEXT, TEXT])
    assert near is not None
    assert (near.about, near.before, near.after) == ("collapse", 0.0, 1.0)
    assert collapse.gathered([TEXT], [TEXT, TEXT]) is None  # there is nothing to hold it against
    assert collapse.gathered([TEXT, other], [TEXT]) is None


def test_gaming_is_seen_among_takes_that_all_lie_above_every_expert() -> None:
    """A small writer's do: as a share of the experts' drafts, J is 1 before and after."""

    def read(logit: float, score: float) -> Verdict:
        return verdict(logit=logit, j=1.0, j_score=score)

    gamed = collapse.gamed(read(-3.0, 8.1), read(-1.0, 6.2))
    assert gamed is not None
    assert (gamed.about, gamed.before, gamed.after) == ("gaming", 8.1, 6.2)
    assert "+6.2 after +8.1" in gamed.message
    assert collapse.gamed(read(-3.0, 8.1), read(-1.0, 6.4)) is None
    assert collapse.gamed(read(-3.0, 8.1), read(-4.0, 6.2)) is None


def test_above_every_expert_j_tells_only_what_is_far_apart() -> None:
    above, best = verdict(j=1.0, j_score=6.1), verdict(j=0.99, j_score=5.8)
    assert not verdict(j=1.0, j_score=4.4).reads_worse(above)
    assert verdict(j=1.0, j_score=4.2).reads_worse(above)
    assert not best.reads_worse(above)
    assert not verdict(j=0.98, j_score=5.5).reads_worse(best)
    assert verdict(j=0.97, j_score=5.5).reads_worse(best)
    assert not verdict(j=1.0, j_score=6.3).reads_worse(best)
