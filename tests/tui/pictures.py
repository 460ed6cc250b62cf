"""What whole screens look like, as the cells of a terminal, kept in `pictures/`.

After a screen was changed on purpose, draw them anew and look at the difference:

    uv run python -m tests.tui.pictures && git diff tests/tui/pictures
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.cli.conftest import record
from tests.tui.panels.lighthouse import lighthouse
from tests.tui.screens import begun, cells, driven, home_app, live_app, replay_app
from writersroom.archive import Archive
from writersroom.tui.app import WritersRoom

FOLDER = Path(__file__).parent / "pictures"
SMALL, LARGE = (80, 24), (160, 50)


class Picture(NamedTuple):
    """An app on a folder, its size, and what is pressed before one looks."""

    app: Callable[[Path], WritersRoom]
    size: tuple[int, int]
    keys: tuple[str, ...] = ()


def _home(folder: Path) -> WritersRoom:
    record(folder / "lighthouse.room", lighthouse())
    begun(folder / "radio.room")
    return home_app(folder)


def _replay(folder: Path) -> WritersRoom:
    return replay_app(record(folder / "lighthouse.room", lighthouse()), at=8)


def _seat(folder: Path) -> WritersRoom:
    return live_app(begun(folder / "radio.room"))


def _branched(folder: Path) -> WritersRoom:
    path = record(folder / "lighthouse.room", lighthouse())
    with Archive.open(path, write=True) as archive:
        archive.branch(30)
        archive.switch(archive.branches()[0])
        archive.branch(12)
    return replay_app(path, at=12)


PICTURES: Mapping[str, Picture] = {
    "home-80x24": Picture(_home, SMALL),
    "replay-80x24": Picture(_replay, SMALL),
    "replay-160x50": Picture(_replay, LARGE, ("end",)),
    "seat-80x24": Picture(_seat, SMALL, ("t", "enter")),
    "help-80x24": Picture(_replay, SMALL, ("f1",)),
    "branches-160x50": Picture(_branched, LARGE, ("B", "k")),
}

_CHANGING = re.compile(r"\d+ tok/s|\d+ (?:min|h|d) ago|just now|\d{4}-\d\d-\d\d|\d+\.\d+ s")
"""What is another in every run."""

_FOLDER = re.compile(r"(?<=^ writersroom  )\S+")
"""Where the sessions lie, at the head of their list."""


async def drawn(picture: Picture) -> str:
    """The cells of the screen, what differs from run to run written as dots."""
    with tempfile.TemporaryDirectory() as folder:
        async with driven(picture.app(Path(folder)), size=picture.size) as on:
            await on.press(*picture.keys)
            rows = [row.rstrip() for row in cells(on.app)]
    rows[0] = _FOLDER.sub("(folder)", rows[0])
    return "\n".join(_CHANGING.sub(lambda match: "." * len(match.group()), row) for row in rows) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, wanted in PICTURES.items():
        (FOLDER / f"{name}.txt").write_text(asyncio.run(drawn(wanted)), encoding="utf-8", newline="\n")
