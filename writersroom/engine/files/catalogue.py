"""Models by name: which there are, and which one a person means."""

from __future__ import annotations

import difflib
import importlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeAlias, cast
from urllib.parse import urlsplit

from writersroom.engine.errors import ModelError, ModelNotFound
from writersroom.engine.files import default_model, places
from writersroom.engine.files.model_file import ModelFile, Source, read_model
from writersroom.engine.files.places import Found, Places, usual_places
from writersroom.frozen import Frozen

Search: TypeAlias = Callable[[Places], Iterator[Found]]


class ServerAddress(Frozen):
    """An OpenAI-compatible server in place of a model file."""

    url: str
    """Up to and including `/v1`, without a slash at the end."""
    model: str | None
    """The model asked for there, from the part after `#`; None for the server's only one."""


class Unreadable(Frozen):
    """A file among the models that is none, or damaged, and why, in one sentence."""

    name: str
    source: Source
    path: Path
    reason: str


def _in_hub_cache(where: Places) -> Iterator[Found]:
    # Only imported when the search gets there: huggingface_hub takes 0.3 s, and most searches end before.
    module = importlib.import_module("writersroom.engine.files.hugging_face")
    return cast("Search", module.in_hub_cache)(where)


SEARCHES: Final[tuple[Search, ...]] = (
    places.in_folders,
    _in_hub_cache,
    places.in_ollama,
    places.in_lm_studio,
)
"""In the order in which names are looked up: the first place that knows a name has it."""


def resolve(name: str, *, where: Places | None = None) -> ModelFile | ServerAddress:
    """The model that a person means.

    Args:
        name: `smollm2` (built in); the address of a server (`http://…/v1`, `#MODEL` after it where it has
            several); a path; a name or file name as `writersroom models` lists them, or `REPO`, where one
            model of that repository is there. Upper and lower case are the same in names.
        where: the folders to search, if not the usual ones.

    Raises:
        ModelNotFound: nothing has this name; the message gives those nearest to it. Or several have it.
        NotAModel: the file is no model, or damaged.
        OSError: the file cannot be read.
    """
    where = where or usual_places()
    if is_server(name):
        return _server(name)
    if name.casefold() == default_model.NAME:
        return _built_in(where, make=True)
    path = Path(os.path.expanduser(name))
    if _is_file(path):
        return read_model(path)
    wanted = _normal(name)
    known: list[Found] = []
    for search in SEARCHES:
        here = list(search(where))
        match = _only([f for f in here if _normal(f.name) == wanted], name) or _only(
            [f for f in here if wanted in map(_normal, f.others)], name
        )
        if match is not None:
            return read_model(match.path, name=match.name, source=match.source)
        known += here
    raise ModelNotFound(_not_found(name, path, known))


def is_server(name: str) -> bool:
    """Whether a person means a server by this, and no file."""
    return "://" in name


def list_models(where: Places | None = None) -> Iterator[ModelFile | Unreadable]:
    """All models that can be called by name, the built-in one first; files that are broken among them.

    Nothing is written or fetched.

    Adapters, image projectors and parts of split models are left out; a file that several names lead to is
    given once for each place it was found in.
    """
    where = where or usual_places()
    try:
        yield _built_in(where, make=False)
    except (ModelError, OSError) as error:
        yield Unreadable(
            name=default_model.NAME, source="built in", path=Path(default_model.NAME), reason=str(error)
        )
    for search in SEARCHES:
        seen: set[Path] = set()
        for found in search(where):
            real = found.path.resolve()
            if real not in seen:
                seen.add(real)
                yield _read(found)


def _read(found: Found) -> ModelFile | Unreadable:
    try:
        return read_model(found.path, name=found.name, source=found.source)
    except ModelError as error:
        reason = str(error)
    except OSError as error:
        reason = f"{found.path} cannot be read: {error.strerror or error}."
    name = found.name.encode("utf-8", "replace").decode()
    reason = reason.encode("utf-8", "replace").decode()
    return Unreadable(name=name, source=found.source, path=found.path, reason=reason)


def _built_in(where: Places, *, make: bool) -> ModelFile:
    chosen = default_model.default_model(cache=where.cache, make=make)
    model = read_model(chosen.path, name=default_model.NAME, source="built in")
    return model.model_copy(update={"note": chosen.note})


def _server(name: str) -> ServerAddress:
    try:
        parts = urlsplit(name)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # A port that is no number, a bracket that is not closed.
        sound = False
    if not sound:
        raise ModelNotFound(
            f"{name[:200]!r} is no address of a server; it must be like http://localhost:8080/v1, "
            "with #MODEL after it where the server has several."
        )
    parts = urlsplit(name)
    path = parts.path.rstrip("/") or "/v1"
    return ServerAddress(url=f"{parts.scheme}://{parts.netloc}{path}", model=parts.fragment or None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # Too long for a path, or not even one.
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _normal(name: str) -> str:
    return name.replace("\\", "/").casefold()


def _only(found: list[Found], name: str) -> Found | None:
    files = {f.path.resolve(): f for f in found}
    if len(files) > 1:
        several = ", ".join(sorted(f.name for f in files.values())[:5])
        raise ModelNotFound(f"{name!r} may be one of {len(files)} models ({several}); give the full name.")
    return next(iter(files.values()), None)


def _not_found(name: str, path: Path, known: list[Found]) -> str:
    shown = repr(name if len(name) <= 200 else name[:200] + "…")
    if name and _is_folder(path):
        return f"{shown} is a folder; name a model file in it, or add it to WRITERSROOM_MODELS."
    names = {_normal(label): f.name for f in known for label in (f.name, *f.others)}
    names[default_model.NAME] = default_model.NAME
    near = difflib.get_close_matches(_normal(name[:200]), names, n=3, cutoff=0.5)
    nearest = list(dict.fromkeys(names[label] for label in near))
    if nearest:
        return f"There is no model {shown}; near it are {', '.join(nearest)} (see `writersroom models`)."
    return (
        f"There is no model {shown}; `writersroom models` lists what there is, "
        "`writersroom models pull REPO` fetches one."
    )
