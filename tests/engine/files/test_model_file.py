"""Facts of a model from its header; what is no model, or only part of one, is told apart."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.engine.files.making import TEMPLATE, write_model, write_split
from writersroom.engine.errors import NoChatTemplate, NotAModel
from writersroom.engine.files.gguf_header import read_header
from writersroom.engine.files.model_file import (
    is_later_part,
    parts_of,
    read_model,
    require_chat_template,
    stem_of,
)


def test_the_built_in_models_facts(shipped: Path) -> None:
    model = read_model(shipped, name="smollm2", source="built in")
    assert model.architecture == "llama"
    assert model.parameters == 134_515_008
    assert model.quantisation == "Q4_1"
    assert model.context_length == 8192
    assert model.embedding_length == 576
    assert model.layers == 30
    assert model.heads == 9
    assert model.kv_heads == (3,) * 30
    assert (model.key_length, model.value_length) == (64, 64)
    assert model.vocabulary == 49_152
    assert model.size == shipped.stat().st_size
    assert 0.98 * model.size < model.weights < model.size
    assert "<|im_start|>" in require_chat_template(model)


def test_a_model_without_template_is_read_but_refused_for_chats(tmp_path: Path) -> None:
    model = read_model(write_model(tmp_path / "base.gguf", template=None))
    assert model.chat_template is None
    with pytest.raises(NoChatTemplate, match="base has no chat template"):
        require_chat_template(model)


def test_heads_may_differ_by_layer(tmp_path: Path) -> None:
    model = read_model(write_model(tmp_path / "m.gguf", layers=4, heads_kv=(2, 0, 0, 1)))
    assert model.kv_heads == (2, 0, 0, 1)


def test_stated_head_sizes_count_more_than_those_that_follow(tmp_path: Path) -> None:
    more = {"llama.attention.key_length": 128, "llama.attention.value_length": 96}
    model = read_model(write_model(tmp_path / "m.gguf", more=more))
    assert (model.key_length, model.value_length) == (128, 96)


def test_quantisation_is_that_of_most_numbers_where_none_is_stated(tmp_path: Path) -> None:
    assert read_model(write_model(tmp_path / "m.gguf")).quantisation == "F32"
    stated = write_model(tmp_path / "n.gguf", more={"general.file_type": 15})
    assert read_model(stated).quantisation == "Q4_K_M"


def test_weights_in_an_unknown_format_are_all_that_is_not_header(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.gguf", numbers=64)
    header = read_header(path)
    content = path.read_bytes()
    kind = content.rindex(b"blk.0.weight") + len(b"blk.0.weight") + 4 + 2 * 8  # Behind two dimensions.
    path.write_bytes(content[:kind] + struct.pack("<I", 777) + content[kind + 4 :])
    model = read_model(path)
    assert model.quantisation == "type 777"
    assert model.weights == header.file_size - header.data_offset


@pytest.mark.parametrize(
    ("kind", "architecture", "says"),
    [
        ("adapter", "llama", "is a LoRA adapter"),
        ("mmproj", "clip", "lets another model see"),
        (None, "clip", "lets another model see"),
        ("imatrix", "llama", "of the type 'imatrix'"),
    ],
)
def test_additions_to_models_are_no_models(
    kind: str | None, architecture: str, says: str, tmp_path: Path
) -> None:
    path = write_model(tmp_path / "m.gguf", kind=kind, architecture=architecture)
    with pytest.raises(NotAModel, match=says):
        read_model(path)


def test_a_vocabulary_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(NotAModel, match="vocabulary but no weights"):
        read_model(write_model(tmp_path / "m.gguf", tensors=0))


def test_a_file_must_say_its_architecture(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 0))
    with pytest.raises(NotAModel, match="does not say which architecture"):
        read_model(path)


def test_a_split_model_is_one_model_from_whichever_part(tmp_path: Path) -> None:
    parts = write_split(tmp_path, "big-q8_0", 3)
    for part in parts:
        model = read_model(part)
        assert model.name == "big-q8_0"
        assert model.path == parts[0]
        assert model.parts == tuple(parts)
        assert model.size == sum(part.stat().st_size for part in parts)
        assert model.parameters == (1 + 2 + 3) * 4096
    assert [is_later_part(part) for part in parts] == [False, True, True]


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    parts = write_split(tmp_path, "big", 3)
    parts[1].unlink()
    with pytest.raises(NotAModel, match=r"big-00002-of-00003\.gguf is missing"):
        read_model(parts[0])


def test_a_model_split_in_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAModel, match="split model"):
        parts_of(write_model(tmp_path / "big-00001-of-00000.gguf"))


def test_names_lose_ending_and_numbering() -> None:
    assert stem_of(Path("a/qwen-Q4_K_M.gguf")) == "qwen-Q4_K_M"
    assert stem_of(Path("a/qwen-00001-of-00002.GGUF")) == "qwen"
    assert stem_of(Path("a/sha256-abc")) == "sha256-abc"


def test_a_name_that_is_no_text_is_made_one(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.gguf")
    model = read_model(path, name="bad\udcff")
    assert model.name == "bad?"
    assert model.chat_template == TEMPLATE
