"""What `bench` refuses before it measures anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Writersroom
from tests.engine.files.making import write_model
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


def test_a_server_is_refused(writersroom: Writersroom) -> None:
    ran = writersroom("bench", "--model", "http://127.0.0.1:9/v1")
    assert ran.code == Exit.MODEL
    assert ran.err == "Error: bench measures model files; http://127.0.0.1:9/v1 is a server.\n"


def test_a_model_that_cannot_chat_is_refused(writersroom: Writersroom, tmp_path: Path) -> None:
    ran = writersroom("bench", "--model", write_model(tmp_path / "base.gguf", template=None))
    assert ran.code == Exit.MODEL
    assert "has no chat template" in ran.err


def test_a_model_that_does_not_fit_is_refused(writersroom: Writersroom, tmp_path: Path) -> None:
    ran = writersroom("bench", "--n-ctx", "900000000", "--model", write_model(tmp_path / "tiny.gguf"))
    assert ran.code == Exit.MODEL
    assert "of memory" in ran.err
