"""`writersroom step` and `resume`: a session goes on, on the screen or printed.

Loading the room takes seconds; on the screen that is done once there is something to look at, so it is not
imported here but where a session is printed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import click

from writersroom.cli import parameters
from writersroom.cli.engine_options import engine_options, engine_settings
from writersroom.cli.screens import open_session, screen_wanted


@click.command()
@parameters.session_file
@click.option("--agent", default="", metavar="NAME", help="Who is to speak next, if it may.")
@click.option(
    "--turns", type=click.IntRange(min=1), default=1, show_default=True, help="Turns to take, no more."
)
@click.option("--model", default=None, help="Name, file or server address; by default the session's.")
@click.option("--headless", is_flag=True, help="Print to the terminal rather than opening the screen.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs: one event a line.")
@engine_options
def step(
    file: Path, agent: str, turns: int, model: str | None, headless: bool, as_json: bool, **values: Any
) -> None:
    """Take a number of turns more, and stop."""
    if screen_wanted(headless=headless, as_json=as_json):
        open_session(file, model, engine_settings(values), turns=turns, agent=agent)
        return
    _play(file, model, engine_settings(values), turns=turns, agent=agent, as_json=as_json)


@click.command()
@parameters.session_file
@click.option("--model", default=None, help="Name, file or server address; by default the session's.")
@click.option("--headless", is_flag=True, help="Print to the terminal rather than opening the screen.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs: one event a line.")
@engine_options
def resume(file: Path, model: str | None, headless: bool, as_json: bool, **values: Any) -> None:
    """Go on with a session where it stopped, to its end."""
    if screen_wanted(headless=headless, as_json=as_json):
        open_session(file, model, engine_settings(values))
        return
    _play(file, model, engine_settings(values), as_json=as_json)


def _play(*given: Any, **options: Any) -> None:
    play = importlib.import_module("writersroom.cli.playing").play
    cast("Callable[..., None]", play)(*given, **options)
