"""The plot graph: beats as boxes, time going down, acts as bands, links as lines in five hands.

The map keeps its places (`view.layout`) and its window: when a beat is added, what one looks at stays where
it is on the screen. The foot says of the beat under the cursor what a box has no room for.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, work
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer

from writersroom.story.beats import BeatId
from writersroom.tui.actions import Action, Group
from writersroom.tui.messages import BeatChosen, WeaknessIntended
from writersroom.tui.panels.boxes import State
from writersroom.tui.panels.cells import wrap
from writersroom.tui.panels.panel import CURSOR, Panel, Part, strip
from writersroom.tui.panels.plot_map import PlotMap
from writersroom.tui.panels.plot_walk import Walk
from writersroom.tui.panels.plot_weak import Agenda
from writersroom.tui.panels.plot_words import LEGEND, beat_rows, tension_curve, weakness_rows
from writersroom.tui.panels.routes import LEFT, ZOOMS, Zoom, scale
from writersroom.view.plot import Plot
from writersroom.view.screen import Screen

if TYPE_CHECKING:
    from writersroom.story.weakness import Weakness

NO_BEATS: Final = "The story has no beats yet."

LEGIBLE: Final = 7
"""The legend of the map is left to F1 where it would take more than one row in so many."""

PULSE: Final = 1.8
"""Seconds of one breath of the beat that is talked about."""
FRAMES: Final = 10
"""Times a second that it is drawn."""
SETTLED: Final = 0.25
"""Seconds that the plot must stay as it is before weaknesses are looked for."""


class PlotPanel(Panel):
    """The map of beats, over a foot that describes the one under the cursor."""

    DEFAULT_CSS = """
    PlotPanel { overflow-x: hidden; overflow-y: auto; }
    """

    ACTIONS: ClassVar[Group] = Group(
        name="plot",
        title="Plot graph",
        about=(
            "The beats of the story as boxes, earlier ones higher, acts as bands. The block in a corner "
            "rises with tension. Lines say what one beat is to another: causes ━, enables ─, motivates ╌, "
            "precedes ┈, sets up ═. What the room is talking about has a ◆ and pulses; ! counts weaknesses. "
            "Up and down walk along the links, left and right to the beats beside."
        ),
        actions=(
            *CURSOR,
            Action(
                name="left", keys=("left", "h"), label="Left", help="Go to the beat beside.", palette=False
            ),
            Action(
                name="right", keys=("right", "l"), label="Right", help="Go to the beat beside.", palette=False
            ),
            Action(
                name="open",
                keys=("enter",),
                label="Its turn",
                help="See the turn that made this beat; once more, to come back.",
                footer=True,
            ),
            Action(name="next", keys=("n",), label="Next", help="Go to the beat that is told next."),
            Action(name="previous", keys=("N",), label="Previous", help="Go to the beat told before."),
            Action(name="weak", keys=("w",), label="Weakness", help="Go to the next weakness.", footer=True),
            Action(name="weak_back", keys=("W",), label="Back", help="Go to the weakness before."),
            Action(
                name="intend",
                keys=("m",),
                label="Meant",
                help="Say that this weakness is meant to be there, or no longer.",
                footer=True,
            ),
            Action(
                name="zoom",
                keys=("x",),
                label="Zoom",
                help="Draw boxes smaller, or large again.",
                footer=True,
            ),
            Action(name="at_issue", keys=("o",), label="At issue", help="Go to what the room talks about."),
        ),
    )
    BINDINGS = ACTIONS.bindings()

    cursor: reactive[BeatId] = reactive("")
    """The beat that one looks at; empty before one has moved."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.zoom = 0
        self.map = PlotMap()
        self.agenda = Agenda()
        """What is weak; the foot tells of one."""
        self._walk = Walk(self.map)
        self._searched: tuple[object, ...] = ()
        self._searching: Timer | None = None
        self._laid: tuple[object, ...] = ()
        """What the map was laid from."""
        self._size_laid: tuple[Zoom, int] | None = None
        self._lit = 1.0
        self._breath: Timer | None = None
        self._headed: tuple[object, ...] = ()
        """What the curve of tension was drawn from."""
        self._curve = Strip([])
        self._above: Sequence[Strip] = ()
        self._below: Sequence[Strip] = ()

    # What is shown.

    def parts(self, screen: Screen) -> tuple[object, ...]:
        """What of a screen the panel draws."""
        return (screen.plot, screen.at_issue, screen.intended, screen.masthead, screen.cast)

    @property
    def plot(self) -> Plot:
        """The beats and links."""
        return self.value.plot

    def forget(self) -> None:
        """Draw rows anew."""
        self.map.forget()

    def draw(self) -> None:
        """Lay out boxes and lines, keeping what one looks at in its place."""
        size = (self._scale, self.size.width)
        if size != self._size_laid:
            self._size_laid = size
            self._laid = ()
        laid = (self.plot.places, self.plot.outgoing, self.plot.beats)
        if len(laid) != len(self._laid) or any(a is not b for a, b in zip(laid, self._laid, strict=True)):
            self._laid = laid
            self._lay()
        else:
            self.map.forget()
        self._search()
        self._breathe()

    @property
    def _scale(self) -> Zoom:
        """How large boxes are drawn."""
        return scale(ZOOMS[self.zoom], self.size.width, self.size.height)

    def _lay(self) -> None:
        anchor = self._anchor()
        self.map.lay(self.plot, self._scale)
        where = self.map.grid
        if self.cursor not in where.boxes:
            self.set_reactive(PlotPanel.cursor, "")
        self.map.look_at(self.cursor)
        self._resize()
        if anchor is not None and anchor[0] in where.boxes:
            y = where.boxes[anchor[0]][1] - anchor[1]
            self.scroll_to(y=max(0, y), animate=False, force=True)
        elif seen := self._at_issue():
            self._reveal(seen[0])

    def _resize(self) -> None:
        """Leave room for the whole map between what stands above and below it."""
        where = self.map.grid
        size = Size(max(where.width, self.size.width), where.height + self._head_height + self._foot_height)
        self.stretch(size)

    def _anchor(self) -> tuple[BeatId, int] | None:
        """A beat that is in sight, the cursor's if it is, and its line on the screen."""
        boxes, top = self.map.grid.boxes, self.scroll_offset.y
        seen = [beat for beat, (_, y) in boxes.items() if top <= y < top + self.size.height]
        if not seen:
            return None
        beat = self.cursor if self.cursor in seen else min(seen, key=lambda beat: boxes[beat][1])
        return beat, boxes[beat][1] - top

    # Weaknesses.

    def _search(self) -> None:
        """Look for weaknesses again when the plot is another and has been so for a moment."""
        key = (self.plot.beats, self.plot.outgoing, self.value.cast, self.value.masthead.structure)
        if self._searched and all(a is b for a, b in zip(key, self._searched, strict=True)):
            return
        self._searched = key
        if self._searching is not None:
            self._searching.stop()
        self._searching = self.set_timer(SETTLED, self._begin_search)

    @property
    def searching(self) -> bool:
        """Whether weaknesses are about to be looked for."""
        return self._searching is not None

    def _begin_search(self) -> None:
        self._searching = None
        self._find(self.value)

    @work(thread=True, exclusive=True, group="weaknesses", description="weaknesses")  # Else the whole screen.
    def _find(self, screen: Screen) -> None:
        # networkx takes 0.4 s to load.
        from writersroom.story.errors import BrokenGraph  # noqa: PLC0415
        from writersroom.view.weak import weaknesses_of  # noqa: PLC0415

        try:
            found = weaknesses_of(screen)
        except BrokenGraph:  # A damaged file; whatever else the screen shows of it is shown.
            found = ()
        self.host.call_from_thread(self._found, screen.plot, found)

    def _found(self, plot: Plot, found: tuple[Weakness, ...]) -> None:
        if plot is not self.plot:
            return
        self.agenda.take(found)
        self.map.forget()
        self._resize()  # The foot is as high as what it tells of.
        self.refresh()

    @property
    def _unmeant(self) -> tuple[Weakness, ...]:
        return self.agenda.unmeant(self.value.intended)

    def _weak(self, beat: BeatId) -> tuple[Weakness, ...]:
        return self.agenda.unmeant(self.value.intended, beat)

    # Drawing.

    @property
    def _head_height(self) -> int:
        return 1 if self.size.height >= 12 and self.plot.beats else 0

    @property
    def _foot_height(self) -> int:
        tall = self.size.height
        shown = self.agenda.shown
        if shown is not None and tall >= 8:
            return min(tall * 2 // 5, 2 + len(wrap(shown.evidence, self.size.width - 3)))
        if not self.cursor:
            rows = 1 + len(wrap(LEGEND, self.size.width - 3))
            return rows if tall >= LEGIBLE * rows else 0
        return 7 if tall >= 22 else 4 if tall >= 14 else 2 if tall >= 8 else 0

    def _head(self) -> list[Strip]:
        if not self._head_height:
            return []
        weak = len(self._unmeant)
        key = (self.plot, self.cursor, weak, self.size.width, self.ink)
        if len(self._headed) != len(key) or any(a is not b for a, b in zip(key, self._headed, strict=True)):
            self._headed = key
            self._curve = strip(*tension_curve(self.plot.told, self.cursor, weak, self.size.width, self.ink))
        return [self._curve]

    def _foot(self) -> list[Strip]:
        """What is known of the beat under the cursor, or of a weakness."""
        if not (room := self._foot_height):
            return []
        ink, width = self.ink, self.size.width
        beat = self.plot.beats.get(self.cursor)
        rows: list[list[Part]]
        if (weakness := self.agenda.shown) is not None:
            where = (self.agenda.at + 1, len(self.agenda.found))
            meant = weakness.key in self.value.intended
            rows = weakness_rows(weakness, where, meant=meant, width=width - 3, ink=ink)
        elif beat is not None:
            rows = beat_rows(self.plot, beat, self._weak(beat.id), width - 3, ink)
        else:
            rows = [[(words, ink.dim)] for words in wrap(LEGEND, width - 3)]
        rows = [*rows, *([] for _ in range(room))][: room - 1]
        return [strip(("─" * width, ink.faint)), *(strip((" ", ink.plain), *parts) for parts in rows)]

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines in sight: the curve, the map, the foot."""
        self._above, self._below = self._head(), self._foot()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line in sight."""
        foot_from = self._extent.height - len(self._below)
        if y < len(self._above):
            return self.on_base(self._above[y])
        if y >= foot_from:
            return self.on_base(self._below[y - foot_from])
        row = y - len(self._above) + self._scrolled.y
        left = self._scrolled.x
        return self.on_base(self.map.row(row, range(left, left + self._extent.width), self._state, self.ink))

    def _state(self, beat: BeatId) -> State:
        shown = self.agenda.shown
        return State(
            chosen=beat == self.cursor or (shown is not None and beat in shown.beats),
            pulse=self._lit if beat in self.value.at_issue else None,
            weak=len(self._weak(beat)),
        )

    # The beats that are talked about.

    def _at_issue(self) -> list[BeatId]:
        return [beat for beat in self.value.at_issue if beat in self.map.grid.boxes]

    def _breathe(self) -> None:
        """Begin to pulse where there is something to, or stop."""
        wanted = bool(self._at_issue()) and not self.still and self.host.animation_level == "full"
        if wanted and self._breath is None:
            self._breath = self.set_interval(1 / FRAMES, self._pulse)
        elif not wanted and self._breath is not None:
            self._breath.stop()
            self._breath, self._lit = None, 1.0

    def _pulse(self) -> None:
        """Draw the beats that are talked about, and nothing else, a little brighter or darker."""
        if not self.is_on_screen:
            return
        self._lit = round((0.5 - 0.5 * cos(2 * pi * monotonic() / PULSE)) * 8) / 8
        zoom, offset = self.map.grid.zoom, self.scroll_offset
        bottom = self.size.height - len(self._below)
        for beat in self._at_issue():
            x, y = self.map.grid.boxes[beat]
            top = y - offset.y + len(self._above)
            if len(self._above) < top + zoom.height and top < bottom:
                self.refresh(Region(x - offset.x, top, zoom.width, zoom.height))

    def watch_still(self) -> None:
        """Stop pulsing, or begin."""
        if self.is_attached:
            self._breathe()
            self.refresh()

    # Moving about.

    def go_to_beat(self, beat: BeatId) -> bool:
        """Put the cursor on a beat; False where there is none of this name."""
        if beat not in self.map.grid.boxes:
            return False
        self._walk.leave()
        self._go(beat)
        return True

    def watch_cursor(self, _old: BeatId, beat: BeatId) -> None:
        """Show the beat and its links."""
        if self.is_attached and beat:
            self.map.look_at(beat)
            self._resize()
            self._reveal(beat)
            self.refresh()

    def _reveal(self, beat: BeatId) -> None:
        """Scroll no further than is needed to see a beat and the gaps around it."""
        zoom = self.map.grid.zoom
        x, y = self.map.grid.boxes[beat]
        wide = self.size.width
        tall = self.size.height - self._head_height - self._foot_height
        left, top = self.scroll_offset
        if x + zoom.width + 1 > left + wide:
            left = x + zoom.width + 1 - wide
        if y + zoom.height + zoom.down > top + tall:
            top = y + zoom.height + zoom.down - tall
        self.scroll_to(x=max(0, min(left, x - LEFT)), y=max(0, min(top, y - 2)), animate=False, force=True)

    def _begin(self) -> bool:
        """Put the cursor somewhere, if it is nowhere yet; whether there was no other step to take."""
        if self.cursor:
            return False
        if self.plot.told:
            seen = self._at_issue()
            self.go_to_beat(seen[0] if seen else self.plot.told[0].id)
        return True

    def _go(self, beat: BeatId | None) -> None:
        """Put the cursor on the beat that a step leads to, if it leads anywhere."""
        if beat is not None:
            self.agenda.at = -1
            self.cursor = beat

    def action_up(self) -> None:
        """Follow a link back."""
        if not self._begin():
            self._go(self._walk.along(self.cursor, forward=False))

    def action_down(self) -> None:
        """Follow a link."""
        if not self._begin():
            self._go(self._walk.along(self.cursor, forward=True))

    def action_left(self) -> None:
        """Go to the left."""
        if not self._begin():
            self._go(self._walk.aside(self.cursor, -1))

    def action_right(self) -> None:
        """Go to the right."""
        if not self._begin():
            self._go(self._walk.aside(self.cursor, 1))

    def action_page_up(self) -> None:
        """Scroll up."""
        self.scroll_to(y=self.scroll_offset.y - self.size.height // 2, animate=not self.still, duration=0.15)

    def action_page_down(self) -> None:
        """Scroll down."""
        self.scroll_to(y=self.scroll_offset.y + self.size.height // 2, animate=not self.still, duration=0.15)

    def action_next(self) -> None:
        """Go to the beat told next."""
        self._go_told(1)

    def action_previous(self) -> None:
        """Go to the beat told before."""
        self._go_told(-1)

    def _go_told(self, step: int) -> None:
        if self._begin():
            if not self.cursor:
                self.refuse(NO_BEATS)
            return
        beat = self._walk.told(self.cursor, step)
        if beat is None:
            self.refuse(f"No beat is told {'after' if step > 0 else 'before'} this one.")
        self._go(beat)

    def action_open(self) -> None:
        """See the turn that made the beat."""
        if self.cursor:
            self.post_message(BeatChosen(self.cursor))
        else:
            self.refuse("Go to a beat first: with the arrows, or n." if self.plot.beats else NO_BEATS)

    def action_at_issue(self) -> None:
        """Go to what the room talks about."""
        seen = self._at_issue()
        if seen:
            self.go_to_beat(seen[0])
        else:
            self.refuse("The room is talking about no beat now.")

    def action_weak(self) -> None:
        """Go to the next weakness."""
        self._go_weak(1)

    def action_weak_back(self) -> None:
        """Go to the weakness before."""
        self._go_weak(-1)

    def _go_weak(self, step: int) -> None:
        weakness = self.agenda.step(step)
        if weakness is None:
            looked = "No weakness has been found in the plot."
            self.refuse("Weaknesses are still being looked for." if self.searching else looked)
            return
        at = self.agenda.at
        known = [beat for beat in weakness.beats if beat in self.map.grid.boxes]
        if known:
            self.go_to_beat(known[0])
        self.agenda.at = at
        self._resize()
        if known:
            self._reveal(known[0])
        self.map.forget()
        self.refresh()

    def action_intend(self) -> None:
        """Say that a weakness is meant to be there, or no longer."""
        weakness = self.agenda.shown or next(iter(self._weak(self.cursor)), None)
        if weakness is not None:
            self.post_message(WeaknessIntended(weakness.key, weakness.key not in self.value.intended))
        elif self.agenda.found:
            self.refuse("Go to a weakness first, with w.")
        else:
            self.refuse("There is no weakness here that could be meant.")

    def action_zoom(self) -> None:
        """Draw boxes at the next size."""
        self.zoom = (self.zoom + 1) % len(ZOOMS)
        beat = self.cursor or next(iter(self._at_issue()), "")
        self.changed()
        if beat:
            self._reveal(beat)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the box that is clicked; a second click opens."""
        if not len(self._above) <= event.y < self.size.height - len(self._below):
            return
        x, y = event.x + self.scroll_offset.x, event.y - len(self._above) + self.scroll_offset.y
        beat = self.map.beat_at(x, y)
        if beat is not None:
            self.go_to_beat(beat)
            if event.chain == 2:
                self.action_open()

    def copied(self) -> str:
        """What the foot tells, as plain text."""
        return "\n".join(row.text.strip() for row in self._foot()[1:]).strip()
