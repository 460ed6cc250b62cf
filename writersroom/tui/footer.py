"""The last line: the few keys that matter where the focus is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.text import Text
from textual import events
from textual.keys import format_key
from textual.widget import Widget

from writersroom.tui.actions import MOST_IN_FOOTER, Group, app_of

_SHORT = {
    "space": "Space",
    "full_stop": ".",
    "comma": ",",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "plus": "+",
    "minus": "-",
    "slash": "/",
    "escape": "Esc",
    "enter": "Enter",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "delete": "Del",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}


def key_name(key: str) -> str:
    """A key as a person reads it: `ctrl+p` is `Ctrl+P`, `full_stop` a dot."""
    key = key.strip()
    if key in _SHORT:
        return _SHORT[key]
    if key.startswith("ctrl+"):
        return f"Ctrl+{key_name(key[5:]).upper()}"
    if key.startswith("f") and key[1:].isdigit():
        return key.upper()
    return key if len(key) == 1 else format_key(key)


class Shown(NamedTuple):
    """A key in the footer."""

    key: str
    label: str
    press: str
    """The key as Textual names it: a click on it presses it."""


class KeyLine(Widget):
    """Shows the keys it is given, at most `MOST_IN_FOOTER`, as many as there is room for."""

    DEFAULT_CSS = """
    KeyLine { height: 1; background: $panel; color: $foreground; padding: 0 1; }
    KeyLine > .key-line--key { color: $accent; text-style: bold; }
    KeyLine > .key-line--label { color: $foreground; }
    """
    COMPONENT_CLASSES = {"key-line--key", "key-line--label"}  # noqa: RUF012  # as Textual declares it

    shown: Sequence[Shown] = ()

    def say(self, shown: Sequence[Shown]) -> None:
        """Show these keys."""
        if tuple(shown) != tuple(self.shown):
            self.shown = tuple(shown)[:MOST_IN_FOOTER]
            self.refresh()

    def render(self) -> Text:
        """`Space play  . step  …`."""
        key = self.get_component_rich_style("key-line--key", partial=True)
        label = self.get_component_rich_style("key-line--label", partial=True)
        line = Text(end="", no_wrap=True)
        for one in self.shown:
            words = f"{one.key} {one.label}"
            if line.cell_len + len(words) > self.size.width:
                break
            line.append(one.key, key).append(f" {one.label}", label).append("   ")
        return line

    def on_click(self, event: events.Click) -> None:
        """Press the key under the mouse."""
        at = 0
        for one in self.shown:
            end = at + len(f"{one.key} {one.label}")
            if at <= event.x - 1 < end:
                event.stop()
                app_of(self).simulate_key(one.press)
                return
            at = end + 3


def keys_shown(
    groups: Sequence[Group], keys: Mapping[str, str], *, live: bool, now: Mapping[str, str] | None = None
) -> list[Shown]:
    """What the footer shows: what matters in the innermost place first, and always the way to all the rest.

    Args:
        groups: those in force, the innermost first.
        keys: keys that the config file gives to ids.
        live: whether a model is at hand.
        now: labels of ids that do something else at the moment than what they are named for.
    """
    shown: list[Shown] = []
    taken: set[str] = set()
    for group in groups:
        for action in group.actions:
            given = group.keys_of(action, keys)
            if action.footer and (live or not action.live) and given[0] not in taken:
                label = (now or {}).get(group.id_of(action), action.label)
                shown.append(Shown(key_name(given[0]), label, given[0]))
            taken.update(given)
    if len(shown) > MOST_IN_FOOTER:
        shown = [*shown[: MOST_IN_FOOTER - 1], shown[-1]]  # The last is the outermost's: help.
    return shown
