"""The plot graph: beats as boxes, time going down, acts as bands, links as lines in five hands.

The map keeps its places (`view.layout`) and its window: when a beat is added, what one looks at stays where
it is on the screen. The foot says of the beat under the cursor what a box has no room for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from math import cos, pi
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events, work
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.timer import Timer

from writersroom.story.beats import BeatId, Link, LinkKind
from writersroom.tui.actions import Action, Group
from writersroom.tui.messages import BeatChosen, WeaknessIntended
from writersroom.tui.panels.boxes import State, box, height
from writersroom.tui.panels.cells import fit, line, wrap
from writersroom.tui.panels.panel import CURSOR, Panel, Part, strip
from writersroom.tui.panels.routes import LEFT, ZOOMS, Grid, Mark, Router, drawn, grid
from writersroom.view.plot import Plot
from writersroom.view.screen import Screen
from writersroom.view.wording import LINK_WORDS

if TYPE_CHECKING:
    from writersroom.story.weakness import Weakness

PULSE: Final = 1.8
"""Seconds of one breath of the beat that is talked about."""
FRAMES: Final = 10
"""Times a second that it is drawn."""

_SAMPLES: Final = {
    LinkKind.CAUSES: "━",
    LinkKind.ENABLES: "─",
    LinkKind.MOTIVATES: "╌",
    LinkKind.PRECEDES: "┈",
    LinkKind.SETS_UP: "═",
}


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
                keys=("z",),
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
        self.weaknesses: tuple[Weakness, ...] = ()
        """All that the plot has, also those that are meant to be there."""
        self._weak_at = -1
        """Which of them is shown."""
        self._searched: tuple[object, ...] = ()
        self._grid: Grid = grid({}, ZOOMS[0])
        self._lines: dict[int, dict[int, Mark]] = {}
        """All links."""
        self._near: dict[int, dict[int, Mark]] = {}
        """Those of the beat under the cursor."""
        self._in_row: list[list[BeatId]] = []
        self._rows: dict[int, Strip] = {}
        """Rows as they were drawn last; none in which something pulses."""
        self._lit = 1.0
        self._timer: Timer | None = None
        self._trail: tuple[BeatId, bool] | None = None
        """Where one came from along a link, and whether forwards: left and right go among its others."""

    # What is shown.

    def parts(self, screen: Screen) -> tuple[object, ...]:
        """What of a screen the panel draws."""
        return (screen.plot, screen.at_issue, screen.intended, screen.masthead, screen.cast)

    @property
    def plot(self) -> Plot:
        """The beats and links."""
        return self.value.plot

    def turn_of(self, beat: BeatId) -> int:
        """The turn that made a beat; 0 where that is not known."""
        return self.plot.made.get(beat, 0)

    def changed(self, before: Screen | None = None) -> None:
        """Keep what one looks at in place while the map around it changes."""
        super().changed(before)
        if self.is_attached:
            self._search()

    def draw(self) -> None:
        """Lay out boxes and lines."""
        anchor = self._anchor()
        zoom = ZOOMS[self.zoom]
        plot = self.plot
        self._grid = grid(plot.places, zoom)
        self._lines = drawn(Router(self._grid).routes(plot.links))
        self._in_row = [[] for _ in self._grid.tops]
        for beat in sorted(self._grid.boxes, key=lambda beat: self._grid.boxes[beat]):
            self._in_row[self._grid.rows[beat]].append(beat)
        if self.cursor not in self._grid.boxes:
            self.set_reactive(PlotPanel.cursor, "")
        self._look_near()
        size = Size(
            max(self._grid.width, self.size.width), self._grid.height + len(self._head()) + self._foot_height
        )
        if self.virtual_size != size:
            self.virtual_size = size
        if anchor is not None:
            beat, y = anchor
            if beat in self._grid.boxes:
                self.scroll_to(y=max(0, self._grid.boxes[beat][1] - y), animate=False, force=True)
        elif self.value.at_issue:
            self._reveal_at_issue()
        self._breathe()

    def _anchor(self) -> tuple[BeatId, int] | None:
        """A beat that is in sight, the cursor's if it is, and its line on the screen."""
        boxes, top = self._grid.boxes, self.scroll_offset.y
        seen = [beat for beat, (_, y) in boxes.items() if top <= y < top + self.size.height]
        if not seen:
            return None
        beat = self.cursor if self.cursor in seen else min(seen, key=lambda beat: boxes[beat][1])
        return beat, boxes[beat][1] - top

    def _look_near(self) -> None:
        """Bring out the links of the beat under the cursor."""
        self._rows.clear()
        links = (*self.plot.outgoing.get(self.cursor, ()), *self.plot.incoming.get(self.cursor, ()))
        near = set(links)
        routes = [route for route in Router(self._grid).routes(self.plot.links) if route.link in near]
        self._near = drawn(routes) if near else {}

    # Weaknesses.

    def _search(self) -> None:
        """Look for weaknesses again, aside, when the plot is another."""
        key = (self.plot.beats, self.plot.outgoing, self.value.cast, self.value.masthead.structure)
        if any(a is not b for a, b in zip(key, self._searched, strict=False)) or not self._searched:
            self._searched = key
            self._find(self.value)

    @work(thread=True, exclusive=True, group="weaknesses")
    def _find(self, screen: Screen) -> None:
        from writersroom.tui.panels.weak import weaknesses_of  # noqa: PLC0415  # networkx takes 0.4 s to load

        found = weaknesses_of(screen)
        self.host.call_from_thread(self._found, screen, found)

    def _found(self, screen: Screen, found: tuple[Weakness, ...]) -> None:
        if screen.plot is not self.plot:
            return
        shown = self.weakness
        self.weaknesses = found
        keys = [weakness.key for weakness in found]
        self._weak_at = keys.index(shown.key) if shown and shown.key in keys else -1
        self._rows.clear()
        self.refresh()

    @property
    def weakness(self) -> Weakness | None:
        """The weakness that the foot tells of."""
        return self.weaknesses[self._weak_at] if 0 <= self._weak_at < len(self.weaknesses) else None

    def weak(self, beat: BeatId) -> tuple[Weakness, ...]:
        """What is weak about a beat, and not meant to be."""
        return tuple(
            weakness
            for weakness in self.weaknesses
            if beat in weakness.beats and weakness.key not in self.value.intended
        )

    # Drawing.

    def _head(self) -> list[Strip]:
        """The curve of tension over the whole story, the beat under the cursor marked below it."""
        told, ink = self.plot.told, self.ink
        if not told or self.size.height < 12:
            return []
        weak = sum(1 for weakness in self.weaknesses if weakness.key not in self.value.intended)
        count = f" {len(told)} beat{'s' if len(told) != 1 else ''}"
        label = f"{count}, !{weak} weak " if weak else f"{count} "
        room = max(1, self.size.width - len(label) - 11)
        step = max(1, -(-len(told) // room))
        parts: list[Part] = [(" tension ", ink.dim)]
        for at in range(0, len(told), step):
            run = told[at : at + step]
            here = any(beat.id == self.cursor for beat in run)
            tallest = max(run, key=lambda beat: beat.tension)
            style = ink.shade((tallest.tension + 1) / 2)
            parts.append((height(tallest.tension), style + Style(reverse=here, bold=here)))
        parts.append((label, ink.dim))
        return [strip(*parts)]

    @property
    def _foot_height(self) -> int:
        tall = self.size.height
        return 7 if tall >= 22 else 4 if tall >= 14 else 2 if tall >= 8 else 0

    def _foot(self) -> list[Strip]:
        """What is known of the beat under the cursor, or of a weakness."""
        if not (room := self._foot_height):
            return []
        ink, width = self.ink, self.size.width
        rows: list[list[Part]] = [[("─" * width, ink.faint)]]
        rows += self._weakness_rows() if self.weakness else self._beat_rows()
        rows += [[]] * room
        return [
            strip((" ", ink.plain), *parts) if at else strip(*parts) for at, parts in enumerate(rows[:room])
        ]

    def _weakness_rows(self) -> list[list[Part]]:
        weakness, ink = self.weakness, self.ink
        assert weakness is not None
        meant = weakness.key in self.value.intended
        name = weakness.kind.value.replace("_", " ")
        where = f"weakness {self._weak_at + 1} of {len(self.weaknesses)}"
        head: list[Part] = [
            ("! ", ink.warn + Style(bold=True)),
            (name, ink.bold),
            (f"  {weakness.severity:.0%} severe · {where}", ink.dim),
        ]
        if meant:
            head.append(("  · meant so", ink.good + Style(bold=True)))
        return [head, *([(text, ink.plain)] for text in wrap(weakness.evidence, self.size.width - 3))]

    def _beat_rows(self) -> list[list[Part]]:
        ink, plot, width = self.ink, self.plot, self.size.width - 3
        beat = plot.beats.get(self.cursor)
        if beat is None:
            return [[(words, ink.dim)] for words in wrap(_LEGEND, width)]
        turn = f" · {beat.value_before:+.1f} → {beat.value_after:+.1f}" if beat.turn else ""
        made = f" · turn {self.turn_of(beat.id)}" if self.turn_of(beat.id) else ""
        place = f" · {line(beat.place)}" if beat.place else ""
        head: list[Part] = [
            (line(beat.id), ink.accent),
            (f" act {beat.act} · {beat.status.value}{place}{made}{turn} · tension ", ink.dim),
            (height(beat.tension), ink.shade((beat.tension + 1) / 2)),
        ]
        rows: list[list[Part]] = [head]
        rows += [[(words, ink.bold)] for words in wrap(beat.summary, width)[:2]]
        links = self._link_words(beat.id)
        if links:
            rows.append([(fit(links, width), ink.plain)])
        rows += [
            [("! ", ink.warn), (fit(line(weakness.evidence), width - 2), ink.plain)]
            for weakness in self.weak(beat.id)
        ]
        if beat.plants:
            rows.append([(fit(f"plants {line(beat.plants)}", width), ink.dim)])
        return rows

    def _link_words(self, beat: BeatId) -> str:
        """What leads here and what this leads to."""
        ways = [f"{line(link.source)} {_SAMPLES[link.kind]}▶" for link in self.plot.incoming.get(beat, ())]
        ways.append(f"({line(beat)})")
        ways += [
            f"{_SAMPLES[link.kind]}▶ {line(link.target)} ({LINK_WORDS[link.kind]})"
            for link in self.plot.outgoing.get(beat, ())
        ]
        return "  ".join(ways) if len(ways) > 1 else ""

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines in sight: the curve, the map, the foot."""
        self._top, self._bottom = self._head(), self._foot()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line in sight."""
        foot_from = self.size.height - len(self._bottom)
        if y < len(self._top):
            return self.on_base(self._top[y])
        if y >= foot_from:
            return self.on_base(self._bottom[y - foot_from])
        row = y - len(self._top) + self.scroll_offset.y
        known = self._rows.get(row)
        if known is None:
            known, lasting = self._row(row)
            if lasting:
                self._rows[row] = known
        return self.on_base(known, self.scroll_offset.x)

    def _row(self, y: int) -> tuple[Strip, bool]:
        """A line of the map, and whether it is the same next time."""
        index = bisect_right(self._grid.tops, y) - 1
        inside = index >= 0 and y < self._grid.tops[index] + self._grid.zoom.height
        lasting = True
        parts: list[Part] = []
        x = 0
        for beat in self._in_row[index] if inside else ():
            left, top = self._grid.boxes[beat]
            parts += self._gap(y, x, left)
            lit = beat in self.value.at_issue
            lasting = lasting and not lit
            parts += self._box(beat, lit=lit)[y - top]
            x = left + self._grid.zoom.width
        parts += self._gap(y, x, max(x, self._grid.width))
        return Strip([Segment(text, style) for text, style in parts]), lasting

    def _box(self, beat: BeatId, *, lit: bool) -> list[list[Part]]:
        weak = self.weakness
        state = State(
            chosen=beat == self.cursor or (weak is not None and beat in weak.beats),
            pulse=self._lit if lit else None,
            weak=len(self.weak(beat)),
        )
        return box(self.plot.beats[beat], self._grid.zoom, state, self.ink)

    def _gap(self, y: int, start: int, end: int) -> list[Part]:
        """What runs between boxes, from one column to another."""
        ink, cells, near = self.ink, self._lines.get(y, {}), self._near.get(y, {})
        band = next((act for act, row in self._grid.bands.items() if row == y), None)
        parts: list[Part] = []
        label = f"── Act {band} " if band is not None else ""
        for x in range(start, end):
            mark = near.get(x) or cells.get(x)
            if x < len(label):
                parts.append((label[x], ink.dim))
            elif mark is not None:
                style = self._hand(mark.kind)
                if self._near and x not in near:
                    style = ink.faint
                elif x in near:
                    style = style + Style(bold=True)
                parts.append((mark.character, style))
            elif band is not None:
                parts.append(("─", ink.faint))
            else:
                parts.append((" ", ink.plain))
        return _joined(parts)

    def _hand(self, kind: LinkKind) -> Style:
        """The colour of a kind of link."""
        ink = self.ink
        hues = {
            LinkKind.CAUSES: (30, "red"),
            LinkKind.ENABLES: (230, "blue"),
            LinkKind.MOTIVATES: (320, "magenta"),
            LinkKind.PRECEDES: (0, ""),
            LinkKind.SETS_UP: (150, "green"),
        }
        return ink.dim if kind is LinkKind.PRECEDES else ink.hue(*hues[kind])

    # The beat that is talked about.

    def _breathe(self) -> None:
        """Begin to pulse where there is something to, or stop."""
        wanted = bool(self._in_sight()) and not self.still and self.host.animation_level == "full"
        if wanted and self._timer is None:
            self._timer = self.set_interval(1 / FRAMES, self._beat)
        elif not wanted and self._timer is not None:
            self._timer.stop()
            self._timer = None
            self._lit = 1.0

    def _in_sight(self) -> list[BeatId]:
        return [beat for beat in self.value.at_issue if beat in self._grid.boxes]

    def _beat(self) -> None:
        if not self.is_on_screen:
            return
        self._lit = 0.5 - 0.5 * cos(2 * pi * monotonic() / PULSE)
        zoom, offset = self._grid.zoom, self.scroll_offset
        for beat in self._in_sight():
            x, y = self._grid.boxes[beat]
            self.refresh(Region(x - offset.x, y - offset.y + len(self._head_now), zoom.width, zoom.height))

    @property
    def _head_now(self) -> Sequence[Strip]:
        return self._top

    _top: Sequence[Strip] = ()
    _bottom: Sequence[Strip] = ()

    def watch_still(self) -> None:
        """Stop pulsing, or begin."""
        if self.is_attached:
            self._breathe()
            self.refresh()

    def _reveal_at_issue(self) -> None:
        seen = self._in_sight()
        if seen and not self.cursor:
            self._reveal(seen[0])

    # Moving about.

    def go_to_beat(self, beat: BeatId) -> bool:
        """Put the cursor on a beat; False where there is none of this name."""
        if beat not in self._grid.boxes:
            return False
        self._trail = None
        self._weak_at = -1
        self.cursor = beat
        return True

    def watch_cursor(self, _old: BeatId, beat: BeatId) -> None:
        """Show the beat and its links."""
        if self.is_attached and beat:
            self._look_near()
            self._reveal(beat)
            self.refresh()

    def _reveal(self, beat: BeatId) -> None:
        """Scroll no further than is needed to see a beat and the gaps around it."""
        zoom = self._grid.zoom
        x, y = self._grid.boxes[beat]
        wide = self.size.width
        tall = self.size.height - len(self._head()) - self._foot_height
        left, top = self.scroll_offset
        if x + zoom.width + 1 > left + wide:
            left = x + zoom.width + 1 - wide
        if y + zoom.height + zoom.down > top + tall:
            top = y + zoom.height + zoom.down - tall
        self.scroll_to(x=max(0, min(left, x - LEFT)), y=max(0, min(top, y - 2)), animate=False, force=True)

    def _begin(self) -> bool:
        """Put the cursor somewhere, if it is nowhere yet."""
        if self.cursor or not self.plot.told:
            return False
        seen = self._in_sight()
        self.go_to_beat(seen[0] if seen else self.plot.told[0].id)
        return True

    def _others(self, beat: BeatId, *, forward: bool) -> list[BeatId]:
        """Where links lead, or come from, from left to right."""
        links: tuple[Link, ...] = (self.plot.outgoing if forward else self.plot.incoming).get(beat, ())
        ends = dict.fromkeys(link.target if forward else link.source for link in links)
        boxes = self._grid.boxes
        return sorted((end for end in ends if end in boxes), key=lambda end: (boxes[end][0], boxes[end][1]))

    def _walk(self, *, forward: bool) -> None:
        if self._begin():
            return
        here = self.cursor
        if not here:
            return
        boxes, rows = self._grid.boxes, self._grid.rows
        ends = self._others(here, forward=forward)
        if ends:
            x = boxes[here][0]
            self.go_to_beat(min(ends, key=lambda end: (abs(boxes[end][0] - x), abs(rows[end] - rows[here]))))
            self._trail = (here, forward)
            return
        row = rows[here] + (1 if forward else -1)
        if 0 <= row < len(self._in_row):
            self.go_to_beat(min(self._in_row[row], key=lambda beat: abs(boxes[beat][0] - boxes[here][0])))

    def _aside(self, step: int) -> None:
        if self._begin() or not self.cursor:
            return
        trail = self._trail
        ring = self._others(trail[0], forward=trail[1]) if trail else []
        if len(ring) < 2 or self.cursor not in ring:
            ring, trail = self._in_row[self._grid.rows[self.cursor]], None
            at = ring.index(self.cursor) + step
            if 0 <= at < len(ring):
                self.go_to_beat(ring[at])
            return
        self.go_to_beat(ring[(ring.index(self.cursor) + step) % len(ring)])
        self._trail = trail

    def action_up(self) -> None:
        """Follow a link back."""
        self._walk(forward=False)

    def action_down(self) -> None:
        """Follow a link."""
        self._walk(forward=True)

    def action_left(self) -> None:
        """Go to the left."""
        self._aside(-1)

    def action_right(self) -> None:
        """Go to the right."""
        self._aside(1)

    def action_page_up(self) -> None:
        """Scroll up."""
        self.scroll_to(y=self.scroll_offset.y - self.size.height // 2, animate=not self.still, duration=0.15)

    def action_page_down(self) -> None:
        """Scroll down."""
        self.scroll_to(y=self.scroll_offset.y + self.size.height // 2, animate=not self.still, duration=0.15)

    def action_next(self) -> None:
        """Go to the beat told next."""
        self._told(1)

    def action_previous(self) -> None:
        """Go to the beat told before."""
        self._told(-1)

    def _told(self, step: int) -> None:
        if self._begin():
            return
        told = [beat.id for beat in self.plot.told]
        if self.cursor in told:
            at = told.index(self.cursor) + step
            if 0 <= at < len(told):
                self.go_to_beat(told[at])

    def action_open(self) -> None:
        """See the turn that made the beat."""
        if self.cursor:
            self.post_message(BeatChosen(self.cursor))

    def action_at_issue(self) -> None:
        """Go to what the room talks about."""
        seen = self._in_sight()
        if seen:
            self.go_to_beat(seen[0])

    def action_weak(self) -> None:
        """Go to the next weakness."""
        self._go_weak(1)

    def action_weak_back(self) -> None:
        """Go to the weakness before."""
        self._go_weak(-1)

    def _go_weak(self, step: int) -> None:
        if not self.weaknesses:
            return
        at = (self._weak_at + step) % len(self.weaknesses) if self._weak_at >= 0 else (0 if step > 0 else -1)
        at %= len(self.weaknesses)
        weakness = self.weaknesses[at]
        known = [beat for beat in weakness.beats if beat in self._grid.boxes]
        if known:
            self.go_to_beat(known[0])
        self._weak_at = at
        self._rows.clear()
        self.refresh()

    def action_intend(self) -> None:
        """Say that a weakness is meant to be there, or no longer."""
        weakness = self.weakness or next(iter(self.weak(self.cursor)), None)
        if weakness is not None:
            self.post_message(WeaknessIntended(weakness.key, weakness.key not in self.value.intended))

    def action_zoom(self) -> None:
        """Draw boxes at the next size."""
        self.zoom = (self.zoom + 1) % len(ZOOMS)
        beat = self.cursor or next(iter(self._in_sight()), "")
        self.changed()
        if beat:
            self._reveal(beat)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the box that is clicked; a second click opens."""
        x, y = event.x + self.scroll_offset.x, event.y - len(self._top) + self.scroll_offset.y
        if not len(self._top) <= event.y < self.size.height - len(self._bottom):
            return
        zoom = self._grid.zoom
        for beat, (left, top) in self._grid.boxes.items():
            if left <= x < left + zoom.width and top <= y < top + zoom.height:
                self.go_to_beat(beat)
                if event.chain == 2:
                    self.action_open()
                return

    def words(self) -> str:
        """The foot as plain text: for tests, and for copying."""
        return "\n".join(row.text.strip() for row in self._foot()[1:]).strip()


_LEGEND: Final = (
    "Lines: ━ causes  ─ enables  ╌ motivates  ┈ precedes  ═ sets up.  ◆ is talked about.  ! is weak."
)


def _joined(parts: Sequence[Part]) -> list[Part]:
    """The same text in as few parts as its styles allow."""
    joined: list[Part] = []
    for text, style in parts:
        if joined and joined[-1][1] is style:
            joined[-1] = (joined[-1][0] + text, style)
        else:
            joined.append((text, style))
    return joined
