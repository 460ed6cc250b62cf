"""A small app around one panel, and what it says."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from writersroom.tui.panels.panel import Panel
from writersroom.tui.panels.plot import PlotPanel
from writersroom.tui.themes import THEMES

P = TypeVar("P", bound=Panel)


class Host(App[None], Generic[P]):
    """Shows one panel, and keeps what it posts."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Panel { width: 100%; height: 1fr; }"

    def __init__(self, panel: P, theme: str = "lamplight") -> None:
        super().__init__()
        for known in THEMES.values():
            self.register_theme(known)
        self.theme = theme
        self.panel = panel
        self.said: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.panel

    def on_mount(self) -> None:
        self.panel.focus()

    def heard(self, message: Message) -> None:
        self.said.append(message)

    on_beat_chosen = on_turn_chosen = on_turn_scrubbed = on_take_chosen = heard
    on_weakness_intended = on_earlier_wanted = on_event_marked = on_nothing_to_do = heard

    def of(self, kind: type[Message]) -> list[Message]:
        """What was posted of a kind."""
        return [message for message in self.said if isinstance(message, kind)]

    async def settled(self, pilot: Pilot[None]) -> None:
        """Wait until weaknesses were looked for, as a plot panel does when its plot has stayed."""
        await pilot.pause()
        while isinstance(self.panel, PlotPanel) and self.panel.searching:
            await pilot.pause(0.05)
        await self.workers.wait_for_complete()  # pyright: ignore[reportUnknownMemberType]  # Textual leaves it open.
        await pilot.pause()

    def picture(self) -> list[str]:
        """The cells of the whole screen, as text."""
        # There is no public way to the cells.
        strips = self.screen._compositor.render_strips()  # pyright: ignore[reportPrivateUsage]
        return [strip.text.rstrip() for strip in strips]
