"""A person's own corpus: what lies in the room's `reference/` is more human writing for D to learn from.

Scripts (`.fountain`, `.fdx`) and prose (`.txt`, `.md`) alike are cut into passages of about a take's length,
so that length tells the two sides apart in nothing. The texts stay where they are; no session keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from writersroom.critic.corpus import SUFFIXES, read_passages
from writersroom.critic.errors import UnreadableText
from writersroom.critic.guards import refusal
from writersroom.frozen import Frozen

FOLDER: Final = "reference"
WORDS: Final = 150
"""Of a passage."""
FEWEST: Final = 60
"""Words below which a text is no passage."""
_WORD: Final = re.compile(r"\S+")
MOST_FILES: Final = 500
MOST_PASSAGES: Final = 96
"""Of all files together; of more, this many are taken evenly. They are read anew for each session, a few a
second, and 32 already weigh as much as they ever will (`replay.FULL`)."""


class Corpus(Frozen):
    """What was read, and what could not be."""

    passages: tuple[str, ...] = ()
    files: int = 0
    """Files that passages came from."""
    problems: tuple[str, ...] = ()
    """A sentence for each file that was left out."""


def read_corpus(folder: Path) -> Corpus:
    """The passages of all scripts and texts in a folder and the folders within it.

    Args:
        folder: a room's `reference/`; one that does not exist is an empty corpus.
    """
    passages: list[str] = []
    problems: list[str] = []
    read = 0
    files = sorted(_files(folder)) if folder.is_dir() else []
    if len(files) > MOST_FILES:
        problems.append(f"{folder} holds {len(files):,} files; the first {MOST_FILES} were read.")
    for file in files[:MOST_FILES]:
        found, why = _passages_in(file)
        if not found:
            problems.append(f"{file} was left out: {why}")
            continue
        read += 1
        passages += found
    step = max(1.0, len(passages) / MOST_PASSAGES)
    kept = [passages[int(at * step)] for at in range(min(len(passages), MOST_PASSAGES))]
    return Corpus(passages=tuple(kept), files=read, problems=tuple(problems))


def passages_of(text: str) -> list[str]:
    """A text in passages of about `WORDS` words that end where a sentence does; a short rest is left out."""
    return [_flat(part) for part in _parts(text)]


def _flat(part: str) -> str:
    return " ".join(part.split())


def _parts(text: str) -> list[str]:
    """The passages as they lie in the text, line breaks and all."""
    parts: list[str] = []
    count = begin = end = 0
    for match in _WORD.finditer(text):
        begin = begin if count else match.start()
        end = match.end()
        count += 1
        whole = count >= WORDS and match.group().rstrip("\"'\u201d\u2019)*_")[-1:] in (
            ".",
            "!",
            "?",
            "\u2026",
        )
        if whole or count >= 2 * WORDS:
            parts.append(text[begin:end])
            count = 0
    if count >= FEWEST:
        parts.append(text[begin:end])
    return parts


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())


def _passages_in(file: Path) -> tuple[list[str], str]:
    """The passages of a file that a critic can read, or why there are none."""
    try:
        text = "\n\n".join(scene.text for scene in read_passages(file))
    except OSError as error:
        return [], f"{error.strerror or error}."
    except UnreadableText as error:
        return [], str(error)
    # Verse and code are known by their lines, which a passage has no more.
    judged = [(part, refusal(part)) for part in _parts(text)]
    if not judged:
        return [], f"it has fewer than {FEWEST} words."
    kept = [_flat(part) for part, no in judged if no is None]
    return kept, next((no.sentence for _, no in judged if no is not None), "")
