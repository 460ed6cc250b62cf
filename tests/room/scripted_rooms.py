"""Sessions of the real room on the scripted engine."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.room.scripted_words import answering
from tests.scripted import ScriptedEngine
from writersroom.archive import Archive
from writersroom.engine.interface import Engine
from writersroom.events import Event
from writersroom.resources import repository
from writersroom.room.plan import Plan
from writersroom.room.session import begin

LOGLINE = "A lighthouse keeper's radio receives tomorrow's news."
SHORT = Plan(rounds=2, scenes=1, takes=2, pitches=2, stances=2, lines=2, notes=1)


def scripted(*, context: int = 4096, tokens_per_second: float | None = None) -> ScriptedEngine:
    """A model that writes fit sentences, each drawn by its prompt, seed and take."""
    return ScriptedEngine(answering, context=context, tokens_per_second=tokens_per_second)


def begun(
    path: Path, engine: Engine, *, plan: Plan = SHORT, seed: int = 3, room: Path | None = None
) -> Archive:
    """A new session of the repository's room."""
    return begin(
        path, room or repository(), LOGLINE, plan=plan, seed=seed, structure="three_act", engine=engine
    )


def told(events: Iterable[Event]) -> list[str]:
    """What happened, without the moments at which it did and how long that took."""
    untimed = {"milliseconds": True, "besides": {"__all__": {"milliseconds"}}}
    return [event.model_dump_json(exclude={"created": True, "trace": untimed}) for event in events]
