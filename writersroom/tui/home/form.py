"""The form for a new session: a logline, and what else it is to be played with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Final, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label, Select, Static, TextArea

from writersroom.frozen import Frozen
from writersroom.resources import NoRoom, find_room
from writersroom.story.structures import STRUCTURES
from writersroom.tui.actions import Action, Group
from writersroom.tui.dialogs.dialog import LEAVE, Dialog
from writersroom.tui.playing.wanted import Beginning

LONGEST: Final = 2000

LENGTHS: Final[Mapping[str, tuple[str, Mapping[str, int]]]] = {
    "look": (
        "A first look: 1 round",
        {"rounds": 1, "scenes": 1, "takes": 1, "stances": 1, "lines": 4, "notes": 0},
    ),
    "short": ("Short: 4 rounds, 1 scene", {"rounds": 4, "scenes": 1}),
    "usual": ("Usual: 10 rounds, 1 scene", {}),
    "long": ("Long: 30 rounds, 6 scenes", {"rounds": 30, "scenes": 6, "takes": 3}),
}
"""Presets: how each is called, and what of the plan differs from the usual."""

NEW: Final = Group(
    name="new",
    title="New session",
    about=(
        "A logline says in a sentence what the story is about. The room's agents argue over it, then write. "
        "Ctrl+S begins, Esc leaves."
    ),
    actions=(
        Action(name="keep", keys=("ctrl+s",), label="Begin", help="Begin the session.", footer=True),
        LEAVE,
    ),
)


class Wanted(Frozen):
    """What the form was filled in with."""

    beginning: Beginning
    model: str
    """Empty: the built-in one."""


class NewSession(Dialog[Wanted]):
    """Asks what a new session is to be about."""

    ACTIONS: ClassVar[Group] = NEW
    BINDINGS = NEW.bindings()
    DEFAULT_CSS = """
    NewSession > #frame { width: 84; padding: 0 2 0 2; }
    NewSession Label { color: $faint; height: 1; }
    NewSession TextArea { height: 4; border: none; background: $panel; }
    NewSession TextArea:focus, NewSession Input:focus { border: none; background: $panel; }
    NewSession Input { border: none; height: 1; background: $panel; }
    NewSession Select > SelectCurrent { border: none; background: $panel; padding: 0 1; }
    NewSession Horizontal { height: auto; margin: 1 0 0 0; }
    NewSession .field { height: auto; margin: 1 0 0 0; }
    NewSession Horizontal > Vertical { width: 1fr; height: auto; padding: 0 1 0 0; }
    """

    def __init__(self, room: Path, *, logline: str = "", model: str = "") -> None:
        """Ask.

        Args:
            room: the room that it is for, unless another is named.
            logline: what stands there already.
            model: likewise.
        """
        super().__init__("New session", keys="Ctrl+S begin   Esc leave")
        self._room, self._logline, self._model = room, logline, model

    def asked(self) -> ComposeResult:
        """The fields."""
        yield Label("Logline: what is the story about?")
        yield TextArea(self._logline, id="logline", tab_behavior="focus", soft_wrap=True)
        with Horizontal():
            with Vertical():
                yield Label("Length")
                lengths = [(label, key) for key, (label, _) in LENGTHS.items()]
                yield Select(lengths, value="usual", allow_blank=False, id="length", compact=True)
            with Vertical():
                yield Label("Structure")
                structures = [(structure.name, key) for key, structure in STRUCTURES.items()]
                yield Select(structures, value="three_act", allow_blank=False, id="structure", compact=True)
        with Horizontal():
            with Vertical():
                yield Label("Model: name, file or address")
                yield Input(self._model, placeholder="the built-in small model", id="model")
            with Vertical():
                yield Label("Seed of chance")
                yield Input("1", type="integer", id="seed", max_length=10)
        with Vertical(classes="field"):
            yield Label("Room: a folder with agents and prompts")
            yield Input(str(self._room), id="room")
        yield Static("", classes="hint")

    def action_keep(self) -> None:
        """Begin, if all is well."""
        logline = " ".join(self.query_one("#logline", TextArea).text.split())
        seed = self.query_one("#seed", Input).value.strip()
        folder = Path(self.query_one("#room", Input).value.strip() or self._room).expanduser()
        if not logline:
            self.complain("Write a logline: a sentence on what the story is about.")
        elif len(logline) > LONGEST:
            self.complain(f"The logline has {len(logline):,} characters; {LONGEST:,} are enough.")
        elif not seed.isdecimal() or int(seed) >= 2**31:
            self.complain("The seed is a number from 0 to 2,147,483,647.")
        else:
            try:
                room = folder if folder == self._room else find_room(folder).root
            except NoRoom as error:
                self.complain(str(error))
                return
            beginning = Beginning(
                room=room,
                logline=logline,
                structure=self._chosen("structure"),
                seed=int(seed),
                plan=LENGTHS[self._chosen("length")][1],
            )
            self.dismiss(Wanted(beginning=beginning, model=self.query_one("#model", Input).value.strip()))

    def _chosen(self, name: str) -> str:
        select = cast("Select[str]", self.query_one(f"#{name}", Select))
        return str(select.value)
