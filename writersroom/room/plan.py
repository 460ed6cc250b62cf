"""How long a session is meant to be."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field

from writersroom.events.session_started import SessionStarted
from writersroom.frozen import Frozen


class Plan(Frozen):
    """What a session was started with; kept in `SessionStarted.settings`, so that it goes on alike."""

    rounds: int = Field(
        default=6, ge=1, le=200, description="Rounds of argument; each may adopt a move or two"
    )
    scenes: int = Field(default=3, ge=0, le=60, description="Scenes to write after the argument")
    takes: int = Field(default=2, ge=1, le=16, description="Candidate drafts of each scene")
    pitches: int = Field(default=2, ge=1, le=6, description="Agents that pitch in a round")
    stances: int = Field(default=2, ge=1, le=8, description="Agents that answer each pitch")
    lines: int = Field(default=4, ge=2, le=60, description="Lines of a scene")
    notes: int = Field(default=1, ge=0, le=3, description="Rounds of criticism a scene goes through")
    revisions: int = Field(default=1, ge=1, le=4, description="Revisions that answer a critique")
    selection: bool = Field(default=True, description="Choose among takes by how human they read")
    steering: bool = Field(default=False, description="Lean the writers' words the way the critic leans")

    @classmethod
    def of(cls, started: SessionStarted) -> Self:
        """The plan that a session was started with; fields it does not name have their defaults."""
        known: dict[str, Any] = {
            name: started.settings[name] for name in cls.model_fields if name in started.settings
        }
        return cls(**known)
