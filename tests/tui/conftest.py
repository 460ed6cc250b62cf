"""Screens are looked at as soon as they are drawn: nobody reads them."""

from __future__ import annotations

import pytest

from writersroom.tui.panels import plot


@pytest.fixture(autouse=True)
def _looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest uses it
    """Weaknesses are looked for without the pause in which a person may turn a page."""
    monkeypatch.setattr(plot, "SETTLED", 0.01)
