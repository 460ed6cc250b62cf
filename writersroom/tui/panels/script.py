"""The screenplay so far, as it would print: every scene once, in the order in which it is told.

A scene is its chosen take, or else its last; one without a finished take is what has been spoken in it. It
follows what is being written until one scrolls away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import events
from textual.geometry import Size
from textual.reactive import reactive

from writersroom.events import EventId
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.scene_opened import SceneOpened
from writersroom.tui.actions import Action, Group
from writersroom.tui.messages import TakeChosen
from writersroom.tui.panels.cells import fit, line, wrap
from writersroom.tui.panels.panel import CURSOR, Lines, Part, Sheet
from writersroom.view.pages import Page, in_telling_order, played
from writersroom.view.screen import Screen

if TYPE_CHECKING:
    from writersroom.tui.panels.page import Block, Setter


class ScriptPanel(Lines):
    """Pages of the screenplay."""

    ACTIONS: ClassVar[Group] = Group(
        name="script",
        title="Script",
        about=(
            "The screenplay so far, with the margins and pages it would have in print. Of each scene it "
            "shows the take that was chosen, or else the last. It follows what is being written until you "
            "scroll; press G to follow again."
        ),
        actions=(
            *CURSOR,
            Action(name="next", keys=("n",), label="Scene", help="Go to the next scene.", footer=True),
            Action(name="previous", keys=("N",), label="Scene before", help="Go to the scene before."),
            Action(name="latest", keys=("G",), label="Latest", help="Go to what is being written."),
            Action(
                name="open",
                keys=("enter",),
                label="Takes",
                help="See the takes of this scene side by side.",
                footer=True,
            ),
        ),
    )
    BINDINGS = ACTIONS.bindings()

    cursor: reactive[str] = reactive("")
    """The scene that one looks at; empty: the one that is being written."""

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
        self._set: dict[str, tuple[tuple[object, ...], list[Block]]] = {}
        """The blocks of every scene, and what they were made from."""
        self._setter: Setter | None = None
        self._spans: dict[str, range] = {}
        self._scene = ""

    def parts(self, screen: Screen) -> tuple[object, ...]:
        """What of a screen the panel draws."""
        open_ = screen.script.pages.get(screen.scene)
        playing = screen.debate if open_ is not None and open_.best is None else None
        return (screen.script.pages, screen.masthead, screen.scene, playing, screen.plot.order)

    def forget(self) -> None:
        """Set everything anew."""
        self._set.clear()
        self._setter = None

    # Drawing.

    @property
    def pages(self) -> list[Page]:
        """The scenes in telling order."""
        return in_telling_order(self.value.script, self.value.plot.order)

    def lines(self, size: Size) -> Sheet:
        """Title, then page after page."""
        from writersroom.tui.panels.page import Setter, paginated  # noqa: PLC0415  # Fountain takes 0.1 s to load

        ink = self.ink
        if self._setter is None:
            self._setter = Setter(ink, size.width)
        width, set_line = self._setter.measure.text, self._setter.line
        body = [set_line(*parts) for parts in self._title(width)]
        pages = self.pages
        blocks: list[Block] = []
        begins: dict[int, Page] = {}
        for page in pages:
            begins[len(blocks)] = page
            blocks += self._blocks(page)
        if not blocks:
            body.append(set_line((fit("Nothing has been written yet.", width), ink.dim)))
        self._spans, starts = {}, dict[str, int]()
        number = 1
        for at, (page_number, block, blanks) in enumerate(paginated(blocks)):
            if page_number > number:
                number = page_number
                tail = f" {number}."
                body += [set_line(), set_line(("─" * (width - len(tail)), ink.faint), (tail, ink.dim))]
            body += [set_line()] * max(blanks, 1)
            if at in begins:
                starts[begins[at].scene] = len(body)
            body += block.lines
        body.append(set_line())
        ends = [*starts.values(), len(body)][1:]
        self._spans = {
            scene: range(start, end) for (scene, start), end in zip(starts.items(), ends, strict=True)
        }
        head = self._spans.get(self.cursor, range(0))
        return Sheet(body, marked=range(head.start, min(head.stop, head.start + 1)))

    def draw(self) -> None:
        """Set what has changed, and follow what is being written."""
        super().draw()
        if not self.cursor and self.value.scene in self._spans:
            self.reveal(self._spans[self.value.scene])
            self._scene = self.value.scene

    def _title(self, width: int) -> list[list[Part]]:
        ink, masthead = self.ink, self.value.masthead
        rows: list[list[Part]] = [[]]
        for text, style in ((masthead.title.upper(), ink.bold), (masthead.logline, ink.dim)):
            for words in wrap(text, width - 8) if text else ():
                rows.append([(" " * ((width - cell_len(words)) // 2) + words, style)])
        return rows

    def _blocks(self, page: Page) -> list[Block]:
        assert self._setter is not None
        best = page.best
        spoken = self._spoken(page) if best is None else []
        made_from = (best.take, best.text_from) if best is not None else (page, *spoken)
        known = self._set.get(page.scene)
        if known is not None and known[0] == made_from:
            return known[1]
        if best is None:
            opened = SceneOpened(
                scene=page.scene,
                heading=page.heading,
                beats=page.beats,
                purpose=page.purpose,
                synopsis=page.synopsis,
            )
            blocks = self._setter.spoken(opened, spoken, self.value.plot.beats)
        else:
            text = best.text
            if text is None and self._text_of is not None:
                text = self._text_of(best.text_from)
            if text is None:
                missing = f"The text of {line(best.take)} is not at hand."
                return self._setter.take(f".{page.heading or page.scene}\n\n{missing}")
            blocks = self._setter.take(text)
        self._set[page.scene] = (made_from, blocks)
        return blocks

    def _spoken(self, page: Page) -> list[LineSpoken]:
        """What has been spoken of the scene, as `played` has it."""
        prefix = f"{page.scene}."
        return played(
            item.event.body
            for item in self.value.debate
            if isinstance(item.event.body, LineSpoken) and item.event.body.take.startswith(prefix)
        )

    # Moving about.

    def watch_cursor(self, _old: str, scene: str) -> None:
        """Show the scene."""
        if self.is_attached and self.size.width:
            self.changed()
            if scene in self._spans:
                self.scroll_to(y=max(0, self._spans[scene].start - 2), animate=False, force=True)

    def _scene_in_sight(self) -> str:
        top = self.scroll_offset.y
        seen = [scene for scene, span in self._spans.items() if span.start <= top + 3]
        return seen[-1] if seen else next(iter(self._spans), "")

    def _by(self, lines: int) -> None:
        if self._spans:
            self.scroll_to(y=self.scroll_offset.y + lines, animate=False, force=True)
            self.set_reactive(ScriptPanel.cursor, self._scene_in_sight())
            self.changed()

    def action_up(self) -> None:
        """Scroll up."""
        self._by(-1)

    def action_down(self) -> None:
        """Scroll down."""
        self._by(1)

    def action_page_up(self) -> None:
        """Scroll a page up."""
        self._by(-max(1, self.size.height - 2))

    def action_page_down(self) -> None:
        """Scroll a page down."""
        self._by(max(1, self.size.height - 2))

    def action_next(self) -> None:
        """Go to the next scene."""
        self._go(1)

    def action_previous(self) -> None:
        """Go to the scene before."""
        self._go(-1)

    def _go(self, by: int) -> None:
        scenes = list(self._spans)
        if scenes:
            here = self.cursor if self.cursor in scenes else self._scene_in_sight()
            scene = scenes[min(len(scenes) - 1, max(0, scenes.index(here) + by))]
            if scene == self.cursor:
                self.refuse("This is the last scene." if by > 0 else "This is the first scene.")
            self.cursor = scene
        else:
            self.refuse("Nothing has been written yet.")

    def action_latest(self) -> None:
        """Follow what is being written."""
        self.cursor = ""

    def action_open(self) -> None:
        """See the takes of the scene."""
        page = self.value.script.pages.get(self.cursor or self._scene_in_sight())
        if page is not None and page.best is not None:
            self.post_message(TakeChosen(page.best.take))
        else:
            self.refuse("No take has been written of this scene yet." if page else "There is no scene yet.")

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the scene that is clicked; a second click shows its takes."""
        row = self.line_at(event.y)
        for scene, span in self._spans.items():
            if row is not None and row in span:
                self.set_reactive(ScriptPanel.cursor, scene)
                self.changed()
                if event.chain == 2:
                    self.action_open()

    def on_mouse_scroll_up(self, _event: events.MouseScrollUp) -> None:
        """Stop following what is being written."""
        if not self.cursor:
            self.set_reactive(ScriptPanel.cursor, self._scene_in_sight())
