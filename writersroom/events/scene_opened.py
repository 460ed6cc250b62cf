"""A run of beats is to be written."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen
from writersroom.story.beats import BeatId


class SceneOpened(Frozen):
    """A scene is opened for drafting. Opening an id again replaces its plan."""

    kind: Literal["scene_opened"] = "scene_opened"
    scene: str
    """`s1`, `s2`, …"""
    heading: str
    """Scene heading as it prints, such as `INT. LIGHTHOUSE - NIGHT`."""
    beats: tuple[BeatId, ...]
    characters: tuple[str, ...] = ()
    purpose: str = ""
    synopsis: str = ""
