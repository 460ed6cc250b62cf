"""Chats are laid out from a file's header as llama.cpp's binding lays them out with the model loaded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFWriter
from llama_cpp.llama_chat_format import Jinja2ChatFormatter

from writersroom.engine.errors import NoChatTemplate, Unsupported
from writersroom.engine.files.chat_layout import chat_layout, layout_of
from writersroom.engine.interface import Part
from writersroom.engine.llama.runtime import Weights
from writersroom.engine.settings import EngineSettings

CHATS = (
    (Part(role="user", text="Who keeps the lamp?"),),
    (Part(role="system", text="A play. <b>"), Part(role="user", text="Begin.\n\nNow.")),
    (Part(role="system", text=""), Part(role="user", text="ümläut 😀"), Part(role="assistant", text="Mara")),
)


def written(path: Path, template: str, tokens: list[str] | None = None) -> Path:
    """The smallest model file that can chat."""
    writer = GGUFWriter(path, "llama")
    writer.add_chat_template(template)
    if tokens is not None:
        writer.add_token_list(tokens)
        writer.add_bos_token_id(1)
        writer.add_eos_token_id(len(tokens) - 1)
    writer.add_tensor("token_embd.weight", np.zeros((2, 32), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_the_built_in_model_sees_the_same(model_path: Path) -> None:
    weights = Weights(model_path, EngineSettings(n_ctx=256))
    try:
        lay_out = chat_layout(model_path)
        for chat in CHATS:
            assert lay_out(chat) == weights.layout(chat)
    finally:
        weights.close()


def test_marks_are_read_from_the_vocabulary(tmp_path: Path) -> None:
    template = (
        "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{{ eos_token }}{% endfor %}"
    )
    path = written(tmp_path / "a.gguf", template, ["<unk>", "<s>", "of", "the", "</s>"])
    lay_out = chat_layout(path)
    formatter = Jinja2ChatFormatter(template=template, eos_token="</s>", bos_token="<s>")
    for chat in CHATS[:2]:
        asked = [{"role": part.role, "content": part.text} for part in chat]
        assert lay_out(chat) == formatter(messages=asked).prompt  # pyright: ignore[reportArgumentType]  # as the binding reads them
    assert chat_layout(written(tmp_path / "b.gguf", template))(CHATS[0]) == "[user]Who keeps the lamp?"


def test_a_template_that_refuses_a_system_part_gets_it_in_the_first_question(tmp_path: Path) -> None:
    template = (
        "{% if messages[0].role == 'system' %}{{ raise_exception('no system part') }}{% endif %}"
        "{% for m in messages %}{% generation %}{{ m.role }}: {{ m.content | tojson }}\n{% endgeneration %}"
        "{% endfor %}{{ strftime_now('%d %b %Y') }}"
    )
    lay_out = chat_layout(written(tmp_path / "a.gguf", template))
    assert lay_out(CHATS[1]) == 'user: "A play. <b>\\n\\nBegin.\\n\\nNow."\n26 Jul 2024'
    assert lay_out((Part(role="system", text="Only this."),)) == 'user: "Only this."\n26 Jul 2024'


def test_what_a_template_refuses_twice_is_told() -> None:
    lay_out = layout_of("{{ raise_exception('never') }}", name="m", bos_token="", eos_token="")
    with pytest.raises(Unsupported, match="template of m refuses this prompt: never"):
        lay_out(CHATS[1])
    lay_out = layout_of("{{ messages[0].content / 2 }}", name="m", bos_token="", eos_token="")
    with pytest.raises(Unsupported):
        lay_out(CHATS[1])
    with pytest.raises(NoChatTemplate, match="template of m cannot be read"):
        layout_of("{% if %}", name="m", bos_token="", eos_token="")


def test_a_model_without_a_template_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    written(path, "x")
    data = path.read_bytes().replace(b"tokenizer.chat_template", b"tokenizer.chat_templatX")
    path.write_bytes(data)
    with pytest.raises(NoChatTemplate):
        chat_layout(path)
