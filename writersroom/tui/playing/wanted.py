"""What a person wants to be opened."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from writersroom.engine.settings import EngineSettings
from writersroom.frozen import Frozen


class Beginning(Frozen):
    """A new session."""

    room: Path
    """Where its agents and prompts are."""
    logline: str
    structure: str = "three_act"
    seed: int | None = None
    plan: Mapping[str, int | bool] = Field(default_factory=dict[str, int | bool])
    """Fields of `room.plan.Plan` that differ from its defaults."""


class Model(Frozen):
    """A model, and how to run it."""

    name: str | None = None
    """What a person calls it; None: the one that the session was played with, else the built-in one."""
    settings: EngineSettings = EngineSettings()
