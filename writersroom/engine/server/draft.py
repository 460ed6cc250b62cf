"""One take while it is being written."""

from __future__ import annotations

import time
from collections.abc import Sequence

from writersroom.engine.errors import ReplyInvalid
from writersroom.engine.interface import Finish, OnToken, Take, TokenEvent
from writersroom.engine.server.answers import Reply, Spent, Timings
from writersroom.engine.server.certain import CertainText
from writersroom.engine.server.shape import ReplyShape


class Draft:
    """Gathers the events of one reply: its text, why it ended, what it cost."""

    def __init__(self, index: int, stops: Sequence[str], on_token: OnToken | None) -> None:
        self._index = index
        self._text = CertainText(stops)
        self._on_token = on_token
        self._finish: Finish | None = None
        self._pieces = 0
        self._tail = ""
        self.spent: Spent | None = None
        self.timings = Timings()
        self.first_at: float | None = None
        """When the first text came (`time.perf_counter`); None before."""
        self.last_at: float | None = None

    @property
    def text(self) -> str:
        """All text that is certain."""
        return self._text.text + self._tail

    @property
    def tokens(self) -> int:
        """As the server counts, and where it does not, the pieces it sent."""
        counted = self.spent.completion_tokens if self.spent else None
        return self._pieces if counted is None else counted

    @property
    def finished(self) -> bool:
        """Whether it is known why it ended."""
        return self._finish is not None

    @property
    def cancelled(self) -> bool:
        """Whether it was ended by the caller."""
        return self._finish == "cancelled"

    def hear(self, reply: Reply) -> bool:
        """Take in one event; says whether more is wanted."""
        self.spent = reply.usage or self.spent
        self.timings = reply.timings or self.timings
        if reply.text:
            self._pieces += 1
            self.last_at = time.perf_counter()
            self.first_at = self.first_at or self.last_at
            self._let_out(self._text.feed(reply.text))
        if self._text.ended:
            self._finish = "stop"
            return False
        if reply.finish is not None:
            self._finish = "length" if reply.finish == "length" else "stop"
        return True

    def end(self, *, cancelled: bool = False) -> None:
        """Nothing more will come: let out what was held back."""
        self._let_out(self._text.finish())
        if cancelled:
            self._finish = "cancelled"

    def take(self, shape: ReplyShape | None) -> Take:
        """The finished take, read by its schema.

        Raises:
            ReplyInvalid: it does not satisfy the schema.
            ReplyTruncated: its token limit cut it and it could not be closed.
        """
        finish = self._finish or "stop"
        parsed = None
        if shape is not None and finish != "cancelled":
            parsed = shape.read(self._closed(shape) if finish == "length" else self.text)
        return Take(text=self.text, finish=finish, tokens=self.tokens, parsed=parsed)

    def _closed(self, shape: ReplyShape) -> str:
        try:
            shape.read(self.text)
        except ReplyInvalid:
            self._tail = shape.ending(self.text)
            self._send(self._tail)
        return self.text

    def _let_out(self, text: str) -> None:
        if text:
            self._send(text)

    def _send(self, text: str) -> None:
        if self._on_token is not None:
            self._on_token(TokenEvent(take=self._index, text=text))
