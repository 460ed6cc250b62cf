"""The same screens in a browser: `textual-serve` starts the program once for each page that is opened."""

from __future__ import annotations

import shlex
import sys

from textual_serve.server import Server

from writersroom.engine.settings import EngineSettings
from writersroom.resources import Room


def command_for(room: Room, model: str | None, settings: EngineSettings) -> str:
    """The command line that a page runs."""
    words = [sys.executable, "-m", "writersroom.tui", "--room", str(room.root)]
    if model is not None:
        words += ["--model", model]
    words += ["--settings", settings.model_dump_json(exclude_defaults=True)]
    return shlex.join(words)


def serve(
    room: Room,
    *,
    host: str,
    port: int,
    public_url: str | None,
    model: str | None,
    settings: EngineSettings,
) -> None:
    """Serve until Ctrl+C.

    Args:
        room: whose sessions are shown.
        host: address to listen on.
        port: port to listen on.
        public_url: address that browsers see it under, where something stands in between.
        model: what plays sessions.
        settings: how to run it.
    """
    command = command_for(room, model, settings)
    Server(command, host=host, port=port, title="writersroom", public_url=public_url).serve()
