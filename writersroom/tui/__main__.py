"""The list of sessions, as a page in a browser runs it: `python -m writersroom.tui`."""

from __future__ import annotations

import argparse
from pathlib import Path

from writersroom.engine.settings import EngineSettings
from writersroom.resources import find_room, packaged_room, repository
from writersroom.tui.launch import show
from writersroom.tui.playing.wanted import Model


def main() -> int:
    """Run the app; what drives its screen is named in the environment."""
    parser = argparse.ArgumentParser(prog="writersroom.tui")
    parser.add_argument("--room", type=Path, required=True)
    parser.add_argument("--model")
    parser.add_argument("--settings", default="{}")
    given = parser.parse_args()
    own = (packaged_room(), repository())
    room = find_room(None if given.room in own else given.room)
    return show(room, Model(name=given.model, settings=EngineSettings.model_validate_json(given.settings)))


if __name__ == "__main__":
    raise SystemExit(main())
