"""A private word."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen


class Whispered(Frozen):
    """A person gives one agent a note that nobody else hears."""

    kind: Literal["whispered"] = "whispered"
    to: str
    text: str
