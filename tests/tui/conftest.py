"""Screens are looked at as soon as they are drawn: nobody reads them."""

from __future__ import annotations

import pytest
from textual import _wait

from writersroom.tui.panels import plot


@pytest.fixture(autouse=True)
def _looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest uses it
    """Weaknesses are looked for without the pause in which a person may turn a page.

    And a pilot takes an app for idle that has done nothing for five milliseconds, not twenty: it waits so
    five times for every key.
    """
    monkeypatch.setattr(plot, "SETTLED", 0.01)
    monkeypatch.setattr(_wait, "SLEEP_GRANULARITY", 0.005)
    monkeypatch.setattr(_wait, "SLEEP_IDLE", 0.0005)
