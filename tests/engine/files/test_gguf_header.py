"""Headers are read right, and whatever is damaged is refused in one sentence, never with another error."""

from __future__ import annotations

import contextlib
import os
import struct
import tempfile
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest
from gguf import GGUFReader, GGUFWriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.files.making import TEMPLATE, write_model
from writersroom.engine.errors import NotAModel
from writersroom.engine.files.gguf_header import Array, Value, read_header


def pairs(*entries: bytes, tensors: int = 0, version: int = 3) -> bytes:
    """A file of the given key-value pairs."""
    return b"GGUF" + struct.pack("<IQQ", version, tensors, len(entries)) + b"".join(entries)


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def entry(key: bytes, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


def refusal(content: bytes, tmp_path: Path) -> str:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(NotAModel) as caught:
        read_header(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith(".")
    assert str(path) in message
    return message


def test_the_built_in_model_is_read(shipped: Path) -> None:
    header = read_header(shipped)
    assert header.metadata["general.architecture"] == "llama"
    assert header.metadata["llama.block_count"] == 30
    assert header.metadata["tokenizer.ggml.tokens"] == Array(49_152, None)
    assert header.metadata["tokenizer.ggml.add_bos_token"] is False
    assert header.metadata["llama.attention.layer_norm_rms_epsilon"] == pytest.approx(1e-5)
    assert sum(tensor.numbers for tensor in header.tensors) == 134_515_008
    assert header.needed_size == header.file_size == shipped.stat().st_size


def test_offsets_and_sizes_are_those_of_the_reference_reader(tmp_path: Path) -> None:
    path = write_model(tmp_path / "model.gguf", tensors=3, numbers=640)
    reference = GGUFReader(path)
    header = read_header(path)
    assert [(t.name, t.numbers, t.offset + header.data_offset, t.size) for t in header.tensors] == [
        (t.name, t.n_elements, t.data_offset, t.n_bytes) for t in reference.tensors
    ]


Scalar: TypeAlias = bool | int | float | str
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**31), 2**31 - 1),
    st.floats(width=32, allow_nan=False),
    st.text(min_size=1, max_size=300),  # The writer leaves empty texts out.
)
KEYS = st.text(min_size=1, max_size=40).filter(lambda key: not key.startswith(("general.", "GGUF.")))


@settings(max_examples=40, deadline=None)
@given(
    metadata=st.dictionaries(KEYS, SCALARS | st.lists(st.text(max_size=50), min_size=1, max_size=400)),
    shapes=st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=3), max_size=4),
)
def test_what_the_reference_writer_writes_is_read_back(
    metadata: dict[str, Scalar | list[str]], shapes: list[list[int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.gguf")
        writer = GGUFWriter(path, "llama")
        for key, value in metadata.items():
            match value:
                case bool():
                    writer.add_bool(key, value)
                case int():
                    writer.add_int32(key, value)
                case float():
                    writer.add_float32(key, value)
                case str():
                    writer.add_string(key, value)
                case _:
                    writer.add_array(key, value)
        for index, shape in enumerate(shapes):
            writer.add_tensor(str(index), np.zeros(shape, np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        header = read_header(path)
    expected: dict[str, Value] = {
        key: Array(len(value), None) if isinstance(value, list) else value for key, value in metadata.items()
    }
    assert header.metadata == {"general.architecture": "llama", **expected}
    assert [tensor.numbers for tensor in header.tensors] == [int(np.prod(shape)) for shape in shapes]


def test_numbers_in_arrays_are_kept_while_they_are_few(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    few = entry(b"few", 9, struct.pack("<IQ", 5, 3) + struct.pack("<3i", 1, -2, 3))
    many = entry(b"many", 9, struct.pack("<IQ", 0, 5000) + bytes(5000))
    path.write_bytes(pairs(few, many, entry(b"after", 0, b"\x07")))
    assert read_header(path).metadata == {
        "few": Array(3, (1, -2, 3)),
        "many": Array(5000, None),
        "after": 7,
    }


def test_texts_longer_than_a_piece_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    long = [text(b"x" * 700_000) for _ in range(5)]
    path.write_bytes(
        pairs(entry(b"long", 9, struct.pack("<IQ", 8, 5) + b"".join(long)), entry(b"n", 4, b"\x01\0\0\0"))
    )
    assert read_header(path).metadata == {"long": Array(5, None), "n": 1}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"GG", "it starts with 'GG'", id="two bytes"),
        pytest.param(b"PK\x03\x04 and so on", "it starts with 50 4b 03 04", id="archive"),
        pytest.param(b"GGUF", "cut short or damaged", id="magic alone"),
        pytest.param(pairs(version=1), "GGUF version 1", id="version 1"),
        pytest.param(pairs(version=3 << 24), "big-endian", id="big-endian"),
        pytest.param(pairs(version=9), "GGUF version 9", id="unknown version"),
        pytest.param(
            b"GGUF" + struct.pack("<IQQ", 3, 0, 2**40), "1,099,511,627,776 entries", id="too many entries"
        ),
        pytest.param(b"GGUF" + struct.pack("<IQQ", 3, 2**40, 0), "tensors", id="too many tensors"),
        pytest.param(pairs(text(b"k" * 70_000)), "70,000 bytes", id="long key"),
        pytest.param(pairs(struct.pack("<Q", 2**63)), "cut short or damaged", id="huge key"),
        pytest.param(pairs(entry(b"k", 8, text(b"v" * 2**21))), "2,097,152 bytes", id="long text"),
        pytest.param(pairs(entry(b"k", 77, b"")), "unknown kind 77", id="unknown kind"),
        pytest.param(
            pairs(entry(b"k", 9, struct.pack("<IQ", 9, 1))), "array of the unknown kind 9", id="nested array"
        ),
        pytest.param(
            pairs(entry(b"k", 9, struct.pack("<IQ", 8, 2**60))), "cut short or damaged", id="huge vocabulary"
        ),
        pytest.param(
            pairs(entry(b"k", 9, struct.pack("<IQ", 6, 2**60))), "cut short or damaged", id="huge array"
        ),
        pytest.param(
            pairs(entry(b"k", 9, struct.pack("<IQQ", 8, 1, 2**62) + bytes(64))),
            "cut short or damaged",
            id="a token longer than the file",
        ),
        pytest.param(
            pairs(entry(b"k", 9, struct.pack("<IQQ", 8, 3, 2**64 - 1) + bytes(64))),
            "cut short or damaged",
            id="a token longer than any file",
        ),
        pytest.param(pairs(entry(b"k", 0, b"\x01"), entry(b"k", 0, b"\x01")), "'k' twice", id="key twice"),
        pytest.param(
            pairs(entry(b"general.alignment", 4, b"\x03\0\0\0")), "no power of two", id="alignment 3"
        ),
        pytest.param(
            pairs(entry(b"general.alignment", 8, text(b"x"))), "no power of two", id="alignment of text"
        ),
        pytest.param(
            pairs(tensors=1) + text(b"w") + struct.pack("<I", 9), "9 dimensions", id="nine dimensions"
        ),
    ],
)
def test_damage_is_named(content: bytes, says: str, tmp_path: Path) -> None:
    assert says in refusal(content, tmp_path)


def test_a_header_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(pairs(entry(b"k", 9, struct.pack("<IQ", 0, 300 * 2**20)), entry(b"l", 0, b"\x01")))
    os.truncate(path, 400 * 2**20)  # A hole: takes no room on the disk.
    with pytest.raises(NotAModel, match="header is longer than"):
        read_header(path)


def test_tensors_that_end_past_the_file_are_told_with_both_sizes(shipped: Path, tmp_path: Path) -> None:
    whole = shipped.stat().st_size
    header = read_header(shipped)
    path = tmp_path / "model.gguf"
    with shipped.open("rb") as source:
        path.write_bytes(source.read(header.data_offset + 1000))
    with pytest.raises(NotAModel) as caught:
        read_header(path)
    assert f"should have {whole:,} bytes but has {header.data_offset + 1000:,}" in str(caught.value)
    os.truncate(path, whole)
    assert read_header(path) == header  # The header alone counts: the rest may be a hole.


def test_a_tensor_in_a_newer_format_does_not_make_a_file_too_short(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(pairs(tensors=1) + text(b"w") + struct.pack("<IQIQ", 1, 64, 999, 0) + bytes(64))
    (tensor,) = read_header(path).tensors
    assert (tensor.numbers, tensor.size) == (64, None)


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_header(tmp_path / "none.gguf")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_model(tmp_path_factory.mktemp("small") / "model.gguf", tensors=2, numbers=64).read_bytes()


def test_every_cut_is_found(small: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(small)
    needed = read_header(path).needed_size
    for length in reversed(range(needed)):
        os.truncate(path, length)
        with pytest.raises(NotAModel):
            read_header(path)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_flipped_byte_makes_anything_but_a_header_or_a_refusal(small: bytes, data: st.DataObject) -> None:
    content = bytearray(small)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.gguf")
        path.write_bytes(content)
        header = None
        with contextlib.suppress(NotAModel):  # Any other error fails the test.
            header = read_header(path)
        assert header is None or header.needed_size <= len(content)


def test_the_template_is_kept_whole(tmp_path: Path) -> None:
    header = read_header(write_model(tmp_path / "model.gguf"))
    assert header.metadata["tokenizer.chat_template"] == TEMPLATE
