"""A character acts and speaks."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen
from writersroom.story.beats import BeatId
from writersroom.story.emotions import Emotion


class LineSpoken(Frozen):
    """One line of a take, voiced by its character."""

    kind: Literal["line_spoken"] = "line_spoken"
    take: str
    """`s1.t1`: scene and take."""
    character: str
    line: str = ""
    parenthetical: str = ""
    emotion: Emotion = Emotion.CALM
    action: str = ""
    """What the others see."""
    thought: str = ""
    """What nobody hears."""
    to: str = ""
    beat: BeatId = ""
    """What happens in the story while it is said; empty where that is not known."""
