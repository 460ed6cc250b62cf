"""A person's name for a model leads to one model, or to a sentence that helps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engine.files.making import write_model, write_split
from writersroom.engine.errors import ModelNotFound, NotAModel
from writersroom.engine.files import default_model
from writersroom.engine.files.catalogue import ServerAddress, Unreadable, list_models, resolve
from writersroom.engine.files.model_file import ModelFile
from writersroom.engine.files.places import Places

DIGEST = "0a" * 32


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Models in every kind of place; `same` is in two of them."""
    folder, hub, ollama, studio = (tmp_path / name for name in ("folder", "hub", "ollama", "studio"))
    write_model(folder / "Alpha-Q8_0.gguf")
    write_model(folder / "same.gguf")
    write_split(folder / "large", "beta-Q4_K_M", 2)
    own = hub / "models--owner--gamma-GGUF" / "snapshots" / ("c" * 40)
    write_model(own / "gamma-Q8_0.gguf")
    (own.parent.parent / "refs").mkdir()
    (own.parent.parent / "refs" / "main").write_text("c" * 40)
    write_model(ollama / "blobs" / f"sha256-{DIGEST}")
    manifest = ollama / "manifests" / "registry.ollama.ai" / "library" / "delta" / "latest"
    manifest.parent.mkdir(parents=True)
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{DIGEST}"}
    manifest.write_text(json.dumps({"layers": [layer]}))
    write_model(studio / "maker" / "epsilon" / "epsilon-Q8_0.gguf")
    write_model(studio / "maker" / "same" / "same.gguf")
    return Places(folders=(folder,), hub=hub, ollama=(ollama,), lm_studio=(studio,), cache=tmp_path / "cache")


@pytest.mark.parametrize(
    ("name", "full", "source"),
    [
        ("Alpha-Q8_0", "Alpha-Q8_0", "folder"),
        ("alpha-q8_0.GGUF", "Alpha-Q8_0", "folder"),
        ("large/beta-Q4_K_M", "large/beta-Q4_K_M", "folder"),
        ("large\\beta-Q4_K_M", "large/beta-Q4_K_M", "folder"),
        ("beta-Q4_K_M", "large/beta-Q4_K_M", "folder"),
        ("owner/gamma-GGUF:gamma-Q8_0.gguf", "owner/gamma-GGUF:gamma-Q8_0.gguf", "Hugging Face"),
        ("owner/gamma-GGUF", "owner/gamma-GGUF:gamma-Q8_0.gguf", "Hugging Face"),
        ("gamma-Q8_0", "owner/gamma-GGUF:gamma-Q8_0.gguf", "Hugging Face"),
        ("delta", "delta:latest", "Ollama"),
        ("epsilon-Q8_0", "maker/epsilon/epsilon-Q8_0", "LM Studio"),
        ("same", "same", "folder"),
        ("maker/same/same", "maker/same/same", "LM Studio"),
    ],
)
def test_every_name_of_a_model_leads_to_it(name: str, full: str, source: str, places: Places) -> None:
    model = resolve(name, where=places)
    assert isinstance(model, ModelFile)
    assert (model.name, model.source) == (full, source)


def test_a_path_leads_to_its_file(places: Places) -> None:
    path = places.folders[0] / "same.gguf"
    model = resolve(str(path), where=places)
    assert isinstance(model, ModelFile)
    assert (model.name, model.source, model.path) == ("same", "path", path)


def test_a_path_to_something_else_is_told_so(tmp_path: Path, places: Places) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("Not a model.")
    with pytest.raises(NotAModel, match="no GGUF model file"):
        resolve(str(text), where=places)
    with pytest.raises(ModelNotFound, match="is a folder"):
        resolve(str(tmp_path), where=places)


def test_the_built_in_model_has_its_name_in_every_place(nowhere: Places, shipped: Path) -> None:
    assert nowhere.cache is not None
    (nowhere.cache / "models").parent.mkdir()
    (nowhere.cache / "models").write_text("a file, so that no copy is made here")
    model = resolve("SmolLM2", where=nowhere)
    assert isinstance(model, ModelFile)
    assert model.path == shipped
    assert model.name == default_model.NAME
    assert model.note is not None


@pytest.mark.parametrize(
    ("name", "url", "model"),
    [
        ("http://localhost:8080/v1", "http://localhost:8080/v1", None),
        ("http://localhost:8080", "http://localhost:8080/v1", None),
        ("https://example.org/api/v1/#qwen2.5:7b", "https://example.org/api/v1", "qwen2.5:7b"),
        ("http://[::1]:1234/v1/", "http://[::1]:1234/v1", None),
    ],
)
def test_addresses_are_of_servers(name: str, url: str, model: str | None, nowhere: Places) -> None:
    assert resolve(name, where=nowhere) == ServerAddress(url=url, model=model)


@pytest.mark.parametrize("name", ["ftp://x/y", "http://", "http://host:port/v1", "http://[::1", "x://"])
def test_other_addresses_are_refused(name: str, nowhere: Places) -> None:
    with pytest.raises(ModelNotFound, match="no address of a server"):
        resolve(name, where=nowhere)


@pytest.mark.parametrize(
    ("name", "near"),
    [("alfa-q8_0", "Alpha-Q8_0"), ("owner/gama-GGUF", "owner/gamma-GGUF"), ("smollm", "smollm2")],
)
def test_a_wrong_name_is_told_the_nearest(name: str, near: str, places: Places) -> None:
    with pytest.raises(ModelNotFound, match=near) as caught:
        resolve(name, where=places)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["zzz", "", "\0", "x" * 100_000, "~nobody-here/model", "\x1b[2J"])
def test_a_name_near_to_nothing_is_told_what_to_do(name: str, nowhere: Places) -> None:
    with pytest.raises(ModelNotFound) as caught:
        resolve(name, where=nowhere)
    message = str(caught.value)
    assert "writersroom models" in message
    assert len(message) < 500
    assert message.isprintable()


def test_a_name_of_two_files_is_asked_back(places: Places) -> None:
    write_model(places.folders[0] / "other" / "beta-Q4_K_M.gguf")
    with pytest.raises(ModelNotFound, match=r"2 models \(large/beta-Q4_K_M, other/beta-Q4_K_M\)"):
        resolve("beta-Q4_K_M", where=places)


def test_a_folder_in_the_current_one_does_not_hide_a_model(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "delta").mkdir()
    monkeypatch.chdir(tmp_path)
    model = resolve("delta", where=places)
    assert isinstance(model, ModelFile)
    assert model.source == "Ollama"


def test_all_models_are_listed_and_broken_ones_among_them(places: Places) -> None:
    broken = places.folders[0] / "broken.gguf"
    broken.write_bytes(b"GGUF\x03\0\0\0")
    (places.folders[0] / "dangling.gguf").symlink_to(places.folders[0] / "nothing")
    (places.folders[0] / "alias.gguf").symlink_to(places.folders[0] / "same.gguf")
    listed = list(list_models(places))
    assert [(model.name, model.source) for model in listed if isinstance(model, ModelFile)] == [
        ("smollm2", "built in"),
        ("Alpha-Q8_0", "folder"),
        ("alias", "folder"),
        ("large/beta-Q4_K_M", "folder"),
        ("owner/gamma-GGUF:gamma-Q8_0.gguf", "Hugging Face"),
        ("delta:latest", "Ollama"),
        ("maker/epsilon/epsilon-Q8_0", "LM Studio"),
        ("maker/same/same", "LM Studio"),
    ]
    faults = {model.name: model.reason for model in listed if isinstance(model, Unreadable)}
    assert set(faults) == {"broken", "dangling"}
    assert "cut short or damaged" in faults["broken"]
    assert "cannot be read" in faults["dangling"]
    assert places.cache is not None
    assert not (places.cache / "models").exists()


def test_without_the_built_in_model_the_others_are_listed(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(default_model, "_PACKAGE", "no_such_package_anywhere")
    first, *others = list_models(places)
    assert isinstance(first, Unreadable)
    assert "pip install" in first.reason
    assert len(others) == 7
