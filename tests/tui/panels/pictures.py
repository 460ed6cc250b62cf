"""What the panels look like, as the cells of a terminal, kept in `pictures/`.

After a panel was changed on purpose, draw them anew and look at the difference:

    uv run python -m tests.tui.panels.pictures && git diff tests/tui/panels/pictures
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.tui.panels.hosting import Host
from tests.tui.panels.lighthouse import lighthouse
from writersroom.tui.panels.cast import CastPanel
from writersroom.tui.panels.critic import CriticPanel
from writersroom.tui.panels.debate import DebatePanel
from writersroom.tui.panels.panel import Panel
from writersroom.tui.panels.plot import PlotPanel
from writersroom.tui.panels.script import ScriptPanel
from writersroom.tui.panels.takes import TakesDiff
from writersroom.view.screen import folded

FOLDER = Path(__file__).parent / "pictures"
SMALL, LARGE = (80, 24), (160, 50)


class Picture(NamedTuple):
    """A panel, its size, and what is pressed before one looks."""

    panel: Callable[[], Panel]
    size: tuple[int, int]
    keys: tuple[str, ...] = ()


PICTURES: Mapping[str, Picture] = {
    "debate-80x24": Picture(DebatePanel, SMALL, ("pageup", "pageup", "pageup", "pageup")),
    "debate-160x50": Picture(DebatePanel, LARGE, ("T",)),
    "plot-80x24": Picture(PlotPanel, SMALL, ("down",)),
    "plot-160x50": Picture(PlotPanel, LARGE, ("down", "down", "down")),
    "critic-80x24": Picture(CriticPanel, SMALL, ("left",)),
    "critic-160x50": Picture(CriticPanel, LARGE, ("down",)),
    "cast-80x24": Picture(CastPanel, SMALL, ("w", "up", "up", "up")),
    "script-80x24": Picture(ScriptPanel, SMALL, ("n",)),
    "takes-160x50": Picture(TakesDiff, LARGE),
    "takes-80x24": Picture(TakesDiff, SMALL, ("n",)),
}


async def drawn(picture: Picture) -> str:
    """The cells of the screen."""
    panel = picture.panel()
    panel.still = True
    app = Host(panel)
    async with app.run_test(size=picture.size) as pilot:
        panel.show(folded(lighthouse()))
        await pilot.pause()
        for key in picture.keys:
            await pilot.press(key)
        await app.settled(pilot)
        return "\n".join(app.picture()) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, wanted in PICTURES.items():
        cells = asyncio.run(drawn(wanted))
        (FOLDER / f"{name}.txt").write_text(cells, encoding="utf-8", newline="\n")
