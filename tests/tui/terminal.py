"""The program in a real terminal: tmux holds it, keys go in, what is seen comes out."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

TMUX: Final = shutil.which("tmux")


class Terminal:
    """One window of a tmux server of its own.

    Args:
        folder: for its socket and for what the program remembers.
        columns: of the window.
        rows: of the window.
    """

    def __init__(self, folder: Path, *, columns: int = 80, rows: int = 24) -> None:
        assert TMUX is not None
        self._base = [TMUX, "-S", str(folder / "tmux"), "-f", os.devnull]
        environment = {
            "WRITERSROOM_STATE": str(folder / "state.json"),
            "WRITERSROOM_CONFIG": str(folder / "config.toml"),
            "WRITERSROOM_SESSIONS": str(folder),
            "TERM": "xterm-256color",
            "PS1": "$ ",
        }
        names = [word for name, value in environment.items() for word in ("-e", f"{name}={value}")]
        size = ["-x", str(columns), "-y", str(rows)]
        self._tmux("new-session", "-d", *size, "-c", str(folder), *names, "/bin/sh")

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run([*self._base, "kill-server"], check=False, capture_output=True)

    def run(self, *words: str) -> None:
        """Type a command line."""
        self._tmux("send-keys", "-l", shlex.join(words))
        self._tmux("send-keys", "Enter")

    def line(self, text: str) -> None:
        """Type a line for the shell."""
        self._tmux("send-keys", "-l", text)
        self._tmux("send-keys", "Enter")

    def press(self, *keys: str) -> None:
        """Press keys, as tmux names them."""
        self._tmux("send-keys", *keys)

    def write(self, text: str) -> None:
        """Type a text."""
        self._tmux("send-keys", "-l", text)

    def seen(self) -> str:
        """What is on the terminal."""
        return self._tmux("capture-pane", "-p")

    def flags(self) -> dict[str, str]:
        """How the terminal is set: alternate screen, mouse, cursor."""
        names = ("alternate_on", "mouse_any_flag", "cursor_flag", "pane_current_command", "pane_pid")
        told = self._tmux("display-message", "-p", " ".join(f"#{{{name}}}" for name in names))
        return dict(zip(names, told.split(), strict=True))

    def until(self, what: str | Callable[[str], bool], seconds: float = 120.0) -> str:
        """Wait until something is on the terminal.

        Raises:
            AssertionError: it never came; the message is what was there instead.
        """
        ends = time.monotonic() + seconds
        while True:
            seen = self.seen()
            if (what in seen) if isinstance(what, str) else what(seen):
                return seen
            assert time.monotonic() < ends, f"{what!r} never came; there was:\n{seen}"
            time.sleep(0.05)

    def _tmux(self, *words: str) -> str:
        ran = subprocess.run([*self._base, *words], check=True, capture_output=True, text=True)
        return ran.stdout
