"""Write a copy of a model in Q8_0. Run as `python -m writersroom.engine.files.requantise MODEL COPY`.

A process of its own, so that llama.cpp is neither loaded nor can crash in the caller's.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import llama_cpp as lib


def requantise(source: Path, target: Path) -> bool:
    """Write `source` in Q8_0 to `target` with `llama_model_quantize`.

    Tensors that are quantised already are requantised: rounding again to a finer grid changes little.

    Returns:
        Whether llama.cpp reports success.
    """
    params = lib.llama_model_quantize_default_params()
    params.ftype = lib.LLAMA_FTYPE_MOSTLY_Q8_0
    params.allow_requantize = True
    params.nthread = 0
    code = lib.llama_model_quantize(os.fsencode(source), os.fsencode(target), ctypes.pointer(params))
    return code == 0


def main(arguments: Sequence[str]) -> int:
    """Make the copy that the arguments ask for: a model and where its copy goes. Returns the exit code."""
    source, target = map(Path, arguments)
    return 0 if requantise(source, target) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
