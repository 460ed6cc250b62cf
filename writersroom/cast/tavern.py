"""Character cards of SillyTavern and its like, as agent cards of this room.

Formats: V1 (bare fields), V2 (github.com/malfoyslastname/character-card-spec-v2) and V3
(github.com/kwaroran/character-card-spec-v3), as JSON, or as JSON in base64 in a text chunk of a PNG: `ccv3`,
or else `chara`. Such a card describes a chat partner, not a person of a drama: what it wants and hides is
left open and is found for the logline when a session convenes.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

import tomli_w

from writersroom.cast.cards import Card, parse_card
from writersroom.cast.errors import BadCard, BadTavernCard
from writersroom.cast.neutral import neutral
from writersroom.cast.tidy import sentences_of
from writersroom.story.text import one_line, short

MOST_BYTES: Final = 32_000_000
"""Of a file; the pictures of such cards have one to four million."""
_MOST_JSON: Final = 8_000_000
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_KEYS: Final = (b"ccv3", b"chara")
"""Keywords of the text chunks, the later format first."""
_DESCRIBED: Final = 220
"""Characters of a description that a prompt can afford."""
_EXAMPLES: Final = 6
_EXAMPLE: Final = 160
_OTHER: Final = "the other"
"""Who `{{user}}` is where there is no user."""

_FIELDS: Final = ("description", "personality", "scenario", "first_mes", "mes_example")


def read_tavern(path: Path) -> Card:
    """Read a character card.

    Args:
        path: a PNG or a JSON file.

    Returns:
        An agent card of the role `character`; its `text` is the TOML to keep.

    Raises:
        BadTavernCard: it cannot be read, is no such card, or is damaged.
    """
    where = str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadTavernCard(where, 0, f"it cannot be read ({error.strerror or error})") from error
    if len(raw) > MOST_BYTES:
        raise BadTavernCard(
            where, 0, f"it is larger than {MOST_BYTES / 1e6:g} MB, which no character card is"
        )
    return from_tavern(raw, where)


def from_tavern(raw: bytes, where: str) -> Card:
    """The card in the bytes of a file; see `read_tavern`."""
    packed = _packed_in_png(raw, where) if raw.startswith(_PNG) else raw
    return _card(_fields(packed, where), where)


def _packed_in_png(raw: bytes, where: str) -> bytes:
    """The JSON that a PNG carries."""
    found = {key: text for key, text in _texts(raw, where) if key in _KEYS}
    packed = next((found[key] for key in _KEYS if key in found), None)
    if packed is None:
        raise BadTavernCard(
            where, 0, "this picture carries no character card (no `chara` or `ccv3` text chunk)"
        )
    try:
        return base64.b64decode(b"".join(packed.split()), validate=True)
    except binascii.Error as error:
        raise BadTavernCard(where, 0, "the character card in this picture is damaged: no base64") from error


def _texts(raw: bytes, where: str) -> Iterator[tuple[bytes, bytes]]:
    """The text chunks of a PNG, keyword and text (PNG 1.2, sections 3.2 and 4.2.3)."""
    at = len(_PNG)
    while at < len(raw):
        if at + 12 > len(raw):
            raise BadTavernCard(where, 0, "this picture is cut short; fetch it again")
        (length,) = struct.unpack(">I", raw[at : at + 4])
        kind, end = raw[at + 4 : at + 8], at + 8 + length
        if end + 4 > len(raw):
            raise BadTavernCard(where, 0, "this picture is cut short; fetch it again")
        data = raw[at + 8 : end]
        if kind in (b"tEXt", b"iTXt"):
            if zlib.crc32(kind + data) != struct.unpack(">I", raw[end : end + 4])[0]:
                raise BadTavernCard(where, 0, "this picture is damaged: a checksum is wrong; fetch it again")
            yield _text(kind, data, where)
        if kind == b"IEND":
            return
        at = end + 4


def _text(kind: bytes, data: bytes, where: str) -> tuple[bytes, bytes]:
    key, _, text = data.partition(b"\0")
    if kind == b"tEXt" or key not in _KEYS:
        return key, text
    packed = text[:1] == b"\1"
    try:
        _language, _translated, text = text[2:].split(b"\0", 2)
        if packed:
            unpacker = zlib.decompressobj()
            text = unpacker.decompress(text, _MOST_JSON * 2)
            if unpacker.unconsumed_tail:
                raise BadTavernCard(where, 0, "the character card in this picture is too large")
    except (ValueError, zlib.error) as error:
        raise BadTavernCard(where, 0, "the character card in this picture is damaged") from error
    return key, text


def _fields(packed: bytes, where: str) -> dict[str, str]:
    """Name and words of a card of any version."""
    if len(packed) > _MOST_JSON:
        raise BadTavernCard(where, 0, f"its text is larger than {_MOST_JSON / 1e6:g} MB, which no card's is")
    try:
        found: object = json.loads(packed.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadTavernCard(where, 0, "this is neither a PNG nor JSON in UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise BadTavernCard(where, 0, f"this is no JSON: {short(one_line(str(error)), 80)}") from error
    if not isinstance(found, dict):
        raise BadTavernCard(where, 0, "this is JSON, but no character card")
    table = cast("Mapping[str, Any]", found)
    inner: object = table.get("data")
    # V2 and V3 keep their fields in `data`; some tools write those of V1 beside them.
    fields = cast("Mapping[str, Any]", inner) if isinstance(inner, dict) else table
    words: dict[str, str] = {}
    for key in ("name", "nickname", *_FIELDS):
        value = fields.get(key)
        if value is not None and not isinstance(value, str):
            raise BadTavernCard(where, 0, f"this is no character card: its `{key}` is not text")
        words[key] = (value or "")[:200_000]
    if not one_line(words["name"]):
        raise BadTavernCard(where, 0, "this is no character card: it has no `name`")
    return words


def _card(words: Mapping[str, str], where: str) -> Card:
    name = one_line(neutral(words["nickname"])) or one_line(neutral(words["name"]))
    filled = {key: _filled(words[key], name) for key in _FIELDS}
    described = _line(filled["description"]) or _line(filled["scenario"])
    table: dict[str, Any] = {
        "name": name,
        "role": "character",
        "mandate": f"You are {short(name, 80)}, and you want your own way.",
        "manner": _in_short(_line(filled["personality"])),
        "sampling": "neutral",
        "overrides": {"temperature": 0.8, "min_p": 0.1, "dry_multiplier": 0.8},
        "character": {
            "description": _in_short(re.sub(rf"^{re.escape(name)} (?:is|was) ", "", described)),
            "voice": {"examples": _lines_of(filled, name)},
        },
    }
    text = f"# From {short(one_line(Path(where).name), 80)}.\n{tomli_w.dumps(table)}"
    try:
        return parse_card(text, where)
    except BadCard as error:
        raise BadTavernCard(where, 0, f"it makes no agent: {error.reason}") from error


def _filled(text: str, name: str) -> str:
    """The text with names for its blanks; comments and what only SillyTavern understands go."""
    text = re.sub(r"\{\{\s*char\s*\}\}|<(?:BOT|CHAR)>", lambda _: name, text, flags=re.IGNORECASE)
    text = re.sub(r"\{\{\s*user\s*\}\}|<USER>", _OTHER, text, flags=re.IGNORECASE)
    return re.sub(r"\{\{[^{}]*\}\}", "", text)


def _line(text: str) -> str:
    """Prose out of a description, also of lists such as `[Age("30") + Likes("rain" + "tea")]`."""
    text = re.sub(r"(\w+)\s*\(\s*\"", r"\1: \"", text)
    text = re.sub(r"\"\s*\+\s*\"", ", ", text)
    text = re.sub(r"\"\s*\)\s*\+?", ". ", text)
    return one_line(neutral(re.sub(r"[\[\]{}*\\\"]", " ", text)))


def _in_short(text: str) -> str:
    """As many whole sentences as a prompt can afford; the first one cut where even that is too long."""
    kept = ""
    for sentence in sentences_of(text) or [text]:
        joined = f"{kept} {sentence}".strip()
        if len(joined) > _DESCRIBED:
            break
        kept = joined
    return (kept or short(text, _DESCRIBED)).rstrip(".")


def _lines_of(filled: Mapping[str, str], name: str) -> list[str]:
    """What the character says in its examples and its greeting, without what it does meanwhile."""
    cue = re.compile(rf"^\s*{re.escape(name)}\s*:\s*(.*)$", re.IGNORECASE)
    said = [found[1] for line in filled["mes_example"].splitlines() if (found := cue.match(line))]
    said += re.findall(r"[\"\u201c]([^\"\u201c\u201d]+)[\"\u201d]", filled["first_mes"])
    kept: list[str] = []
    for words in said:
        # Actions stand between asterisks; where speech is quoted, only that is speech.
        spoken = re.sub(r"\*[^*]*\*", " ", words)
        quoted = re.findall(r"[\"\u201c]([^\"\u201c\u201d]+)[\"\u201d]", spoken)
        line = one_line(neutral(" ".join(quoted) if quoted else spoken))
        if line and len(line) <= _EXAMPLE and line not in kept:
            kept.append(line)
    return kept[:_EXAMPLES]
