"""Why something was said: what the agent was asked, what it knew, and what the model made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.console import Group as Lines
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Static

from writersroom.archive import Archive
from writersroom.events import Event, Trace
from writersroom.tui.actions import Action, Group, app_of
from writersroom.tui.dialogs.dialog import LEAVE, Dialog, plain
from writersroom.tui.panels.cells import line
from writersroom.tui.panels.ink import Ink

if TYPE_CHECKING:
    from writersroom.room.why import Why

WHY = Group(
    name="why",
    title="Why",
    about=(
        "The prompt as the model saw it, made again from the session's own cards and templates; what the "
        "agent knew; and the seed, tokens and time; after it the same for what else was written for it, "
        "kept or not. Arrows scroll, y copies the first prompt."
    ),
    actions=(
        Action(name="copy", keys=("y",), label="Copy prompt", help="Copy the prompt.", footer=True),
        LEAVE,
    ),
)


class WhyScreen(Dialog[None]):
    """Says why."""

    ACTIONS: ClassVar[Group] = WHY
    BINDINGS = WHY.bindings()
    DEFAULT_CSS = """
    WhyScreen > #frame { width: 100; height: 92%; }
    WhyScreen #said { height: auto; }
    """

    class Found(Message):
        """The prompt was made again, or could not be."""

        def __init__(self, whys: tuple[Why, ...], problem: str) -> None:
            super().__init__()
            self.whys, self.problem = whys, problem

    def __init__(self, archive: Archive, event: Event) -> None:
        """Explain an event of a session."""
        who = event.agent or "the room"
        super().__init__(f"Why {who} said this, in turn {event.turn}", keys="")
        self._archive, self._event = archive, event
        self.whys: tuple[Why, ...] = ()

    def asked(self) -> ComposeResult:
        """A text to scroll in."""
        with VerticalScroll():
            yield Static("Reading the session again…", id="said", markup=False)

    def on_mount(self) -> None:
        """Find out, in a thread: making the prompt again takes a moment."""
        self._find()

    @work(thread=True, exclusive=True)
    def _find(self) -> None:
        found: tuple[Why, ...] = ()
        problem = ""
        try:
            # The room takes long to load.
            from writersroom.room.layouts import by_model_file  # noqa: PLC0415
            from writersroom.room.why import why, whys  # noqa: PLC0415

            turn = self._event.turn
            line = list(self._archive.events(upto_turn=turn))
            if self._event.trace is not None:
                found = whys(line, turn, event=self._event.id, layout=by_model_file)
            else:
                found = (why(line, turn),)
        except (OSError, ValueError, LookupError) as error:  # ArchiveError, CastError and the like
            problem = str(error)
        self.post_message(self.Found(found, problem))

    @on(Found)
    def show(self, message: Found) -> None:
        """Show what was found."""
        app = app_of(self)
        ink = Ink(app.theme_variables, high_contrast="contrast" in app.theme)
        self.whys = message.whys
        shown = self.query_one("#said", Static)
        if not message.whys:
            trace = self._event.trace
            shown.update(Lines(plain(message.problem), *([traced(trace, ink)] if trace is not None else [])))
        else:
            shown.update(explained(message.whys, ink))

    def action_copy(self) -> None:
        """Copy the prompt."""
        if self.whys:
            app_of(self).copy_to_clipboard(self.whys[0].prompt)
            self.notify("The prompt was copied.", timeout=2)
        else:
            self.notify("There is no prompt here to copy.", severity="warning")


def explained(whys: Sequence[Why], ink: Ink) -> Lines:
    """What is known of why something was said, as it is shown."""
    first, *others = whys
    knows = Text(f"\n{line(first.agent)} knows\n", ink.accent)
    for fact in first.knows:
        knows.append(f"  · {line(fact)}\n", ink.plain)
    if not first.knows:
        knows.append("  nothing that happened yet\n", ink.dim)
    parts = [*_made(first, ink), knows, _prompt(first, ink)]
    for other in others:
        parts += [Text("\n" + "─" * 40, ink.dim), *_made(other, ink), _prompt(other, ink)]
    return Lines(*parts)


def _prompt(why: Why, ink: Ink) -> Text:
    return Text("\nPrompt\n", ink.accent).append(plain(why.prompt).plain, ink.plain)


def _made(why: Why, ink: Ink) -> list[Text]:
    """By what template, whether that is what the model saw, and at what cost."""
    head = Text(f"{line(why.agent)} by the template ", ink.plain)
    head.append(line(why.template), ink.bold)
    if why.matches is None:
        head.append(f"\nThe prompt was not checked: {line(why.unchecked)}", ink.dim)
    elif why.matches:
        head.append("\n✓ The prompt below is exactly what the model saw.", ink.good)
    else:
        head.append("\n✗ The prompt below is not what the model saw: something has changed since.", ink.bad)
    parts = [head]
    if why.trace is not None:
        parts.append(traced(why.trace, ink))
    return parts


def traced(trace: Trace, ink: Ink) -> Text:
    """Seed, tokens and time of a generated text."""
    text = Text("\nModel\n", ink.accent)
    reused = f", {trace.tokens_reused:,} of them reused" if trace.tokens_reused else ""
    rows = [
        ("seed", f"{trace.seed}, take {trace.take + 1}"),
        ("read", f"{trace.tokens_in:,} tokens{reused}"),
        ("written", f"{trace.tokens_out:,} tokens in {trace.milliseconds / 1000:.2f} s"),
        ("sampling", ", ".join(f"{name} {value:g}" for name, value in trace.sampling.items()) or "as usual"),
        ("model file", trace.model_sha256[:16] + "…" if trace.model_sha256 else "not told by the server"),
    ]
    if trace.among > 1:
        rows.append(("chosen", f"the most telling of {trace.among} replies"))
    if trace.resampled:
        rows.append(("thrown away", f"{trace.resampled} replies before this one"))
    if trace.text:
        rows.append(("it came to", trace.text))
    if trace.faults:
        rows.append(("not fit", ", ".join(trace.faults)))
    for name, value in rows:
        text.append(f"  {name:<12}", ink.dim).append(f"{line(value)}\n", ink.plain)
    return text
