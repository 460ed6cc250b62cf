"""What `bench` refuses before it measures anything."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Writersroom
from writersroom.exits import Exit


@pytest.fixture(autouse=True)
def measures_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused is refused before the minutes of measuring begin."""

    def run(*_: object) -> None:
        raise AssertionError("it began to measure")

    monkeypatch.setattr("writersroom.cli.bench.run_bench", run)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--lora", "a.gguf", "--lora", "b.gguf"), "--lora"),
        (("--use-extra-bufts", "false"), "--use-extra-bufts"),
    ],
)
def test_settings_that_would_reach_our_side_alone_are_errors_of_usage(
    writersroom: Writersroom, options: tuple[str, ...], said: str
) -> None:
    ran = writersroom("bench", *options)
    assert ran.code == Exit.USAGE
    assert f"Error: {said}" in ran.err
    assert "Traceback" not in ran.err
