"""Heads that know edits, and parts that are judged apart."""

from __future__ import annotations

import numpy as np
import pytest

from tests.critic.measuring import reading, seen
from tests.critic.texts import MACHINE, machine_like, people_like
from writersroom.critic.attacks import attacked
from writersroom.critic.critic import EDITED
from writersroom.critic.features.legibility import LEGIBILITY, legibility
from writersroom.critic.features.normal import normal_form
from writersroom.critic.features.parts import WIDTH, parts
from writersroom.critic.heads.edits import EDITS, edit_head, left_out_limit, part_head
from writersroom.critic.weights import load
from writersroom.engine.interface import TextScore
from writersroom.resources import critic_weights

PEOPLE = [people_like(seed, 20) for seed in range(24)]
MACHINES = [machine_like(seed) for seed in range(24)]


def test_words_that_fall_into_dear_tokens_are_counted() -> None:
    text = "ordinary wrods stand here"
    score = TextScore(
        starts=np.array([0, 8, 11, 14, 20], np.int32),  # "ordinary", " wr", "ods", " stand", " here"
        logprob=np.array([-2, -9, -8, -1, -1], np.float32),
        rank=np.zeros(5, np.int32),
        entropy=np.ones(5, np.float32),
        variance=np.ones(5, np.float32),
    )
    values = dict(zip((one.name for one in LEGIBILITY), legibility(text, score), strict=True))
    assert values["in_two"] == 0.25
    assert values["in_three"] == 0
    assert values["broken"] == 0.25
    assert values["cost"] == -21 / 4
    assert not legibility("a", seen("a")).any()


def test_parts_are_measured_like_texts_and_short_ones_not_at_all() -> None:
    window = normal_form(people_like(1, 30)).text
    found = parts(window, seen(window))
    assert found.shape == (3, WIDTH)
    assert np.isfinite(found).all()
    assert parts("Too short.", seen("Too short.")).shape == (0, WIDTH)


def test_each_token_is_counted_in_one_part() -> None:
    """What the eye saw in the first word of a part says nothing of the part before."""
    sentence = " ".join(["The dog ran home."] + ["It"] + ["ran"] * 14 + ["off."])
    thirds = [sentence.replace(".", ",", 1)] * 3
    window = " ".join(thirds)
    score = seen(window)
    begins = len(thirds[0])  # a token holds the blank before its word
    odd = score.model_copy(
        update={"logprob": np.where(score.starts == begins, -40, score.logprob).astype(np.float32)}
    )
    assert (odd.logprob == -40).sum() == 1
    first, other = parts(window, score), parts(window, odd)
    assert first.shape == (3, WIDTH)
    np.testing.assert_array_equal(other[0], first[0])


def test_a_long_text_is_held_against_the_limit_of_a_short_one() -> None:
    """More windows are no more reason to refuse: the weakest part is taken window by window."""
    texts = [reading(text).parts for text in PEOPLE[:16]], [reading(text).parts for text in MACHINES[:16]]
    head = part_head(*texts)
    long = reading(" ".join(people_like(seed, 20) for seed in range(400, 404))).parts
    assert len(long) == 4
    each = [head.weakest((window,)) for window in long]
    assert head.weakest(long) == pytest.approx(np.mean(each))
    assert max(each) > min(each)
    assert head.weakest((long[0], np.zeros((0, WIDTH)))) == pytest.approx(each[0])


def test_the_weakest_part_gives_a_glued_text_away() -> None:
    head = part_head(
        [reading(text).parts for text in PEOPLE[:16]], [reading(text).parts for text in MACHINES[:16]]
    )
    glued = [f"{people_like(seed, 9)} {machine_like(seed, 4)}" for seed in range(300, 312)]
    weak = [head.weakest(reading(text).parts) < head.limit for text in glued]
    wronged = [head.weakest(reading(text).parts) < head.limit for text in PEOPLE[16:]]
    assert np.mean(weak) > np.mean(wronged) + 0.4
    assert head.weakest((np.zeros((0, WIDTH)),)) == float("inf")
    limit = left_out_limit(
        [reading(text).parts for text in PEOPLE], [reading(text).parts for text in MACHINES], folds=3
    )
    assert np.isfinite(limit)


def test_an_edit_is_known_when_it_is_seen() -> None:
    people = np.stack([reading(text).edits for text in PEOPLE])
    edited = np.stack(
        [reading(attacked(text, [MACHINE], "fillers", at)).edits for at, text in enumerate(MACHINES)]
    )
    head = edit_head("fillers", people[:16], edited[:16])
    assert (head.head.logits(edited[16:]) < head.limit).mean() > 0.8
    assert (head.head.logits(people[16:]) < head.limit).mean() < 0.3


def test_every_shipped_edit_has_its_sentence() -> None:
    held = load(critic_weights())
    assert {edit.kind for edit in held.edits} <= set(EDITED)
    assert set(EDITS) == set(EDITED)
