"""An agent proposes a move."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen
from writersroom.story.moves import Move


class Pitched(Frozen):
    """An agent proposes a move with a reason."""

    kind: Literal["pitched"] = "pitched"
    move: Move
    reason: str
    weakness: str = ""
    """Key of the weakness it is for."""
    device: str = ""
    """Name of the dramatic move it uses (reversal, deadline, …), if any."""
