"""The page of a take: its lines and beats as Fountain, unless a person wrote it otherwise."""

from __future__ import annotations

from writersroom.room.standing import Draft, Scene, Standing
from writersroom.script.build import SceneLines, build_screenplay
from writersroom.script.fountain import to_fountain


def page_of(standing: Standing, scene: Scene, draft: Draft) -> str:
    """What the lines of a take make, in Fountain."""
    beats = {beat.id: beat for beat in standing.graph.beats()}
    lines = SceneLines(scene=scene.opened, lines=tuple(line for _, line in draft.lines))
    return to_fountain(build_screenplay([lines], beats=beats))


def rewritten(standing: Standing, scene: Scene, draft: Draft) -> bool:
    """Whether a person put a page together that says something else than the lines of its take."""
    written = draft.written
    return draft.by_person and written is not None and written.text != page_of(standing, scene, draft)
