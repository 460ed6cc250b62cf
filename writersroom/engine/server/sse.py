"""The events of a stream, cut from bytes: server-sent events, and the lines of Ollama's own interface.

Written for this package because the line reader of the HTTP library splits at every Unicode line end, U+2028
and U+0085 among them, which servers leave unescaped inside the JSON of one event.
"""

from __future__ import annotations

from typing import Final

_LARGEST_EVENT: Final = 16 * 2**20


class EventTooLarge(ValueError):
    """One event is larger than any reply needs; the stream is not followed further."""


class LineSplitter:
    """Turns a stream of bytes into its lines, each of them an event."""

    def __init__(self) -> None:
        self._line = bytearray()

    def feed(self, chunk: bytes) -> list[str]:
        """The lines that `chunk` completes.

        Raises:
            EventTooLarge: more than 16 MiB without an end of line.
        """
        *ended, rest = (self._line + chunk).split(b"\n")
        if len(rest) > _LARGEST_EVENT:
            raise EventTooLarge
        self._line = rest
        return [line.decode("utf-8", "replace") for line in ended if line.strip()]

    def finish(self) -> list[str]:
        """The last line, where the server closed the stream without an end of line."""
        return self.feed(b"\n")


class EventSplitter:
    """Turns a stream of bytes into the `data` of its events (WHATWG HTML, section 9.2.6)."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._data: list[str] = []
        self._size = 0
        self._after_return = False

    def feed(self, chunk: bytes) -> list[str]:
        """The events that `chunk` completes. Comments and fields other than `data` are left out.

        Raises:
            EventTooLarge: more than 16 MiB without an end of event.
        """
        if chunk:
            ends_with_return = chunk.endswith(b"\r")
            if self._after_return:
                chunk = chunk.removeprefix(b"\n")
            self._after_return = ends_with_return
        events: list[str] = []
        for piece in chunk.splitlines(keepends=True):
            self._line += piece.rstrip(b"\r\n")
            if self._size + len(self._line) > _LARGEST_EVENT:
                raise EventTooLarge
            if piece[-1] in b"\r\n":
                events += self._end_line()
        return events

    def finish(self) -> list[str]:
        """The last event, where the server closed the stream without an empty line after it."""
        return [*self._end_line(), *self._end_line()]

    def _end_line(self) -> list[str]:
        line = self._line.decode("utf-8", "replace")
        self._line.clear()
        if line:
            name, _, value = line.partition(":")
            if name == "data":
                self._data.append(value.removeprefix(" "))
                self._size += len(value)
            return []
        data, self._data, self._size = self._data, [], 0
        return ["\n".join(data)] if data else []
