"""New files are called by what they are about, and never as one that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from writersroom.archive import free_name, stem_of


@pytest.mark.parametrize(
    ("logline", "stem"),
    [
        ("A lighthouse keeper's radio hears tomorrow.", "a-lighthouse-keeper-s-radio"),
        ("  ../../Etc/passwd?", "etc-passwd"),
        ("Ünï!", "n"),
        ("灯台", "session"),
        ("x" * 60, "x" * 48),
    ],
)
def test_a_stem_is_made_of_the_first_words(logline: str, stem: str) -> None:
    assert stem_of(logline) == stem


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    names = ["a.room", "a-2.room", "a-3.room"]
    for name in names:
        path = free_name(tmp_path, "a")
        assert path == tmp_path / name
        path.touch()
