"""Where rooms, sessions, models and the cache are found; and that a wheel brings its own room."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from writersroom import resources
from writersroom.resources import (
    NoRoom,
    cache_folder,
    find_room,
    model_folders,
    room_of_session,
    user_sessions,
)

REPOSITORY = Path(__file__).parents[1]


def make_room(folder: Path) -> Path:
    for name in ("agents", "prompts"):
        (folder / name).mkdir(parents=True)
    return folder


def test_a_room_that_is_named_is_taken(tmp_path: Path) -> None:
    named, current = make_room(tmp_path / "named"), make_room(tmp_path / "current")
    room = find_room(named, current=current)
    assert (room.root, room.agents, room.prompts) == (named, named / "agents", named / "prompts")
    assert (room.sessions, room.packaged) == (named / "sessions", False)


@pytest.mark.parametrize(
    ("there", "missing"),
    [((), "no folder agents and no folder prompts"), (("agents",), "no folder prompts")],
)
def test_a_folder_that_is_named_but_is_no_room_is_refused(
    there: tuple[str, ...], missing: str, tmp_path: Path
) -> None:
    current = make_room(tmp_path / "current")
    named = tmp_path / "named"
    for name in there:
        (named / name).mkdir(parents=True)
    with pytest.raises(NoRoom, match=missing):
        find_room(named, current=current)


def test_the_current_folder_comes_before_the_programs_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = make_room(tmp_path / "current")
    assert find_room(current=room).root == room
    monkeypatch.chdir(room)
    assert find_room().root == room
    (room / "prompts").rmdir()  # Half a room is none.
    assert find_room().packaged


def test_outside_any_room_sessions_are_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRITERSROOM_SESSIONS", str(tmp_path / "mine"))
    room = find_room(current=tmp_path)
    assert room.packaged
    assert room.sessions == tmp_path / "mine"
    assert room.root == REPOSITORY  # An editable install runs from its checkout.


def test_a_session_belongs_to_the_room_it_lies_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, current = make_room(tmp_path / "mine"), make_room(tmp_path / "current")
    (mine / "sessions").mkdir()
    monkeypatch.setenv("WRITERSROOM_SESSIONS", str(tmp_path / "users"))
    monkeypatch.chdir(current)
    assert room_of_session(mine / "sessions" / "a.room") == mine
    assert room_of_session(mine / "a.room") == mine
    assert room_of_session(tmp_path / "elsewhere" / "a.room") == current
    # Only the packaged room keeps its sessions with the user's.
    assert room_of_session(tmp_path / "users" / "a.room") == REPOSITORY
    monkeypatch.chdir(mine / "sessions")
    assert room_of_session(Path("a.room")) == mine


def test_a_wheels_own_room_comes_before_a_folder_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, beside = make_room(tmp_path / "own"), make_room(tmp_path / "beside")
    monkeypatch.setattr(resources, "packaged_room", lambda: own)
    monkeypatch.setattr(resources, "repository", lambda: beside)
    assert find_room(current=tmp_path).root == own
    (own / "agents").rmdir()
    assert find_room(current=tmp_path).root == beside
    (beside / "agents").rmdir()
    with pytest.raises(NoRoom, match="install it again"):
        find_room(current=tmp_path)


def test_folders_of_the_environment() -> None:
    home = Path.home()
    assert cache_folder({"WRITERSROOM_CACHE": "~/c"}) == home / "c"
    assert cache_folder({"WRITERSROOM_CACHE": " "}) == cache_folder({})
    assert cache_folder({}).is_absolute()
    assert user_sessions({"WRITERSROOM_SESSIONS": "/s"}) == Path("/s")
    assert user_sessions({}).name == "sessions"
    assert model_folders({}) == ()
    listed = os.pathsep.join(["~/m", "", "/n", "~nobody-here/x"])
    assert model_folders({"WRITERSROOM_MODELS": listed}) == (home / "m", Path("/n"), Path("~nobody-here/x"))


def test_a_wheel_brings_a_room_that_the_program_finds(tmp_path: Path) -> None:
    """Built as for publishing, unpacked elsewhere, and asked from a folder that is no room."""
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not on the path; the wheel is built with it")
    built = tmp_path / "built"
    subprocess.run(
        [uv, "build", "--wheel", "--quiet", "--out-dir", str(built), str(REPOSITORY)], check=True, timeout=300
    )
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "unpacked")
    for folder in ("agents", "prompts"):
        data = {
            path.relative_to(REPOSITORY).as_posix()
            for path in (REPOSITORY / folder).rglob("*")
            if path.is_file()
        }
        assert data
        assert {
            name.removeprefix("writersroom/_room/") for name in names if f"_room/{folder}/" in name
        } == data
    assert not [name for name in names if name.startswith(("agents/", "prompts/", "tests/", "sessions/"))]
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from writersroom.resources import find_room; r = find_room(); print(r.root); print(r.packaged)",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "unpacked")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    own = tmp_path / "unpacked" / "writersroom" / "_room"
    assert told.stdout.splitlines() == [str(own), "True"]
