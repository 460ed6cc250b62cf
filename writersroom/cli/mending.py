"""The commands that mend what the doctor finds, as they are given on this system."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shlex
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from writersroom.resources import repository

_PACKAGE: Final = "llama-cpp-python"


class UnusedGpu(NamedTuple):
    """A graphics processor that is there but that llama.cpp was not built for."""

    name: str
    backend: str
    """CMake option that builds for it."""


def install_again() -> str:
    """Install the program and all it needs."""
    if _from_checkout():
        return "uv sync"
    return f"{_python()} -m pip install --upgrade writersroom-sim"


def rebuild_portable() -> str:
    """Build llama.cpp for any processor of this kind: what a build for one processor only can trip over."""
    if _from_checkout():  # The settings in pyproject.toml are the portable ones.
        return _sync()
    return _rebuild("-DGGML_NATIVE=OFF")


def rebuild_for_vnni() -> str:
    """Build llama.cpp for processors with AVX-512 VNNI, and no others."""
    options = "-DGGML_AVX512=ON -DGGML_AVX512_VNNI=ON"
    return _sync(options) if _from_checkout() else _rebuild(f"-DGGML_NATIVE=OFF {options}")


def rebuild_for_gpu(gpu: UnusedGpu) -> str:
    """Build llama.cpp with GPU support."""
    if _from_checkout():
        # The unity build of pyproject.toml is too much for the sources of CUDA (HIP's too) and Vulkan.
        return _sync(f"-D{gpu.backend}=ON -DCMAKE_UNITY_BUILD=OFF")
    return _rebuild(f"-DGGML_NATIVE=OFF -D{gpu.backend}=ON")


def set_variable(name: str, value: str) -> str:
    """Set an environment variable in this system's shell."""
    return f"set {name}={value}" if os.name == "nt" else f"export {name}={quoted(value)}"


def elsewhere(variable: str) -> str:
    """Have a folder of the program's in one that every system lets everybody write to."""
    return set_variable(variable, str(Path(tempfile.gettempdir()) / "writersroom"))


def quoted(text: str) -> str:
    """The text as one word of this system's shell."""
    return f'"{text}"' if os.name == "nt" else shlex.quote(text)


def processor_flags(listing: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """What this machine's processor can do, as Linux calls it (`avx512_vnni`); elsewhere nothing is known."""
    try:
        lines = listing.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    flags = (line.partition(":")[2] for line in lines if line.startswith("flags"))
    return frozenset(next(flags, "").split())


def unused_gpu() -> UnusedGpu | None:
    """The GPU this machine shows to have, if any. A Mac's is used without being asked for."""
    if Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi"):
        return UnusedGpu("an NVIDIA GPU", "GGML_CUDA")
    if Path("/dev/kfd").exists():
        return UnusedGpu("an AMD GPU", "GGML_HIP")
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return UnusedGpu("Apple's GPU", "GGML_METAL")
    return None


def _sync(options: str = "") -> str:
    variable = _with_variable("CMAKE_ARGS", options) if options else ""
    return f"uv cache clean {_PACKAGE} && {variable}uv sync --reinstall-package {_PACKAGE}"


def _rebuild(options: str) -> str:
    variable = _with_variable("CMAKE_ARGS", options)
    return (
        f"{variable}{_python()} -m pip install --force-reinstall --no-deps --no-cache-dir "
        f"--no-binary {_PACKAGE} {_PACKAGE}{_installed()}"
    )


def _installed() -> str:
    """The version to build again: the newest may be one that this program does not know."""
    try:
        return f"=={importlib.metadata.version(_PACKAGE)}"
    except importlib.metadata.PackageNotFoundError:
        return ""


def _with_variable(name: str, value: str) -> str:
    return f'set "{name}={value}" && ' if os.name == "nt" else f'{name}="{value}" '


def _from_checkout() -> bool:
    return (repository() / "pyproject.toml").is_file()


def _python() -> str:
    return quoted(sys.executable)
