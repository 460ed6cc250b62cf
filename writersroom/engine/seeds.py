"""How the takes of one request get streams of their own."""

from __future__ import annotations

import hashlib


def take_seed(seed: int, take: int) -> int:
    """The seed of take number `take`: unrelated for neighbouring numbers.

    31 bits, so that servers whose seeds are signed take it too.
    """
    return int.from_bytes(hashlib.sha256(f"{seed}:{take}".encode()).digest()[:4], "little") >> 1
