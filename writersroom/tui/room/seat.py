"""A person's turn: the form of what can be done, at the foot of the room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Label, Select, Static, TextArea

from writersroom.tui.actions import Action, Group
from writersroom.tui.dialogs.dialog import plain
from writersroom.tui.fields import Area, Line, written_in
from writersroom.tui.playing.live import Refusal

if TYPE_CHECKING:
    from writersroom.room.forms import Field, Form
    from writersroom.room.order import Turn

SEAT = Group(
    name="seat",
    title="Your turn",
    about=(
        "You are in this agent's seat. The form offers only what is legal now. Tab goes through it, Ctrl+S "
        "says it. Esc goes back to the panels, and Tab from there to the form again; it stays until it is "
        "answered or the seat is left (t, in a panel)."
    ),
    actions=(
        Action(name="say", keys=("ctrl+s",), label="Say it", help="Take this turn.", footer=True),
        Action(name="next_field", keys=("tab",), label="Next", help="Go to the next field.", palette=False),
        Action(
            name="field_before",
            keys=("shift+tab",),
            label="Before",
            help="Go to the field before.",
            palette=False,
        ),
    ),
)


class SeatPanel(Vertical):
    """Asks the person whose turn it is."""

    ACTIONS: ClassVar[Group] = SEAT
    BINDINGS = SEAT.bindings()
    DEFAULT_CSS = """
    SeatPanel {
        display: none; height: auto; max-height: 60%; background: $surface;
        border-top: heavy $accent; border-title-color: $accent; border-title-style: bold; padding: 0 1;
    }
    SeatPanel VerticalScroll { height: auto; max-height: 100%; }
    SeatPanel Label { color: $faint; height: 1; }
    SeatPanel Input, SeatPanel Input:focus { border: none; height: 1; padding: 0 1; background: $panel; }
    SeatPanel TextArea, SeatPanel TextArea:focus { border: none; height: 5; background: $panel; }
    SeatPanel Select { height: auto; }
    SeatPanel Select > SelectCurrent { border: none; padding: 0 1; background: $panel; }
    SeatPanel .field { height: auto; margin: 0 0 1 0; }
    SeatPanel .asked { height: auto; max-height: 4; text-style: bold; margin: 0 0 1 0; }
    SeatPanel .wrong { color: $error; height: auto; display: none; }
    SeatPanel Button { height: 1; border: none; min-width: 12; }
    """

    class Answered(Message):
        """A form was filled in."""

        def __init__(self, form: Form, answers: Mapping[str, str]) -> None:
            super().__init__()
            self.form, self.answers = form, answers

    form: Form | None = None
    _said: Form | None = None
    """The form whose answers were given and have not been refused."""

    _refused: Mapping[str, str] | None = None
    """The answers that something is said to be wrong with."""

    def __init__(self) -> None:
        super().__init__()
        self._unsaid: dict[Turn, Mapping[str, str]] = {}
        """What was written in forms that went away: another was heard first, or the model was lost."""

    def compose(self) -> ComposeResult:
        """What the turn is about, and a place for the fields."""
        yield Static(classes="asked", markup=False)
        yield VerticalScroll(can_focus=False)
        yield Static(classes="wrong", markup=False)
        yield Button("Say it", variant="primary", compact=True)

    async def ask(self, form: Form | None) -> None:
        """Show a form, or none. What is written in one that asks the same stays, until it has been said."""
        same = form == self.form and (form is None or self.form is not self._said)
        if self.form is not None and self.form is not self._said and not same:
            self._unsaid[self.form.turn] = self.answers
        self.form = form
        if same:
            return
        self.display = form is not None
        self.complain(None)
        place = self.query_one(VerticalScroll)
        await place.remove_children()
        if form is not None and form is self.form:
            self.border_title = plain(f"{form.agent}: your turn")
            self.query_one(".asked", Static).update(plain(form.title))
            written = self._unsaid.pop(form.turn, {})
            await place.mount(
                *(
                    _FieldBox(field.model_copy(update={"value": written.get(field.name, field.value)}))
                    for field in form.fields
                )
            )
            self._show_fields()
            self.enter()

    def enter(self) -> None:
        """Go to the first field."""
        self._fields[0].focus()

    def action_next_field(self) -> None:
        """Go to the next field; past the last, to the first."""
        self._go(1)

    def action_field_before(self) -> None:
        """Go to the field before."""
        self._go(-1)

    def _go(self, way: int) -> None:
        fields = self._fields
        at = next((at for at, field in enumerate(fields) if field.has_focus_within), -1)
        fields[(at + way) % len(fields)].focus()

    @property
    def _fields(self) -> list[Widget]:
        """Where one can write or choose, and the button."""
        return [*(box.input for box in self.query(_FieldBox) if box.display), self.query_one(Button)]

    @property
    def answers(self) -> dict[str, str]:
        """What stands in the fields that are shown."""
        return {box.field.name: box.answer for box in self.query(_FieldBox) if box.display}

    def complain(self, refusal: Refusal | None) -> None:
        """Say why it cannot be taken so; None: it can."""
        wrong = self.query_one(".wrong", Static)
        wrong.display = refusal is not None
        self._refused = self.answers if refusal is not None else None
        if refusal is not None:
            self._said = None
            wrong.update(plain(refusal.problem))
            for box in self.query(_FieldBox):
                if box.field.name == refusal.field:
                    box.input.focus()

    def action_say(self) -> None:
        """Take the turn."""
        if self.form is not None:
            self._said = self.form
            self.post_message(self.Answered(self.form, self.answers))

    @on(Button.Pressed)
    @on(Input.Submitted)
    def submitted(self) -> None:
        """Enter in a field, or the button."""
        self.action_say()

    @on(Select.Changed)
    @on(Input.Changed)
    @on(TextArea.Changed)
    def changed(self) -> None:
        """Other fields may be asked now, and what was wrong may be so no longer."""
        self._show_fields()
        if self._refused is not None and self.answers != self._refused:
            self.complain(None)

    def _show_fields(self) -> None:
        answers: dict[str, str] = {}
        for box in self.query(_FieldBox):
            shown = all(answers.get(name) in values for name, values in box.field.shown_with.items())
            box.display = shown
            if shown:
                answers[box.field.name] = box.answer


class _FieldBox(Vertical):
    """A question and the place for its answer."""

    def __init__(self, field: Field) -> None:
        super().__init__(classes="field")
        self.field = field
        self.input: Select[str] | TextArea | Input
        if field.options:
            options = [(plain(option.label), option.key) for option in field.options]
            known = field.value in [option.key for option in field.options]
            self.input = Select(
                options,
                value=field.value if known else Select.NULL if not field.required else field.options[0].key,
                allow_blank=not field.required,
                compact=True,
            )
        elif field.multiline:
            self.input = Area(field.value, soft_wrap=True, tab_behavior="focus")
        else:
            self.input = Line(field.value)

    def compose(self) -> ComposeResult:
        """The question over the answer."""
        label = self.field.label + ("" if self.field.required else " (may stay empty)")
        yield Label(plain(label))
        yield self.input

    @property
    def answer(self) -> str:
        """What stands there."""
        return written_in(self.input)
