"""What the doctor finds around the engine: packages, terminal, folders, SQLite."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, TextIO

from writersroom.cli.findings import Finding, Terminal
from writersroom.cli.mending import elsewhere, install_again, quoted, set_variable
from writersroom.resources import NoRoom, find_room

PACKAGES: Final = (
    "writersroom-sim",
    "llama-cpp-python",
    "huggingface-hub",
    "langgraph",
    "networkx",
    "numpy",
    "pydantic",
    "sqlite-utils",
    "textual",
)
"""Those whose versions a bug report should name."""

_SMALLEST_SCREEN: Final = (80, 24)


def versions() -> dict[str, str | None]:
    """Of the packages a bug report should name; None where one is missing."""
    return {package: _version(package) for package in PACKAGES}


def on_packages(packages: Mapping[str, str | None]) -> Finding:
    """Whether all are installed."""
    missing = [name for name, version in packages.items() if version is None]
    if missing:
        says = f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed."
        return Finding(about="packages", status="problem", says=says, mend=install_again())
    listed = ", ".join(f"{name} {version}" for name, version in packages.items())
    return Finding(about="packages", status="ok", says=f"Python {platform.python_version()}, {listed}")


def look_at_terminal(environ: Mapping[str, str], output: TextIO) -> Terminal:
    """What the terminal can do by its environment variables, encoding and size."""
    term = environ.get("TERM", "")
    colours: Literal[0, 16, 256, 16777216] = 16
    if environ.get("NO_COLOR") or term in ("", "dumb"):
        colours = 0
    elif environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        colours = 16777216
    elif "256color" in term:
        colours = 256
    columns, lines = shutil.get_terminal_size()
    return Terminal(
        interactive=sys.stdin.isatty() and output.isatty(),
        colours=colours,
        unicode="utf" in (output.encoding or "").lower(),
        columns=columns,
        lines=lines,
        mouse=None,
    )


def on_terminal(terminal: Terminal, environ: Mapping[str, str]) -> Finding:
    """Whether the screens will look as they should."""
    if not terminal.interactive:
        return Finding(
            about="terminal", status="ok", says="none here; commands that write text work all the same"
        )
    if not terminal.unicode:
        says = "The terminal takes no Unicode, so frames and accents will look wrong."
        return Finding(about="terminal", status="note", says=says, mend=set_variable("PYTHONUTF8", "1"))
    if terminal.colours == 0 and "NO_COLOR" not in environ:
        says = "The terminal says that it has no colours."
        return Finding(
            about="terminal", status="note", says=says, mend=set_variable("TERM", "xterm-256color")
        )
    size = f"{terminal.columns} by {terminal.lines}"
    if terminal.columns < _SMALLEST_SCREEN[0] or terminal.lines < _SMALLEST_SCREEN[1]:
        says = f"The terminal has {size} characters; the screens want 80 by 24, so make the window larger."
        return Finding(about="terminal", status="note", says=says, mend="printf '\\033[8;24;80t'")
    return Finding(
        about="terminal", status="ok", says=f"{size}, {terminal.colours:,} colours, Unicode; mouse: not known"
    )


def on_cache(folder: Path) -> Finding:
    """Whether the cache folder can be written; without it all works, but slower."""
    reason = cannot_write(folder)
    if reason is None:
        return Finding(about="cache", status="ok", says=str(folder))
    return Finding(
        about="cache",
        status="note",
        says=f"{folder} cannot be written ({reason}), so the built-in model runs slower, as shipped.",
        mend=elsewhere("WRITERSROOM_CACHE"),
    )


def cannot_write(folder: Path) -> str | None:
    """Why no file can be made in `folder`, or None where one can. Makes no folders."""
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        return f"{existing} is a file"
    try:
        with tempfile.TemporaryFile(dir=existing):
            return None
    except OSError as error:
        return error.strerror or str(error)


def on_sessions(given: Path | None = None) -> Finding:
    """Whether sessions can be kept.

    Args:
        given: the room named with `--room`.
    """
    try:
        room = find_room(given)
    except NoRoom as error:
        mend = install_again() if given is None else f"writersroom new {quoted(str(given))}"
        return Finding(about="sessions", status="problem", says=str(error), mend=mend)
    reason = cannot_write(room.sessions)
    if reason is None:
        return Finding(about="sessions", status="ok", says=str(room.sessions))
    says = f"{room.sessions} cannot be written ({reason}), so no session can be kept."
    mend = elsewhere("WRITERSROOM_SESSIONS") if room.packaged else "writersroom new writersroom-room"
    return Finding(about="sessions", status="problem", says=says, mend=mend)


def on_sqlite() -> Finding:
    """Whether SQLite can search texts."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("create virtual table words using fts5(text)")
    except sqlite3.OperationalError:
        says = f"SQLite {sqlite3.sqlite_version} lacks FTS5, so sessions cannot be searched."
        return Finding(
            about="SQLite", status="problem", says=says, mend="uv sync --python 3.12 --managed-python"
        )
    finally:
        connection.close()
    return Finding(about="SQLite", status="ok", says=f"{sqlite3.sqlite_version} with FTS5")


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
