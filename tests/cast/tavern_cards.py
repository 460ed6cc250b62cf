"""SillyTavern cards to read: V1, V2 and V3, in JSON and in pictures."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from typing import Any

FIELDS: dict[str, Any] = {
    "name": "Seraphina",
    "description": (
        '{{char}} is the guardian of a glade. [Likes("rain" + "tea") + Age("300")]\r\nShe heals {{user}}.'
    ),
    "personality": "Gentle, {{Char}} never lies.\n\nStubborn about {{user}}.",
    "scenario": "{{user}} wakes up in {{char}}'s glade.",
    "first_mes": '*She looks up.* "You are awake," *she says,* "and nobody followed you."',
    "mes_example": (
        "<START>\n{{user}}: Who are you?\n{{char}}: *smiles* Ask me after breakfast.\n"
        '<START>\n{{char}}: "It is only rain," *she whispers*, "my dear <USER>."\n{{user}}: Oh.\n'
    ),
}
V1: dict[str, Any] = FIELDS
V2: dict[str, Any] = {
    "spec": "chara_card_v2",
    "spec_version": "2.0",
    "data": {**FIELDS, "tags": ["forest"], "extensions": {}},
}
V3: dict[str, Any] = {
    "spec": "chara_card_v3",
    "spec_version": "3.0",
    "data": {**FIELDS, "name": "Seraphina of the Glade", "nickname": "Seraphina", "group_only_greetings": []},
}


def as_json(card: object) -> bytes:
    return json.dumps(card).encode()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def text(key: bytes, card: object) -> bytes:
    return chunk(b"tEXt", key + b"\0" + base64.b64encode(as_json(card)))


def international(key: bytes, card: object, *, packed: bool) -> bytes:
    data = base64.b64encode(as_json(card))
    return chunk(
        b"iTXt",
        key + (b"\0\1\0" if packed else b"\0\0\0") + b"en\0\0" + (zlib.compress(data) if packed else data),
    )


def png(*chunks: bytes) -> bytes:
    """A picture of one grey point, with chunks before its end."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    point = chunk(b"IDAT", zlib.compress(b"\0\x80"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + point + chunk(b"IEND", b"")
