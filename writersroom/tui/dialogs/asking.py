"""A line, a text, or one of several things, asked of the person."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, OptionList, TextArea
from textual.widgets.option_list import Option

from writersroom.frozen import Frozen
from writersroom.tui.actions import Group
from writersroom.tui.dialogs.dialog import KEEP, LEAVE, Dialog, plain
from writersroom.tui.fields import Area, Line


def number_in(line: str, most: int) -> int | None:
    """The whole number that a line says, from 0 to `most`; None where it says none."""
    try:
        number = int(line) if line.strip().isdecimal() else -1
    except ValueError:  # It has more digits than Python reads.
        return None
    return number if 0 <= number <= most else None


_NOTHING = "There is nothing in it; write something, or leave with Esc."


class AskLine(Dialog[str]):
    """Asks for one line."""

    def __init__(
        self,
        title: str,
        *,
        value: str = "",
        placeholder: str = "",
        hint: str = "",
        check: Callable[[str], str] = lambda line: "",
    ) -> None:
        """Ask.

        Args:
            title: what for.
            value: what stands there already.
            placeholder: what to write there, by example.
            hint: a sentence above.
            check: says what is wrong with a line; nothing where it will do.
        """
        super().__init__(title, hint=hint)
        self._value, self._placeholder, self._check = value, placeholder, check

    def asked(self) -> ComposeResult:
        """A field."""
        yield Line(self._value, placeholder=self._placeholder, select_on_focus=True)

    @on(Input.Submitted)
    def keep(self, message: Input.Submitted) -> None:
        """Enter was pressed."""
        problem = self._check(message.value)
        if problem:
            self.complain(problem, message.input)
        else:
            self.dismiss(message.value)


class AskText(Dialog[str]):
    """Asks for a text of several lines."""

    ACTIONS = Group(
        name="text",
        title="Text",
        about="Write, then keep it with Ctrl+S. Esc leaves everything as it was.",
        actions=(KEEP, LEAVE),
    )
    BINDINGS = ACTIONS.bindings()
    DEFAULT_CSS = """
    AskText > #frame { width: 90; }
    AskText TextArea { height: 14; max-height: 60vh; }
    """

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        hint: str = "",
        check: Callable[[str], str] = lambda text: "",
    ) -> None:
        """Ask.

        Args:
            title: what for.
            text: what stands there already.
            hint: a sentence above.
            check: says what is wrong with a text; nothing where it will do.
        """
        super().__init__(title, keys="", hint=hint)
        self._text, self._check = text, check

    def asked(self) -> ComposeResult:
        """An area."""
        yield Area(self._text, soft_wrap=True, show_line_numbers=False, tab_behavior="focus")

    def action_keep(self) -> None:
        """Take the text."""
        area = self.query_one(TextArea)
        text = area.text
        problem = self._check(text) if text.strip() else _NOTHING
        if problem:
            self.complain(problem, area)
        else:
            self.dismiss(text)


class Choice(Frozen):
    """One of several things."""

    key: str
    label: str
    more: str = ""
    """A few words after it."""


class Pick(Dialog[str]):
    """Asks for one of several things, and answers with its key."""

    DEFAULT_CSS = "Pick OptionList { height: auto; max-height: 60vh; }"

    def __init__(self, title: str, choices: Sequence[Choice], *, at: str = "", hint: str = "") -> None:
        """Ask.

        Args:
            title: what for.
            choices: at least one.
            at: key of the one that the cursor is on at first.
            hint: a sentence above.
        """
        super().__init__(title, keys="Enter choose", hint=hint)
        self._choices, self._at = tuple(choices), at

    def asked(self) -> ComposeResult:
        """A list."""
        options = OptionList(*(Option(_label(choice)) for choice in self._choices), markup=False)
        keys = [choice.key for choice in self._choices]
        options.highlighted = keys.index(self._at) if self._at in keys else 0
        yield options

    @on(OptionList.OptionHighlighted)
    def look(self, message: OptionList.OptionHighlighted) -> None:
        """The cursor went to one."""
        self.looked_at(self._choices[message.option_index].key)

    @on(OptionList.OptionSelected)
    def choose(self, message: OptionList.OptionSelected) -> None:
        """One was taken."""
        self.dismiss(self._choices[message.option_index].key)

    def looked_at(self, key: str) -> None:
        """What to do while the cursor is on one."""

    def key_j(self) -> None:
        """Down, as in vim."""
        self.query_one(OptionList).action_cursor_down()

    def key_k(self) -> None:
        """Up, as in vim."""
        self.query_one(OptionList).action_cursor_up()


def _label(choice: Choice) -> Text:
    label = plain(choice.label)
    if choice.more:
        label.append("  ").append(plain(choice.more).plain, "dim")
    return label
