"""Files that are to be judged, or trained on: prose as it is, scripts scene by scene.

A scene of a script is read out as prose (`critic.page`), as takes of the room are, so that the form of a
screenplay tells nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from writersroom.critic.errors import TooFewTexts, UnreadableText
from writersroom.critic.page import of_screenplay
from writersroom.frozen import Frozen
from writersroom.script.errors import NoScene, ScriptError
from writersroom.script.model import Heading, Screenplay
from writersroom.script.reading import from_fountain

SUFFIXES: Final = (".txt", ".md", ".fountain", ".fdx")
MOST_BYTES: Final = 16_000_000
_BREAK: Final = re.compile(
    r"^\s*(?:(?:[*#~=-]\s*){3,}|#{1,3}\s+\S.*|(?:CHAPTER|Chapter)\s+\S+.{0,60})\s*$", re.M
)
_SCENE: Final = re.compile(r"^\s*(?:INT|EXT|EST|INT\.?/EXT|I/E)[. ]", re.M)
_LEAST: Final = 120
"""Words that a part of prose needs to stand as a scene of its own."""


class Passage(Frozen):
    """One text to be judged."""

    path: Path
    scene: str
    """The scene's heading, or its number; "" where the file is one text."""
    text: str
    source: str = ""
    """Who wrote it, as far as the folder says."""


def read_passages(path: Path) -> tuple[Passage, ...]:
    """The scenes of a file, at least one.

    Raises:
        FileNotFoundError, PermissionError, IsADirectoryError: as `open` does.
        UnreadableText: it is far too large, or an `.fdx` file that is none.
    """
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableText(path, f"it is larger than {MOST_BYTES // 1_000_000} MB; give it in parts")
    raw = path.read_bytes()
    text = _decoded(raw)
    suffix = path.suffix.lower()
    if suffix == ".fdx":
        scenes = _of_fdx(path, text)
    elif suffix == ".fountain" or len(_SCENE.findall(text[:200_000])) >= 2:
        scenes = _of_fountain(text)
    else:
        scenes = _of_prose(text)
    return tuple(Passage(path=path, scene=name, text=scene) for name, scene in scenes)


def read_folder(folder: Path, *, named: str) -> tuple[Passage, ...]:
    """Every file of a folder and its subfolders as one text each; the subfolder is the source.

    In a folder without subfolders the source is what file names have before their number, if there are
    several.

    Raises:
        NotADirectoryError: it is no folder.
        TooFewTexts: there is no text in it.
    """
    if not folder.is_dir():
        raise NotADirectoryError(20, "This is no folder of texts", str(folder))
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    if not files:
        raise TooFewTexts(f"{folder} holds no texts ({', '.join(SUFFIXES)}).")
    stems = {file: re.sub(r"[-_ .#]*\d+$", "", file.stem) for file in files}
    several = 1 < len(set(stems.values())) <= max(2, len(files) // 3)
    found: list[Passage] = []
    for file in files:
        inside = file.relative_to(folder).parts[:-1]
        source = inside[0] if inside else stems[file] if several and stems[file] else named
        whole = "\n\n".join(passage.text for passage in read_passages(file))
        found.append(Passage(path=file, scene="", text=whole, source=source))
    return tuple(found)


def spread(passages: Sequence[Passage], count: int) -> tuple[list[Passage], list[Passage]]:
    """The first `count` passages, taken from each source in turn, and the rest in order."""
    waiting: dict[str, list[Passage]] = {}
    for passage in passages:
        waiting.setdefault(passage.source, []).append(passage)
    taken: list[Passage] = []
    while len(taken) < count and any(waiting.values()):
        for queue in waiting.values():
            if queue and len(taken) < count:
                taken.append(queue.pop(0))
    chosen = {id(passage) for passage in taken}
    return taken, [passage for passage in passages if id(passage) not in chosen]


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    if b"\0" in raw[:100_000]:
        return raw[:100_000].decode("latin-1")
    return raw.decode("cp1252", errors="replace")


def _of_fountain(text: str) -> list[tuple[str, str]]:
    try:
        screenplay = from_fountain(text)
    except NoScene:
        return _of_prose(text)
    except ScriptError:
        return [("", text)]
    return list(_scenes(screenplay)) or [("", text)]


def _scenes(screenplay: Screenplay) -> Iterator[tuple[str, str]]:
    cuts = [at for at, element in enumerate(screenplay.elements) if isinstance(element, Heading)]
    for begin, end in zip(cuts, [*cuts[1:], len(screenplay.elements)], strict=True):
        heading = screenplay.elements[begin]
        part = screenplay.model_copy(update={"elements": screenplay.elements[begin:end]})
        text = of_screenplay(part)
        if text and isinstance(heading, Heading):
            yield heading.text, text


def _of_fdx(path: Path, text: str) -> list[tuple[str, str]]:
    # No script declares a document type; in a file that does, a few lines can stand for gigabytes.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UnreadableText(path, "it declares a document type, which no Final Draft file does")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise UnreadableText(path, "it is no Final Draft file") from error
    scenes: list[tuple[str, list[str]]] = [("", [])]
    for paragraph in root.iter("Paragraph"):
        said = " ".join("".join(part.text or "" for part in paragraph.iter("Text")).split())
        match paragraph.get("Type"):
            case "Scene Heading":
                scenes.append((said, []))
            case "Action" if said:
                scenes[-1][1].append(said)
            case "Dialogue" if said:
                scenes[-1][1].append(f'"{said}"')
            case _:
                pass
    full = [(name, " ".join(parts)) for name, parts in scenes if parts]
    if not full:
        raise UnreadableText(path, "there is no scene in it")
    return full


def _of_prose(text: str) -> list[tuple[str, str]]:
    parts = [part for part in _BREAK.split(text) if part.strip()]
    if len(parts) < 2 or min(len(part.split()) for part in parts) < _LEAST:
        return [("", text)]
    return [(str(number), part) for number, part in enumerate(parts, start=1)]
