"""What went wrong, where it can be read, and what to do about it. The session stays open above it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from writersroom.tui.dialogs.dialog import plain
from writersroom.tui.playing.player import Trouble


class TroublePanel(Vertical):
    """A panel over the status line, as long as something is wrong."""

    DEFAULT_CSS = """
    TroublePanel {
        height: auto; max-height: 8; display: none; padding: 0 1;
        background: $surface; border-left: thick $error;
    }
    TroublePanel > .trouble--what { color: $foreground; text-style: bold; height: auto; }
    TroublePanel > .trouble--todo { color: $faint; height: auto; }
    """

    trouble: Trouble | None = None

    def compose(self) -> ComposeResult:
        """Two sentences."""
        yield Static(classes="trouble--what", markup=False)
        yield Static(classes="trouble--todo", markup=False)

    def say(self, trouble: Trouble | None) -> None:
        """Show what is wrong; None: all is well."""
        if trouble == self.trouble:
            return
        self.trouble = trouble
        self.display = trouble is not None
        if trouble is not None:
            self.query_one(".trouble--what", Static).update(plain(f"✗ {trouble.what}"))
            self.query_one(".trouble--todo", Static).update(plain(f"{trouble.todo} Esc closes this.".strip()))
