"""The app: what stands round every screen: themes, keys, help, the palette, the way between screens."""

from __future__ import annotations

import asyncio
import importlib
import signal
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, cast

from rich.text import Text
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen as TextualScreen

from writersroom.archive import ArchiveError
from writersroom.exits import Exit
from writersroom.tui.actions import Action, Group, app_of, groups_from, split_keys
from writersroom.tui.config import Config, Remembered, remember
from writersroom.tui.dialogs.asking import Choice, Pick
from writersroom.tui.dialogs.help import Help
from writersroom.tui.mosaic.mosaic import Mosaic
from writersroom.tui.palette import Palette
from writersroom.tui.themes import THEMES, colours_of
from writersroom.view.printable import one_line

APP = Group(
    name="app",
    title="Everywhere",
    about="These work on every screen.",
    actions=(
        Action(name="quit", keys=("ctrl+q",), label="Quit", help="Leave. All that was said is kept."),
        Action(name="themes", keys=("f9",), label="Theme", help="Choose among ten themes and high contrast."),
        Action(
            name="command_palette",
            keys=("ctrl+p", "colon"),
            label="Palette",
            help="Find anything that can be done, by its name.",
            palette=False,
        ),
        Action(name="help", keys=("f1",), label="Help", help="Explain this panel.", footer=True),
    ),
)

First = Callable[["WritersRoom"], TextualScreen[Any]]
"""Makes the screen that the app opens with. What that leaves behind when it is closed is opened next."""


class WritersRoom(App[None]):
    """The program on a terminal.

    Attributes:
        config: what the person's config file says.
        chosen: what was chosen in the app, now and before.
        refused: why the session that it was to open with could not be opened, where that was so; the app has
            ended then.
    """

    TITLE = "writersroom"
    ACTIONS: ClassVar[Group] = APP
    BINDINGS = APP.bindings()
    COMMANDS = {Palette}  # noqa: RUF012  # as Textual declares it
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ESCAPE_TO_MINIMIZE = False
    CSS = """
    * { scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1; }
    Screen { background: $background; color: $foreground; }
    Toast { background: $surface; color: $foreground; max-width: 60; }
    """

    def __init__(
        self,
        first: First,
        home: First,
        *,
        config: Config | None = None,
        complaints: tuple[str, ...] = (),
        chosen: Remembered | None = None,
        memory: Path | None = None,
    ) -> None:
        """Make the app.

        Args:
            first: makes the screen that it opens with.
            home: makes the screen that is left to when that is closed; where it is the same, the app ends.
            config: what the person's config file says.
            complaints: what is wrong with that file.
            chosen: what was chosen in the app before.
            memory: the file in which it is remembered; None remembers nothing.
        """
        self.config = config or Config()
        self.chosen = chosen or Remembered()
        super().__init__()
        self.refused: ArchiveError | None = None
        self._first, self._home = first, home
        self._complaints = complaints
        self._memory = memory
        if self.config.motion == "reduced":
            self.animation_level = "none"
        for name in tuple(self.available_themes):
            if name not in THEMES:
                self.unregister_theme(name)
        for theme in THEMES.values():
            self.register_theme(theme)
        wanted = self.config.theme or self.chosen.theme
        self.theme = wanted if wanted in THEMES else next(iter(THEMES))
        if wanted and wanted not in THEMES:
            known = ", ".join(THEMES)
            self._complaints += (f"There is no theme {one_line(wanted, 40)!r}; there are {known}.",)
        self.set_keymap({name: ",".join(split_keys(keys)) for name, keys in self.config.keys.items()})

    @property
    def still(self) -> bool:
        """Whether nothing may move by itself."""
        return self.animation_level == "none"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours that this program adds to a theme."""
        return colours_of(self.current_theme)

    def on_mount(self) -> None:
        """Open the first screen."""
        if not self.is_headless:
            self._heed_signals()
        try:
            first = self._first(self)
        except ArchiveError as error:
            self.refused = error
            self.exit()
            return
        self.push_screen(first, self._left)
        if self.config.keys:
            # All screens are loaded for it, so only where it is needed.
            registry = importlib.import_module("writersroom.tui.registry")
            self._complaints += tuple(cast("Iterable[str]", registry.complaints(self.config.keys)))
        for complaint in self._complaints:
            self.notify(complaint, severity="warning", timeout=10, markup=False)

    def _heed_signals(self) -> None:
        """Leave as with Ctrl+Q where the program is told to end: the terminal is given back."""
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None:
                with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; no main thread.
                    loop.add_signal_handler(number, self.exit, None, 128 + number)

    def _left(self, leaves: object) -> None:
        """The first screen was closed; it may leave another one behind."""
        if isinstance(leaves, TextualScreen):
            self.push_screen(cast("TextualScreen[Any]", leaves), self._left)
        elif self._first is self._home:
            self.exit()
        else:
            self._first = self._home
            self.push_screen(self._home(self), self._left)

    def action_help(self) -> None:
        """Explain the panel in use."""
        if not isinstance(self.screen, Help):
            live = bool(getattr(getattr(self.screen, "player", None), "live", True))
            groups = groups_from(self.focused or self.screen)
            self.push_screen(Help(groups, self.config.keys, live=live))

    def action_themes(self) -> None:
        """Ask for a theme; each is shown as the cursor comes to it."""
        before = self.theme

        def take(name: str | None) -> None:
            self.theme = name or before
            if name:
                self.remember(theme=name)

        self.push_screen(_Themes("Theme", [Choice(key=name, label=name) for name in THEMES], at=before), take)

    def on_mosaic_moved(self, message: Mosaic.Moved) -> None:
        """Remember how large the panels are."""
        self.remember(shares=message.shares)

    def remember(self, *, theme: str | None = None, shares: Mapping[str, float] | None = None) -> None:
        """Remember what was chosen."""
        self.chosen = Remembered(
            theme=self.chosen.theme if theme is None else theme,
            shares=dict(self.chosen.shares if shares is None else shares),
        )
        if self._memory is not None:
            remember(self._memory, self.chosen)

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Say nothing: Textual calls this at every key press, and where no key is lost.

        `registry.complaints` says once, as the app starts, which keys of the config file others had.
        """

    def _fatal_error(self) -> None:
        """Leave with one sentence: no traceback reaches a person unless they ask for it.

        Textual's own prints the traceback with all local variables, which would be the session's texts.
        """
        error = self._exception
        self.bell()
        said = f"Error: A fault of writersroom itself ({type(error).__name__}: {one_line(str(error), 300)})."
        self._return_code = Exit.UNEXPECTED
        self._exit_renderables.append(Text(f"{said} All that was said in the session is kept."))
        self._close_messages_no_wait()


class _Themes(Pick):
    """Shows each theme as the cursor comes to it."""

    def looked_at(self, key: str) -> None:
        """Show it."""
        app_of(self).theme = key
