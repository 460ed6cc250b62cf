"""The widget that holds the panels, with their heads and the seams between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.message import Message
from textual.widget import Widget

from writersroom.tui.mosaic.heads import HeadLine, SeamLine
from writersroom.tui.mosaic.tiles import (
    PANELS,
    Laid,
    Plan,
    Tile,
    laid,
    plan_for,
    seam_beside,
    share_at,
    tiles_of,
)

HEADS: Final = len(PANELS)
SEAMS: Final = 3
STEP: Final = 0.04
"""Of the whole, by which a key moves a seam."""


class _Laying(Layout):
    """Puts the children where the mosaic says."""

    name = "mosaic"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        assert isinstance(parent, Mosaic)
        parent.pre_layout(self)
        places = dict(parent.places())
        return [
            WidgetPlacement(places[child], NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if child in places
        ]


class Mosaic(Container):
    """The panels of the room, sharing its screen."""

    DEFAULT_CSS = """
    Mosaic { width: 1fr; height: 1fr; overflow: hidden hidden; }
    Mosaic > * { min-width: 0; min-height: 0; }
    """

    class Moved(Message):
        """Somebody moved a seam: how far along all moved ones lie."""

        def __init__(self, shares: Mapping[str, float]) -> None:
            super().__init__()
            self.shares = shares

    def __init__(
        self, panels: Sequence[Widget], titles: Mapping[str, str], shares: Mapping[str, float]
    ) -> None:
        """Hold some panels.

        Args:
            panels: their ids are `tiles.PANELS`, or some of these.
            titles: by id.
            shares: as `Moved` told them.
        """
        super().__init__()
        self._panels = {panel.id or "": panel for panel in panels}
        self._titles = titles
        self._shares = dict(shares)
        self._seen: dict[str, str] = {}
        self._only = ""
        self._heads = [HeadLine() for _ in range(HEADS)]
        self._seams = [SeamLine() for _ in range(SEAMS)]
        self._layout = _Laying()
        self._laid = Laid(panels={}, heads=(), seams=())
        self._laid_for: object = None

    @property
    def layout(self) -> Layout:
        """Its own."""
        return self._layout

    @property
    def maximised(self) -> str:
        """The panel that has the whole screen, if one has."""
        return self._only

    @property
    def seen(self) -> tuple[str, ...]:
        """The panels in sight, in the order of `PANELS`."""
        self._lay(self.size)
        return tuple(name for name in PANELS if name in self._laid.panels)

    @property
    def laid(self) -> Laid:
        """Where everything is."""
        self._lay(self.size)
        return self._laid

    def compose(self) -> ComposeResult:
        """Panels first: that is the order in which Tab goes through them."""
        yield from self._panels.values()
        yield from self._heads
        yield from self._seams

    def places(self) -> Iterator[tuple[Widget, Region]]:
        """Where each child is, of those that are seen."""
        for name, region in self._laid.panels.items():
            yield self._panels[name], region
        for head, line in zip(self._laid.heads, self._heads, strict=False):
            yield line, head.region
        upright = (seam for seam in self._laid.seams if seam.way == "across")
        for seam, line in zip(upright, self._seams, strict=False):
            yield line, seam.line

    def reveal(self, name: str) -> None:
        """Have a panel in sight."""
        if self._only and self._only != name:
            self._only = name
        for tile in tiles_of(self._plan(self.size)):
            if name in tile.panels:
                self._seen[tile.panels[0]] = name
        self._again()

    def maximise(self, name: str) -> None:
        """Give a panel the whole screen; none gives each its place again."""
        self._only = name
        self._again()

    def grow(self, name: str, steps: int) -> bool:
        """Make a panel larger by so many steps, or smaller; False where it has none beside it."""
        beside = None if self._only else seam_beside(self._plan(self.size), name)
        if beside is None:
            return False
        split, first = beside
        share = self._shares.get(split.seam, split.share) + (STEP if first else -STEP) * steps
        self._move(split.seam, min(0.9, max(0.1, share)))
        return True

    def even(self) -> None:
        """Put all seams back where they were."""
        self._shares.clear()
        self._again()
        self.post_message(self.Moved({}))

    def on_resize(self, _event: events.Resize) -> None:
        """Share out what there is now."""
        self._again()

    def on_head_line_chosen(self, message: HeadLine.Chosen) -> None:
        """Somebody clicked a panel's name."""
        message.stop()
        self.reveal(message.panel)
        self._panels[message.panel].focus()

    def on_head_line_maximised(self, message: HeadLine.Maximised) -> None:
        """Somebody clicked a name twice."""
        message.stop()
        self.maximise("" if self._only else message.panel)
        self._panels[message.panel].focus()

    def on_seam_line_dragged(self, message: SeamLine.Dragged) -> None:
        """Somebody drags a seam, or the head that is one."""
        message.stop()
        for seam in self._laid.seams:
            if seam.name == message.seam:
                at = self.region.offset
                self._move(seam.name, share_at(seam, message.x - at.x, message.y - at.y))

    def on_descendant_focus(self) -> None:
        """The head of the panel in use is brighter."""
        self._name_heads()

    def on_descendant_blur(self) -> None:
        """And no other."""
        self._name_heads()

    def _move(self, seam: str, share: float) -> None:
        self._shares[seam] = round(share, 4)
        self._again()
        self.post_message(self.Moved(dict(self._shares)))

    def _plan(self, size: Size) -> Plan:
        return Tile(panels=(self._only,)) if self._only else plan_for(size.width, size.height)

    def _again(self) -> None:
        self._laid_for = None
        self._lay(self.size)
        # A widget's own arrangement is only made anew where a child of it asks for one.
        self._heads[0].refresh(layout=True)

    def _lay(self, size: Size) -> None:
        """Lay everything out for a size, unless it is."""
        if self._laid_for == size or not size:
            return
        self._laid_for = size
        plan = self._plan(size)
        region = Region(0, 0, size.width, size.height)
        self._laid = laid(plan, region, self._shares, self._seen)
        for name, panel in self._panels.items():
            panel.display = name in self._laid.panels
        self._name_heads()
        upright = [seam.name for seam in self._laid.seams if seam.way == "across"]
        for at, line in enumerate(self._seams):
            line.display = at < len(upright)
            line.seam = upright[at] if at < len(upright) else ""

    def _name_heads(self) -> None:
        for at, line in enumerate(self._heads):
            line.display = at < len(self._laid.heads)
            if line.display:
                head = self._laid.heads[at]
                names = tuple((name, self._titles.get(name, name)) for name in head.panels)
                shown = next((name for name in head.panels if name in self._laid.panels), "")
                line.say(names, shown, head.seam, in_use=self._panels[shown].has_focus if shown else False)
