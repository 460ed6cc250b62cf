"""A new room: a copy of another's agents and prompts, for a person to edit."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from writersroom.cast.cards import Card, load_cards
from writersroom.cast.errors import CastError
from writersroom.cast.repertoire import load_repertoire
from writersroom.cast.templates import Templates
from writersroom.resources import Room

_COPIED: Final = ("*.toml", "*.md.j2", "README.md")
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
"""File names that Windows keeps to itself."""


class NotEmpty(CastError, FileExistsError):
    """The folder that was to become a room holds something."""


def found_room(folder: Path, source: Room, added: Sequence[Card] = ()) -> tuple[Card, ...]:
    """Make a room of its own, wholly or not at all.

    Args:
        folder: where; it does not exist yet, or is empty.
        source: the room whose agents and prompts are copied.
        added: cards that join it.

    Returns:
        The cards of the new room.

    Raises:
        NotEmpty: there is something in the folder.
        CastError: with the new cards it would be no room, or the source has a mistake.
        OSError: nothing can be written there.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotEmpty(f"{folder} is there already and is not empty; choose another name.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".writersroom-", dir=folder.resolve().parent) as scratch:
        made = Path(scratch) / "room"
        for part, origin in (("agents", source.agents), ("prompts", source.prompts)):
            (made / part).mkdir(parents=True)
            for file in sorted(file for pattern in _COPIED for file in origin.glob(pattern)):
                shutil.copyfile(file, made / part / file.name)
        (made / "sessions").mkdir()
        for card in added:
            (made / "agents" / _free_name(made / "agents", card.name)).write_text(
                card.text, encoding="utf-8", newline="\n"
            )
        cards = _checked(made, folder)
        # An empty folder stays the folder it is: somebody's shell may be in it.
        folder.mkdir(exist_ok=True)
        for part in made.iterdir():
            shutil.move(part, folder / part.name)
    return cards


def _checked(made: Path, folder: Path) -> tuple[Card, ...]:
    """The cards of the room as it will be; its faults are said of the folder it goes to."""
    try:
        Templates.load(made / "prompts")
        load_repertoire(made / "prompts")
        return load_cards(made / "agents")
    except CastError as error:
        raise CastError(str(error).replace(str(made), str(folder))) from error


def _free_name(folder: Path, name: str) -> str:
    stem = re.sub(r"[^\w-]+", "-", name.lower()).strip("-_")[:60] or "character"
    stem = f"{stem}-card" if _RESERVED.fullmatch(stem) else stem
    names = (f"{stem}{number}.toml" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(name for name in names if not (folder / name).exists())
