"""The header of a GGUF file, read byte by byte, without loading the model.

The format is that of `ggml/docs/gguf.md`: magic, version, counts, key-value pairs, tensor entries, padding,
tensor data. Measured on two cores, for SmolLM2 (49,152 tokens) and for a file with Gemma's 262,144: the
`gguf` package's reader, which makes several numpy views for each token of the vocabulary, takes 2.4 and 16 s;
llama.cpp's `vocab_only` 0.1 s after 0.5 s of imports, in native code that a damaged file may crash; this
module 0.01 and 0.05 to 0.1 s, so that nothing needs to be cached. It reads and never maps the file, as a map
of a file that shrinks kills the process.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, NoReturn, TypeAlias

from writersroom.engine.errors import NotAModel
from writersroom.engine.files.gguf_types import NUMBER_FORMATS

MAGIC: Final = b"GGUF"
VERSIONS: Final = (2, 3)
"""What llama.cpp reads; 3 differs from 2 only in allowing big-endian files."""

# Bounds on what a damaged or hostile file can make this module do; real models stay far below.
_MOST_PAIRS: Final = 100_000
_MOST_TENSORS: Final = 1_000_000
_MOST_DIMENSIONS: Final = 4
_LONGEST_NAME: Final = 65_535
_LONGEST_TEXT: Final = 2**20
_LONGEST_HEADER: Final = 256 * 2**20
_LONGEST_ARRAY_KEPT: Final = 4_096
_PIECE: Final = 2**20

_U32: Final = struct.Struct("<I")
_U64: Final = struct.Struct("<Q")
_BOOL, _STRING, _ARRAY = 7, 8, 9
_SCALARS: Final[dict[int, struct.Struct]] = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: _U32,
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    _BOOL: struct.Struct("<?"),
    10: _U64,
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}

Number: TypeAlias = bool | int | float


class Array(NamedTuple):
    """An array in the metadata."""

    length: int
    values: tuple[Number, ...] | None
    """None for texts (a vocabulary), and for more than 4,096 numbers: nothing here needs those."""


Value: TypeAlias = Number | str | Array


class Tensor(NamedTuple):
    """A tensor's entry in the header."""

    name: str
    numbers: int
    """How many it holds: the product of its dimensions."""
    format: int
    """`ggml_type`, see `gguf_types`."""
    offset: int
    """Bytes from the start of the tensor data."""

    @property
    def size(self) -> int | None:
        """Bytes it takes; None in a format that is newer than this program."""
        form = NUMBER_FORMATS.get(self.format)
        return None if form is None else -(-self.numbers // form.block) * form.bytes


class Header(NamedTuple):
    """What one GGUF file says of itself."""

    metadata: Mapping[str, Value]
    tensors: tuple[Tensor, ...]
    data_offset: int
    """Where the tensor data starts, in bytes."""
    file_size: int

    @property
    def needed_size(self) -> int:
        """Bytes the file must at least have for all its tensors to be whole."""
        if not self.tensors:
            return 0  # Padding after the header may be missing where nothing follows.
        return self.data_offset + max(tensor.offset + (tensor.size or 0) for tensor in self.tensors)


def read_header(path: Path) -> Header:
    """Read the header of a GGUF file and check that all tensors it announces fit into the file.

    Raises:
        NotAModel: the file is no GGUF, of a version or byte order that cannot be read, damaged or cut short.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        cursor = _Cursor(file, path)
        header = _read(cursor)
    if header.needed_size > header.file_size:
        raise NotAModel(
            f"{path} is cut short: it should have {header.needed_size:,} bytes but has "
            f"{header.file_size:,}; fetch it again."
        )
    return header


class _Cursor:
    """Reads forwards through a file in pieces of a megabyte."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self.path = path
        self._start = 0
        self._at = 0
        self._piece = b""
        self.size = file.seek(0, 2)

    @property
    def position(self) -> int:
        return self._start + self._at

    @property
    def left(self) -> int:
        return self.size - self.position

    def refuse(self, what: str) -> NoReturn:
        raise NotAModel(f"{self.path} is damaged: {what}; fetch it again.")

    def end(self) -> NoReturn:
        raise NotAModel(
            f"{self.path} is cut short or damaged: its header goes on past the {self.size:,} bytes "
            "of the file; fetch it again."
        )

    def take(self, count: int) -> bytes:
        self._hold(count)
        taken = self._piece[self._at : self._at + count]
        self._at += count
        return taken

    def skip(self, count: int) -> None:
        if count > self.left:
            self.end()
        self._at += count  # May point past the piece: the next `_hold` reads from there.

    def number(self, form: struct.Struct) -> Number:
        self._hold(form.size)
        (value,) = form.unpack_from(self._piece, self._at)
        self._at += form.size
        return value

    def whole(self, form: struct.Struct) -> int:
        return int(self.number(form))

    def text(self, longest: int) -> str:
        length = self.whole(_U64)
        if length > self.left:
            self.end()
        if length > longest:
            self.refuse(f"a text of {length:,} bytes where at most {longest:,} are sensible")
        return self.take(length).decode("utf-8", "replace")

    def skip_texts(self, count: int) -> None:
        """Pass over `count` texts: the one loop here that runs for each token of a vocabulary."""
        unpack = _U64.unpack_from
        while count:
            self._hold(8)
            piece, at, passed = self._piece, self._at, 0
            # Running into the end of the piece costs less than asking for it at each token.
            with contextlib.suppress(struct.error, OverflowError):
                for passed in range(count):  # noqa: B007  # read where the loop broke off
                    at += 8 + unpack(piece, at)[0]
                passed = count
            count -= passed
            self._at = at
            if self.left < 0:
                self.end()

    def _hold(self, count: int) -> None:
        """Have at least `count` bytes at hand."""
        if self._at + count <= len(self._piece):
            return
        if count > self.left:
            self.end()
        if self.position > _LONGEST_HEADER:
            self.refuse(f"its header is longer than {_LONGEST_HEADER:,} bytes")
        self._start, self._at = self.position, 0
        self._file.seek(self._start)
        self._piece = self._file.read(max(count, _PIECE))
        if len(self._piece) < count:  # It shrank while it was being read.
            self.end()


def _read(cursor: _Cursor) -> Header:
    pairs, tensors = _read_counts(cursor)
    metadata: dict[str, Value] = {}
    for _ in range(pairs):
        key = cursor.text(_LONGEST_NAME)
        if key in metadata:
            cursor.refuse(f"it has the key {key[:80]!r} twice")
        metadata[key] = _read_value(cursor, cursor.whole(_U32))
    entries = tuple(_read_tensor(cursor) for _ in range(tensors))
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or alignment <= 0 or alignment & (alignment - 1):
        cursor.refuse("its alignment is no power of two")
    offset = -(-cursor.position // alignment) * alignment
    return Header(metadata, entries, offset, cursor.size)


def _read_counts(cursor: _Cursor) -> tuple[int, int]:
    """Check magic and version; the number of key-value pairs and of tensors."""
    opening = cursor.take(min(4, cursor.size))
    if opening != MAGIC:
        raise NotAModel(
            f"{cursor.path} is no GGUF model file: it starts with {_shown(opening)} instead of 'GGUF'; "
            "name a .gguf file."
        )
    version = cursor.whole(_U32)
    if version not in VERSIONS:
        swapped = int.from_bytes(version.to_bytes(4, "little"), "big")
        if swapped in VERSIONS:
            cursor.refuse("it was made for big-endian machines")
        cursor.refuse(f"it says it is GGUF version {version}, of which this program knows 2 and 3")
    tensors, pairs = cursor.whole(_U64), cursor.whole(_U64)
    if pairs > _MOST_PAIRS or tensors > _MOST_TENSORS:
        cursor.refuse(f"its header announces {pairs:,} entries and {tensors:,} tensors")
    return pairs, tensors


def _shown(opening: bytes) -> str:
    if not opening:
        return "nothing (the file is empty)"
    return repr(opening.decode("ascii")) if opening.isascii() and opening.isalnum() else opening.hex(" ")


def _read_value(cursor: _Cursor, kind: int) -> Value:
    if kind == _STRING:
        return cursor.text(_LONGEST_TEXT)
    if kind != _ARRAY:
        form = _SCALARS.get(kind)
        if form is None:
            cursor.refuse(f"it has a value of the unknown kind {kind}")
        return cursor.number(form)
    kind, count = cursor.whole(_U32), cursor.whole(_U64)
    if kind == _STRING:
        if count * 8 > cursor.left:
            cursor.end()
        cursor.skip_texts(count)
        return Array(count, None)
    form = _SCALARS.get(kind)
    if form is None:  # Arrays of arrays are in the format's description, but llama.cpp reads none.
        cursor.refuse(f"it has an array of the unknown kind {kind}")
    if count > _LONGEST_ARRAY_KEPT:
        cursor.skip(count * form.size)
        return Array(count, None)
    return Array(count, tuple(cursor.number(form) for _ in range(count)))


def _read_tensor(cursor: _Cursor) -> Tensor:
    name = cursor.text(_LONGEST_NAME)
    dimensions = cursor.whole(_U32)
    if dimensions > _MOST_DIMENSIONS:
        cursor.refuse(f"tensor {name[:80]!r} has {dimensions} dimensions")
    numbers = 1
    for _ in range(dimensions):
        numbers *= cursor.whole(_U64)
    return Tensor(name, numbers, cursor.whole(_U32), cursor.whole(_U64))
