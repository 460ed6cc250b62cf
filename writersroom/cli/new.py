"""`writersroom new`: a room of one's own."""

from __future__ import annotations

from pathlib import Path

import click

from writersroom.cast.founding import found_room
from writersroom.cast.tavern import read_tavern
from writersroom.cli import parameters
from writersroom.cli.terminal import narrate, write, write_json
from writersroom.resources import find_room


@click.command("new")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--character",
    "characters",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A SillyTavern character card, PNG or JSON, that joins the room; may be given several times.",
)
@parameters.room
@parameters.as_json
def new(folder: Path, characters: tuple[Path, ...], room: Path | None, as_json: bool) -> None:
    """Make a room to edit.

    Copies the agents and prompts of the room in use to DIR, which must not exist or be empty. Sessions that
    are run there use what you change. Writes the name of the folder.
    """
    added = [read_tavern(file) for file in characters]
    cards = found_room(folder, find_room(room), added)
    narrate(f"{len(cards)} agents in {folder / 'agents'}, their prompts in {folder / 'prompts'}.")
    narrate(f'Start with `writersroom run "LOGLINE" --room {folder}`.')
    if as_json:
        agents = [{"name": card.name, "role": card.role} for card in cards]
        write_json({"folder": str(folder.resolve()), "agents": agents})
    else:
        write(str(folder.resolve()))
