"""The independent judge: it measures each text alone, and is tested on what it was not fitted on."""

from __future__ import annotations

import random
from pathlib import Path
from typing import cast

import numpy as np

from benchmarks.critic_judge import (
    ALONE,
    DAMAGES,
    FEATURES,
    STRANGERS,
    cut_near,
    damaged,
    fitted,
    in_halves,
    lines_of,
    measured,
    parted,
    scenes_of_plays,
    usual_length,
)
from tests.critic.texts import people_like
from writersroom.critic.features.normal import normal_form
from writersroom.engine.interface import Engine, TextScore

SCENES = [normal_form(people_like(seed, 8)).text for seed in range(16)]


class Reader:
    """An eye to which a word is foreseeable where it has just been read."""

    async def score(self, context: str, texts: list[str], *, hidden: bool = False) -> list[TextScore]:
        del hidden
        return [self._score(context.split(), text.split()) for text in texts]

    def _score(self, before: list[str], words: list[str]) -> TextScore:
        logprob = np.array([-1 if word in before else -3 for word in words], np.float32)
        ones, whole = np.ones(len(words), np.float32), np.arange(len(words), dtype=np.int32)
        starts = np.cumsum([0, *(len(word) + 1 for word in words)])[:-1].astype(np.int32)
        return TextScore(starts=starts, logprob=logprob, rank=whole, entropy=ones, variance=ones)


READER = cast("Engine", Reader())


async def test_what_was_measured_is_kept(tmp_path: Path) -> None:
    scenes, strangers, kept = SCENES[:4], SCENES[14:], tmp_path / "judged.jsonl"
    found = await measured([READER], scenes[:3], strangers, keep=kept)
    both = await measured([READER], scenes, strangers, keep=kept)
    np.testing.assert_array_equal(both[:3], found)
    # Where nothing is left to read nobody is asked.
    np.testing.assert_array_equal(await measured([], scenes, strangers, keep=kept), both)
    assert len(kept.read_text().splitlines()) == len(scenes)


async def test_what_is_measured_of_a_text_does_not_depend_on_the_others() -> None:
    """Else a spliced copy beside the text that its second half is from would give itself away."""
    strangers, scenes, _ = parted(SCENES)
    found = await measured([READER], scenes, strangers)
    assert found.shape == (len(scenes), len(FEATURES))
    np.testing.assert_array_equal(await measured([READER, READER], scenes[::-1], strangers), found[::-1])


def test_a_damaged_copy_of_what_is_said_has_its_words_and_whole_lines() -> None:
    """A line that was cut in two would give the copy away by its quotation marks."""
    said, other = '"A b c. D e." "F g." "H i j." "K l m n."', '"O p." "Q r."'
    chance = random.Random(4)
    for kind in DAMAGES:
        copy = damaged(said, other, kind, chance)
        assert copy != said
        assert all(line[0] == line[-1] == '"' and line.count('"') == 2 for line in lines_of(copy))
        if kind != "two spliced":
            assert sorted(copy.replace('"', " ").split()) == sorted(said.replace('"', " ").split())
    assert sorted(lines_of(damaged(said, other, "lines shuffled", chance))) == sorted(lines_of(said))
    assert damaged(said, other, "two spliced", chance) == f'{in_halves(said)[0]} "Q r."'


def test_strangers_are_in_no_pair() -> None:
    strangers, scenes, copies = parted(SCENES)
    assert len(strangers) == STRANGERS
    assert len(scenes) == len(copies) == len(SCENES) - STRANGERS
    assert not any(stranger in text for stranger in strangers for text in (*scenes, *copies))
    assert all(copy != scene for scene, copy in zip(scenes, copies, strict=True))


def test_nothing_is_learned_of_what_it_is_tested_on() -> None:
    chance = np.random.default_rng(0)
    scenes, takes, copies = chance.normal(size=(3, 20, len(FEATURES))) + np.array([2, 0, 0])[:, None, None]
    judge = fitted(scenes, takes, copies, strangers=("Once.",))
    assert judge.figures["plays over takes, unseen"] > 0.8
    assert judge.figures["whole over damaged, unseen"] > 0.8
    assert judge.figures[f"whole over damaged, unseen, by {ALONE}"] > 0.6
    for side in (scenes, takes, copies):
        side[10:] *= -5
    other = fitted(scenes, takes, copies, strangers=("Once.",))
    assert (other.scale, other.weights) == (judge.scale, judge.weights)
    assert other.figures != judge.figures


def test_of_a_play_only_what_is_spoken_is_read(tmp_path: Path) -> None:
    play = """A preface that nobody speaks.

# Act I

(A room. It is late.)
LÖVBORG:
(Rising.) The lamp is out. (A pause.) I said so.
(He goes.)
A MAID:
Then I shall light it. You may sit down again.
"""
    (tmp_path / "play.txt").write_text(play, "utf-8")
    scenes = scenes_of_plays(tmp_path, each=9, words=10)
    said = '"The lamp is out. I said so." "Then I shall light it."'
    assert scenes == [said]


def test_a_scene_is_cut_at_the_sentence_end_nearest_to_the_length_of_takes() -> None:
    text = '"One two three. Four five six." "Seven eight."'
    assert [cut_near(text, words) for words in (1, 4, 5, 6, 8, 99)] == [
        '"One two three."',
        '"One two three."',
        '"One two three. Four five six."',
        '"One two three. Four five six."',
        text,
        text,
    ]
    assert usual_length(["a", "a b c", "a b c d e"]) == 3
