"""A character's state changed."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen
from writersroom.story.characters import CharacterState


class AffectChanged(Frozen):
    """Appraisal or decay moved a character's state."""

    kind: Literal["affect_changed"] = "affect_changed"
    character: str
    state: CharacterState
    cause: str = ""
