"""A scene is done."""

from __future__ import annotations

from typing import Literal

from writersroom.frozen import Frozen


class SceneLocked(Frozen):
    """A take was chosen and its scene locked."""

    kind: Literal["scene_locked"] = "scene_locked"
    scene: str
    take: str
    reason: str = ""
