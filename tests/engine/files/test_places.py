"""Each program's store is found and read by that program's rules."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.engine.files.making import write_model, write_split
from writersroom.engine.files.hugging_face import in_hub_cache
from writersroom.engine.files.places import (
    Places,
    in_folders,
    in_lm_studio,
    in_ollama,
    is_model_name,
    usual_places,
)

DIGEST = "0a" * 32


def manifest(store: Path, where: str, *layers: object) -> Path:
    path = store / "manifests" / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"schemaVersion": 2, "layers": list(layers)}))
    return path


def layer(digest: str = DIGEST, kind: str = "model") -> dict[str, object]:
    return {"mediaType": f"application/vnd.ollama.image.{kind}", "digest": f"sha256:{digest}", "size": 1}


def test_the_usual_places_heed_every_programs_variables(tmp_path: Path) -> None:
    home = tmp_path / "home"
    a, b = tmp_path / "a", tmp_path / "b"
    bare = usual_places({}, home=home)
    assert bare.folders == ()
    assert bare.ollama[0] == home / ".ollama" / "models"
    assert bare.lm_studio == (home / ".lmstudio" / "models", home / ".cache" / "lm-studio" / "models")
    set_ = usual_places(
        {"WRITERSROOM_MODELS": f"{a}{os.pathsep}{os.pathsep}{b}", "OLLAMA_MODELS": str(a)}, home=home
    )
    assert set_.folders == (a, b)
    assert set_.ollama == (a,)


def test_folders_are_searched_to_the_bottom(tmp_path: Path) -> None:
    write_model(tmp_path / "one.gguf")
    write_model(tmp_path / "deep" / "down" / "Two.GGUF")
    write_split(tmp_path / "deep", "three", 2)
    for other in ("readme.txt", "mmproj-one.gguf", ".hidden.gguf"):
        (tmp_path / other).write_text("")
    found = {f.name: f for f in in_folders(Places(folders=(tmp_path, tmp_path / "missing")))}
    assert set(found) == {"one", "deep/down/Two", "deep/three"}
    assert found["deep/down/Two"].others == ("Two", "Two.GGUF", "deep/down/Two.GGUF")
    assert found["deep/three"].path.name == "three-00001-of-00002.gguf"


def test_ollamas_manifests_lead_to_blobs(tmp_path: Path) -> None:
    blob = write_model(tmp_path / "blobs" / f"sha256-{DIGEST}")
    manifest(tmp_path, "registry.ollama.ai/library/tiny/latest", layer("ff" * 32, "license"), layer())
    manifest(tmp_path, "registry.ollama.ai/someone/tiny/1b", layer())
    manifest(tmp_path, "hf.co/owner/repo-GGUF/Q4_K_M", layer())
    manifest(tmp_path, "registry.ollama.ai/library/gone/latest", layer("ee" * 32))
    manifest(tmp_path, "registry.ollama.ai/library/cloud/latest")
    found = {f.name: (f.path, f.others) for f in in_ollama(Places(ollama=(tmp_path,)))}
    assert found == {
        "tiny:latest": (blob, ("tiny",)),
        "someone/tiny:1b": (blob, ()),
        "hf.co/owner/repo-GGUF:Q4_K_M": (blob, ()),
    }


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{",
        b"[" * 100_000,
        b'{"layers": 3}',
        b'{"layers": [1, null, {"digest": 5, "mediaType": "application/vnd.ollama.image.model"}]}',
        b'{"layers": [{"digest": "sha256:../../../etc/passwd", '
        b'"mediaType": "application/vnd.ollama.image.model"}]}',
    ],
)
def test_broken_manifests_are_passed_over(content: bytes, tmp_path: Path) -> None:
    manifest(tmp_path, "registry.ollama.ai/library/tiny/latest").write_bytes(content)
    assert list(in_ollama(Places(ollama=(tmp_path,)))) == []


def test_lm_studio_is_followed_to_where_it_was_moved(tmp_path: Path) -> None:
    moved, chosen = tmp_path / "moved", tmp_path / "chosen"
    moved.mkdir()
    (tmp_path / ".lmstudio-home-pointer").write_text(f"{moved}\n")
    (moved / "settings.json").write_text(json.dumps({"downloadsFolder": str(chosen)}))
    places = usual_places({}, home=tmp_path)
    assert places.lm_studio[:2] == (chosen, moved / "models")
    write_model(chosen / "maker" / "model-GGUF" / "model-Q4_0.gguf")
    (found,) = in_lm_studio(places)
    assert found.name == "maker/model-GGUF/model-Q4_0"
    assert found.source == "LM Studio"


@pytest.mark.parametrize("pointer", [b"\xff\xff", b"", b"a\0b"])
def test_a_broken_pointer_leaves_lm_studios_default(pointer: bytes, tmp_path: Path) -> None:
    (tmp_path / ".lmstudio-home-pointer").write_bytes(pointer)
    assert usual_places({}, home=tmp_path).lm_studio[0] == tmp_path / ".lmstudio" / "models"


@pytest.mark.parametrize("folder", ["a\0b", "", 5, None])
def test_a_broken_setting_leaves_lm_studios_default(folder: object, tmp_path: Path) -> None:
    (tmp_path / ".lmstudio").mkdir()
    (tmp_path / ".lmstudio" / "settings.json").write_text(json.dumps({"downloadsFolder": folder}))
    assert usual_places({}, home=tmp_path).lm_studio[0] == tmp_path / ".lmstudio" / "models"


def snapshot(hub: Path, repository: str, revision: str, *names: str) -> Path:
    """A revision in a cache, as `huggingface_hub` lays it out."""
    own = hub / f"models--{repository.replace('/', '--')}"
    (own / "refs").mkdir(parents=True, exist_ok=True)
    (own / "refs" / "main").write_text(revision)
    for name in names:
        path = own / "snapshots" / revision / name
        path.parent.mkdir(parents=True, exist_ok=True)
        blob = own / "blobs" / f"{revision[:4]}{name.replace('/', '-')}"
        write_model(blob)
        path.symlink_to(os.path.relpath(blob, path.parent))
    return own


def test_the_hubs_cache_is_found_by_repository_and_file(tmp_path: Path) -> None:
    snapshot(tmp_path, "owner/one-GGUF", "a" * 40, "one-Q8_0.gguf", "README.md", "mmproj-one.gguf")
    snapshot(tmp_path, "owner/many-GGUF", "b" * 40, "many-Q8_0.gguf", "Q4_K_M/many-Q4_K_M.gguf")
    found = {f.name: f.others for f in in_hub_cache(Places(hub=tmp_path))}
    assert found == {
        "owner/one-GGUF:one-Q8_0.gguf": ("one-Q8_0.gguf", "one-Q8_0", "owner/one-GGUF"),
        "owner/many-GGUF:many-Q8_0.gguf": ("many-Q8_0.gguf", "many-Q8_0"),
        "owner/many-GGUF:Q4_K_M/many-Q4_K_M.gguf": ("many-Q4_K_M.gguf", "many-Q4_K_M"),
    }


def test_of_two_revisions_the_later_is_taken(tmp_path: Path) -> None:
    own = snapshot(tmp_path, "owner/one-GGUF", "a" * 40, "one.gguf")
    snapshot(tmp_path, "owner/one-GGUF", "b" * 40, "one.gguf")
    os.utime(own / "blobs" / "aaaaone.gguf", (2e9, 2e9))
    (found,) = in_hub_cache(Places(hub=tmp_path))
    assert "a" * 40 in str(found.path)


def test_no_cache_and_a_file_in_its_place_hold_no_models(tmp_path: Path) -> None:
    assert list(in_hub_cache(Places(hub=tmp_path / "none"))) == []
    (tmp_path / "file").write_text("")
    assert list(in_hub_cache(Places(hub=tmp_path / "file"))) == []


def test_names_of_models() -> None:
    assert is_model_name("a.gguf")
    assert is_model_name("a-00001-of-00002.gguf")
    assert not is_model_name("a-00002-of-00002.gguf")
    assert not is_model_name("a-mmproj-f16.gguf")
    assert not is_model_name("a.safetensors")
