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
from writersroom.room.plan import Plan
from writersroom.story.structures import STRUCTURES
from writersroom.tui.actions import Action, Group
from writersroom.tui.dialogs.asking import number_in
from writersroom.tui.dialogs.dialog import LEAVE, Dialog
from writersroom.tui.playing.wanted import Beginning
from writersroom.view.printable import one_line

LONGEST: Final = 2000

LENGTHS: Final[Mapping[str, tuple[str, Mapping[str, int]]]] = {
    "look": (
        "A first look: 1 round",
        {"rounds": 1, "scenes": 1, "takes": 1, "stances": 1, "lines": 4, "notes": 0},
    ),
    "short": ("Short: 4 rounds, 1 scene", {"rounds": 4, "scenes": 1}),
    "usual": (f"Usual: {Plan().rounds} rounds, {Plan().scenes} scenes", {}),
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
    """Empty: the one that the app was opened with, or else the built-in one."""


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

    def __init__(self, room: Path, *, model: str = "", filled: Wanted | None = None) -> None:
        """Ask.

        Args:
            room: the room that it is for, unless another is named.
            model: the one that plays it, unless another is named; empty: the built-in one.
            filled: what stands there already.
        """
        super().__init__("New session", keys="")
        self._room, self._model = room, model
        self._filled = filled or Wanted(beginning=Beginning(room=room, logline=""), model=model)

    def asked(self) -> ComposeResult:
        """The fields."""
        filled = self._filled.beginning
        length = next(key for key, (_, plan) in LENGTHS.items() if plan == filled.plan)
        yield Label("Logline: what is the story about?")
        yield TextArea(filled.logline, id="logline", tab_behavior="focus", soft_wrap=True)
        with Horizontal():
            with Vertical():
                yield Label("Length")
                lengths = [(label, key) for key, (label, _) in LENGTHS.items()]
                yield Select(lengths, value=length, allow_blank=False, id="length", compact=True)
            with Vertical():
                yield Label("Structure")
                structures = [(structure.name, key) for key, structure in STRUCTURES.items()]
                yield Select(
                    structures, value=filled.structure, allow_blank=False, id="structure", compact=True
                )
        with Horizontal():
            with Vertical():
                yield Label("Model: name, file or address")
                usual = self._model or "the built-in small model"
                yield Input(self._filled.model, placeholder=usual, id="model")
            with Vertical():
                yield Label("Seed of chance")
                yield Input(
                    "" if filled.seed is None else str(filled.seed),
                    placeholder="the logline's own",
                    type="integer",
                    id="seed",
                    max_length=10,
                )
        with Vertical(classes="field"):
            yield Label("Room: a folder with agents and prompts")
            yield Input(str(filled.room), id="room")
        yield Static("", classes="hint")

    def action_keep(self) -> None:
        """Begin, if all is well."""
        story, chance = self.query_one("#logline", TextArea), self.query_one("#seed", Input)
        place = self.query_one("#room", Input)
        logline, written = " ".join(story.text.split()), chance.value.strip()
        seed = number_in(written, 2**31 - 1)
        if not logline:
            self.complain("Write a logline: a sentence on what the story is about.", story)
        elif len(logline) > LONGEST:
            self.complain(f"The logline has {len(logline):,} characters; {LONGEST:,} are enough.", story)
        elif written and seed is None:
            self.complain("The seed is a number from 0 to 2,147,483,647.", chance)
        else:
            try:
                room = self._room_named(place.value.strip())
            except NoRoom as error:
                self.complain(str(error), place)
                return
            beginning = Beginning(
                room=room,
                logline=logline,
                structure=self._chosen("structure"),
                seed=seed,
                plan=LENGTHS[self._chosen("length")][1],
            )
            self.dismiss(Wanted(beginning=beginning, model=self.query_one("#model", Input).value.strip()))

    def _room_named(self, name: str) -> Path:
        """The folder of the room that was named, or of the usual one.

        Raises:
            NoRoom: it is none.
        """
        try:
            folder = Path(name or self._room).expanduser()
            return folder if folder == self._room else find_room(folder).root
        except NoRoom:
            raise
        except (OSError, RuntimeError, ValueError) as error:
            # A home that nobody has, a name that is too long or holds what no name may.
            why = getattr(error, "strerror", None) or str(error)
            raise NoRoom(f"{one_line(name, 60)} is no room: {why.rstrip('.')}.") from error

    def _chosen(self, name: str) -> str:
        select = cast("Select[str]", self.query_one(f"#{name}", Select))
        return str(select.value)
