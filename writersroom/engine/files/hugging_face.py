"""Models in Hugging Face's cache, whoever put them there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from huggingface_hub import CacheNotFound, scan_cache_dir

from writersroom.engine.files.model_file import stem_of
from writersroom.engine.files.places import Found, Places, is_model_name


def in_hub_cache(places: Places) -> Iterator[Found]:
    """GGUF files in the cache, named `REPO:FILE` as for `models pull`.

    Of several revisions of a file the one fetched last is taken. A repository that holds one model can be
    called by the repository's name alone.
    """
    try:
        cache = scan_cache_dir(places.hub)
    except (CacheNotFound, ValueError):  # ValueError: there is a file where the folder should be.
        return
    for repository in sorted(cache.repos, key=lambda repository: repository.repo_id):
        newest: dict[str, Path] = {}
        for revision in sorted(repository.revisions, key=lambda revision: revision.last_modified):
            for file in revision.files:
                inside = file.file_path.relative_to(revision.snapshot_path).as_posix()
                if is_model_name(file.file_name):
                    newest[inside] = file.file_path
        for inside, path in sorted(newest.items()):
            others = [path.name, stem_of(path), *([repository.repo_id] if len(newest) == 1 else [])]
            yield Found(f"{repository.repo_id}:{inside}", path, "Hugging Face", tuple(others))
