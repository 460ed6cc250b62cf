"""HTTP to one server: requests that are tried again, replies that stream in, typed errors for the rest."""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final, TypeAlias, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import JsonValue, ValidationError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from writersroom.engine.errors import EngineError, ServerError
from writersroom.engine.server.answers import Answer, Fault, Generated, Reply
from writersroom.engine.server.faults import (
    asked_pause,
    error_from,
    fault_in,
    is_transient,
    legible,
    shown_address,
)
from writersroom.engine.server.settings import ServerSettings
from writersroom.engine.server.sse import EventSplitter, EventTooLarge, LineSplitter

A = TypeVar("A", bound=Answer)
T = TypeVar("T")

Body: TypeAlias = Mapping[str, JsonValue]
Hear: TypeAlias = Callable[[Reply], bool]
"""Takes each event of a reply; says whether to go on."""

_LARGEST_ANSWER: Final = 256 * 2**20
_LARGEST_REFUSAL: Final = 64 * 2**10
_DRAIN_S: Final = 0.2
_CUT_SHORT: Final = (
    "ended the reply before it was finished (llama-cpp-python's does so when another request comes in, "
    "unless it was started with --interrupt_requests False)"
)


class _Again(Exception):
    """The request may succeed if it is sent once more."""

    def __init__(self, error: ServerError, *, after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.after = after


class _NoAnswer(_Again):
    """The connection could not be made, or failed before all of the answer had come."""


class Wire:
    """A connection pool to one server.

    Raises:
        ServerError: on creation, where the address is none.
    """

    def __init__(self, address: str, settings: ServerSettings) -> None:
        self._settings = settings
        self._root, self.address = _parse_address(address)
        headers = {"accept": "text/event-stream, application/json"}
        if settings.api_key is not None:
            key = settings.api_key.get_secret_value()
            if not (key.isascii() and key.isprintable()):
                raise self._error(
                    "cannot be asked: the key has characters that no key has; check $WRITERSROOM_API_KEY"
                )
            headers["authorization"] = f"Bearer {key}"
        self._client = httpx.AsyncClient(
            headers=headers,
            timeout=httpx.Timeout(None, connect=settings.connect_s),
            # Servers close an idle connection after five seconds (uvicorn) or more; a request that meets it
            # just then is lost.
            limits=httpx.Limits(max_connections=None, keepalive_expiry=2.0),
            # A proxy meant for the outside must not stand between this program and a server beside it.
            trust_env=not is_loopback(self._root),
        )
        self._slots = asyncio.Semaphore(settings.parallel)

    def narrow(self, parallel: int) -> None:
        """Allow only so many requests at a time. Call it before any is in flight."""
        self._slots = asyncio.Semaphore(min(parallel, self._settings.parallel))

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def ask(
        self,
        answer: type[A],
        path: str,
        body: Body | None = None,
        *,
        within: float | None = None,
    ) -> A:
        """One request and its whole answer; GET where there is no body.

        Raises:
            ServerError: it could not be had within `within` seconds or `ServerSettings.attempts` tries.
            PromptTooLong: the server says so.
        """
        return await self._asked(answer, path, body, within, self._settings.attempts, _Again)

    async def _asked(
        self,
        answer: type[A],
        path: str,
        body: Body | None,
        within: float | None,
        attempts: int,
        again: type[_Again],
    ) -> A:
        limit = within or self._settings.first_token_s

        async def once() -> A:
            try:
                async with asyncio.timeout(limit), self._opened(path, body) as response:
                    content = await _read(response, _LARGEST_ANSWER)
            except TimeoutError:
                raise self._error(f"gave no answer to {path} within {limit:g} s; check its load") from None
            return self._parse(answer, content)

        async with self._slots:
            return await self._patiently(once, attempts, again)

    async def may(self, answer: type[A], path: str, body: Body | None = None) -> A | None:
        """The answer of an address that a server need not have; None where it has not.

        Some answer an address that they do not know with success and something else, or ask for another key
        there than elsewhere. A connection that fails is tried once more.

        Raises:
            ServerError: the server could not be reached.
        """
        try:
            return await self._asked(answer, path, body, self._settings.inquiry_s, 2, _NoAnswer)
        except ServerError as error:
            if error.status is None:
                raise
            return None

    async def stream(
        self, path: str, body: Body, hear: Hear, form: type[Reply] | type[Generated] = Reply
    ) -> None:
        """Send a request for text and hand each event of the reply to `hear`, until one or the other ends it.

        The events come in the given form. Tried again only as long as no text has come.

        Raises:
            ServerError: it failed, or broke off.
            PromptTooLong: the server says so.
        """

        async def once() -> None:
            begun = False

            def heard(reply: Reply) -> bool:
                nonlocal begun
                begun = begun or bool(reply.text)
                return hear(reply)

            try:
                await self._follow(path, body, heard, form)
            except _Again as again:
                if begun:
                    raise again.error from again.__cause__
                raise

        async with self._slots:
            await self._patiently(once, self._settings.attempts, _Again)

    async def _follow(self, path: str, body: Body, hear: Hear, form: type[Reply] | type[Generated]) -> None:
        clock = asyncio.get_running_loop().time
        settings = self._settings
        silence = f"no token within {settings.first_token_s:g} s; check its load, or shorten the prompt"
        finished = done = False

        def take(event: Reply | Generated) -> bool:
            nonlocal finished
            reply = event if isinstance(event, Reply) else event.reply
            if reply.error is not None:
                fault = reply.error if isinstance(reply.error, Fault) else Fault(message=reply.error)
                raise error_from(self.address, None, fault, settings.api_key)
            finished = finished or reply.finish is not None
            return hear(reply)

        try:
            async with asyncio.timeout(settings.first_token_s) as limit, self._opened(path, body) as response:
                async for data in _events(response):
                    if done or data.strip() == "[DONE]":
                        # What follows is read, for a moment, so that the connection can be used again.
                        done = True
                        limit.reschedule(clock() + _DRAIN_S)
                        continue
                    if not take(self._parse(form, data)):
                        return
                    limit.reschedule(clock() + settings.between_tokens_s)
                    silence = (
                        f"no further token within {settings.between_tokens_s:g} s; the reply is broken off"
                    )
        except TimeoutError:
            if not (finished or done):
                raise self._error(f"sent {silence}") from None
        except _NoAnswer:
            # What may still have come after the end of the reply is its cost.
            if not finished:
                raise
        except EventTooLarge:
            raise self._error("sent an event of more than 16 MiB; the reply is broken off") from None
        if not finished:
            raise _Again(self._error(_CUT_SHORT if done else "broke the reply off before it was finished"))

    @asynccontextmanager
    async def _opened(self, path: str, body: Body | None) -> AsyncGenerator[httpx.Response]:
        """A successful response, its body not yet read."""
        content = None if body is None else json.dumps(body).encode()
        headers = {} if content is None else {"content-type": "application/json"}
        try:
            async with self._client.stream(
                "GET" if content is None else "POST", self._root + path, content=content, headers=headers
            ) as response:
                if not response.is_success:
                    raise self._refused(response, await _read(response, _LARGEST_REFUSAL))
                yield response
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise _NoAnswer(
                self._error("cannot be reached: " + _reason(error) + "; check the address and that it runs")
            ) from error
        except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
            raise _NoAnswer(self._error("broke the connection off: " + _reason(error))) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._error("cannot be asked: " + _reason(error)) from error

    def _refused(self, response: httpx.Response, content: bytes) -> EngineError | _Again:
        status, fault = response.status_code, fault_in(content.decode("utf-8", "replace"))
        error = error_from(self.address, status, fault, self._settings.api_key)
        if not isinstance(error, ServerError) or not is_transient(status, fault):
            return error
        pause = asked_pause(response.headers)
        longest = self._settings.longest_pause_s
        if pause is not None and pause > longest:
            return self._error(
                f"{error.reason}, and asks to wait {pause:.0f} s, more than longest_pause_s allows", status
            )
        return _Again(error, after=pause)

    async def _patiently(self, once: Callable[[], Awaitable[T]], attempts: int, again: type[_Again]) -> T:
        """Try until it works, with growing and jittered pauses, or as long as the server asks.

        Of what may succeed if it is tried again, only `again` is.
        """
        first, longest = self._settings.first_pause_s, self._settings.longest_pause_s
        growing = wait_exponential_jitter(multiplier=first, max=longest, jitter=first)

        def pause(state: RetryCallState) -> float:
            failure = state.outcome.exception() if state.outcome else None
            asked = failure.after if isinstance(failure, _Again) else None
            return growing(state) if asked is None else asked

        trials = AsyncRetrying(
            stop=stop_after_attempt(attempts), wait=pause, retry=retry_if_exception_type(again), reraise=True
        )
        try:
            return await trials(once)
        except _Again as failure:
            error = failure.error
            if attempts > 1:
                error = self._error(f"{error.reason} (tried {attempts} times)", error.status)
            raise error from failure.__cause__

    def _parse(self, answer: type[A], content: bytes | str) -> A:
        try:
            return answer.model_validate_json(content)
        except ValidationError as error:
            text = content if isinstance(content, str) else content[:400].decode("utf-8", "replace")
            raise self._error(
                f"answered with something else than OpenAI's interface ({legible(text[:80])!r}); "
                "check the address",
                httpx.codes.OK,
            ) from error

    def _error(self, reason: str, status: int | None = None) -> ServerError:
        return ServerError(self.address, reason, status=status)


async def _read(response: httpx.Response, most: int) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > most:
            break
    return bytes(content[:most])


async def _events(response: httpx.Response) -> AsyncIterator[str]:
    kind = response.headers.get("content-type", "")
    if "text/event-stream" not in kind and "ndjson" not in kind:
        # It does not stream: the whole reply is one event.
        yield (await _read(response, _LARGEST_ANSWER)).decode("utf-8", "replace")
        return
    splitter = LineSplitter() if "ndjson" in kind else EventSplitter()
    async for chunk in response.aiter_bytes():
        for data in splitter.feed(chunk):
            yield data
    for data in splitter.finish():
        yield data


def _parse_address(address: str) -> tuple[str, str]:
    """The root that paths are added to, and the address as it may be shown."""
    full = address.strip() if "://" in address else f"http://{address.strip()}"
    root = full.rstrip("/").removesuffix("/v1").rstrip("/")
    try:
        parts = urlsplit(root)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        valid = valid and root.isprintable() and " " not in root
        if valid and not parts.query and not parts.fragment:
            return root, shown_address(root)
    except ValueError:
        pass
    raise ServerError(
        legible(address.rpartition("@")[2]) or "(none)",
        "cannot be asked: this is no address; give one like http://127.0.0.1:8080",
    )


def is_loopback(root: str) -> bool:
    """Whether an address is of this machine."""
    host = urlsplit(root).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _reason(error: Exception) -> str:
    return legible(str(error)) or type(error).__name__
