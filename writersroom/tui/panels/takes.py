"""Two takes side by side: what the one says and the other does not; of a scene also how each was scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final, NamedTuple

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip

from writersroom.events import EventId
from writersroom.tui.actions import Action, Group
from writersroom.tui.messages import TakeChosen
from writersroom.tui.panels.cells import fit, line, safe
from writersroom.tui.panels.panel import CURSOR, Lines, Part, Sheet, strip
from writersroom.tui.panels.worddiff import Pair, Word, compared
from writersroom.view.pages import Draft, Page
from writersroom.view.screen import Screen

NARROW: Final = 68
"""Columns below which the takes stand one below the other, line by line."""


NO_TAKE: Final = "No take has been written of this scene yet."


class Wording(NamedTuple):
    """What was said in a turn, on one of its branches."""

    name: str
    text: str


class TakesDiff(Lines):
    """The take before on the left, the take one looks at on the right."""

    ACTIONS: ClassVar[Group] = Group(
        name="takes",
        title="Takes",
        about=(
            "Two takes of one scene beside each other, with their scores above; or two of one turn, once < "
            "or > has gone from one to the other. Words that only one of them has are underlined, and a sign "
            "before the line says which: - left only, + right only, ~ changed. ✓ is the take that was chosen."
        ),
        actions=(
            *CURSOR,
            Action(
                name="left", keys=("left", "h"), label="Before", help="Look at the take before.", footer=True
            ),
            Action(
                name="right", keys=("right", "l"), label="After", help="Look at the take after.", footer=True
            ),
            Action(name="change", keys=("n",), label="Change", help="Go to the next change.", footer=True),
            Action(name="change_back", keys=("N",), label="Back", help="Go to the change before."),
            Action(name="open", keys=("enter",), label="Choose", help="Go to this take.", footer=True),
        ),
    )
    BINDINGS = ACTIONS.bindings()

    take: reactive[str] = reactive("")
    """The take one looks at; empty: the last of the scene."""
    other: reactive[str] = reactive("")
    """What it is held against; empty: the take before it."""
    said: reactive[tuple[Wording, Wording] | None] = reactive(None)
    """Two wordings of a turn, which are shown instead."""

    def __init__(
        self,
        *,
        text_of: Callable[[EventId], str | None] | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Make the panel.

        Args:
            text_of: fetches the text that an event gave a take, for takes that are no longer in memory.
            id: the widget's.
            classes: the widget's.
        """
        super().__init__(id=id, classes=classes)
        self._text_of = text_of
        self._changes: list[int] = []
        """The first line of every run of changes."""
        self._compared: tuple[tuple[str, str], tuple[Pair, ...]] = (("", ""), ())

    def parts(self, screen: Screen) -> tuple[object, ...]:
        """What of a screen the panel draws."""
        return (screen.script.pages, screen.scene)

    def compare(self, take: str, other: str = "") -> None:
        """Look at a take, beside another or the one before it."""
        self.take, self.other, self.said = take, other, None

    def hold(self, before: Wording, after: Wording) -> None:
        """Look at two wordings of one turn."""
        self.said = (before, after)

    @property
    def page(self) -> Page | None:
        """The scene whose takes are shown."""
        pages = self.value.script.pages
        scene = self.take.rpartition(".")[0] or self.value.scene
        return pages.get(scene)

    @property
    def drafts(self) -> tuple[Draft | None, Draft | None]:
        """The two takes, left and right."""
        page = self.page
        if page is None or not page.drafts:
            return None, None
        named = {draft.take: draft for draft in page.drafts}
        right = named.get(self.take) or page.drafts[-1]
        at = page.drafts.index(right)
        left = named.get(self.other) or (page.drafts[at - 1] if at else None)
        return (None if left is right else left), right

    # Drawing.

    def lines(self, size: Size) -> Sheet:
        """Scores, and the two texts."""
        ink = self.ink
        left, right = self.drafts
        self._changes = []
        wide = size.width >= NARROW
        room = (size.width - 7) // 2 if wide else size.width - 4
        if self.said is not None:
            before, after = self.said
            body = self._body(before.text, after.text, room, wide=wide, alone=False)
            return Sheet(body, self._named(before.name, after.name, room, wide=wide))
        if right is None:
            return Sheet([strip((f" {NO_TAKE}", ink.dim))])
        old, new = self._text(left) if left else "", self._text(right)
        if old is None or new is None:
            missing = left if old is None and left is not None else right
            said = f" The text of {line(missing.take)} is not at hand."
            return Sheet([strip((said, ink.dim))], self._head(left, right, room, wide=wide))
        body = self._body(old, new, room, wide=wide, alone=left is None)
        return Sheet(body, self._head(left, right, room, wide=wide))

    def _body(self, old: str, new: str, room: int, *, wide: bool, alone: bool) -> list[Strip]:
        """Two texts line by line, or the new one alone."""
        if self._compared[0] != (old, new):
            self._compared = ((old, new), compared(old, new))
        body: list[Strip] = []
        was_same = True
        for pair in self._compared[1]:
            same = alone or pair.same
            if not same and was_same:
                self._changes.append(len(body))
            was_same = same
            body += self._wide(pair, room, alone=alone) if wide else self._narrow(pair, room, alone=alone)
        return body

    def _named(self, before: str, after: str, room: int, *, wide: bool) -> list[Strip]:
        """The names of two wordings over them."""
        ink = self.ink
        before, after = fit(line(before), room), fit(line(after), room)
        if wide:
            gap = " " * (room + 3 - cell_len(before))
            rows = [strip((" ", ink.plain), (before, ink.bold), (f"{gap}│ ", ink.faint), (after, ink.bold))]
        else:
            rows = [strip((" - ", ink.bad), (before, ink.bold)), strip((" + ", ink.good), (after, ink.bold))]
        return [*rows, strip(("─" * self.size.width, ink.faint))]

    def _head(self, left: Draft | None, right: Draft, room: int, *, wide: bool) -> list[Strip]:
        ink = self.ink
        mine = self._scores(right, left)
        page = self.page
        heading = fit(line(page.heading), max(0, self.size.width - 12)) if page else ""
        rows = [strip((f" {line(page.scene) if page else ''}  ", ink.bold), (heading, ink.plain))]
        if left is None:
            rows.append(strip((" ", ink.plain), *mine))
        elif wide:
            theirs = self._scores(left, None)
            used = sum(cell_len(text) for text, _ in theirs)
            gap = " " * max(1, room + 3 - used)
            rows.append(strip((" ", ink.plain), *theirs, (f"{gap}│ ", ink.faint), *mine))
        else:
            rows += [strip((" - ", ink.bad), *self._scores(left, None)), strip((" + ", ink.good), *mine)]
        return [*rows, strip(("─" * self.size.width, ink.faint))]

    def _scores(self, draft: Draft, before: Draft | None) -> list[Part]:
        ink = self.ink
        page = self.page
        gap = "  " if self.size.width >= 120 or self.size.width < NARROW else " "
        chosen = page is not None and page.chosen == draft.take
        parts: list[Part] = [(line(draft.take), ink.bold), (" ✓" if chosen else "", ink.good)]
        for name, value, old in (
            ("D", draft.d, before.d if before else None),
            ("C", draft.c, before.c if before else None),
            ("J", draft.j, before.j if before else None),
        ):
            if value is not None:
                parts.append((f"{gap}{name} {value:.2f}", ink.plain))
            if value is not None and old is not None:
                parts.append((f" {value - old:+.2f}", ink.good if value >= old else ink.bad))
        return parts

    def _wide(self, pair: Pair, room: int, *, alone: bool) -> list[Strip]:
        """The two forms of a line beside each other."""
        ink = self.ink
        if alone:
            return [
                strip(("   ", ink.plain), *row) for row in self._rows(pair.right or (), 2 * room, ink.plain)
            ]
        left = self._rows(pair.left or (), room, ink.bad)
        right = self._rows(pair.right or (), room, ink.good)
        sign = " " if pair.same else "-" if pair.right is None else "+" if pair.left is None else "~"
        rows: list[Strip] = []
        for at in range(max(len(left), len(right), 1)):
            here = left[at] if at < len(left) else []
            there = right[at] if at < len(right) else []
            used = sum(cell_len(text) for text, _ in here)
            style = {"-": ink.bad, "+": ink.good}.get(sign, ink.warn)
            gap = (" " * (room - used) + " ", ink.plain)
            rows.append(strip((f" {sign} ", style), *here, gap, ("│ ", ink.faint), *there))
        return rows

    def _narrow(self, pair: Pair, room: int, *, alone: bool) -> list[Strip]:
        """The two forms of a line below each other, or one where they are the same."""
        ink = self.ink
        if pair.same or alone:
            return [
                strip(("   ", ink.plain), *row)
                for row in self._rows(pair.right or (), room, ink.plain) or [[]]
            ]
        rows: list[Strip] = []
        for words, sign, style in ((pair.left, "-", ink.bad), (pair.right, "+", ink.good)):
            if words is not None:
                rows += [strip((f" {sign} ", style), *row) for row in self._rows(words, room, style) or [[]]]
        return rows

    def _rows(self, words: Sequence[Word], room: int, style: Style) -> list[list[Part]]:
        """Words as lines of a width."""
        ink = self.ink
        differs = style + Style(bold=True, underline=True)
        rows: list[list[Part]] = []
        used = 0
        for word in words:
            text = fit(safe(word.text), room)
            size = cell_len(text)
            if not rows or used + 1 + size > room:
                rows.append([])
                used = 0
            if used:
                before = rows[-1][-1][1]
                rows[-1].append((" ", differs if word.new and before is differs else ink.plain))
                used += 1
            rows[-1].append((text, differs if word.new and style is not ink.plain else ink.plain))
            used += size
        return rows

    def _text(self, draft: Draft) -> str | None:
        if draft.text is not None or self._text_of is None:
            return draft.text
        return self._text_of(draft.text_from)

    @property
    def pointed(self) -> EventId:
        """The take that is looked at."""
        _, right = self.drafts
        return right.event if right is not None and self.said is None else 0

    # Moving about.

    def watch_take(self) -> None:
        """Show the take."""
        self._again()

    def watch_other(self) -> None:
        """Show what it is held against."""
        self._again()

    def watch_said(self) -> None:
        """Show the wordings, or the takes again."""
        self._again()

    def _again(self) -> None:
        if self.is_attached and self.size.width:
            self.changed()
            self.scroll_to(y=0, animate=False, force=True)

    def step(self, by: int) -> bool:
        """Look at another take of the scene, -1 the one before, 1 the one after; False: there is none."""
        page, (_, right) = self.page, self.drafts
        at = -1 if page is None or right is None else page.drafts.index(right) + by
        if page is None or not 0 <= at < len(page.drafts):
            return False
        self.compare(page.drafts[at].take)
        return True

    def _step_or_say(self, by: int) -> None:
        if not self.step(by):
            which = "before" if by < 0 else "after"
            _, right = self.drafts
            self.refuse(f"There is no take of this scene {which} this one." if right else NO_TAKE)

    def action_left(self) -> None:
        """Look at the take before."""
        self._step_or_say(-1)

    def action_right(self) -> None:
        """Look at the take after."""
        self._step_or_say(1)

    def action_up(self) -> None:
        """Scroll up."""
        self.scroll_to(y=self.scroll_offset.y - 1, animate=False, force=True)

    def action_down(self) -> None:
        """Scroll down."""
        self.scroll_to(y=self.scroll_offset.y + 1, animate=False, force=True)

    def action_page_up(self) -> None:
        """Scroll a page up."""
        self.scroll_to(y=self.scroll_offset.y - self.size.height + 4, animate=False, force=True)

    def action_page_down(self) -> None:
        """Scroll a page down."""
        self.scroll_to(y=self.scroll_offset.y + self.size.height - 4, animate=False, force=True)

    def action_change(self) -> None:
        """Go to the next change."""
        top = self.scroll_offset.y
        self._go(next((at for at in self._changes if at > top), None), "below")

    def action_change_back(self) -> None:
        """Go to the change before."""
        top = self.scroll_offset.y
        self._go(next((at for at in reversed(self._changes) if at < top), None), "above")

    def _go(self, at: int | None, way: str) -> None:
        if at is not None:
            self.scroll_to(y=at, animate=False, force=True)
        elif self._changes:
            self.refuse(f"There is no other change {way}.")
        else:
            self.refuse("There are no two takes here that differ.")

    def action_open(self) -> None:
        """Go to the take."""
        _, right = self.drafts
        if right is not None:
            self.post_message(TakeChosen(right.take))
        else:
            self.refuse(NO_TAKE)
