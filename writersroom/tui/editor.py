"""The person's own editor, on a text of the session."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from textual.app import App, SuspendNotSupported

USUAL: Final = ("nano", "vim", "vi", "notepad")
"""Tried in turn where no editor is named."""


class EditorFailed(Exception):
    """No text came back from the editor: one sentence says why."""


def editor_command(named: str = "", environ: Mapping[str, str] = os.environ) -> list[str]:
    """The editor and its arguments: the one named, else $VISUAL, $EDITOR, or one that is usual.

    Raises:
        EditorFailed: there is none.
    """
    wanted = named or environ.get("VISUAL", "") or environ.get("EDITOR", "")
    if wanted.strip():
        try:
            return shlex.split(wanted, posix=os.name != "nt")
        except ValueError as error:
            raise EditorFailed(f"The editor {wanted!r} is no command: {error}.") from error
    found = next((path for path in map(shutil.which, USUAL) if path), None)
    if found is None:
        raise EditorFailed("There is no editor; set EDITOR, or edit here with e.")
    return [found]


def edited(app: App[object], text: str, named: str = "") -> str:
    """The text as the editor left it. The screen is away meanwhile.

    Raises:
        EditorFailed: there is no editor, it failed, or there is no terminal to give it.
    """
    command = editor_command(named)
    handle, name = tempfile.mkstemp(prefix="writersroom-", suffix=".txt")
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        with app.suspend():
            ran = subprocess.run([*command, name], check=False)
        if ran.returncode != 0:
            raise EditorFailed(f"{command[0]} ended with {ran.returncode}; nothing was changed.")
        return path.read_text(encoding="utf-8")
    except SuspendNotSupported as error:
        raise EditorFailed("No editor can be opened from here; edit with e.") from error
    except UnicodeDecodeError as error:
        raise EditorFailed("The editor left no text in UTF-8; nothing was changed.") from error
    except OSError as error:
        raise EditorFailed(f"{command[0]} cannot be started: {error.strerror or error}.") from error
    finally:
        path.unlink(missing_ok=True)
