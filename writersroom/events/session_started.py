"""The first event of every session."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, FiniteFloat

from writersroom.frozen import Frozen


class SessionStarted(Frozen):
    """A session begins."""

    kind: Literal["session_started"] = "session_started"
    logline: str
    title: str = ""
    seed: int = 0
    model: str = ""
    """Name for a person; empty where no model was used (an imported script)."""
    model_address: str = ""
    """What the model is found by, as `EngineInfo.address` says."""
    model_sha256: str | None = None
    structure: str = "three_act"
    settings: dict[str, int | FiniteFloat | str | bool] = Field(
        default_factory=dict[str, int | float | str | bool]
    )
    """What the session was started with: rounds, scenes, takes, …"""
    cards: dict[str, str] = Field(default_factory=dict[str, str])
    """Agent name to the TOML text of its card, as it was."""
    templates: dict[str, str] = Field(default_factory=dict[str, str])
    """Template name to its text, as it was."""

    @property
    def opened_by(self) -> str:
        """What `opening.open_engine` finds the model by: its name, where no address was kept; or nothing."""
        return self.model_address or self.model
