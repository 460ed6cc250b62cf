"""The session ended."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen


class Wrapped(Frozen):
    """The room is done."""

    kind: Literal["wrapped"] = "wrapped"
    reason: str
