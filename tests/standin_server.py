"""A stand-in for a server that misbehaves: refuses, hangs, breaks off, sends nonsense.

What a working server does is tested against a real one; this is for what a real one cannot be made to do on
request. It speaks just enough HTTP/1.1, one request to a connection.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass
class Answering:
    """The way back to the client."""

    writer: asyncio.StreamWriter
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the client has closed the connection."""
    chunked: bool = False

    async def send(self, data: bytes) -> None:
        """Send a part of the body."""
        self.writer.write(b"%x\r\n%s\r\n" % (len(data), data) if self.chunked else data)
        await self.writer.drain()

    async def head(
        self, status: int, kind: str, headers: Mapping[str, str] | None = None, *, chunked: bool = False
    ) -> None:
        """Send the head, and say whether the body comes in chunks or ends with the connection."""
        lines = [f"HTTP/1.1 {status} Whatever", f"content-type: {kind}", "connection: close"]
        if chunked:
            lines.append("transfer-encoding: chunked")
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        await self.send("\r\n".join([*lines, "", ""]).encode())
        self.chunked = chunked

    async def json(self, value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        await self.head(status, "application/json", headers)
        await self.send(json.dumps(value).encode())

    async def refuse(self, status: int, message: str, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        await self.json({"error": {"message": message}}, status, named)

    async def events(self, *texts: str, finish: str | None = "stop", done: bool = True) -> None:
        """A streamed chat reply in pieces."""
        await self.head(200, "text/event-stream", chunked=True)
        for text in texts:
            await self.event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})
        if finish is not None:
            await self.event({"choices": [{"index": 0, "delta": dict[str, str](), "finish_reason": finish}]})
        if done:
            await self.send(b"data: [DONE]\n\n")

    async def lines(self, *texts: str, finish: str = "stop", chat: bool = False) -> None:
        """A streamed reply as Ollama's own interface has it, in pieces."""
        await self.head(200, "application/x-ndjson", chunked=True)
        for text in texts:
            said = {"message": {"role": "assistant", "content": text}} if chat else {"response": text}
            await self.line({**said, "done": False})
        cost = {"prompt_eval_count": 30, "eval_count": 7, "prompt_eval_duration": 12_500_000}
        await self.line({"done": True, "done_reason": finish, **cost})

    async def line(self, value: object) -> None:
        # Ollama leaves all but ASCII as it is, line ends of other kinds among it.
        await self.send(json.dumps(value, ensure_ascii=False).encode() + b"\n")

    async def event(self, value: object) -> None:
        await self.send(f"data: {json.dumps(value)}\n\n".encode())

    async def hang(self) -> None:
        """Say nothing until the client goes away."""
        await self.gone.wait()

    def reset(self) -> None:
        """Break the connection off."""
        self.chunked = False
        self.writer.transport.abort()


Answer = Callable[[Asked, Answering], Awaitable[None]]


class StandIn:
    """Answers each path by a function, and remembers what it was asked."""

    def __init__(self, **model: object) -> None:
        self.asked: list[Asked] = []
        self._answers: dict[str, list[Answer]] = {}
        self._model = {"id": "stand-in", **model}
        self._tasks: set[asyncio.Task[None]] = set()
        self.address = ""

    def answer(self, path: str, *answers: Answer) -> None:
        """Answer a path by these in turn, and by the last from then on."""
        self._answers[path] = list(answers)

    def chat(self, *answers: Answer) -> None:
        """Answer requests for chat replies by these in turn."""
        self.answer("/v1/chat/completions", *answers)

    def bodies(self, path: str = "/v1/chat/completions") -> list[Mapping[str, Any]]:
        """The bodies of all requests to a path."""
        return [asked.body for asked in self.asked if asked.path == path]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        self.address = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            asked = await _read(reader)
            self.asked.append(asked)
            answering = Answering(writer)
            watcher = asyncio.create_task(_watch(reader, answering.gone))
            try:
                await self._pick(asked)(asked, answering)
                if answering.chunked:
                    writer.write(b"0\r\n\r\n")
            finally:
                watcher.cancel()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    def _pick(self, asked: Asked) -> Answer:
        answers = self._answers.get(asked.path)
        if answers:
            return answers.pop(0) if len(answers) > 1 else answers[0]
        if asked.path == "/v1/models":
            return lambda _, back: back.json({"data": [self._model]})
        return lambda _, back: back.refuse(404, f"no such path {asked.path}")


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    content = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, path, headers, json.loads(content) if content else {})


async def _watch(reader: asyncio.StreamReader, gone: asyncio.Event) -> None:
    with suppress(ConnectionError):
        await reader.read()
    gone.set()


def says(*texts: str, finish: str | None = "stop", done: bool = True) -> Answer:
    """A streamed chat reply."""
    return lambda _, back: back.events(*texts, finish=finish, done=done)


def writes(*texts: str, finish: str = "stop", chat: bool = False) -> Answer:
    """A streamed reply of Ollama's own interface."""
    return lambda _, back: back.lines(*texts, finish=finish, chat=chat)


def refuses(status: int, message: str = "out of order", **headers: str) -> Answer:
    """A refusal."""
    return lambda _, back: back.refuse(status, message, **headers)


def told(value: object) -> Answer:
    """The same JSON to every request."""
    return lambda _, back: back.json(value)
