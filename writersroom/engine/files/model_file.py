"""What a model file is: the facts a person chooses by and an engine plans with, read from its header."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal, TypeAlias

from writersroom.engine.errors import NoChatTemplate, NotAModel
from writersroom.engine.files.gguf_header import Array, Header, Tensor, Value, read_header
from writersroom.engine.files.gguf_types import FILE_TYPES, NUMBER_FORMATS
from writersroom.frozen import Frozen

Source: TypeAlias = Literal["built in", "folder", "Hugging Face", "Ollama", "LM Studio", "path"]
"""Where a model file was found."""

SPLIT_NAME: Final = re.compile(r"(?P<stem>.+)-(?P<part>\d{5})-of-(?P<parts>\d{5})\.gguf", re.IGNORECASE)
"""Name of one part of a model that is split into several files, as llama.cpp writes and expects it."""


class ModelFile(Frozen):
    """A model on disk, not loaded. Facts the file does not state are None."""

    name: str
    """How a person names it."""
    source: Source
    path: Path
    """The file an engine loads; the first, where the model is split."""
    parts: tuple[Path, ...]
    """All its files, in order: one, unless it is split."""
    size: int
    """Bytes on disk, all parts."""
    architecture: str
    title: str | None
    """What its makers call it."""
    parameters: int
    """Numbers in its tensors."""
    weights: int
    """Bytes of its tensors."""
    quantisation: str
    """As llama.cpp names it: `Q4_K_M`, `F16`…"""
    context_length: int | None
    """Tokens it was trained to look back over."""
    embedding_length: int | None
    layers: int | None
    heads: int | None
    kv_heads: tuple[int, ...]
    """Heads that the KV cache holds, layer by layer; empty where the file does not say."""
    key_length: int
    """Numbers that a head caches as a token's key; 0 where the file does not say."""
    value_length: int
    state_length: int
    """Numbers that a recurrent layer keeps of a sequence, however long; 0 where there is none."""
    vocabulary: int | None
    """Tokens it knows."""
    chat_template: str | None
    """Jinja2 source of the layout its chats were trained in."""
    note: str | None = None
    """What a person should know about the choice of this file, in one sentence."""

    @property
    def address(self) -> str:
        """What `catalogue.resolve` finds the file by, from any folder of this machine."""
        if self.source != "path":
            return self.name
        path, home = Path(os.path.abspath(self.path)), Path(os.path.expanduser("~"))
        # A session says it, and may be given away: who wrote it need not be told by it.
        return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)


def read_model(path: Path, *, name: str | None = None, source: Source = "path") -> ModelFile:
    """Read the facts of the model that `path` is, or is a part of.

    Args:
        path: a GGUF file; for a split model any of its parts.
        name: how a person names it; the file's name without its ending if not given.
        source: where it was found.

    Raises:
        NotAModel: the file is no GGUF model, is damaged or cut short, a part of it is missing, or it is an
            addition to a model (an adapter, an image projector) or a vocabulary only.
        OSError: the file cannot be read.
    """
    parts = parts_of(path)
    headers = [read_header(part) for part in parts]
    metadata = headers[0].metadata
    _check_kind(path, metadata)
    architecture = _text(metadata, "general.architecture")
    if architecture is None:
        raise NotAModel(f"{path} does not say which architecture it is for; convert the model again.")
    tensors = [tensor for header in headers for tensor in header.tensors]
    if not tensors:
        raise NotAModel(f"{path} holds a vocabulary but no weights; name a whole model.")

    def whole(key: str) -> int | None:
        return _whole(metadata, f"{architecture}.{key}")

    layers, heads, width = whole("block_count"), whole("attention.head_count"), whole("embedding_length")
    head_width = width // heads if width and heads else 0
    return ModelFile(
        # A file's name need not be text; what is none becomes a question mark.
        name=(name if name is not None else stem_of(parts[0])).encode("utf-8", "replace").decode(),
        source=source,
        path=parts[0],
        parts=parts,
        size=sum(header.file_size for header in headers),
        architecture=architecture,
        title=_text(metadata, "general.name"),
        parameters=sum(tensor.numbers for tensor in tensors),
        weights=sum(_data_size(header) for header in headers),
        quantisation=_quantisation(metadata, tensors),
        context_length=whole("context_length"),
        embedding_length=width,
        layers=layers,
        heads=heads,
        kv_heads=_kv_heads(metadata, architecture, layers or 0),
        key_length=whole("attention.key_length") or head_width,
        value_length=whole("attention.value_length") or head_width,
        state_length=_state_length(metadata, architecture, width or 0),
        vocabulary=_length(metadata, "tokenizer.ggml.tokens"),
        chat_template=_text(metadata, "tokenizer.chat_template") or None,
    )


def require_chat_template(model: ModelFile) -> str:
    """The model's chat template.

    Raises:
        NoChatTemplate: it has none; llama.cpp would lay its chats out in another model's form.
    """
    if model.chat_template is None:
        raise NoChatTemplate(
            f"{model.name} has no chat template, so it cannot take part in a chat; use an "
            "instruction-tuned model (its name mostly ends in -Instruct, -it or -chat)."
        )
    return model.chat_template


def parts_of(path: Path) -> tuple[Path, ...]:
    """All files of the model that `path` is, or is a part of, in order.

    Raises:
        NotAModel: a part is missing.
    """
    match = SPLIT_NAME.fullmatch(path.name)
    if match is None:
        return (path,)
    count = int(match["parts"])
    parts = tuple(
        path.with_name(f"{match['stem']}-{number:05d}-of-{count:05d}{path.suffix}")
        for number in range(1, count + 1)
    )
    missing = [part.name for part in parts if not part.is_file()]
    if missing or not parts:
        named = missing[0] if missing else "the first"
        raise NotAModel(
            f"{path} is one of {count} files of a split model, of which {named} is missing beside it; "
            "fetch all of them."
        )
    return parts


def is_later_part(path: Path) -> bool:
    """Whether the file is a part, other than the first, of a split model."""
    match = SPLIT_NAME.fullmatch(path.name)
    return match is not None and int(match["part"]) != 1


def stem_of(path: Path) -> str:
    """The file's name without its ending and without the numbering of a split model."""
    match = SPLIT_NAME.fullmatch(path.name)
    if match is not None:
        return match["stem"]
    return path.name.removesuffix(path.suffix) if path.suffix.lower() == ".gguf" else path.name


def _check_kind(path: Path, metadata: Mapping[str, Value]) -> None:
    kind = _text(metadata, "general.type")
    if kind == "adapter":
        raise NotAModel(f"{path} is a LoRA adapter, not a model; name its base model, and it with --lora.")
    if kind == "mmproj" or _text(metadata, "general.architecture") == "clip":
        raise NotAModel(f"{path} lets another model see images and writes nothing itself; name that model.")
    if kind not in (None, "model"):
        raise NotAModel(f"{path} is of the type {kind[:80]!r}, not a model; name a model file.")


def _data_size(header: Header) -> int:
    known = [tensor.size for tensor in header.tensors]
    if any(size is None for size in known):  # A format newer than this program: all that is not header.
        return header.file_size - header.data_offset
    return sum(size for size in known if size is not None)


def _quantisation(metadata: Mapping[str, Value], tensors: Iterable[Tensor]) -> str:
    stated = _whole(metadata, "general.file_type")
    if stated in FILE_TYPES:
        return FILE_TYPES[stated]
    numbers: Counter[int] = Counter()
    for tensor in tensors:
        numbers[tensor.format] += tensor.numbers
    form, _ = numbers.most_common(1)[0]
    return NUMBER_FORMATS[form].name if form in NUMBER_FORMATS else f"type {form}"


def _kv_heads(metadata: Mapping[str, Value], architecture: str, layers: int) -> tuple[int, ...]:
    """Cached heads by layer. A list in the file may hold zeros: layers without attention (Mamba's)."""
    for key in ("attention.head_count_kv", "attention.head_count"):
        value = metadata.get(f"{architecture}.{key}")
        if isinstance(value, Array) and value.values is not None:
            return tuple(max(0, int(number)) for number in value.values)
        if isinstance(value, int) and value >= 0:
            return (value,) * min(layers, 10_000)
    return ()


def _state_length(metadata: Mapping[str, Value], architecture: str, width: int) -> int:
    """What llama.cpp allocates for a layer of Mamba's kind, of RWKV's, or with short convolutions (LFM2)."""

    def whole(key: str) -> int:
        return _whole(metadata, f"{architecture}.{key}") or 0

    inner, state, kernel = whole("ssm.inner_size"), whole("ssm.state_size"), whole("ssm.conv_kernel")
    convolved = max(0, kernel - 1) * (inner + 2 * whole("ssm.group_count") * state)
    head, short = whole("wkv.head_size"), whole("shortconv.l_cache")
    shifted = (whole("token_shift_count") or 2) * width if head else 0
    return inner * state + convolved + head * width + shifted + max(0, short - 1) * width


def _text(metadata: Mapping[str, Value], key: str) -> str | None:
    value = metadata.get(key)
    return value if isinstance(value, str) else None


def _whole(metadata: Mapping[str, Value], key: str) -> int | None:
    value = metadata.get(key)
    if isinstance(value, Array) and value.values:  # Per layer (OpenELM's head counts): the largest.
        value = max(value.values)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _length(metadata: Mapping[str, Value], key: str) -> int | None:
    value = metadata.get(key)
    return value.length if isinstance(value, Array) else None
