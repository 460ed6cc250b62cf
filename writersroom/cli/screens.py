"""The commands that open the screens, and what the others ask before they do so.

The screens are imported when one is opened: Textual takes half a second to load, which nothing else needs.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from writersroom.archive import Archive
from writersroom.cli import parameters
from writersroom.cli.engine_options import engine_options, engine_settings
from writersroom.cli.terminal import Refused, narrate
from writersroom.engine.settings import EngineSettings
from writersroom.exits import Exit
from writersroom.resources import Room, find_room, sample_session

if TYPE_CHECKING:
    from writersroom.tui.launch import Opening
    from writersroom.tui.playing.wanted import Beginning, Model


def screen_wanted(*, headless: bool, as_json: bool) -> bool:
    """Whether to open a screen rather than to print: there is a terminal, and nothing else was asked for."""
    dumb = os.environ.get("TERM") == "dumb"
    return not headless and not as_json and not dumb and sys.stdout.isatty() and sys.stdin.isatty()


def open_home(room: Room, name: str | None = None, settings: EngineSettings | None = None) -> None:
    """Show the list of sessions."""
    _show(room, _model(name, settings), None)


def open_replay(path: Path, *, at: int | None, speed: float | None) -> None:
    """Play a session again on the screen."""
    opening = cast("Callable[..., Opening]", _launch("replaying"))
    _require_session(path)
    _show(find_room(None), _model(None, None), opening(path, at=at, speed=speed))


def open_session(
    path: Path, name: str | None, settings: EngineSettings, *, turns: int | None = None, agent: str = ""
) -> None:
    """Go on with a session on the screen."""
    opening = cast("Callable[..., Opening]", _launch("resuming"))
    model = _model(name, settings)
    _require_session(path)
    _show(find_room(None), model, opening(path, model, turns=turns, agent=agent))


def open_new(
    path: Path,
    room: Room,
    logline: str,
    *,
    plan: Mapping[str, int | bool],
    structure: str,
    seed: int | None,
    name: str,
    settings: EngineSettings,
) -> None:
    """Begin a session on the screen."""
    module = importlib.import_module("writersroom.tui.playing.wanted")
    make = cast("type[Beginning]", module.Beginning)
    wanted = make(room=room.root, logline=logline, structure=structure, seed=seed, plan=plan)
    opening = cast("Callable[..., Opening]", _launch("beginning"))
    model = _model(name, settings)
    _show(room, model, opening(path, wanted, model))


@click.command()
@click.option(
    "--speed",
    metavar="X",
    type=click.FloatRange(min=0, min_open=True),
    callback=parameters.finite,
    help="Play X times as fast as it was recorded.",
)
def demo(speed: float | None) -> None:
    """Play the session that comes with the program, with no model.

    It opens on the screen; where there is none, it is printed.
    """
    path = sample_session()
    if path is None:
        raise Refused(
            "The sample session that comes with writersroom is missing; install it again.", Exit.INPUT
        )
    if screen_wanted(headless=False, as_json=False):
        open_replay(path, at=None, speed=speed)
        return
    module = importlib.import_module("writersroom.cli.replay")
    cast("Callable[..., None]", module.read_aloud)(path, at=None, speed=speed, as_json=False)


@click.command()
@parameters.room
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on."
)
@click.option("--public-url", default=None, metavar="URL", help="Address that browsers see it under.")
@click.option("--model", default=None, help="What plays sessions: a name, a file or a server's address.")
@engine_options
def serve(
    room: Path | None,
    host: str,
    port: int,
    public_url: str | None,
    model: str | None,
    **values: Any,
) -> None:
    """Show the same screens in a browser.

    Nobody is asked for a password: whoever reaches the address can use the room, and read and change its
    sessions. Unless told otherwise it listens on this machine alone.
    """
    settings = engine_settings(values)
    module = importlib.import_module("writersroom.tui.serving")
    serving = cast("Callable[..., None]", module.serve)
    if host not in ("127.0.0.1", "localhost", "::1"):
        narrate(f"Anybody who reaches {host}:{port} can use this room and change its sessions.")
    serving(find_room(room), host=host, port=port, public_url=public_url, model=model, settings=settings)


def _launch(name: str) -> object:
    launch = getattr(importlib.import_module("writersroom.tui.launch"), name)
    gc.freeze()  # What was imported stays: to search it for garbage would hold up the screen now and then.
    return launch


def _model(name: str | None, settings: EngineSettings | None) -> Model:
    module = importlib.import_module("writersroom.tui.playing.wanted")
    make = cast("type[Model]", module.Model)
    return make(name=name, settings=settings or EngineSettings())


def _require_session(path: Path) -> None:
    """Refuse a file that is no session before the terminal is given to a screen."""
    Archive.open(path).close()


def _show(room: Room, model: Model, opening: Opening | None) -> None:
    show = cast("Callable[[Room, Model, Opening | None], int]", _launch("show"))
    code = show(room, model, opening)
    if code:
        raise click.exceptions.Exit(code)
