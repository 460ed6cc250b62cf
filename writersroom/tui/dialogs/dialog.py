"""What all dialogs share: a frame in the middle, Esc to leave, and text that is never markup."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Select, Static, TextArea

from writersroom.tui.actions import Action, Group, own_keys
from writersroom.tui.fields import written_in
from writersroom.tui.footer import key_name
from writersroom.tui.panels.cells import safe

T = TypeVar("T")

LEAVE = Action(
    name="leave", keys=("escape",), label="Leave", help="Close this and change nothing.", footer=True
)
KEEP = Action(name="keep", keys=("ctrl+s",), label="Keep", help="Take what is written here.", footer=True)


def plain(text: str) -> Text:
    """Text from anywhere as it may be shown: harmless, and no markup."""
    return Text(safe(text))


class Dialog(ModalScreen[T | None]):
    """A frame with a title, what it asks, and a line that says which keys matter."""

    ACTIONS = Group(
        name="dialog",
        title="Question",
        about="A question over the screen. Esc leaves it and changes nothing.",
        actions=(LEAVE,),
    )
    BINDINGS = ACTIONS.bindings()

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > #frame {
        width: 72; max-width: 94%; height: auto; max-height: 92%;
        background: $surface; border: round $line; border-title-color: $accent;
        border-title-style: bold; border-subtitle-color: $faint; padding: 1 2;
    }
    Dialog Input, Dialog TextArea, Dialog OptionList { background: $surface; border: round $line; }
    Dialog Input:focus, Dialog TextArea:focus, Dialog OptionList:focus { border: round $accent; }
    Dialog .hint { color: $faint; height: auto; }
    Dialog .wrong { color: $error; height: auto; }
    """

    def __init__(self, title: str, *, keys: str = "Enter keep", hint: str = "") -> None:
        """Ask.

        Args:
            title: what for.
            keys: what the keys of its fields do; those of its actions are said after it.
            hint: a sentence above.
        """
        super().__init__()
        self._title = title
        self._keys = keys
        self._hint = hint
        self._wrong: tuple[Widget, str] | None = None
        """The field that something was said of, and what was in it then."""

    def compose(self) -> ComposeResult:
        """The frame round what is asked."""
        with Vertical(id="frame") as frame:
            frame.border_title = plain(self._title)
            frame.border_subtitle = plain("   ".join(filter(None, (self._keys, *self._said_keys()))))
            if self._hint:
                yield Static(plain(self._hint), classes="hint")
            yield from self.asked()

    def _said_keys(self) -> Iterator[str]:
        """`Esc leave`: the keys of its actions, as the config file has them."""
        own = own_keys(self)
        for action in self.ACTIONS.actions:
            if action.footer:
                yield f"{key_name(self.ACTIONS.keys_of(action, own)[0])} {action.label.lower()}"

    def asked(self) -> ComposeResult:
        """What is inside the frame."""
        yield from ()

    def complain(self, problem: str, field: Widget) -> None:
        """Say what is wrong with a field, under what is asked, until something else is in it."""
        self._wrong = (field, written_in(field))
        found = self.query(".wrong")
        if found:
            found.first(Static).update(plain(problem))
            found.first().display = True
        else:
            self.query_one("#frame", Widget).mount(Static(plain(problem), classes="wrong"))

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    def amended(self) -> None:
        """What was wrong may be so no longer."""
        if self._wrong is not None and written_in(self._wrong[0]) != self._wrong[1]:
            self._wrong = None
            self.query_one(".wrong").display = False

    def action_leave(self) -> None:
        """Close, changing nothing."""
        self.dismiss(None)
