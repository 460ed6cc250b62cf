"""Everything a person can do, said once: keys, footer, help, palette and the config file's `keys` read it.

A panel or a screen declares one `Group` and takes its bindings from it:

    ACTIONS = Group(
        name="plot",
        title="Plot graph",
        about="The beats of the story and what links them. ...",
        actions=(Action(name="open", keys=("enter",), label="Turn", help="See what made the beat."),),
    )
    BINDINGS = ACTIONS.bindings()

    def action_open(self) -> None: ...

The id of that action is `plot.open`; the config file's `keys` may give it other keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, cast

from textual.app import App
from textual.binding import Binding, BindingType
from textual.dom import DOMNode

from writersroom.frozen import Frozen

MOST_IN_FOOTER: Final = 7


class Action(Frozen):
    """One thing a person can do."""

    name: str
    """What the config file calls it after the group's name, and its method after `action_`."""
    keys: tuple[str, ...]
    """As Textual names them (`ctrl+b`, `left_square_bracket`, `E`); the first is shown."""
    label: str
    """One or two words, for the footer."""
    help: str
    """One sentence, for help and the palette."""
    footer: bool = False
    """Whether it is among the few keys that the footer shows."""
    live: bool = False
    """Whether it needs a session that is being played by a model, not a recorded one."""
    palette: bool = True
    """Whether the palette offers it; moving a cursor is nothing to look up."""
    call: str = ""
    """The method with arguments, where it has any: `cue(3)`."""


class Group(Frozen):
    """What can be done in one place: a panel, a screen, the whole app."""

    name: str
    title: str
    about: str
    """What the place shows and is for: a few sentences for F1."""
    actions: tuple[Action, ...] = ()

    def id_of(self, action: Action) -> str:
        """What the config file calls an action of this group."""
        return f"{self.name}.{action.name}"

    def keys_of(self, action: Action, own: Mapping[str, str]) -> tuple[str, ...]:
        """The keys of an action of this group.

        Args:
            action: the action.
            own: keys that the config file gives to ids, separated by commas.
        """
        return split_keys(own.get(self.id_of(action), "")) or action.keys

    def bindings(self) -> list[BindingType]:
        """The actions as Textual binds them."""
        return [
            Binding(
                key=",".join(action.keys),
                action=action.call or action.name,
                description=action.label,
                show=action.footer,
                tooltip=action.help,
                id=self.id_of(action),
            )
            for action in self.actions
        ]


def groups_from(widget: DOMNode | None) -> tuple[Group, ...]:
    """The groups that are in force where the focus is, the innermost first."""
    found: list[Group] = []
    for node in () if widget is None else widget.ancestors_with_self:
        group = getattr(node, "ACTIONS", None)
        if isinstance(group, Group) and group not in found:
            found.append(group)
    return tuple(found)


def known_ids(groups: Iterable[Group]) -> Mapping[str, Action]:
    """Every action by its id."""
    return {group.id_of(action): action for group in groups for action in group.actions}


def split_keys(keys: str) -> tuple[str, ...]:
    """The keys that an entry of the config file names, as Textual names them: `.` is `full_stop`."""
    named = [Binding(key, "") for key in keys.split(",") if key.strip()]
    return tuple(binding.key for binding in Binding.make_bindings(named))


def own_keys(node: DOMNode) -> Mapping[str, str]:
    """Keys that the config file of a node's app gives to ids."""
    config = getattr(app_of(node), "config", None)
    return getattr(config, "keys", {})


def app_of(node: DOMNode) -> App[object]:
    """The app of a widget or screen, for what any app can do."""
    return cast("App[object]", node.app)  # pyright: ignore[reportUnknownMemberType]  # Textual leaves it open


VIM: Final[Mapping[str, tuple[str, ...]]] = {
    "up": ("up", "k"),
    "down": ("down", "j"),
    "top": ("home",),
    "bottom": ("end",),
    "page_up": ("pageup", "ctrl+b"),
    "page_down": ("pagedown", "ctrl+f"),
}
"""Keys of the movements that every panel with a cursor has. The room's screen has Left, Right, Home and End
for turns; a panel that binds them itself takes them only while it has the focus."""
