"""Every group of actions there is: what the config file's `keys` may name, and what the documentation lists.

`python -m writersroom.tui.registry` writes the list into `docs/screen.md`; a test fails until it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from writersroom.tui.actions import Action, Group, known_ids, split_keys
from writersroom.tui.app import APP
from writersroom.tui.dialogs.asking import AskText
from writersroom.tui.dialogs.dialog import Dialog
from writersroom.tui.footer import key_name
from writersroom.tui.home.doing import HOME
from writersroom.tui.home.form import NEW
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
from writersroom.view.printable import one_line

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


def complaints(keys: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the keys that a config file gives to ids, each in one sentence."""
    for name in keys:
        if name not in IDS:
            near = get_close_matches(name, IDS, n=1)
            hint = f"; perhaps {near[0]} is meant" if near else "; docs/screen.md lists them"
            yield f"The config file gives keys to {name[:60]!r}, which there is not{hint}."
    for group in GROUPS:
        yield from _clashes(group, keys)


def _clashes(group: Group, own: Mapping[str, str]) -> Iterator[str]:
    """Which keys the config file gives to an action of a group though another action has them.

    Textual leaves such a key to the first of the actions that the file gives it to.
    """
    having: dict[str, list[Action]] = {}
    for action in group.actions:
        for key in dict.fromkeys(group.keys_of(action, own)):
            having.setdefault(key, []).append(action)
    for key, actions in having.items():
        given = [action for action in actions if key in split_keys(own.get(group.id_of(action), ""))]
        if len(actions) > 1 and given:
            others = " and ".join(group.id_of(action) for action in actions if action is not given[0])
            yield (
                f"The config file gives the key {one_line(key_name(key), 40)} to {group.id_of(given[0])}, "
                f"which takes it from {others}; give one of them another key."
            )


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
