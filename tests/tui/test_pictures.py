"""Whole screens look as they did when somebody last looked at them."""

from __future__ import annotations

import pytest

from tests.tui.pictures import FOLDER, PICTURES, drawn


@pytest.mark.parametrize("name", PICTURES)
async def test_a_screen_looks_as_it_did(name: str) -> None:
    kept = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert await drawn(PICTURES[name]) == kept, "see tests/tui/pictures.py"
