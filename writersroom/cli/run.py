"""`writersroom run`: a new session with a model."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from pydantic import ValidationError

from writersroom.archive import free_name, stem_of
from writersroom.archive.errors import CannotWrite, SessionExists
from writersroom.cli import parameters
from writersroom.cli.engine_options import engine_options, engine_settings, wrong_option
from writersroom.cli.playing import play
from writersroom.cli.screens import open_new, screen_wanted
from writersroom.cli.terminal import Refused
from writersroom.engine.files.default_model import NAME
from writersroom.exits import Exit
from writersroom.resources import Room, find_room
from writersroom.room.plan import Plan
from writersroom.room.session import BadLogline, begin, check_room, checked_logline
from writersroom.story.structures import STRUCTURES

F = TypeVar("F", bound=Callable[..., Any])


def _plan_options(command: F) -> F:
    for name, field in reversed(Plan.model_fields.items()):
        if field.annotation is bool:
            command = click.option(f"--{name}/--no-{name}", name, default=None, help=field.description)(
                command
            )
            continue
        command = click.option(
            f"--{name}", name, type=int, default=None, metavar="N", help=field.description
        )(command)
    return command


@click.command()
@click.argument("logline")
@parameters.room
@click.option("--session", "file", type=click.Path(path_type=Path), default=None, help="The file to make.")
@_plan_options
@click.option(
    "--structure",
    type=click.Choice(sorted(STRUCTURES)),
    default="three_act",
    show_default=True,
    help="What the story is held against.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    help="Of chance: another seed tells another story.  [default: one of the logline's own]",
)
@click.option("--model", default=NAME, show_default=True, help="Name, file or server address.")
@click.option("--headless", is_flag=True, help="Print to the terminal rather than opening the screen.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs: one event a line.")
@engine_options
def run(
    logline: str,
    room: Path | None,
    file: Path | None,
    structure: str,
    seed: int | None,
    model: str,
    headless: bool,
    as_json: bool,
    **values: Any,
) -> None:
    """Let the room argue over LOGLINE and write the scenes.

    Everything that happens is printed as it happens, and kept in the session's file.
    """
    try:
        plan = Plan(**{name: values[name] for name in Plan.model_fields if values[name] is not None})
        logline = checked_logline(logline)
    except BadLogline as error:
        raise Refused(str(error), Exit.USAGE) from error
    except ValidationError as error:
        raise wrong_option(error) from error
    here = find_room(room)
    check_room(here.root)
    path = file or _new_file(here, logline)
    _require_new(path)
    if screen_wanted(headless=headless, as_json=as_json):
        open_new(
            path,
            here,
            logline,
            plan=plan.model_dump(exclude_defaults=True),
            structure=structure,
            seed=seed,
            name=model,
            settings=engine_settings(values),
        )
        return
    play(
        path,
        model,
        engine_settings(values),
        begin=lambda engine: begin(
            path, here.root, logline, plan=plan, seed=seed, structure=structure, engine=engine
        ),
        room=here.root,
        as_json=as_json,
    )


def _require_new(path: Path) -> None:
    """Refuse a file that cannot be made, before a model is loaded.

    Raises:
        SessionExists: there is something of this name.
        CannotWrite: its folder is missing or may not be written to.
    """
    if os.path.lexists(path):
        raise SessionExists(path)
    if not path.parent.is_dir():
        raise CannotWrite(path, "its folder does not exist")
    if not os.access(path.parent, os.W_OK):
        raise CannotWrite(path, "its folder may not be written to")


def _new_file(room: Room, logline: str) -> Path:
    """A name that no session of the room has, from the logline's first words."""
    room.sessions.mkdir(parents=True, exist_ok=True)
    return free_name(room.sessions, stem_of(logline))
