"""`writersroom import`: a session made of a finished script."""

from __future__ import annotations

import re
from pathlib import Path

import click

from writersroom.archive import Archive, free_name
from writersroom.cli import parameters
from writersroom.cli.files import read_text
from writersroom.cli.script_as_session import session_bodies, session_start
from writersroom.cli.terminal import Refused, narrate, write, write_json
from writersroom.events.convened import Convened
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.scene_opened import SceneOpened
from writersroom.exits import Exit
from writersroom.resources import find_room
from writersroom.script import ScriptError, from_fountain

MOST_BYTES = 8_000_000
"""Of a script; more than any that `from_fountain` takes."""


@click.command("import")
@click.argument("file", metavar="FILE.fountain", type=click.Path(path_type=Path))
@click.option(
    "--session",
    metavar="NEWFILE",
    type=click.Path(path_type=Path),
    help="The session file to make; by default one among the room's sessions, named after the script.",
)
@click.option("--logline", metavar="TEXT", default="", help="The logline, where the title page has none.")
@parameters.room
@parameters.as_json
def import_script(file: Path, session: Path | None, logline: str, room: Path | None, as_json: bool) -> None:
    """Make a session of a finished script.

    Each scene becomes beats to argue over and its first take. Writes the name of the session file.
    """
    text = read_text(file, most=MOST_BYTES)
    try:
        screenplay = from_fountain(text)
    except ScriptError as error:
        raise Refused(f"{file}: {error}", Exit.INPUT) from error
    start = session_start(screenplay, logline=logline, name=file.stem)
    bodies = session_bodies(screenplay)
    path = session or _free_name(find_room(room).sessions, file.stem)
    Archive.create(path, start, then=[(body, "") for body in bodies]).close()
    counts = {
        "scenes": sum(isinstance(body, SceneOpened) for body in bodies),
        "beats": sum(isinstance(body, MoveCommitted) and body.move.kind == "add" for body in bodies),
        "characters": sum(len(body.characters) for body in bodies if isinstance(body, Convened)),
    }
    said = (f"{count} {what if count != 1 else what.removesuffix('s')}" for what, count in counts.items())
    narrate(", ".join(said) + ".")
    if as_json:
        write_json({"file": str(path.resolve()), **counts})
    else:
        write(str(path.resolve()))


def _free_name(folder: Path, stem: str) -> Path:
    """A name in the folder, made when it is missing, that no file has."""
    folder.mkdir(parents=True, exist_ok=True)
    return free_name(folder, re.sub(r"[^\w.-]+", "-", stem).strip("-.")[:80] or "script")
