"""The doctor's examination: everything is looked at, and the model is tried out in a child process."""

from __future__ import annotations

import asyncio
import os
import platform
import sqlite3
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from writersroom.cli.findings import Finding, MemoryReport, Report
from writersroom.cli.mending import (
    elsewhere,
    processor_flags,
    quoted,
    rebuild_for_gpu,
    rebuild_for_vnni,
    rebuild_portable,
    set_variable,
    unused_gpu,
)
from writersroom.cli.surroundings import (
    look_at_terminal,
    on_cache,
    on_packages,
    on_sessions,
    on_sqlite,
    on_terminal,
    versions,
)
from writersroom.engine.errors import ModelError, ModelNotFound, ModelTooLarge, ServerError
from writersroom.engine.files.catalogue import ServerAddress, resolve
from writersroom.engine.files.model_file import ModelFile, require_chat_template
from writersroom.engine.memory import GpuMemory, check_fits, free_memory, memory_needed, sized
from writersroom.engine.server import ServerEngine
from writersroom.engine.server.faults import shown_address
from writersroom.engine.server.settings import ServerSettings
from writersroom.engine.settings import EngineSettings
from writersroom.engine.trial import Library, Trial, try_model
from writersroom.resources import cache_folder


def examine(
    name: str,
    settings: EngineSettings,
    *,
    room: Path | None = None,
    seconds: float = 180.0,
    environ: Mapping[str, str] = os.environ,
    output: TextIO | None = None,
) -> Report:
    """Look at everything.

    Args:
        name: the model to try: a name, a path, or a server's address.
        settings: how it is to be run.
        room: the room whose sessions are to be kept, if not the usual one.
        seconds: how long a trial may take.
        environ: the environment.
        output: where the program draws, if not on stdout.
    """
    packages, terminal = versions(), look_at_terminal(environ, output or sys.stdout)
    findings = [on_packages(packages)]
    model, server, memory, library, trial = None, None, None, None, None
    try:
        target = resolve(name)
    except (ModelError, OSError) as error:
        findings.append(Finding(about="model", status="problem", says=str(error), mend="writersroom models"))
        target = None
    if isinstance(target, ServerAddress):
        # A report is shown to others: the name and password for a server are not.
        server = target.model_copy(update={"url": shown_address(target.url)})
        findings.append(on_server(target))
    else:
        # First the library alone: it tells the GPUs, and without those nobody knows whether a model fits.
        loading = try_model(None, settings, seconds=seconds)
        library = loading.library
        findings += [on_library(library, settings), on_gpu(library)] if library else [on_trial(loading)]
    if isinstance(target, ModelFile):
        model = target
        memory = _memory(model, settings, library)
        fitting = _on_memory(model, settings, memory)
        findings += [_on_model(model), fitting]
        if library is not None and fitting.status == "ok":
            trial = try_model(model.path, settings, seconds=seconds)
            findings.append(on_trial(trial))
    findings += [
        on_terminal(terminal, environ),
        on_cache(cache_folder(environ)),
        on_sessions(room),
        on_sqlite(),
    ]
    return Report(
        ok=all(finding.status != "problem" for finding in findings),
        findings=tuple(findings),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        packages=packages,
        sqlite=sqlite3.sqlite_version,
        settings=settings,
        model=model,
        server=server,
        memory=memory,
        library=library,
        trial=trial,
        terminal=terminal,
    )


def on_server(server: ServerAddress) -> Finding:
    """Whether the server answers, and has the model that is asked for."""
    try:
        model = asyncio.run(_model_of(server))
    except ModelNotFound as error:
        said = str(error)
        mend = f"writersroom doctor --model {quoted(shown_address(server.url))}"
    except ServerError as error:
        said = str(error)
        mend = "llama-server --port 8080 -m MODEL.gguf"
        if error.status in {401, 403}:  # It answers, but not without a key, or not with this one.
            mend = set_variable("WRITERSROOM_API_KEY", "KEY")
    else:
        return Finding(about="server", status="ok", says=f"{shown_address(server.url)} has {model}")
    return Finding(about="server", status="problem", says=said, mend=mend)


async def _model_of(server: ServerAddress) -> str:
    """The model a session would be played with, found out as a session does, but asked once."""
    async with await ServerEngine.open(server.url, ServerSettings(model=server.model, attempts=1)) as engine:
        return engine.info.model


def on_trial(trial: Trial) -> Finding:
    """Whether tokens can be decoded."""
    if trial.decoded is not None and trial.outcome == "ran":
        rate = trial.decoded.tokens / trial.decoded.seconds if trial.decoded.seconds else 0.0
        said = f"{trial.decoded.tokens} tokens in {trial.decoded.seconds:.2f} s ({rate:.0f} a second)"
        on_gpu = (
            f", {trial.loaded.gpu_layers} of {trial.loaded.layers} layers on a GPU" if trial.loaded else ""
        )
        says = f"{said}{on_gpu}: {trial.decoded.text.strip()!r}"
        return Finding(about="decoding", status="ok", says=says)
    mend = rebuild_portable()
    if trial.signal == "SIGKILL":
        mend = "writersroom doctor --model smollm2"
    elif trial.outcome == "hung":
        mend = "writersroom doctor --timeout 900"
    elif trial.library is not None and trial.outcome == "failed":
        mend = "writersroom models"
    return Finding(about="decoding", status="problem", says=trial.reason or "It did not finish.", mend=mend)


def on_gpu(library: Library) -> Finding:
    """Whether a GPU is used, or could be."""
    gpus, unused = _gpus(library), unused_gpu()
    if gpus:
        said = ", ".join(f"{gpu.name} ({sized(gpu.free)} of {sized(gpu.total)} free)" for gpu in gpus)
        return Finding(about="GPU", status="ok", says=said)
    if unused is not None:
        says = f"This machine has {unused.name}, which this build of llama.cpp does not use."
        return Finding(about="GPU", status="note", says=says, mend=rebuild_for_gpu(unused))
    return Finding(about="GPU", status="ok", says="none; all layers run on the processor")


def on_library(library: Library, settings: EngineSettings) -> Finding:
    """What the library was built for, and whether the processor could do more."""
    # llama.cpp writes "CPU : SSE3 = 1 | AVX2 = 1": names of groups, and of what is switched on.
    features = " ".join(feature.removesuffix(" = 1") for feature in library.features if " = 0" not in feature)
    says = f"llama-cpp-python {library.version}, {settings.threads} threads, {features}"
    # A build for a GPU is not told to be another one.
    on_processor = not library.can_offload and unused_gpu() is None
    if on_processor and "AVX512_VNNI" not in features and "avx512_vnni" in processor_flags():
        says += ". The processor has AVX-512 VNNI, with which it would read prompts faster"
        return Finding(about="llama.cpp", status="note", says=says, mend=rebuild_for_vnni())
    return Finding(about="llama.cpp", status="ok", says=says)


def _on_model(model: ModelFile) -> Finding:
    try:
        require_chat_template(model)
    except ModelError as error:
        return Finding(
            about="model", status="problem", says=str(error), mend="writersroom doctor --model smollm2"
        )
    says = (
        f"{model.name}: {model.architecture}, {model.quantisation}, {sized(model.size)}, "
        f"{model.layers} layers, {model.path}"
    )
    if model.note is not None:
        return Finding(
            about="model", status="note", says=f"{says}. {model.note}", mend=elsewhere("WRITERSROOM_CACHE")
        )
    return Finding(about="model", status="ok", says=says)


def _on_memory(model: ModelFile, settings: EngineSettings, memory: MemoryReport) -> Finding:
    try:
        check_fits(model, settings, free=memory.free, gpus=memory.gpus)
    except ModelTooLarge as error:
        return Finding(
            about="memory", status="problem", says=str(error), mend="writersroom doctor --model smollm2"
        )
    need = memory.needed
    says = f"needs {sized(need.total)} ({need.told(settings.n_ctx)}); {sized(memory.free)} is free"
    return Finding(about="memory", status="ok", says=says)


def _memory(model: ModelFile, settings: EngineSettings, library: Library | None) -> MemoryReport:
    gpus = _gpus(library)
    need = memory_needed(model, settings)
    return MemoryReport(
        needed=need, needed_total=need.total, n_ctx=settings.n_ctx, free=free_memory(), gpus=gpus
    )


def _gpus(library: Library | None) -> tuple[GpuMemory, ...]:
    if library is None or not library.can_offload:
        return ()
    return tuple(
        GpuMemory(name=device.description or device.name, free=device.free, total=device.total)
        for device in library.devices
        if "GPU" in device.kind
    )
