"""Text of a reply, let out only when it is certain."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_HIGH_SURROGATE: Final = re.compile("[\ud800-\udbff]")


class CertainText:
    """Joins the pieces a server sends and ends the reply before the first stop string.

    Servers differ in how they stream: some let the beginning of a stop string out, some know only four stop
    strings, some send a character outside the basic plane as two halves. So a piece that may yet turn out to
    be the beginning of a stop string, or is half a character, is held back until more is known.
    """

    def __init__(self, stops: Sequence[str] = ()) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._out: list[str] = []
        self._held = ""
        self.ended = False
        """A stop string has come; what follows is not part of the reply."""

    @property
    def text(self) -> str:
        """All that was let out."""
        return "".join(self._out)

    def feed(self, piece: str) -> str:
        """What becomes certain with `piece`."""
        if self.ended or not piece:
            return ""
        pending = self._held + piece
        half = pending[-1] if _HIGH_SURROGATE.match(pending[-1]) else ""
        pending = whole_characters(pending.removesuffix(half))
        found = [(pending.find(stop), stop) for stop in self._stops if stop in pending]
        if found:
            self.ended = True
            self._held = ""
            return self._let_out(pending[: min(found)[0]])
        keep = max((_overlap(pending, stop) for stop in self._stops), default=0)
        certain = pending[: len(pending) - keep]
        self._held = pending[len(certain) :] + half
        return self._let_out(certain)

    def finish(self) -> str:
        """What was still held back, now that nothing more will come."""
        held, self._held = self._held, ""
        return self._let_out(whole_characters(held))

    def _let_out(self, text: str) -> str:
        if text:
            self._out.append(text)
        return text


def _overlap(text: str, stop: str) -> int:
    """Length of the longest end of `text` with which `stop` begins."""
    longest = min(len(text), len(stop) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(stop[:size])), 0)


def whole_characters(text: str) -> str:
    """Halves of characters (surrogates) joined; halves without their other half replaced by U+FFFD."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
