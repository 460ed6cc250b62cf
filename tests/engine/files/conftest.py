"""The model as shipped, and places without any model."""

from __future__ import annotations

from pathlib import Path

import pytest

from writersroom.engine.files.default_model import shipped_model
from writersroom.engine.files.places import Places


@pytest.fixture(scope="session")
def shipped() -> Path:
    return shipped_model()


@pytest.fixture
def nowhere(tmp_path: Path) -> Places:
    """No folder of this machine's; a cache of its own."""
    return Places(hub=tmp_path / "no-hub", cache=tmp_path / "cache")
