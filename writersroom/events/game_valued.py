"""One round of the adversarial game."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from writersroom.frozen import Frozen


class GameValued(Frozen):
    """The value of the game on real passages and real takes of a scene (Goodfellow et al. 2014)."""

    kind: Literal["game_valued"] = "game_valued"
    scene: str
    round: int
    d_human: float
    """Mean D on human passages."""
    d_take: float
    """Mean D on the takes."""
    value: float
    """E[log D(x)] + E[log(1 - D(G(z)))]."""
    loss_d: float
    loss_g: float
    verdict: str = ""
    """What the loop does next and why, for a person."""
    best: str = ""
    """The take that leads after this round; the next critique is of it."""
    goes_on: bool = False
    """Whether another round of criticism follows."""
    trained: bool = False
    """Whether D learns the takes of this round, once the scene is locked."""
    accuracy: float | None = None
    """Balanced accuracy of D on these takes and passages, none of which it has learned, 0..1."""
    narrative: Mapping[str, float] = Field(default_factory=dict[str, float])
    """How the story is built, with the take that leads, each 0..1: `critic.features.narrative`."""
