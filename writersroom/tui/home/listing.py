"""Home, to be looked at: the sessions there are, and those in which words are found as one types.

The rows on the screen and the files behind them are replaced together, so that the session under the cursor
is always the one whose row it is on, whatever has come to the folder meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen as TextualScreen
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from writersroom.archive import Hit, SessionHits, SessionSummary, list_sessions, search_sessions
from writersroom.resources import Room
from writersroom.tui.actions import Group, app_of, own_keys
from writersroom.tui.dialogs.dialog import plain
from writersroom.tui.footer import KeyLine, keys_shown
from writersroom.tui.home.doing import HOME
from writersroom.tui.home.keeping import forget_old
from writersroom.tui.home.rows import hits_row, summary_row
from writersroom.tui.panels.ink import Ink

TYPING: Final = 0.12
"""Seconds without a key after which what was typed is looked for."""


class Listing(TextualScreen[None]):
    """The list of sessions.

    Attributes:
        room: whose sessions they are.
        sessions: all of them, as the folder was when it was last looked at.
        hits: those in which the words were found, and where; None while no words are looked for.
        looking: the folder is still being looked at.
    """

    AUTO_FOCUS = ""  # Where the list is empty that would be the words to find, and they would take the keys.
    DEFAULT_CSS = """
    Listing { layout: vertical; }
    Listing #head { height: 1; background: $panel; padding: 0 1; }
    Listing Input, Listing Input:focus {
        border: none; height: 1; margin: 1 0 0 0; padding: 0 2; background: $surface;
    }
    Listing Input:focus { background: $panel; }
    Listing OptionList, Listing OptionList:focus {
        border: none; height: 1fr; margin: 1 0 0 0; background: $background; padding: 0;
        background-tint: $background 0%;
    }
    Listing OptionList > .option-list--option { padding: 0 2; }
    Listing #empty { display: none; height: 1fr; padding: 2 3; color: $faint; }
    """

    class Listed(Message):
        """The folder was looked at."""

        def __init__(self, sessions: Sequence[SessionSummary], problem: str = "") -> None:
            super().__init__()
            self.sessions, self.problem = tuple(sessions), problem

    class Found(Message):
        """Words were looked for."""

        def __init__(self, words: str, hits: Sequence[SessionHits]) -> None:
            super().__init__()
            self.words, self.hits = words, tuple(hits)

    def __init__(self, room: Room) -> None:
        """List the sessions of a room."""
        super().__init__()
        self.room = room
        self.sessions: tuple[SessionSummary, ...] = ()
        self.looking = True
        self.hits: tuple[SessionHits, ...] | None = None
        self._words = ""
        self._typing: Timer | None = None
        self._shown: tuple[Path, ...] = ()
        self._wanted: Path | None = None

    def compose(self) -> ComposeResult:
        """What to look for, what there is, what to do."""
        yield Static(id="head", markup=False)
        yield Input(placeholder="/ finds words in all sessions", select_on_focus=False)
        yield OptionList(markup=False)
        yield Static(id="empty", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Look at the folder."""
        self.query_one("#head", Static).update(self._head())
        self._say_keys()
        self.look()

    def on_screen_resume(self) -> None:
        """Something may have happened to a session."""
        self.look()

    def on_descendant_focus(self) -> None:
        """Other keys matter now."""
        self._say_keys()

    def _say_keys(self) -> None:
        everywhere = getattr(app_of(self), "ACTIONS", None)
        groups = (HOME, everywhere) if isinstance(everywhere, Group) else (HOME,)
        self.query_one(KeyLine).say(keys_shown(groups, own_keys(self), live=True))

    def on_resize(self) -> None:
        """Lines are cut to the width."""
        self._show()

    @property
    def chosen(self) -> Path | None:
        """The session that the cursor is on."""
        at = self.query_one(OptionList).highlighted
        return self._shown[at] if at is not None and at < len(self._shown) else None

    @property
    def chosen_hit(self) -> Hit | None:
        """The newest place in it where the words were found, while words are looked for."""
        path = self.chosen
        hits = next((found.hits for found in self.hits or () if found.path == path), ())
        return hits[0] if hits else None

    def look(self, wanted: Path | None = None) -> None:
        """Look at the folder.

        Args:
            wanted: the session that the cursor goes to; None: the one that it is on.
        """
        self._wanted = wanted or self._wanted
        self.looking = True
        self._list()

    @work(thread=True, exclusive=True, group="list")
    def _list(self) -> None:
        forget_old(self.room.sessions)
        try:
            self.post_message(self.Listed(list_sessions(self.room.sessions)))
        except OSError as error:
            self.post_message(self.Listed((), f"{self.room.sessions}: {error.strerror or error}."))

    @on(Listed)
    def listed(self, message: Listed) -> None:
        """Show what there is; where words are looked for, once they were looked for again."""
        self.sessions, self.looking = message.sessions, False
        if message.problem:
            self.notify(message.problem, severity="error", markup=False)
        if self.hits is None:
            self._show()
        else:
            self._look_for()

    @on(Input.Changed)
    def typed(self, message: Input.Changed) -> None:
        """Look for it once the fingers rest."""
        self._words = message.value
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(TYPING, self._look_for)

    @on(Input.Submitted)
    def entered(self) -> None:
        """To what was found."""
        self.query_one(OptionList).focus()

    def _look_for(self) -> None:
        if self._words.strip():
            self._search(self._words)
        else:
            self.hits = None
            self._show()

    @work(thread=True, exclusive=True, group="search")
    def _search(self, words: str) -> None:
        try:
            hits = search_sessions(self.room.sessions, words, limit=20)
        except OSError:
            hits = ()
        self.post_message(self.Found(words, hits))

    @on(Found)
    def found(self, message: Found) -> None:
        """Show where the words are, if they are still what is looked for."""
        if message.words == self._words:
            self.hits = message.hits
            self._show()

    def _show(self) -> None:
        options = self.query_one(OptionList)
        app = app_of(self)
        ink = Ink(app.theme_variables, high_contrast="contrast" in app.theme)
        width = max(20, self.size.width - 6)
        now = datetime.now(UTC)
        at, under = options.highlighted or 0, self.chosen
        if self.hits is not None:
            rows = [hits_row(hits, width, ink, self._words) for hits in self.hits]
            self._shown = tuple(hits.path for hits in self.hits)
        else:
            rows = [summary_row(session, width, ink, now) for session in self.sessions]
            self._shown = tuple(session.path for session in self.sessions)
        options.clear_options()
        options.add_options(Option(Text("\n").join((row, Text("")))) for row in rows)
        wanted, self._wanted = self._wanted or under, None
        if wanted in self._shown:
            options.highlighted = self._shown.index(wanted)
        elif rows:
            options.highlighted = min(at, len(rows) - 1)  # It is gone; the one after it has its place.
        if options.has_focus and not rows:
            self.set_focus(None)  # Else it would go on to the words to find, and the keys with it.
        options.display = bool(rows)
        if rows and self.focused is None:
            options.focus()
        empty = self.query_one("#empty", Static)
        empty.display = not rows
        if self.hits is not None:
            empty.update(plain(f"Nothing was said of {self._words.strip()!r}."))
        else:
            empty.update(
                plain(
                    "There are no sessions here yet.\n\n"
                    "n  begins one: write a logline, and the room argues over it.\n"
                    "`writersroom demo` plays one that is shipped with the program, with no model."
                )
            )

    def _head(self) -> Text:
        head = Text("writersroom", "bold", end="", no_wrap=True)
        head.append("  ").append(plain(str(self.room.sessions)).plain, "dim")
        return head
