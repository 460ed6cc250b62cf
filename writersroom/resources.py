"""Where the data of the program lies: agent cards, templates, sessions, models, and what may be thrown away.

A *room* is a folder with `agents/` and `prompts/`. It is looked for in this order: the folder given with
`--room`, the current folder, the copy that comes with the program. Nothing else in the program asks the
environment for a folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import platformdirs

from writersroom.frozen import Frozen

APP: Final = "writersroom"
SAMPLE: Final = "sample.room"
_WEIGHTS: Final = "critic.npz"


class NoRoom(FileNotFoundError):
    """The folder named as a room is none."""


class Room(Frozen):
    """A room's folders. `agents` and `prompts` exist; `sessions` is made when a session is."""

    root: Path
    agents: Path
    prompts: Path
    sessions: Path
    packaged: bool
    """Whether it is the copy that came with the program, which must not be written to."""


def find_room(given: Path | None = None, *, current: Path | None = None) -> Room:
    """The room to work in.

    Args:
        given: the folder named with `--room`; it is that one or none.
        current: the current folder, if not the process's.

    Returns:
        The room. The packaged one keeps its sessions in the user's data folder, all others in themselves.

    Raises:
        NoRoom: `given` has no `agents/` or no `prompts/`, or the program came without its own room.
    """
    if given is not None:
        missing = [part for part in ("agents", "prompts") if not (given / part).is_dir()]
        if missing:
            raise NoRoom(
                f"{given} is no room: it has no folder {' and no folder '.join(missing)}; "
                "make one with `writersroom new`."
            )
        return _room(given)
    here = Path.cwd() if current is None else current
    if _is_room(here):
        return _room(here)
    return _own_room()


def room_of_session(path: Path) -> Path:
    """The folder of the room that a session file belongs to: a session does not keep where it was begun.

    Args:
        path: of the file.

    Returns:
        The room in which the file lies, in its `sessions/` or another folder of it; the packaged one for a
        session in the user's data folder, where only that keeps any; else the room of the current folder.

    Raises:
        NoRoom: as `find_room`.
    """
    folder = path.resolve().parent
    around = next((one for one in (folder, folder.parent) if _is_room(one)), None)
    if around is not None:
        return around
    kept_by_own = folder == user_sessions().resolve()
    return (_own_room() if kept_by_own else find_room()).root


def packaged_room() -> Path:
    """Where a wheel puts `agents/` and `prompts/`."""
    return Path(__file__).parent / "_room"


def repository() -> Path:
    """The checkout that an editable install runs from; some other folder in any other install."""
    return Path(__file__).parent.parent


def sample_session() -> Path | None:
    """The recorded session that comes with the program; None where it was left out."""
    places = (packaged_room() / "sessions" / SAMPLE, repository() / "sessions" / SAMPLE)
    return next((path for path in places if path.is_file()), None)


def critic_weights(room: Path | None = None) -> Path:
    """The critic's weights: `critic.npz` in a room's folder, else those that come with the program."""
    own = room / _WEIGHTS if room is not None else None
    return own if own is not None and own.exists() else Path(__file__).parent / "critic" / _WEIGHTS


def user_sessions(environ: Mapping[str, str] = os.environ) -> Path:
    """Sessions made outside any room of the user's."""
    return _folder(environ, "WRITERSROOM_SESSIONS") or platformdirs.user_data_path(APP) / "sessions"


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """What can be made again: `$WRITERSROOM_CACHE`, or the user's cache folder. It may not exist yet."""
    return _folder(environ, "WRITERSROOM_CACHE") or platformdirs.user_cache_path(APP)


def model_folders(environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """The folders, in `$WRITERSROOM_MODELS` separated as in `$PATH`, where models are found by name."""
    listed = environ.get("WRITERSROOM_MODELS", "").split(os.pathsep)
    return tuple(Path(os.path.expanduser(folder)) for folder in listed if folder.strip())


def _folder(environ: Mapping[str, str], variable: str) -> Path | None:
    value = environ.get(variable, "").strip()
    return Path(os.path.expanduser(value)) if value else None


def _own_room() -> Room:
    """The room that comes with the program.

    Raises:
        NoRoom: the program came without one.
    """
    for root in (packaged_room(), repository()):
        if _is_room(root):
            return Room(
                root=root,
                agents=root / "agents",
                prompts=root / "prompts",
                sessions=user_sessions(),
                packaged=True,
            )
    raise NoRoom("The agents and prompts that come with writersroom are missing; install it again.")


def _is_room(folder: Path) -> bool:
    return (folder / "agents").is_dir() and (folder / "prompts").is_dir()


def _room(root: Path) -> Room:
    return Room(
        root=root,
        agents=root / "agents",
        prompts=root / "prompts",
        sessions=root / "sessions",
        packaged=False,
    )
