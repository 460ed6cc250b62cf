"""F1: what is on the screen, and every key that works there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from writersroom.tui.actions import Group, app_of
from writersroom.tui.dialogs.dialog import Dialog
from writersroom.tui.footer import key_name


class Help(Dialog[None]):
    """Explains the panel in use, then what lies round it."""

    DEFAULT_CSS = """
    Help > #frame { width: 86; height: 90%; }
    Help .about { margin: 0 0 1 0; height: auto; }
    Help .keys { margin: 0 0 1 2; height: auto; }
    """

    def __init__(self, groups: Sequence[Group], keys: Mapping[str, str], *, live: bool) -> None:
        """Explain.

        Args:
            groups: those in force, the innermost first.
            keys: keys that the config file gives to ids.
            live: whether a model is at hand.
        """
        super().__init__(groups[0].title if groups else "Help", keys="arrows scroll")
        self._groups, self._own, self._live = tuple(groups), keys, live

    def asked(self) -> ComposeResult:
        """A text to scroll in."""
        with VerticalScroll():
            for number, group in enumerate(self._groups):
                about = Text(group.about if number == 0 else f"{group.title}: {group.about}")
                yield Static(about, classes="about")
                yield Static(self._table(group), classes="keys")

    def _table(self, group: Group) -> RenderableType:
        accent = app_of(self).theme_variables.get("accent", "")
        table = Table.grid(padding=(0, 2), expand=True)
        table.add_column(no_wrap=True, width=14)
        table.add_column(ratio=1)
        for action in group.actions:
            if action.live and not self._live:
                continue
            keys = group.keys_of(action, self._own)
            named = Text(" ".join(key_name(key) for key in keys[:3]), style=accent)
            table.add_row(named, Text(action.help))
        return table
