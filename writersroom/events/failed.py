"""Something went wrong and the session goes on."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen


class Failed(Frozen):
    """An error that a person should see."""

    kind: Literal["failed"] = "failed"
    where: str
    message: str
