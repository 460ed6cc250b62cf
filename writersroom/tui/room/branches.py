"""The tree of branches, and what two of them have in common and apart."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.console import Group as Lines
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from writersroom.archive import Archive, ArchiveError, Branch
from writersroom.tui.actions import Action, Group, app_of, own_keys
from writersroom.tui.dialogs.dialog import plain
from writersroom.tui.footer import KeyLine, keys_shown
from writersroom.tui.panels.cells import line
from writersroom.tui.panels.ink import Ink
from writersroom.tui.room.comparing import Compared, Run, compared
from writersroom.tui.room.forking import as_tree, parting
from writersroom.view.resuming import screen_at

BRANCHES = Group(
    name="branches",
    title="Branches",
    about=(
        "Every line of the session, each under the one it goes on from. The branch under the cursor is "
        "compared with the marked one: scores of each scene, beats of the plot, the text word by word."
    ),
    actions=(
        Action(name="go", keys=("enter",), label="Go on here", help="Go on along this branch.", footer=True),
        Action(
            name="mark", keys=("space",), label="Mark", help="Compare the others with this one.", footer=True
        ),
        Action(name="down", keys=("j",), label="Down", help="Go down.", palette=False),
        Action(name="up", keys=("k",), label="Up", help="Go up.", palette=False),
        Action(name="leave", keys=("escape", "q"), label="Leave", help="Back to the room.", footer=True),
    ),
)


class BranchesScreen(ModalScreen[Branch | None]):
    """Branches on the left; on the right the one under the cursor beside the marked one."""

    ACTIONS: ClassVar[Group] = BRANCHES
    BINDINGS = BRANCHES.bindings()
    DEFAULT_CSS = """
    BranchesScreen { background: $background; layout: vertical; }
    BranchesScreen OptionList, BranchesScreen OptionList:focus {
        width: 44; height: 1fr; padding: 0; max-width: 45%; border: none; border-right: solid $line;
        background: $background;
    }
    BranchesScreen VerticalScroll { width: 1fr; padding: 0 2; background: $background; }
    BranchesScreen #compared { height: auto; }
    """

    class Ready(Message):
        """Two branches were compared."""

        def __init__(self, pair: tuple[Branch, Branch], found: Compared | str) -> None:
            super().__init__()
            self.pair, self.found = pair, found

    def __init__(self, path: Path, *, here: int) -> None:
        """Show the branches of a session file.

        Args:
            path: the file.
            here: the branch that is looked at; in a replay the file may go on along another.
        """
        super().__init__()
        self._path, self._here = path, here
        self._branches: tuple[Branch, ...] = ()
        self._rows: tuple[tuple[Branch, str], ...] = ()
        self._marked: Branch | None = None
        self.compared: Compared | None = None

    def compose(self) -> ComposeResult:
        """Tree, comparison, keys."""
        with Horizontal():
            yield OptionList(markup=False)
            with VerticalScroll(can_focus=False):
                yield Static(id="compared", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Read the branches."""
        self.query_one(KeyLine).say(keys_shown((BRANCHES,), own_keys(self), live=True))
        try:
            with Archive.open(self._path) as archive:
                self._branches = archive.branches()
        except ArchiveError as error:
            self.query_one("#compared", Static).update(plain(str(error)))
            return
        self._rows = tuple(as_tree(self._branches))
        at = next(at for at, (branch, _) in enumerate(self._rows) if branch.id == self._here)
        self._marked = self._rows[at][0]
        self._list_rows(at=at)

    def action_go(self) -> None:
        """Go on along the branch under the cursor."""
        branch = self._under_cursor()
        if branch is not None:
            self.dismiss(branch)

    @on(OptionList.OptionSelected)
    def go(self) -> None:
        """Enter, or a click."""
        self.action_go()

    def action_mark(self) -> None:
        """Compare with the branch under the cursor."""
        self._marked = self._under_cursor()
        self._list_rows(at=self.query_one(OptionList).highlighted or 0)

    def action_down(self) -> None:
        """Down."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """Up."""
        self.query_one(OptionList).action_cursor_up()

    def action_leave(self) -> None:
        """Back, changing nothing."""
        self.dismiss(None)

    @on(OptionList.OptionHighlighted)
    def look(self) -> None:
        """Compare the branch that the cursor went to."""
        branch = self._under_cursor()
        if branch is None or self._marked is None:
            return
        if branch == self._marked:
            what = "Move to another branch to compare it with this one."
            self.query_one("#compared", Static).update(Text(what, self._ink.dim))
            return
        self._compare(self._marked, branch)

    @work(thread=True, exclusive=True)
    def _compare(self, one: Branch, other: Branch) -> None:
        try:
            with Archive.open(self._path) as archive:
                archive.switch(one)
                mine = screen_at(archive)
                archive.switch(other)
                theirs = screen_at(archive)
            found: Compared | str = compared(mine, theirs, parting(self._branches, one, other))
        except ArchiveError as error:
            found = str(error)
        self.post_message(self.Ready((one, other), found))

    @on(Ready)
    def show(self, message: Ready) -> None:
        """Show what the comparison found, if the cursor is still there: a thread cannot be stopped."""
        if message.pair != (self._marked, self._under_cursor()):
            return
        shown = self.query_one("#compared", Static)
        if isinstance(message.found, str):
            shown.update(plain(message.found))
            return
        self.compared = message.found
        at = parting(self._branches, *message.pair)
        shown.update(comparison(message.found, message.pair[0].id, message.pair[1].id, at, self._ink))

    @property
    def _ink(self) -> Ink:
        app = app_of(self)
        return Ink(app.theme_variables, high_contrast="contrast" in app.theme)

    def _under_cursor(self) -> Branch | None:
        at = self.query_one(OptionList).highlighted
        return None if at is None or at >= len(self._rows) else self._rows[at][0]

    def _list_rows(self, at: int) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(self._row(branch, before)) for branch, before in self._rows)
        options.highlighted = at
        options.focus()

    def _row(self, branch: Branch, before: str) -> Text:
        ink = self._ink
        row = Text(before, ink.faint, no_wrap=True)
        row.append("◆ " if branch == self._marked else "  ", ink.accent)
        row.append(f"branch {branch.id}", ink.bold if branch.id == self._here else ink.plain)
        since = f"from turn {branch.fork_turn}, " if branch.fork_turn is not None else ""
        row.append(f"  {since}to {branch.turn}", ink.dim)
        if branch.id == self._here:
            row.append("  here", ink.accent)
        return row


def comparison(found: Compared, one: int, other: int, at: int, ink: Ink) -> Lines:
    """What two branches have in common and apart, as it is shown: `-` is the one, `+` the other."""
    styles = {"both": ink.plain, "one": ink.bad, "other": ink.good}
    head = Text()
    head.append(f"They part after turn {at}.  ")
    head.append(f"- branch {one}", styles["one"]).append("   ")
    head.append(f"+ branch {other}", styles["other"]).append("\n")
    scores = Text("\nScores", ink.accent)
    for scene, mine, theirs in found.scores:
        scores.append(f"\n  {line(scene):<6}", ink.plain)
        scores.append(_number(mine), styles["one"]).append("  ").append(_number(theirs), styles["other"])
    if not found.scores:
        scores.append("\n  none yet", ink.dim)
    plot = Text("\n\nPlot", ink.accent)
    plot.append(f"\n  {found.shared} beats alike; {found.links[0]} and {found.links[1]} links", ink.dim)
    for run in found.beats:
        plot.append(f"\n  {'-' if run.side == 'one' else '+'} {line(run.text)}", styles[run.side])
    text = Text("\n\nText\n", ink.accent)
    return Lines(head, scores, plot, text, _woven(found.text, ink))


def _woven(runs: tuple[Run, ...], ink: Ink) -> Text:
    text = Text()
    for run in runs:
        words = plain(run.text).plain
        if run.side == "both":
            text.append(words, ink.plain)
        elif run.side == "one":
            text.append(f"[-{words}-]", ink.bad)
        else:
            text.append(f"{{+{words}+}}", ink.good)
    return text if runs else Text("  nothing has been said on either", ink.dim)


def _number(score: float | None) -> str:
    return "  - " if score is None else f"{score:.2f}"
