"""The same screens in a browser: `textual-serve` starts the program once for each page that is opened.

It answers whoever reaches it, and a page of any site can reach this machine from the browser that shows it.
So what another site's page asks is refused: by `Origin`, which it cannot choose, and, where the server
listens on this machine alone, by `Host`, which tells names that were only bent to point here.
"""

from __future__ import annotations

import shlex
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

from writersroom.engine.settings import EngineSettings
from writersroom.resources import Room

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_ANY: Final = ("0.0.0.0", "::", "")


class OwnPages(Server):
    """A server that only its own pages can use."""

    def expects(self, host: str, origin: str | None) -> bool:
        """Whether a request is one of its own pages', or of no page's.

        Args:
            host: name and port that it was sent to.
            origin: of the page that sent it; None where it was no page.
        """
        public = urlsplit(self.public_url).netloc
        here = {
            public,
            *(f"[{name}]:{self.port}" if ":" in name else f"{name}:{self.port}" for name in LOOPBACK),
        }
        if self.host in LOOPBACK and host not in here:
            return False
        return origin is None or urlsplit(origin).netloc in {host, *here}

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._refuse_others)
        return app

    @web.middleware
    async def _refuse_others(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if not self.expects(request.host, request.headers.get("Origin")):
            raise web.HTTPForbidden(
                text="This is not the address that the room is served under. Give it with --public-url."
            )
        return await handler(request)


def command_for(room: Room, model: str | None, settings: EngineSettings) -> str:
    """The command line that a page runs."""
    words = [sys.executable, "-m", "writersroom.tui", "--room", str(room.root)]
    if model is not None:
        words += ["--model", model]
    words += ["--settings", settings.model_dump_json(exclude_defaults=True)]
    return shlex.join(words)


def serve(
    room: Room,
    *,
    host: str,
    port: int,
    public_url: str | None,
    model: str | None,
    settings: EngineSettings,
) -> None:
    """Serve until Ctrl+C.

    Args:
        room: whose sessions are shown.
        host: address to listen on.
        port: port to listen on.
        public_url: address that browsers see it under, where something stands in between.
        model: what plays sessions.
        settings: how to run it.
    """
    command = command_for(room, model, settings)
    if public_url is None and host in _ANY:
        # No browser elsewhere can go to "any address", which the pages would be told otherwise.
        public_url = f"http://{socket.gethostname()}:{port}"
    OwnPages(command, host=host, port=port, title="writersroom", public_url=public_url).serve()
