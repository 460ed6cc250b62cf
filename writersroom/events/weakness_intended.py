"""A person wants it so."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen


class WeaknessIntended(Frozen):
    """A weakness is meant to be there and stays silent, or (intended=False) speaks again."""

    kind: Literal["weakness_intended"] = "weakness_intended"
    weakness: str
    """`Weakness.key`."""
    intended: bool = True
