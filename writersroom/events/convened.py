"""The bible of a session."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen
from writersroom.story.characters import Character


class Convened(Frozen):
    """The room agreed on what the story is about and who is in it."""

    kind: Literal["convened"] = "convened"
    title: str = ""
    premise: str = ""
    theme: str = ""
    characters: tuple[Character, ...] = ()
