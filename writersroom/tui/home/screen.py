"""Home: the sessions there are, found as one types, and all that can be done with one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Final

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen as TextualScreen
from textual.timer import Timer
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from writersroom.archive import (
    SUFFIX,
    ArchiveError,
    SessionHits,
    SessionSummary,
    list_sessions,
    search_sessions,
)
from writersroom.resources import Room
from writersroom.tui.actions import Action, Group, app_of
from writersroom.tui.dialogs.asking import AskLine
from writersroom.tui.dialogs.dialog import plain
from writersroom.tui.footer import KeyLine, keys_shown
from writersroom.tui.home.form import NewSession, Wanted
from writersroom.tui.home.keeping import (
    CannotKeep,
    Deleted,
    branched_copy,
    delete,
    forget_old,
    free_name,
    name_problem,
    rename,
    restore,
    stem_of,
)
from writersroom.tui.home.rows import hits_row, summary_row
from writersroom.tui.opening import Opener, OpeningScreen
from writersroom.tui.panels.ink import Ink
from writersroom.tui.playing.wanted import Model
from writersroom.tui.room.screen import RoomScreen

TYPING: Final = 0.12
"""Seconds without a key after which what was typed is looked for."""

HOME = Group(
    name="home",
    title="Sessions",
    about=(
        "Every session of this room, the one that went on last first. Type / and some words to find where "
        "they were said, in all sessions."
    ),
    actions=(
        Action(name="resume", keys=("enter",), label="Resume", help="Go on with the session.", footer=True),
        Action(
            name="replay", keys=("p",), label="Replay", help="Play it again, without a model.", footer=True
        ),
        Action(name="new", keys=("n",), label="New", help="Begin a new session.", footer=True),
        Action(name="find", keys=("slash",), label="Find", help="Find words in all sessions.", footer=True),
        Action(
            name="branch",
            keys=("b",),
            label="Branch",
            help="Make a session of its own that goes on from one of its turns.",
        ),
        Action(name="rename", keys=("r",), label="Rename", help="Give the session file another name."),
        Action(
            name="delete", keys=("delete", "x"), label="Delete", help="Put the session away.", footer=True
        ),
        Action(name="undo", keys=("u",), label="Undo", help="Bring back what was deleted last."),
        Action(name="refresh", keys=("f5",), label="Refresh", help="Look at the folder again."),
        Action(name="down", keys=("j",), label="Down", help="Go down.", palette=False),
        Action(name="up", keys=("k",), label="Up", help="Go up.", palette=False),
        Action(name="clear", keys=("escape",), label="Clear", help="Show all sessions.", palette=False),
        Action(name="leave", keys=("q",), label="Quit", help="Leave the program."),
    ),
)


class HomeScreen(TextualScreen[None]):
    """The list of sessions."""

    ACTIONS: ClassVar[Group] = HOME
    BINDINGS = HOME.bindings()
    AUTO_FOCUS = ""  # Where the list is empty that would be the words to find, and they would take the keys.
    DEFAULT_CSS = """
    HomeScreen { layout: vertical; }
    HomeScreen #head { height: 1; background: $panel; padding: 0 1; }
    HomeScreen Input, HomeScreen Input:focus {
        border: none; height: 1; margin: 1 0 0 0; padding: 0 2; background: $surface;
    }
    HomeScreen Input:focus { background: $panel; }
    HomeScreen OptionList, HomeScreen OptionList:focus {
        border: none; height: 1fr; margin: 1 0 0 0; background: $background; padding: 0;
        background-tint: $background 0%;
    }
    HomeScreen OptionList > .option-list--option { padding: 0 2; }
    HomeScreen #empty { display: none; height: 1fr; padding: 2 3; color: $faint; }
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

    def __init__(self, room: Room, opener: Opener, model: Model) -> None:
        """List the sessions of a room.

        Args:
            room: where they are.
            opener: opens them.
            model: what plays them, unless something else is asked for.
        """
        super().__init__()
        self.room, self._opener, self._model = room, opener, model
        self.sessions: tuple[SessionSummary, ...] = ()
        self.hits: tuple[SessionHits, ...] | None = None
        self.deleted: list[Deleted] = []
        self._words = ""
        self._typing: Timer | None = None
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
        self.query_one(OptionList).focus()
        self.action_refresh()

    def on_screen_resume(self) -> None:
        """Something may have happened to a session."""
        self.action_refresh()

    def on_descendant_focus(self) -> None:
        """Other keys matter now."""
        keys = dict(getattr(getattr(app_of(self), "config", None), "keys", {}))
        self.query_one(KeyLine).say(
            keys_shown((HOME, *filter(None, [getattr(app_of(self), "ACTIONS", None)])), keys, live=True)
        )

    def on_resize(self) -> None:
        """Lines are cut to the width."""
        self._show()

    # What there is

    def action_refresh(self) -> None:
        """Look at the folder again."""
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
        """Show what there is."""
        self.sessions = message.sessions
        if message.problem:
            self.notify(message.problem, severity="error", markup=False)
        self._show()

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
        under = self.chosen
        now = datetime.now(UTC)
        if self.hits is not None:
            rows = [hits_row(hits, width, ink, self._words) for hits in self.hits]
            paths = [hits.path for hits in self.hits]
        else:
            rows = [summary_row(session, width, ink, now) for session in self.sessions]
            paths = [session.path for session in self.sessions]
        options.clear_options()
        options.add_options(Option(Text("\n").join((row, Text("")))) for row in rows)
        wanted, self._wanted = self._wanted or under, None
        if paths:
            options.highlighted = paths.index(wanted) if wanted in paths else 0
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

    @property
    def chosen(self) -> Path | None:
        """The session that the cursor is on."""
        at = self.query_one(OptionList).highlighted
        shown = self.sessions if self.hits is None else self.hits
        return shown[at].path if at is not None and at < len(shown) else None

    # What can be done

    @on(OptionList.OptionSelected)
    def selected(self) -> None:
        """Enter, or a click."""
        self.action_resume()

    def action_resume(self) -> None:
        """Go on with the session; where words were looked for, see where they were said."""
        path = self.chosen
        if path is None:
            return
        if self.hits is not None:
            self.action_replay()
            return
        try:
            self._open(self._opener.resumed(path, self._model))
        except ArchiveError as error:
            self._say(error)

    def action_replay(self) -> None:
        """Play it again; where words were looked for, from where they were said."""
        path = self.chosen
        if path is None:
            return
        at: int | None = None
        if self.hits is not None:
            hits = next(found for found in self.hits if found.path == path)
            at = hits.hits[0].turn if hits.hits else None
        try:
            self._open(self._opener.replayed(path, at=at, playing=at is None))
        except ArchiveError as error:
            self._say(error)

    def action_new(self) -> None:
        """Ask for a logline, and begin."""

        def begin(wanted: Wanted | None) -> None:
            if wanted is None:
                return
            sessions = self.room.sessions
            if wanted.beginning.room != self.room.root:
                sessions = wanted.beginning.room / "sessions"
            try:
                sessions.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                self._say(error)
                return
            path = free_name(sessions, stem_of(wanted.beginning.logline))
            model = self._model.model_copy(update={"name": wanted.model or self._model.name})
            opening = OpeningScreen(
                lambda: self._opener.begun(path, wanted.beginning, model), wanted.beginning.logline
            )
            app_of(self).push_screen(opening, self._open)

        app_of(self).push_screen(NewSession(self.room.root, model=self._model.name or ""), begin)

    def action_branch(self) -> None:
        """Ask for a turn, and make a session that goes on from there."""
        path = self.chosen
        session = next((one for one in self.sessions if one.path == path), None)
        if path is None or session is None or session.problem:
            return

        def check(line: str) -> str:
            good = line.strip().isdecimal() and int(line) <= session.turns
            return "" if good else f"Write a number from 0 to {session.turns}."

        def branch(line: str | None) -> None:
            if line is None:
                return
            try:
                self._wanted = branched_copy(path, int(line))
            except ArchiveError as error:
                self._say(error)
            self.action_refresh()

        hint = "A session of its own goes on from after this turn; this one stays as it is."
        asked = AskLine("Branch after turn", value=str(session.turns), hint=hint, check=check)
        app_of(self).push_screen(asked, branch)

    def action_rename(self) -> None:
        """Ask for a name."""
        path = self.chosen
        if path is None:
            return

        def move(name: str | None) -> None:
            if name is None:
                return
            try:
                self._wanted = rename(path, name)
            except (ArchiveError, CannotKeep) as error:
                self._say(error)
            self.action_refresh()

        stem = path.name.removesuffix(SUFFIX)
        asked = AskLine("Rename", value=stem, check=lambda name: name_problem(name, path.parent))
        app_of(self).push_screen(asked, move)

    def action_delete(self) -> None:
        """Put it away."""
        path = self.chosen
        if path is None:
            return
        try:
            self.deleted.append(delete(path))
        except (ArchiveError, CannotKeep) as error:
            self._say(error)
            return
        self.notify(f"{path.name} was put away; u brings it back.", markup=False)
        self.action_refresh()

    def action_undo(self) -> None:
        """Bring back what was put away last."""
        if not self.deleted:
            self.notify("Nothing was deleted since the program was started.")
            return
        try:
            self._wanted = restore(self.deleted[-1])
            self.deleted.pop()
        except (ArchiveError, CannotKeep) as error:
            self._say(error)
        self.action_refresh()

    def action_find(self) -> None:
        """Write what to look for."""
        self.query_one(Input).focus()

    def action_clear(self) -> None:
        """Show all sessions."""
        self.query_one(Input).value = ""
        self.query_one(OptionList).focus()

    def action_down(self) -> None:
        """Down."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """Up."""
        self.query_one(OptionList).action_cursor_up()

    def action_leave(self) -> None:
        """Leave the program."""
        self.dismiss(None)

    def _open(self, screen: RoomScreen | None) -> None:
        if screen is not None:
            app_of(self).push_screen(screen)

    def _say(self, error: Exception) -> None:
        self.notify(str(error), severity="error", markup=False, timeout=8)

    def _head(self) -> Text:
        head = Text("writersroom", "bold", end="", no_wrap=True)
        head.append("  ").append(plain(str(self.room.sessions)).plain, "dim")
        return head
