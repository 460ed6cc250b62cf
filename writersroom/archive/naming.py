"""How new session files are called."""

from __future__ import annotations

import re
from pathlib import Path

from writersroom.archive.schema import SUFFIX


def stem_of(logline: str) -> str:
    """A file's name, without its ending, made of the first words of a logline.

    >>> stem_of("A lighthouse keeper's radio hears tomorrow.")
    'a-lighthouse-keeper-s-radio'
    """
    return "-".join(re.findall(r"[a-z0-9]+", logline.lower())[:5])[:48] or "session"


def free_name(folder: Path, stem: str) -> Path:
    """A session file of a folder that does not exist yet: called so, or so with a number after it."""
    number = 1
    while (path := folder / f"{stem}{f'-{number}' if number > 1 else ''}{SUFFIX}").exists():
        number += 1
    return path
