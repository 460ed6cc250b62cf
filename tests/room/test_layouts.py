"""A model's layout is found by the session's word for the model and its hash, or it is said why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from writersroom.engine.errors import EngineClosed
from writersroom.engine.files.fingerprint import model_sha256
from writersroom.engine.interface import Part, Request
from writersroom.room.layouts import by_model_file
from writersroom.room.nobody import Nobody
from writersroom.room.why import Unchecked

PARTS = (Part(role="user", text="Who keeps the lamp?"),)


def test_the_file_is_found_by_name_and_hash(model_path: Path) -> None:
    laid_out = by_model_file(str(model_path), model_sha256(model_path), PARTS)
    assert "Who keeps the lamp?" in laid_out
    assert laid_out != PARTS[0].text


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("no-such-model", "cannot be had"),
        ("http://127.0.0.1:9/v1", "is a server now"),
        ("", "cannot be had"),
    ],
)
def test_a_file_that_is_not_here_cannot_be_asked(name: str, why: str) -> None:
    with pytest.raises(Unchecked, match=why):
        by_model_file(name, "0" * 64, PARTS)


def test_another_file_of_the_name_is_told_from_it(model_path: Path) -> None:
    with pytest.raises(Unchecked, match="is another one than"):
        by_model_file(str(model_path), "0" * 64, PARTS)


async def test_nobody_answers() -> None:
    nobody = Nobody()
    assert not nobody.info.supports
    for asked in (
        nobody.generate(Request(prompt="Mara")),
        nobody.choose("Mara", ["a", "b"]),
        nobody.score("", ["a"]),
        nobody.embed(["a"]),
        nobody.count_tokens("Mara"),
    ):
        with pytest.raises(EngineClosed):
            await asked
    await nobody.close()
