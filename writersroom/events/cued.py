"""A person says who speaks next."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen


class Cued(Frozen):
    """The next turn is this agent's."""

    kind: Literal["cued"] = "cued"
    to: str
