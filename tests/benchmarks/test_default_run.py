"""The default run's figures, from the sample that was recorded by it."""

from __future__ import annotations

import pytest

from benchmarks.default_run import Figures, Times, figures
from writersroom.resources import SAMPLE, repository


@pytest.fixture(scope="module")
def found() -> Figures:
    return figures(repository() / "sessions" / SAMPLE, Times(loaded=3.0, words=6.5, ended=170.0))


def test_the_sample_is_all_that_a_default_run_must_come_to(found: Figures) -> None:
    assert (found.seconds, found.seconds_to_model, found.seconds_to_words) == (170.0, 3.0, 3.5)
    assert found.scenes == {"s1": 2, "s2": 2, "s3": 2}
    assert found.reads_back
    assert found.missed == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seconds", 180.1),
        ("seconds_to_words", 5.1),
        ("beats", 7),
        ("objections", 0),
        ("amended", 0),
        ("scenes", {}),
        ("scenes", {"s1": 2, "s2": 1}),
        ("reads_back", False),
    ],
)
def test_what_is_missed_is_named(found: Figures, name: str, value: object) -> None:
    worse: Figures = found._replace(**{name: value})
    assert worse.missed == [name]
