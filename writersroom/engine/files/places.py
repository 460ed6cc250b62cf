"""Where model files lie on this machine, and by which names a person may call each.

Only names and paths are read here, no model file. Hugging Face's cache has its own module, since looking
into it costs 0.3 s of imports.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from writersroom.engine.files.model_file import Source, is_later_part, stem_of
from writersroom.frozen import Frozen
from writersroom.resources import model_folders

_MODEL_LAYER: Final = "application/vnd.ollama.image.model"
_DIGEST: Final = re.compile(r"sha256[:-](?P<hex>[0-9a-f]{64})")
_LARGEST_NOTE: Final = 2**20
"""Bytes; manifests and settings of other programs that are longer are not theirs."""


class Found(NamedTuple):
    """A model file, by name."""

    name: str
    """Full name, unique within its source."""
    path: Path
    source: Source
    others: tuple[str, ...]
    """Shorter names for it, which may be those of other files too."""


class Places(Frozen):
    """The folders that are searched. Those that do not exist are skipped."""

    folders: tuple[Path, ...] = ()
    hub: Path | None = None
    """Hugging Face's cache; None for the one its own settings name."""
    ollama: tuple[Path, ...] = ()
    lm_studio: tuple[Path, ...] = ()
    cache: Path | None = None
    """Where the built-in model's copy is kept; None for the user's cache folder."""


def usual_places(environ: Mapping[str, str] = os.environ, *, home: Path | None = None) -> Places:
    """Where models lie by the rules of each program, its environment variables heeded."""
    home = home or Path.home()
    return Places(
        folders=model_folders(environ), ollama=_ollama_stores(environ, home), lm_studio=_lm_studio(home)
    )


def in_folders(places: Places) -> Iterator[Found]:
    """GGUF files in the folders of `$WRITERSROOM_MODELS` and below."""
    for folder in places.folders:
        yield from _below(folder, "folder")


def in_lm_studio(places: Places) -> Iterator[Found]:
    """GGUF files that LM Studio has fetched: `publisher/model/file.gguf`."""
    for folder in places.lm_studio:
        yield from _below(folder, "LM Studio")


def in_ollama(places: Places) -> Iterator[Found]:
    """Models that Ollama has fetched: a manifest in `manifests/HOST/NAMESPACE/MODEL/TAG` names a blob."""
    for store in places.ollama:
        manifests = store / "manifests"
        for path in _files(manifests):
            names = path.relative_to(manifests).parts
            blob = _model_blob(path)
            if len(names) < 3 or blob is None or not (store / "blobs" / blob).is_file():
                continue
            host, *middle, model, tag = names
            if host == "registry.ollama.ai":
                middle = middle[1:] if middle[:1] == ["library"] else middle
            else:
                middle = [host, *middle]
            base = "/".join([*middle, model])
            others = (base,) if tag == "latest" else ()
            yield Found(f"{base}:{tag}", store / "blobs" / blob, "Ollama", others)


def is_model_name(file_name: str) -> bool:
    """Whether a file of this name may be a model, or the first part of one, and no image projector."""
    path = Path(file_name)
    return (
        path.suffix.lower() == ".gguf"
        and not is_later_part(path)
        and "mmproj" not in file_name.lower()
        and not file_name.startswith(".")
    )


def _below(folder: Path, source: Source) -> Iterator[Found]:
    for path in _files(folder):
        if is_model_name(path.name):
            inside = path.relative_to(folder)
            stem = stem_of(path)
            name = inside.with_name(stem).as_posix()
            others = {inside.as_posix(), stem, path.name} - {name}
            yield Found(name, path, source, tuple(sorted(others)))


def _files(folder: Path) -> Iterator[Path]:
    """All files below a folder, in a fixed order; what cannot be read is passed over."""
    for root, folders, files in os.walk(folder):
        folders.sort()
        yield from (Path(root, file) for file in sorted(files))


def _model_blob(manifest: Path) -> str | None:
    layers = _json_object(manifest).get("layers")
    for layer in cast("list[Any]", layers) if isinstance(layers, list) else []:
        if not isinstance(layer, dict):
            continue
        entry = cast("dict[str, Any]", layer)
        digest = _DIGEST.fullmatch(str(entry.get("digest")))
        if entry.get("mediaType") == _MODEL_LAYER and digest is not None:
            return f"sha256-{digest['hex']}"
    return None


def _ollama_stores(environ: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    named = environ.get("OLLAMA_MODELS", "").strip()
    if named:
        return (Path(os.path.expanduser(named)),)
    # The second is where Ollama's own installer lets it run as a service on Linux.
    return (home / ".ollama" / "models", Path("/usr/share/ollama/.ollama/models"))


def _lm_studio(home: Path) -> tuple[Path, ...]:
    """LM Studio's folders: as set in it, and its present and former defaults."""
    pointer = home / ".lmstudio-home-pointer"
    own = home / ".lmstudio"
    try:
        pointed = pointer.read_text("utf-8").strip() if pointer.is_file() else ""
    except (OSError, UnicodeDecodeError):
        pointed = ""
    if pointed and "\0" not in pointed:
        own = Path(os.path.expanduser(pointed))
    chosen = _json_object(own / "settings.json").get("downloadsFolder")
    listed = [own / "models", home / ".cache" / "lm-studio" / "models"]
    if isinstance(chosen, str) and chosen and "\0" not in chosen:
        listed.insert(0, Path(os.path.expanduser(chosen)))
    return tuple(dict.fromkeys(listed))


def _json_object(path: Path) -> dict[str, Any]:
    """A JSON object from a file of another program; empty where there is none."""
    try:
        with path.open("rb") as file:
            value: object = json.loads(file.read(_LARGEST_NOTE))
    except (OSError, ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
