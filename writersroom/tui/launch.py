"""The ways into the app that the commands have."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from textual.screen import Screen as TextualScreen

from writersroom.resources import Room
from writersroom.tui.app import WritersRoom
from writersroom.tui.config import config_path, read_config, remembered, remembered_path
from writersroom.tui.opening import Opener, OpeningScreen
from writersroom.tui.playing.wanted import Beginning, Model

Opening = Callable[[WritersRoom, Opener], TextualScreen[Any]]
"""Makes a screen of the app, with what opens sessions."""


def app_for(room: Room, model: Model, first: Opening | None = None) -> WritersRoom:
    """The app.

    Args:
        room: whose sessions are listed.
        model: what plays them, unless something else is asked for.
        first: what it opens with; None is the list of sessions.
    """
    config, complaints = read_config(config_path())
    memory = remembered_path()

    def opener(app: WritersRoom) -> Opener:
        return Opener(config, lambda: app.chosen, still=app.still)

    def home(app: WritersRoom) -> TextualScreen[Any]:
        # Loaded when it is wanted: a session that is opened at once has its first picture the sooner.
        module = importlib.import_module("writersroom.tui.home.screen")
        make = cast("Callable[[Room, Opener, Model], TextualScreen[Any]]", module.HomeScreen)
        return make(room, opener(app), model)

    def opened(app: WritersRoom) -> TextualScreen[Any]:
        assert first is not None
        return first(app, opener(app))

    return WritersRoom(
        home if first is None else opened,
        home,
        config=config,
        complaints=complaints,
        chosen=remembered(memory),
        memory=memory,
    )


def replaying(path: Path, *, at: int | None = None, speed: float | None = None) -> Opening:
    """Play a session again."""
    return lambda _app, opener: opener.replayed(path, at=at, speed=speed, playing=at is None)


def resuming(
    path: Path, model: Model, *, playing: bool = True, turns: int | None = None, agent: str = ""
) -> Opening:
    """Go on with a session."""
    return lambda _app, opener: opener.resumed(path, model, playing=playing, turns=turns, agent=agent)


def beginning(path: Path, wanted: Beginning, model: Model) -> Opening:
    """Begin a session."""
    return lambda _app, opener: OpeningScreen(lambda: opener.begun(path, wanted, model), wanted.logline)


def show(room: Room, model: Model, first: Opening | None = None) -> int:
    """Run the app until somebody leaves it; the terminal is as it was afterwards.

    Returns:
        The exit code.

    Raises:
        ArchiveError: the session that the app was to open with could not be opened.
    """
    app = app_for(room, model, first)
    app.run(mouse=app.config.mouse)
    if app.refused is not None:
        raise app.refused
    return app.return_code or 0
