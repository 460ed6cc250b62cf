"""Home's screen: what a person does to sessions, besides looking for one."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.widgets import Input, OptionList

from writersroom.archive import SUFFIX, ArchiveError, free_name, stem_of
from writersroom.resources import Room, sample_session
from writersroom.tui.actions import Group, app_of
from writersroom.tui.dialogs.asking import AskLine, number_in
from writersroom.tui.home.doing import HOME
from writersroom.tui.home.form import NewSession, Wanted
from writersroom.tui.home.keeping import (
    CannotKeep,
    Deleted,
    branched_copy,
    delete,
    name_problem,
    rename,
    restore,
)
from writersroom.tui.home.listing import Listing
from writersroom.tui.opening import Opener, OpeningScreen
from writersroom.tui.playing.wanted import Model
from writersroom.tui.room.screen import SAMPLE_STAYS, RoomScreen


class HomeScreen(Listing):
    """The list of sessions, and all that can be done to one.

    Attributes:
        deleted: what was put away and can be brought back, the last at the end.
    """

    ACTIONS: ClassVar[Group] = HOME
    BINDINGS = HOME.bindings()

    def __init__(self, room: Room, opener: Opener, model: Model) -> None:
        """List the sessions of a room.

        Args:
            room: where they are.
            opener: opens them.
            model: what plays them, unless something else is asked for.
        """
        super().__init__(room)
        self._opener, self._model = opener, model
        self.deleted: list[Deleted] = []

    # Opening

    @on(OptionList.OptionSelected)
    def selected(self) -> None:
        """Enter, or a click."""
        self.action_resume()

    def action_resume(self) -> None:
        """Go on with the session; where words were looked for, see where they were said."""
        path = self._chosen_or_said()
        if path is None:
            return
        if self.hits is not None or path == sample_session():
            self.action_replay()
            return
        try:
            self._open(self._opener.resumed(path, self._model))
        except ArchiveError as error:
            self._say(error)

    def action_replay(self) -> None:
        """Play it again; where words were looked for, from where they were said."""
        path, hit = self._chosen_or_said(), self.chosen_hit
        if path is None:
            return
        try:
            self._open(self._opener.replayed(path, event=hit.event if hit else None, playing=hit is None))
        except ArchiveError as error:
            self._say(error)

    def action_new(self) -> None:
        """Ask for a logline, and begin."""
        self._ask_for_new(None)

    def _ask_for_new(self, filled: Wanted | None) -> None:
        """Ask what a new session is to be about; what stands there already is `filled`."""
        form = NewSession(self.room.root, model=self._model.name or "", filled=filled)
        app_of(self).push_screen(form, self._begin)

    def _begin(self, wanted: Wanted | None) -> None:
        """Begin a session; where that cannot be done, the form comes back as it was filled in."""
        if wanted is None:
            return
        sessions = self.room.sessions
        if wanted.beginning.room != self.room.root:
            sessions = wanted.beginning.room / "sessions"
        try:
            sessions.mkdir(parents=True, exist_ok=True)
            path = free_name(sessions, stem_of(wanted.beginning.logline))
        except OSError as error:
            self._say(error)
            self._ask_for_new(wanted)
            return
        model = self._model.model_copy(update={"name": wanted.model or self._model.name})

        def opened(room: RoomScreen | None) -> None:
            if room is None:
                self._ask_for_new(wanted)
            else:
                self._open(room)

        opening = OpeningScreen(
            lambda: self._opener.begun(path, wanted.beginning, model), wanted.beginning.logline
        )
        app_of(self).push_screen(opening, opened)

    # Files

    def action_branch(self) -> None:
        """Ask for a turn, and make a session that goes on from there."""
        path = self._chosen_or_said()
        session = next((one for one in self.sessions if one.path == path), None)
        if path is None:
            return
        if session is None or session.problem:
            self.notify("This session cannot be read, so nothing can go on from it.", severity="warning")
            return

        def check(line: str) -> str:
            good = number_in(line, session.turns) is not None
            return "" if good else f"Write a number from 0 to {session.turns}."

        def branch(line: str | None) -> None:
            turn = None if line is None else number_in(line, session.turns)
            if turn is None:
                return
            try:
                self.look(branched_copy(path, turn))
            except ArchiveError as error:
                self._refuse(error)

        hint = "A session of its own goes on from after this turn; this one stays as it is."
        asked = AskLine("Branch after turn", value=str(session.turns), hint=hint, check=check)
        app_of(self).push_screen(asked, branch)

    def action_rename(self) -> None:
        """Ask for a name."""
        path = self._own()
        if path is None:
            return

        def move(name: str | None) -> None:
            if name is None:
                return
            try:
                self.look(rename(path, name))
            except (ArchiveError, CannotKeep) as error:
                self._refuse(error)

        stem = path.name.removesuffix(SUFFIX)
        asked = AskLine("Rename", value=stem, check=lambda name: name_problem(name, path.parent))
        app_of(self).push_screen(asked, move)

    def action_delete(self) -> None:
        """Put it away."""
        path = self._own()
        if path is None:
            return
        try:
            self.deleted.append(delete(path))
        except (ArchiveError, CannotKeep) as error:
            self._refuse(error)
            return
        self.notify(f"{path.name} was put away; u brings it back.", markup=False)
        self.look()

    def action_undo(self) -> None:
        """Bring back what was put away last."""
        if not self.deleted:
            self.notify("Nothing was deleted since the program was started.")
            return
        try:
            self.look(restore(self.deleted[-1]))
            self.deleted.pop()
        except (ArchiveError, CannotKeep) as error:
            self._refuse(error)

    def action_refresh(self) -> None:
        """Look at the folder again."""
        self.look()

    # Moving about

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

    def _open(self, screen: RoomScreen) -> None:
        app_of(self).push_screen(screen)

    def _chosen_or_said(self) -> Path | None:
        """The session under the cursor; where there is none, that is said."""
        if self.chosen is None:
            if self.hits is not None:
                why = "No session has such words."
            elif self.looking:
                why = "The sessions are still being looked for."
            else:
                why = "There is no session yet; n begins one."
            self.notify(why, severity="warning")
        return self.chosen

    def _own(self) -> Path | None:
        """The session under the cursor, if it is a person's; where it is not, that is said."""
        path = self._chosen_or_said()
        if path is not None and path == sample_session():
            self.notify(SAMPLE_STAYS, severity="warning")
            return None
        return path

    def _refuse(self, error: Exception) -> None:
        """Say why it cannot be done, and show the folder as it is."""
        self._say(error)
        self.look()

    def _say(self, error: Exception) -> None:
        self.notify(str(error), severity="error", markup=False, timeout=8)
