"""The panels look as they did when somebody last looked at them (`pictures.py` draws them anew)."""

from __future__ import annotations

import pytest

from tests.tui.panels.pictures import FOLDER, PICTURES, drawn


@pytest.mark.parametrize("name", list(PICTURES))
async def test_a_panel_looks_as_it_did(name: str) -> None:
    assert await drawn(PICTURES[name]) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
