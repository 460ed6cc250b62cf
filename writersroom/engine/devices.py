"""What the installed llama.cpp can compute on. Importing this loads its library."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Final, Literal, TypeAlias

import llama_cpp as lib
from llama_cpp._ctypes_extensions import load_shared_library

from writersroom.engine.memory import GpuMemory
from writersroom.frozen import Frozen

DeviceKind: TypeAlias = Literal["CPU", "GPU", "integrated GPU", "accelerator"]

# `enum ggml_backend_dev_type` of ggml-backend.h.
_KINDS: Final[dict[int, DeviceKind]] = {0: "CPU", 1: "GPU", 2: "integrated GPU", 3: "accelerator"}


class Device(Frozen):
    """One device of ggml's. Memory is in bytes; 0 where the device does not tell."""

    name: str
    description: str
    kind: DeviceKind
    free: int
    total: int


def devices() -> tuple[Device, ...]:
    """All devices that this build of llama.cpp sees, in its order.

    The Python binding does not wrap `ggml_backend_dev_*`, so they are called in the library beside it.
    """
    folder = Path(lib.__file__).parent / "lib"
    try:
        registry = load_shared_library("ggml", folder)
        base = load_shared_library("ggml-base", folder)
    except FileNotFoundError:  # A build that is linked into one library.
        return ()
    registry.ggml_backend_dev_count.restype = ctypes.c_size_t
    registry.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    registry.ggml_backend_dev_get.restype = ctypes.c_void_p
    for function in (base.ggml_backend_dev_name, base.ggml_backend_dev_description):
        function.argtypes, function.restype = [ctypes.c_void_p], ctypes.c_char_p
    base.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
    size = ctypes.POINTER(ctypes.c_size_t)
    base.ggml_backend_dev_memory.argtypes = [ctypes.c_void_p, size, size]
    base.ggml_backend_dev_memory.restype = None

    def device(index: int) -> Device:
        handle = registry.ggml_backend_dev_get(index)
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        base.ggml_backend_dev_memory(handle, ctypes.byref(free), ctypes.byref(total))
        return Device(
            name=_text(base.ggml_backend_dev_name(handle)),
            description=_text(base.ggml_backend_dev_description(handle)),
            kind=_KINDS.get(base.ggml_backend_dev_type(handle), "accelerator"),
            free=free.value,
            total=total.value,
        )

    return tuple(device(index) for index in range(registry.ggml_backend_dev_count()))


def gpu_memory() -> tuple[GpuMemory, ...]:
    """Memory of the devices that layers are offloaded to; empty where this build uses none."""
    return tuple(
        GpuMemory(name=device.description or device.name, free=device.free, total=device.total)
        for device in devices()
        if device.kind in ("GPU", "integrated GPU")
    )


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "replace").strip()
