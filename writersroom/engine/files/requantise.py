"""Write a copy of a model in Q8_0. Run as `python -m writersroom.engine.files.requantise MODEL COPY`.

A process of its own, so that llama.cpp is neither loaded nor can crash in the caller's.
"""

from __future__ import annotations

import ctypes
import os
import sys
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


if __name__ == "__main__":
    sys.exit(0 if requantise(Path(sys.argv[1]), Path(sys.argv[2])) else 1)
