"""The words of `EngineSettings` as llama.cpp's numbers."""

from __future__ import annotations

from typing import Final, Literal

import llama_cpp as lib

from writersroom.engine.settings import CellType

CELL_TYPES: Final[dict[CellType, int]] = {
    "f32": lib.GGML_TYPE_F32,
    "f16": lib.GGML_TYPE_F16,
    "q8_0": lib.GGML_TYPE_Q8_0,
    "q5_1": lib.GGML_TYPE_Q5_1,
    "q5_0": lib.GGML_TYPE_Q5_0,
    "q4_1": lib.GGML_TYPE_Q4_1,
    "q4_0": lib.GGML_TYPE_Q4_0,
}

FLASH: Final[dict[Literal["auto", "on", "off"], int]] = {
    "auto": lib.LLAMA_FLASH_ATTN_TYPE_AUTO,
    "on": lib.LLAMA_FLASH_ATTN_TYPE_ENABLED,
    "off": lib.LLAMA_FLASH_ATTN_TYPE_DISABLED,
}
