"""A person's own corpus: what lies in the room's `reference/` is more human writing for D to learn from.

Scripts (`.fountain`, `.fdx`) and prose (`.txt`, `.md`) alike are cut into passages of about a take's length,
so that length tells the two sides apart in nothing. The texts stay where they are; no session keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from writersroom.critic.page import of_screenplay
from writersroom.frozen import Frozen
from writersroom.script.errors import ScriptError
from writersroom.script.reading import from_fountain

FOLDER: Final = "reference"
SUFFIXES: Final = (".fountain", ".fdx", ".txt", ".md")
WORDS: Final = 150
"""Of a passage."""
FEWEST: Final = 60
"""Words below which a text is no passage."""
MOST_BYTES: Final = 8_000_000
"""Of a file; a long novel has two million."""
MOST_FILES: Final = 500
MOST_PASSAGES: Final = 400
"""Of all files together; of more, this many are taken evenly."""


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
        try:
            found = passages_of(_text_of(file))
        except _Unreadable as error:
            problems.append(f"{file} was left out: {error}")
            continue
        if not found:
            problems.append(f"{file} was left out: it has fewer than {FEWEST} words.")
            continue
        read += 1
        passages += found
    step = max(1.0, len(passages) / MOST_PASSAGES)
    kept = [passages[int(at * step)] for at in range(min(len(passages), MOST_PASSAGES))]
    return Corpus(passages=tuple(kept), files=read, problems=tuple(problems))


def passages_of(text: str) -> list[str]:
    """A text in passages of about `WORDS` words that end where a sentence does; a short rest is left out."""
    passages: list[str] = []
    words: list[str] = []
    for word in text.split():
        words.append(word)
        whole = len(words) >= WORDS and word.rstrip("\"'\u201d\u2019)*_")[-1:] in (".", "!", "?", "\u2026")
        if whole or len(words) >= 2 * WORDS:
            passages.append(" ".join(words))
            words = []
    if len(words) >= FEWEST:
        passages.append(" ".join(words))
    return passages


class _Unreadable(ValueError):
    """A file that cannot be used, with the reason."""


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())


def _text_of(file: Path) -> str:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise _Unreadable(f"it is larger than {MOST_BYTES // 1_000_000} MB; split it.")
        raw = file.read_bytes()
    except OSError as error:
        raise _Unreadable(f"{error.strerror or error}.") from error
    if b"\0" in raw:
        raise _Unreadable("it is no text.")
    text = raw.decode("utf-8-sig", errors="replace")
    if text.count("\ufffd") > len(text) / 100:
        text = raw.decode("cp1252", errors="replace")
    match file.suffix.lower():
        case ".fountain":
            return _of_fountain(text)
        case ".fdx":
            return _of_fdx(text)
        case _:
            return re.sub(r"[*_#>`]+", "", text) if file.suffix.lower() == ".md" else text


def _of_fountain(text: str) -> str:
    try:
        return of_screenplay(from_fountain(text))
    except ScriptError as error:
        raise _Unreadable(f"it cannot be read as Fountain: {error}") from error


def _of_fdx(text: str) -> str:
    """Action and dialogue of a Final Draft file, in order."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        # No script has one; in one that does, a few lines can stand for gigabytes.
        raise _Unreadable("it declares a document type of its own, which no Final Draft file does.")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise _Unreadable(f"it is no XML: {error}.") from error
    parts: list[str] = []
    for paragraph in root.iter("Paragraph"):
        said = " ".join("".join(part.text or "" for part in paragraph.iter("Text")).split())
        match paragraph.get("Type"):
            case "Action" if said:
                parts.append(said)
            case "Dialogue" if said:
                parts.append(f'"{said}"')
            case _:
                pass
    return " ".join(parts)
