"""The tables are those of the llama.cpp that is installed."""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

import llama_cpp
from llama_cpp._ctypes_extensions import load_shared_library

from writersroom.engine.files.gguf_types import FILE_TYPES, NUMBER_FORMATS

FOLDER = Path(llama_cpp.__file__).parent


def test_every_number_format_has_the_block_and_size_that_ggml_has() -> None:
    ggml = load_shared_library("ggml-base", FOLDER / "lib")
    ggml.ggml_type_name.restype = ctypes.c_char_p
    ggml.ggml_type_size.restype = ctypes.c_size_t
    ggml.ggml_blck_size.restype = ctypes.c_int64
    known = {
        number: (ggml.ggml_type_name(number).decode().upper(), ggml.ggml_blck_size(number), size)
        for number in range(43)
        if (size := ggml.ggml_type_size(number)) > 0
    }
    assert {number: (form.name, form.block, form.bytes) for number, form in NUMBER_FORMATS.items()} == known


def test_every_file_type_has_the_name_that_llama_has() -> None:
    header = (FOLDER / "include" / "llama.h").read_text()
    declared = re.findall(r"^\s*LLAMA_FTYPE_(?:ALL|MOSTLY)_(\w+)\s*=\s*(\d+)", header, re.MULTILINE)
    assert {int(number): name for name, number in declared} == FILE_TYPES
