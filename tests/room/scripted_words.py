"""Words for rooms on the scripted engine: sentences that the filters let through, drawn by their request."""

from __future__ import annotations

import hashlib
from typing import Final

from writersroom.engine.interface import Request

_VERBS: Final = (
    "hides",
    "takes",
    "breaks",
    "carries",
    "buries",
    "sells",
    "guards",
    "opens",
    "burns",
    "mends",
)
_THINGS: Final = (
    "lamp", "letter", "boat", "radio", "key", "ledger", "rope", "map", "coat", "bell", "ring", "knife",
    "stair", "door", "cable", "glass", "stove", "clock", "net", "anchor",
)  # fmt: skip
_TIMES: Final = (
    "before the storm breaks", "while the tide turns", "as the light goes out", "when the boat is late",
    "after the bell has rung", "until the fog comes in", "because the door was left open",
    "although it costs the winter", "where the rocks begin", "so that the others may sleep",
)  # fmt: skip


def answering(request: Request, take: int) -> str:
    """A reply that goes on from any beginning, and is another for each prompt, seed and take."""
    prompt = request.prompt
    text = prompt if isinstance(prompt, str) else "".join(part.text for part in prompt)
    told = f"{text}\0{request.sampling.seed}\0{take}".encode("utf-8", "replace")
    digest = hashlib.sha256(told).digest()
    verb, thing, other, time = (
        words[digest[at] % len(words)] for at, words in enumerate((_VERBS, _THINGS, _THINGS, _TIMES))
    )
    return f" {verb} the {thing} behind the {other} {time}.\n"
