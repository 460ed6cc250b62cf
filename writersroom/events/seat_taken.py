"""Who plays an agent changed."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen


class SeatTaken(Frozen):
    """A person takes a seat, or gives it back to the model."""

    kind: Literal["seat_taken"] = "seat_taken"
    seat: str
    """Name of the agent."""
    by: Literal["person", "model"]
