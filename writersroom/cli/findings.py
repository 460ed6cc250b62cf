"""What the doctor finds, as values that `--json` writes and docs/doctor.md describes."""

from __future__ import annotations

from typing import Literal, TypeAlias

from writersroom.engine.files.catalogue import ServerAddress
from writersroom.engine.files.model_file import ModelFile
from writersroom.engine.memory import GpuMemory, Memory
from writersroom.engine.settings import EngineSettings
from writersroom.engine.trial import Library, Trial
from writersroom.frozen import Frozen

Status: TypeAlias = Literal["ok", "note", "problem"]
"""`note`: all works, but could be better. `problem`: something essential does not."""


class Finding(Frozen):
    """One thing that was looked at."""

    about: str
    status: Status
    says: str
    """One sentence, or facts."""
    mend: str | None = None
    """The command that mends it, where it needs mending."""


class MemoryReport(Frozen):
    """Bytes."""

    needed: Memory
    needed_total: int
    n_ctx: int
    free: int
    gpus: tuple[GpuMemory, ...]


class Terminal(Frozen):
    """What the terminal can do, as far as it says."""

    interactive: bool
    """Whether both input and output are a terminal."""
    colours: Literal[0, 16, 256, 16777216]
    unicode: bool
    columns: int
    lines: int
    mouse: bool | None
    """None: a terminal does not say."""


class Report(Frozen):
    """All that the doctor found."""

    ok: bool
    """Whether everything essential works."""
    findings: tuple[Finding, ...]
    python: str
    system: str
    packages: dict[str, str | None]
    """Versions; None where one is missing."""
    sqlite: str
    settings: EngineSettings
    model: ModelFile | None
    server: ServerAddress | None
    memory: MemoryReport | None
    library: Library | None
    """llama.cpp; None where it does not load."""
    trial: Trial | None
    """None where there was nothing to try: no model file, or one that does not fit."""
    terminal: Terminal
