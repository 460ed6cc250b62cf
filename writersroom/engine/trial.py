"""Try a model out in a child process: what of llama.cpp works here, and if it crashes, where and why.

Native code that was built for another processor, or that a driver betrays, ends a process without a word.
Here that process is a child; its death is a finding.
"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypeVar, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from writersroom.engine.settings import EngineSettings
from writersroom.frozen import Frozen

PROGRAM: Final[tuple[str, ...]] = (sys.executable, "-P", "-m", "writersroom.engine.trial_run")

StepT = TypeVar("StepT", bound="_Step")
Outcome: TypeAlias = Literal["ran", "failed", "crashed", "hung"]


class _Step(BaseModel):
    """A step as told by the child; what a newer child may tell besides is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class TriedDevice(_Step):
    """A device of llama.cpp's; memory in bytes, 0 where it does not tell."""

    name: str
    description: str
    kind: str
    free: int
    total: int


class Library(_Step):
    """llama.cpp, as it was loaded."""

    version: str
    """Of llama-cpp-python."""
    features: tuple[str, ...]
    """As llama.cpp prints them, such as `CPU : AVX2 = 1`."""
    can_offload: bool
    """Whether the build can put layers on a GPU."""
    devices: tuple[TriedDevice, ...]


class Loaded(_Step):
    """The model, as it was loaded."""

    seconds: float
    layers: int
    """The output layer included."""
    gpu_layers: int


class Decoded(_Step):
    """The tokens, as they were decoded."""

    tokens: int
    seconds: float
    """For all of them, those of the prompt included."""
    text: str


class Trial(Frozen):
    """How far the child came."""

    outcome: Outcome
    library: Library | None
    """None where llama.cpp did not even load."""
    loaded: Loaded | None
    decoded: Decoded | None
    signal: str | None
    """What ended the child, such as `SIGILL`, where it crashed."""
    reason: str | None
    """One sentence; None where it ran."""
    said: tuple[str, ...]
    """The last lines that llama.cpp or Python wrote."""


def try_model(
    path: Path | None,
    settings: EngineSettings,
    *,
    seconds: float = 180.0,
    program: Sequence[str] | None = None,
) -> Trial:
    """Load `path` and decode a few tokens in a child process.

    Args:
        path: a model file; None to load llama.cpp's library and no more.
        settings: how it is run; the context is a small one whatever they say.
        seconds: after this the child is ended.
        program: the child, if not `PROGRAM`; it gets the path and the settings as two more arguments.

    Returns:
        What happened. Nothing that the child does raises here.
    """
    command = [*(program or PROGRAM), "" if path is None else str(path), settings.model_dump_json()]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        return _trial("hung", None, _bytes(error.stdout), _bytes(error.stderr), seconds)
    except OSError as error:
        reason = f"A process for the trial could not be started ({error.strerror})."
        return Trial(
            outcome="failed", library=None, loaded=None, decoded=None, signal=None, reason=reason, said=()
        )
    outcome: Outcome = "ran"
    if done.returncode != 0:
        # Windows reports a crash as an exit code from 0xC0000000 on.
        crashed = done.returncode < 0 or done.returncode >= 0xC0000000
        outcome = "crashed" if crashed else "failed"
    trial = _trial(outcome, done.returncode, done.stdout, done.stderr, seconds)
    if trial.outcome == "ran" and (trial.library if path is None else trial.decoded) is None:
        told = "It ended without telling how far it came."
        return trial.model_copy(update={"outcome": "failed", "reason": trial.reason or told})
    return trial


def _trial(outcome: Outcome, code: int | None, out: bytes, err: bytes, seconds: float) -> Trial:
    steps = _steps(out)
    library = _parsed(Library, steps.get("library"))
    loaded = _parsed(Loaded, steps.get("loaded"))
    decoded = _parsed(Decoded, steps.get("decoded"))
    said = tuple(line.strip()[:300] for line in err.decode("utf-8", "replace").splitlines() if line.strip())
    doing = (
        "while ending"
        if decoded
        else "while decoding tokens"
        if loaded
        else "while loading the model"
        if library
        else "while loading its library"
    )
    name = _signal_name(code) if outcome == "crashed" and code is not None else None
    reason = None
    if name is not None:
        reason = f"llama.cpp crashed {doing} ({name}: {_meaning(name)})."
    elif outcome == "hung":
        reason = f"llama.cpp had not finished {doing} after {seconds:g} seconds and was stopped."
    elif outcome == "failed":
        reason = f"llama.cpp failed {doing} ({_last_word(said)})."
    return Trial(
        outcome=outcome,
        library=library,
        loaded=loaded,
        decoded=decoded,
        signal=name,
        reason=reason,
        said=said[-12:],
    )


def _steps(out: bytes) -> dict[str, object]:
    steps: dict[str, object] = {}
    for line in out.splitlines():
        with contextlib.suppress(ValueError, RecursionError):
            value: object = json.loads(line)
            if isinstance(value, dict):
                facts = cast("dict[str, Any]", value)
                steps[str(facts.get("step"))] = facts
    return steps


def _parsed(kind: type[StepT], facts: object) -> StepT | None:
    if facts is None:
        return None
    with contextlib.suppress(ValidationError):
        return kind.model_validate(facts)
    return None


def _signal_name(code: int) -> str:
    if code >= 0:
        return f"0x{code:08X}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _meaning(name: str) -> str:
    return {
        "SIGILL": "it was built for instructions that this processor does not have",
        "SIGSEGV": "it touched memory that is not its own",
        "SIGBUS": "it touched memory that is not there; the model file may have shrunk",
        "SIGABRT": "it gave up on an inner error",
        "SIGFPE": "it made an impossible calculation",
        "SIGKILL": "the system ended it, mostly because memory ran out",
    }.get(name, "the system ended it")


def _last_word(said: Sequence[str]) -> str:
    return said[-1] if said else "it gave no reason"


def _bytes(captured: str | bytes | None) -> bytes:
    return captured if isinstance(captured, bytes) else (captured or "").encode()
