"""Fetch a model from the Hugging Face Hub into its cache, where other programs find it too.

`huggingface_hub` itself (2.4) throws a broken download away with the process that made it. Here it goes into
a file of a fixed name beside the cache's blobs, so that the next attempt, by whichever process, goes on from
there; it becomes a blob only when its SHA-256 is the one that the repository states.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, Literal, NamedTuple

import httpx2
from huggingface_hub import (
    HfApi,
    constants,
    get_hf_file_metadata,  # pyright: ignore[reportUnknownVariableType]  # its user_agent is a bare `dict`
    hf_hub_download,  # pyright: ignore[reportUnknownVariableType]  # the same
    hf_hub_url,
)
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import repo_folder_name, try_to_load_from_cache
from huggingface_hub.utils import (
    WeakFileLock,
    build_hf_headers,  # pyright: ignore[reportUnknownVariableType]  # its user_agent is a bare `dict`
    hf_raise_for_status,
    http_stream_backoff,  # pyright: ignore[reportUnknownVariableType]  # its further arguments have no type
)

from writersroom.engine.errors import ModelNotFetched, ModelNotFound
from writersroom.engine.files.fingerprint import sha256_of
from writersroom.engine.files.model_file import ModelFile, read_model
from writersroom.engine.files.quantisation_choice import RemoteFile, choose
from writersroom.engine.memory import sized

_SPEC: Final = re.compile(r"(?P<repository>[\w.-]+(?:/[\w.-]+)?)(?::(?P<file>[^:\\]+))?", re.ASCII)
_ATTEMPTS: Final = 5
"""Attempts in a row that may bring nothing."""
_PAUSE: Final = 1.0
"""Seconds between them."""
_ETAG: Final = re.compile(r"[\w.-]{8,200}", re.ASCII)


class Progress(NamedTuple):
    """How far a file is."""

    file: str
    doing: Literal["fetching", "checking"]
    done: int
    """Bytes, those of an earlier attempt included."""
    total: int


OnProgress = Callable[[Progress], object]


class _Hub(NamedTuple):
    """Where to fetch from, and where to."""

    api: HfApi
    repository: str
    commit: str
    revision: str
    cache: Path
    on_progress: OnProgress

    def tell(self, file: RemoteFile, doing: Literal["fetching", "checking"], done: int) -> None:
        self.on_progress(Progress(file.name, doing, done, file.size))


def _silent(_: Progress) -> None:
    pass


def pull(
    spec: str,
    *,
    revision: str | None = None,
    cache: Path | None = None,
    endpoint: str | None = None,
    on_progress: OnProgress = _silent,
) -> ModelFile:
    """Fetch a model, or what is missing of it.

    Args:
        spec: `REPO`, `REPO:FILE` or `REPO:QUANTISATION`; which file is taken for `REPO` alone says
            `quantisation_choice.choose`.
        revision: branch, tag or commit; the repository's main branch if not given.
        cache: Hugging Face's cache folder, if not the usual one.
        endpoint: the Hub's address, if not the usual one (`HF_ENDPOINT`).
        on_progress: called after each piece.

    Returns:
        The model, named `REPO:FILE`.

    Raises:
        ModelNotFound: no such repository, revision or file.
        ModelNotFetched: no network, no permission, no room on the disk, broken off (the same call goes on
            from there), or the content is not what the repository states.
        NotAModel: what was fetched is no model.
    """
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise ModelNotFound(
            f"{spec[:200]!r} names no repository; it must be like OWNER/NAME or OWNER/NAME:FILE.gguf."
        )
    repository, wanted = match["repository"], match["file"]
    api = HfApi(endpoint=endpoint)
    try:
        commit, files = _listing(api, repository, revision)
        variant = choose(repository, files, wanted)
        folder = cache or Path(constants.HF_HUB_CACHE)
        hub = _Hub(api, repository, commit, revision or "main", folder, on_progress)
        paths = [_fetch(hub, file) for file in variant.files]
        _note(hub)
    except (
        HfHubHTTPError,
        HFValidationError,
        EntryNotFoundError,
        OfflineModeIsEnabled,
        httpx2.HTTPError,
    ) as error:
        raise _explained(error, repository, revision, str(api.endpoint)) from error
    except OSError as error:
        raise ModelNotFetched(
            f"{repository} could not be fetched ({error.strerror or str(error).splitlines()[0]}); "
            "the same command goes on from where it broke off."
        ) from error
    return read_model(paths[0], name=f"{repository}:{variant.files[0].name}", source="Hugging Face")


def _listing(api: HfApi, repository: str, revision: str | None) -> tuple[str, list[RemoteFile]]:
    """The commit that a revision stands for, and its files."""
    try:
        info = api.model_info(repository, revision=revision, files_metadata=True, timeout=30.0)
    except (HFValidationError, HfHubHTTPError):  # Some of these are ValueErrors too.
        raise
    except (ValueError, KeyError, TypeError) as error:  # Its answer is read as a Hub's without a check.
        raise _no_hub(api) from error
    if not info.sha:
        raise _no_hub(api)
    files = [
        RemoteFile(
            sibling.rfilename,
            (sibling.lfs.size if sibling.lfs else sibling.size) or 0,
            sibling.lfs.sha256 if sibling.lfs else None,
        )
        for sibling in info.siblings or ()
    ]
    return info.sha, files


def _no_hub(api: HfApi) -> ModelNotFetched:
    return ModelNotFetched(
        f"{api.endpoint} does not answer as a Hugging Face Hub does; check the network's login page and "
        "HF_ENDPOINT."
    )


def _fetch(hub: _Hub, file: RemoteFile) -> Path:
    """The file in the cache: found there and right, or fetched and checked."""
    if file.sha256 is None:
        raise ModelNotFetched(
            f"{hub.repository} states no SHA-256 for {file.name}, so what arrives could not be checked; "
            "take another repository, or fetch it by hand."
        )
    cached = try_to_load_from_cache(hub.repository, file.name, cache_dir=hub.cache, revision=hub.commit)
    if isinstance(cached, str):
        path = Path(cached)
        if path.stat().st_size == file.size and _digest(hub, file, path) == file.sha256:
            return path
        path.resolve().unlink()
        path.unlink(missing_ok=True)
    url = hf_hub_url(hub.repository, file.name, revision=hub.commit, endpoint=hub.api.endpoint)
    etag = get_hf_file_metadata(url, endpoint=hub.api.endpoint).etag or ""
    if not _ETAG.fullmatch(etag):
        raise _no_hub(hub.api)
    own = hub.cache / repo_folder_name(repo_id=hub.repository, repo_type="model")
    blob = own / "blobs" / etag
    lock = hub.cache / ".locks" / own.name / f"{etag}.lock"
    blob.parent.mkdir(parents=True, exist_ok=True)
    lock.parent.mkdir(parents=True, exist_ok=True)
    with WeakFileLock(lock):
        if blob.is_file() and _digest(hub, file, blob) != file.sha256:
            blob.unlink()
        if not blob.is_file():
            _download(hub, file, url, blob)
    # All is there now; this only links the blob into its snapshot: of the commit that was listed, since the
    # branch may have moved on in the meantime.
    path = hf_hub_download(
        hub.repository,
        file.name,
        revision=hub.commit,
        cache_dir=hub.cache,
        endpoint=str(hub.api.endpoint),
    )
    return Path(path)


def _note(hub: _Hub) -> None:
    """Note in the cache which commit a branch or tag stands for, as `huggingface_hub` does."""
    if hub.revision == hub.commit:
        return
    noted = hub.cache / repo_folder_name(repo_id=hub.repository, repo_type="model") / "refs" / hub.revision
    unfinished = noted.with_name(f"{noted.name}.writersroom.tmp")
    # Where all was there already, the cache need not be this user's to read or write.
    with suppress(OSError):
        if noted.is_file() and noted.read_text() == hub.commit:
            return
        noted.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(hub.commit)
        unfinished.replace(noted)


def _download(hub: _Hub, file: RemoteFile, url: str, blob: Path) -> None:
    """Download into `blob`, going on from where an earlier attempt broke off."""
    part = blob.with_name(f"{blob.name}.writersroom.incomplete")
    there = part.stat().st_size if part.is_file() else 0
    if there > file.size:
        part.unlink()
        there = 0
    free = shutil.disk_usage(blob.parent).free
    if free < file.size - there:
        raise ModelNotFetched(
            f"{file.name} needs {sized(file.size - there)} on the disk of {blob.parent} but {sized(free)} "
            "is free there; make room, or set HF_HUB_CACHE to another folder."
        )

    with part.open("ab") as target:
        _stream(hub, file, url, target, there)
        target.flush()
        os.fsync(target.fileno())
    digest = _digest(hub, file, part)
    if digest != file.sha256:
        part.unlink()
        raise ModelNotFetched(
            f"{file.name} arrived with the SHA-256 {digest[:12]}… where {hub.repository} states "
            f"{str(file.sha256)[:12]}…, so it was thrown away; fetch it again."
        )
    part.replace(blob)


def _stream(hub: _Hub, file: RemoteFile, url: str, target: BinaryIO, done: int) -> None:
    """Write the rest of a file, from byte `done` on, to the end of `target`.

    `huggingface_hub`'s own `http_get` writes in pieces of 10 MB: on a slow line a minute's work to lose.

    Raises:
        HfHubHTTPError, httpx2.TransportError: the Hub refuses, or several attempts in a row brought nothing.
    """
    fruitless = 0
    hub.tell(file, "fetching", done)
    while done < file.size:
        before, broken = done, None
        headers = build_hf_headers(token=hub.api.token)
        # Compressed, a range would be one of the compressed bytes.
        headers |= {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
        try:
            with http_stream_backoff(
                "GET", url, headers=headers, timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT, retry_on_exceptions=()
            ) as response:
                hf_raise_for_status(response)
                if done and response.status_code != 206:
                    target.truncate(0)
                    before = done = 0
                for piece in response.iter_bytes():
                    target.write(piece)
                    done += len(piece)
                    hub.tell(file, "fetching", done)
        except httpx2.TransportError as error:
            broken = error
        fruitless = 0 if done > before else fruitless + 1
        if fruitless == _ATTEMPTS:
            raise broken or httpx2.RemoteProtocolError("the server sends nothing")
        if done < file.size:
            time.sleep(_PAUSE)


def _digest(hub: _Hub, file: RemoteFile, path: Path) -> str:
    done = 0

    def count(size: int) -> None:
        nonlocal done
        done += size
        hub.tell(file, "checking", done)

    return sha256_of(path, progress=count)


def _explained(
    error: Exception, repository: str, revision: str | None, endpoint: str
) -> ModelNotFound | ModelNotFetched:
    """The same error in one sentence for a person."""
    match error:
        case GatedRepoError():
            return ModelNotFetched(
                f"{repository} asks you to accept its terms first; do so at {endpoint}/{repository}, "
                "then log in with `hf auth login`."
            )
        case RevisionNotFoundError():
            return ModelNotFound(f"{repository} has no revision {revision!r}; leave --revision out.")
        case RepositoryNotFoundError():
            return ModelNotFound(
                f"There is no repository {repository} at {endpoint}; check its name, or log in with "
                "`hf auth login` if it is private."
            )
        case HFValidationError():
            return ModelNotFound(
                f"{repository[:200]!r} can be no repository's name; it must be like OWNER/NAME."
            )
        case OfflineModeIsEnabled():
            return ModelNotFetched(f"{repository} cannot be fetched while HF_HUB_OFFLINE is set; unset it.")
        case LocalEntryNotFoundError():
            return ModelNotFetched(
                f"{endpoint} stopped answering; check the network, then give the same command."
            )
        case EntryNotFoundError():
            return ModelNotFound(f"The file of {repository} is gone from {endpoint}; name another.")
        case HfHubHTTPError():
            status = error.response.status_code
            return ModelNotFetched(
                f"{endpoint} answered {status} for {repository}; "
                + (
                    "try again later."
                    if status >= 500 or status == 429
                    else "check the name, and your login."
                )
            )
        case _:
            return ModelNotFetched(
                f"{endpoint} cannot be reached or broke off ({type(error).__name__}); check the network, "
                "then give the same command: it goes on from where it was."
            )
