"""From bytes of tokens to text that is certain: whole characters, cut before a stop string."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class TextStream:
    """Collects a reply as its tokens come.

    A piece is certain when its characters are whole and no stop string can begin in it any more.
    """

    def __init__(self, stop: Sequence[str]) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._stop = tuple(text for text in stop if text)
        self._longest = max(map(len, self._stop), default=0)
        self._text = ""
        self._given = 0
        self.stopped = False

    @property
    def text(self) -> str:
        """All there is, held back pieces included, without a stop string."""
        return self._text

    def add(self, piece: bytes) -> str:
        """Append a token's bytes; returns the newly certain text. Sets `stopped` when a stop string came."""
        self._text += self._decoder.decode(piece)
        start = max(0, self._given - self._longest)
        found = [at for text in self._stop if (at := self._text.find(text, start)) >= 0]
        if found:
            self._text = self._text[: min(found)]
            self.stopped = True
        return self._give(len(self._text) if self.stopped else len(self._text) - self._held_back())

    def finish(self) -> str:
        """End the reply; returns what had been held back."""
        if not self.stopped:
            self._text += self._decoder.decode(b"", final=True)
        return self._give(len(self._text))

    def _give(self, upto: int) -> str:
        piece = self._text[self._given : max(upto, self._given)]
        self._given = max(upto, self._given)
        return piece

    def _held_back(self) -> int:
        """Length of the longest end of the text that a stop string begins with."""
        for size in range(min(self._longest - 1, len(self._text)), 0, -1):
            end = self._text[-size:]
            if any(text.startswith(end) for text in self._stop):
                return size
        return 0
