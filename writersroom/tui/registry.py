"""Every group of actions there is: what the config file's `keys` may name, and what the documentation lists.

`python -m writersroom.tui.registry` writes the list into `docs/screen.md`; a test fails until it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from writersroom.tui.actions import Action, Group, known_ids
from writersroom.tui.app import APP
from writersroom.tui.dialogs.asking import AskText
from writersroom.tui.dialogs.dialog import Dialog
from writersroom.tui.footer import key_name
from writersroom.tui.home.form import NEW
from writersroom.tui.home.screen import HOME
from writersroom.tui.opening import OpeningScreen
from writersroom.tui.panels.cast import CastPanel
from writersroom.tui.panels.critic import CriticPanel
from writersroom.tui.panels.debate import DebatePanel
from writersroom.tui.panels.plot import PlotPanel
from writersroom.tui.panels.script import ScriptPanel
from writersroom.tui.panels.takes import TakesDiff
from writersroom.tui.panels.timeline import Timeline
from writersroom.tui.room.branches import BRANCHES
from writersroom.tui.room.doing import ROOM
from writersroom.tui.room.seat import SEAT
from writersroom.tui.room.why import WHY

GROUPS: Final[tuple[Group, ...]] = (
    HOME,
    ROOM,
    DebatePanel.ACTIONS,
    PlotPanel.ACTIONS,
    ScriptPanel.ACTIONS,
    TakesDiff.ACTIONS,
    CastPanel.ACTIONS,
    CriticPanel.ACTIONS,
    Timeline.ACTIONS,
    SEAT,
    BRANCHES,
    WHY,
    NEW,
    AskText.ACTIONS,
    Dialog.ACTIONS,
    OpeningScreen.ACTIONS,
    APP,
)

IDS: Final[Mapping[str, Action]] = known_ids(GROUPS)

PAGE: Final = Path("docs") / "screen.md"
"""Relative to the repository."""

MARK: Final = "<!-- ids -->"


def complaints(keys: Iterable[str]) -> Iterator[str]:
    """What is wrong with the ids that a config file gives keys to, each in one sentence."""
    for name in keys:
        if name not in IDS:
            near = get_close_matches(name, IDS, n=1)
            hint = f"; perhaps {near[0]} is meant" if near else "; docs/screen.md lists them"
            yield f"The config file gives keys to {name[:60]!r}, which there is not{hint}."


def listed() -> str:
    """All ids with their keys, as a page lists them."""
    rows = ["| id | keys | does |", "|---|---|---|"]
    for group in GROUPS:
        for action in group.actions:
            keys = " ".join(f"`{key_name(key)}`" for key in action.keys).replace("|", "\\|")
            rows.append(f"| {group.id_of(action)} | {keys} | {action.help} |")
    return "\n".join(rows)


def page(text: str) -> str:
    """The documentation with the list as it is now."""
    return f"{text.partition(MARK)[0]}{MARK}\n\n{listed()}\n"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
