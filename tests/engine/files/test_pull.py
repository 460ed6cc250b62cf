"""Fetching from a Hub on loopback: whole, resumed, checked; each failure one sentence."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.files.hub import COMMIT, Hub, running_hub
from tests.engine.files.making import write_model, write_split
from writersroom.engine.errors import ModelNotFetched, ModelNotFound, NotAModel
from writersroom.engine.files import pull as subject
from writersroom.engine.files.catalogue import resolve
from writersroom.engine.files.model_file import ModelFile
from writersroom.engine.files.places import Places
from writersroom.engine.files.pull import Progress, pull

REPOSITORY = "owner/tiny-GGUF"
NAME = "tiny-Q8_0.gguf"


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    """A model of about three megabytes, no two parts of it alike."""
    path = write_model(tmp_path / "source.gguf", numbers=64 * 12_000)
    data = bytearray(path.read_bytes())
    data[-3_000_000:] = b"".join(hashlib.sha256(b"%d" % i).digest() for i in range(93_750))
    return bytes(data)


@pytest.fixture
def hub(content: bytes) -> Iterator[Hub]:
    with running_hub() as hub:
        hub.files[NAME] = content
        yield hub


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "hub-cache"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting between attempts."""
    monkeypatch.setattr(subject, "_PAUSE", 0.0)


def fetch(hub: Hub, cache: Path, spec: str = REPOSITORY, **more: str) -> ModelFile:
    return pull(spec, cache=cache, endpoint=hub.url, revision=more.get("revision"))


def failure(hub: Hub, cache: Path, spec: str = REPOSITORY, **more: str) -> str:
    with pytest.raises((ModelNotFound, ModelNotFetched)) as caught:
        fetch(hub, cache, spec, **more)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith(".")
    return message


def unfinished(cache: Path) -> list[Path]:
    return list(cache.rglob("*.incomplete"))


def test_a_model_arrives_where_other_programs_find_it(hub: Hub, cache: Path, content: bytes) -> None:
    seen: list[Progress] = []
    model = pull(REPOSITORY, cache=cache, endpoint=hub.url, on_progress=seen.append)
    assert model.name == f"{REPOSITORY}:{NAME}"
    assert model.path.read_bytes() == content
    assert model.path.relative_to(cache).parts == (
        "models--owner--tiny-GGUF",
        "snapshots",
        COMMIT,
        NAME,
    )
    digest = hashlib.sha256(content).hexdigest()
    assert (cache / "models--owner--tiny-GGUF" / "blobs" / digest).is_file()
    assert (cache / "models--owner--tiny-GGUF" / "refs" / "main").read_text() == COMMIT
    assert unfinished(cache) == []
    assert hub.ranges() == [None]
    again = resolve(REPOSITORY, where=Places(hub=cache))
    assert isinstance(again, ModelFile)
    assert again.path == model.path
    for doing in ("fetching", "checking"):
        steps = [step for step in seen if step.doing == doing]
        assert [step.done for step in steps] == sorted(step.done for step in steps)
        assert steps[-1].done == steps[-1].total == len(content)


def test_what_is_there_is_not_fetched_again(hub: Hub, cache: Path) -> None:
    first = fetch(hub, cache)
    assert fetch(hub, cache).path == first.path
    assert len(hub.ranges()) == 1


def test_what_was_harmed_on_the_disk_is_fetched_again(hub: Hub, cache: Path, content: bytes) -> None:
    model = fetch(hub, cache)
    with model.path.resolve().open("r+b") as file:
        file.seek(-100, os.SEEK_END)
        file.write(b"harm")
    assert fetch(hub, cache).path.read_bytes() == content
    assert hub.ranges() == [None, None]


def test_a_harmed_blob_without_its_link_is_fetched_again(hub: Hub, cache: Path, content: bytes) -> None:
    model = fetch(hub, cache)
    blob = model.path.resolve()
    model.path.unlink()
    blob.write_bytes(content[:-1] + b"\0")
    assert fetch(hub, cache).path.read_bytes() == content


@pytest.mark.parametrize("end_early", [False, True])
def test_a_connection_lost_in_the_middle_is_taken_up_again(
    end_early: bool, hub: Hub, cache: Path, content: bytes
) -> None:
    hub.break_after, hub.end_early = 1_000_000, end_early
    assert fetch(hub, cache).path.read_bytes() == content
    assert hub.ranges() == [None, "bytes=1000000-"]


def break_off(hub: Hub, cache: Path) -> str:
    """Have a download fail after 1,500,000 bytes; the Hub is well again then."""
    hub.break_after, hub.status_then = 1_500_000, 410
    message = failure(hub, cache)
    hub.status = hub.status_then = None
    return message


def test_a_download_that_failed_goes_on_at_the_next_call(hub: Hub, cache: Path, content: bytes) -> None:
    assert "410" in break_off(hub, cache)
    (part,) = unfinished(cache)
    assert part.read_bytes() == content[:1_500_000]
    seen: list[Progress] = []
    model = pull(REPOSITORY, cache=cache, endpoint=hub.url, on_progress=seen.append)
    assert model.path.read_bytes() == content
    assert hub.ranges() == [None, "bytes=1500000-", "bytes=1500000-"]
    assert seen[0] == Progress(NAME, "fetching", 1_500_000, len(content))
    assert unfinished(cache) == []


def test_a_killed_program_goes_on_where_it_was(hub: Hub, cache: Path, content: bytes) -> None:
    hub.slow.set()
    program = (
        "from pathlib import Path; from writersroom.engine.files.pull import pull; "
        f"pull({REPOSITORY!r}, cache=Path({str(cache)!r}), endpoint={hub.url!r})"
    )
    process = subprocess.Popen([sys.executable, "-c", program])
    try:
        deadline = time.monotonic() + 60
        while not any(part.stat().st_size for part in unfinished(cache)):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    (part,) = unfinished(cache)
    there = part.stat().st_size
    assert 0 < there < len(content)
    hub.slow.clear()
    assert fetch(hub, cache).path.read_bytes() == content
    assert hub.ranges() == [None, f"bytes={there}-"]


def test_a_hub_that_knows_no_ranges_starts_anew(hub: Hub, cache: Path, content: bytes) -> None:
    break_off(hub, cache)
    hub.ignores_ranges = True
    assert fetch(hub, cache).path.read_bytes() == content


def test_more_than_there_should_be_is_thrown_away(hub: Hub, cache: Path, content: bytes) -> None:
    break_off(hub, cache)
    (part,) = unfinished(cache)
    part.write_bytes(content + b"more")
    assert fetch(hub, cache).path.read_bytes() == content
    assert hub.ranges()[-1] is None


def test_a_hub_that_goes_silent_is_given_up(hub: Hub, cache: Path, content: bytes) -> None:
    hub.silent = True
    assert "cannot be reached or broke off" in failure(hub, cache)
    assert len(hub.ranges()) == 5
    hub.silent = False
    assert fetch(hub, cache).path.read_bytes() == content


def test_a_login_goes_to_the_hub_and_to_no_other_host(
    hub: Hub, cache: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    hub.elsewhere = True
    hub.break_after = 1_000_000
    assert fetch(hub, cache).path.read_bytes() == content
    assert hub.ranges() == [None, "bytes=1000000-"]
    assert hub.tokens == {"127.0.0.1": "Bearer secret", "localhost": None}


def test_a_wrong_hash_is_refused_and_leaves_nothing(hub: Hub, cache: Path) -> None:
    hub.stated_sha256[NAME] = "0" * 64
    message = failure(hub, cache)
    assert "SHA-256" in message
    assert "thrown away" in message
    assert unfinished(cache) == []
    assert not [path for path in cache.rglob("*") if path.is_file() and path.stat().st_size > 10_000]


def test_a_file_without_stated_hash_is_not_fetched(hub: Hub, cache: Path) -> None:
    hub.stated_sha256[NAME] = None
    assert "states no SHA-256" in failure(hub, cache)
    assert hub.ranges() == []


def test_all_parts_of_a_split_model_arrive(hub: Hub, cache: Path, tmp_path: Path) -> None:
    parts = write_split(tmp_path / "split", "big-Q4_K_M", 3)
    hub.files = {f"Q4_K_M/{part.name}": part.read_bytes() for part in parts}
    model = fetch(hub, cache, f"{REPOSITORY}:q4_k_m")
    assert len(model.parts) == 3
    assert model.name == f"{REPOSITORY}:Q4_K_M/big-Q4_K_M-00001-of-00003.gguf"


def test_a_branch_that_moves_on_meanwhile_changes_nothing(hub: Hub, cache: Path, tmp_path: Path) -> None:
    parts = write_split(tmp_path / "split", "big-Q4_K_M", 3)
    hub.files = {part.name: part.read_bytes() for part in parts}
    hub.newer = {name: b"other" + content for name, content in hub.files.items()}
    model = fetch(hub, cache)
    own = cache / "models--owner--tiny-GGUF"
    assert [part.relative_to(own) for part in model.parts] == [
        Path("snapshots", COMMIT, part.name) for part in parts
    ]
    assert [part.read_bytes() for part in model.parts] == list(hub.files.values())
    assert hub.ranges() == [None] * 3
    assert (own / "refs" / "main").read_text() == COMMIT


def test_a_commit_can_be_named(hub: Hub, cache: Path, content: bytes) -> None:
    assert fetch(hub, cache, revision=COMMIT).path.read_bytes() == content
    assert not (cache / "models--owner--tiny-GGUF" / "refs").exists()


def test_what_arrives_must_be_a_model(hub: Hub, cache: Path) -> None:
    hub.files = {"tiny.gguf": b"not at all"}
    with pytest.raises(NotAModel):
        fetch(hub, cache)


def test_other_revisions_can_be_named(hub: Hub, cache: Path, content: bytes) -> None:
    assert fetch(hub, cache, revision="v1").path.read_bytes() == content
    assert (cache / "models--owner--tiny-GGUF" / "refs" / "v1").read_text() == COMMIT
    assert "has no revision 'no-such'" in failure(hub, cache, revision="no-such")


@pytest.mark.parametrize(
    "spec",
    ["", "a/b/c", "https://x/y", "owner/repo:", "own er/repo", "../../x", "a/b:c\\d", "a" * 500, "-x/y"],
)
def test_what_can_be_no_repository_is_refused(spec: str, hub: Hub, cache: Path) -> None:
    message = failure(hub, cache, spec)
    assert "repository" in message
    assert len(message) < 400


def test_unknown_repositories_and_files_are_told(hub: Hub, cache: Path) -> None:
    assert "no repository owner/other" in failure(hub, cache, "owner/other")
    message = failure(hub, cache, f"{REPOSITORY}:Q5_K_M")
    assert "Q8_0" in message
    hub.files = {"model.safetensors": b"x"}
    assert "no GGUF model file" in failure(hub, cache)


def test_a_gated_repository_is_told_how_to_open(hub: Hub, cache: Path) -> None:
    hub.gated = True
    message = failure(hub, cache)
    assert f"{hub.url}/{REPOSITORY}" in message
    assert "hf auth login" in message


def test_a_file_that_vanishes_meanwhile_is_told(hub: Hub, cache: Path, content: bytes) -> None:
    class Vanishing(dict[str, bytes]):
        """Listed, but not there."""

        def get(self, key: str, default: object = None) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  # the Hub's own look-up
            return None

    hub.files = Vanishing({NAME: content})
    assert "is gone" in failure(hub, cache)


@pytest.mark.parametrize(
    ("status", "says"), [(500, "try again later"), (400, "check the name"), (403, "check")]
)
def test_a_hub_that_refuses_is_told(status: int, says: str, hub: Hub, cache: Path) -> None:
    hub.status = status
    message = failure(hub, cache)
    assert str(status) in message
    assert says in message


def test_a_login_page_in_between_is_told(hub: Hub, cache: Path) -> None:
    hub.html = True
    assert "does not answer as a Hugging Face Hub" in failure(hub, cache)


def test_no_network_is_told(cache: Path) -> None:
    with running_hub() as hub:
        pass
    message = failure(hub, cache)
    assert "cannot be reached" in message
    assert hub.url in message


def test_a_cache_that_cannot_be_written_is_told(hub: Hub, cache: Path) -> None:
    cache.write_text("a file, where the folder should be")
    assert "could not be fetched" in failure(hub, cache)
