"""A stand-in for the Hugging Face Hub on loopback: its API, HEAD, ranged GET, and what goes wrong there."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "c0ffee" + "0" * 34
NEWER = "decade" + "0" * 34


class Hub:
    """The Hub's content and moods; tests change them while it runs."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.newer: dict[str, bytes] | None = None
        """What every branch holds from the first download on, as the commit `NEWER`."""
        self.repository = "owner/tiny-GGUF"
        self.gated = False
        self.status: int | None = None
        """Answer everything with this."""
        self.stated_sha256: dict[str, str | None] = {}
        """What the API says of a file, instead of the truth."""
        self.break_after: int | None = None
        """Bytes of a body after which the next answer breaks off; then it is None again."""
        self.status_then: int | None = None
        """After breaking off, answer everything with this."""
        self.end_early = False
        """Break off by ending the connection in good order, a length too short."""
        self.silent = False
        """End the connection before each body."""
        self.ignores_ranges = False
        self.served: object = None
        """What `/v1/models` answers: a server of models, for once."""
        self.html = False
        """Answer as a hotel's login page does."""
        self.elsewhere = False
        """Have contents fetched from another host, as the real one does."""
        self.requests: list[tuple[str, str, str | None]] = []
        """Method, path and `Range` of each request."""
        self.tokens: dict[str, str | None] = {}
        """`Authorization` of the last request, by host."""
        self.slow = threading.Event()
        """While set, bodies are sent a little at a time."""
        self.url = ""

    def ranges(self) -> list[str | None]:
        """The `Range` of each download."""
        where = "/contents/" if self.elsewhere else "/resolve/"
        return [span for method, path, span in self.requests if method == "GET" and where in path]

    def at(self, revision: str) -> tuple[str, dict[str, bytes]]:
        """The commit that a revision stands for now, and its files."""
        if self.newer is None or revision == COMMIT or not self.ranges():
            return COMMIT, self.files
        return NEWER, self.newer

    def listing(self) -> dict[str, Any]:
        """What the API says of the repository."""
        siblings: list[dict[str, Any]] = [{"rfilename": "README.md", "size": 3, "blobId": "1" * 40}]
        for name, content in self.files.items():
            digest = self.stated_sha256.get(name, hashlib.sha256(content).hexdigest())
            lfs = {"sha256": digest, "size": len(content), "pointerSize": 130}
            entry: dict[str, Any] = {"rfilename": name, "size": len(content), "blobId": "2" * 40}
            siblings.append({**entry, "lfs": lfs} if digest is not None else entry)
        return {"id": self.repository, "sha": COMMIT, "private": False, "siblings": siblings}


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            path = unquote(urlsplit(self.path).path)
            hub.requests.append((self.command, path, self.headers.get("Range")))
            hub.tokens[self.headers["Host"].split(":")[0]] = self.headers.get("Authorization")
            api = f"/api/models/{hub.repository}"
            if hub.status is not None:
                self._refuse(hub.status)
            elif hub.html:
                self._send(b"<html>Welcome to our network</html>", {"Content-Type": "text/html"}, with_body)
            elif hub.served is not None and path == "/v1/models":
                self._send(json.dumps(hub.served).encode(), {"Content-Type": "application/json"}, True)
            elif path == api or path.startswith(f"{api}/revision/"):
                if path.endswith("/revision/no-such"):
                    self._refuse(404, "RevisionNotFound")
                else:
                    self._send(json.dumps(hub.listing()).encode(), {"Content-Type": "application/json"}, True)
            elif path.startswith(f"/{hub.repository}/resolve/"):
                revision, name = path.split("/resolve/", 1)[1].split("/", 1)
                self._file(revision, name, with_body)
            elif path.startswith("/contents/"):
                self._content(hub.files[path.removeprefix("/contents/")], {}, with_body)
            else:
                self._refuse(404, "RepoNotFound")

        def _file(self, revision: str, name: str, with_body: bool) -> None:
            commit, files = hub.at(revision)
            content = files.get(name)
            if hub.gated:
                self._refuse(403, "GatedRepo")
                return
            if content is None:
                self._refuse(404, "EntryNotFound")
                return
            digest = hashlib.sha256(content).hexdigest()
            headers = {"X-Repo-Commit": commit, "ETag": f'"{digest}"', "X-Linked-Size": str(len(content))}
            if hub.elsewhere:
                there = hub.url.replace("127.0.0.1", "localhost")
                self.send_response(302)
                for key, value in headers.items():
                    self.send_header("X-Linked-ETag" if key == "ETag" else key, value)
                self.send_header("Location", f"{there}/contents/{name}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self._content(content, headers, with_body)

        def _content(self, content: bytes, headers: dict[str, str], with_body: bool) -> None:
            headers = {"ETag": '"some"', **headers}
            span = self.headers.get("Range")
            if span is None or hub.ignores_ranges:
                self._send(content, headers, with_body)
                return
            start = int(span.removeprefix("bytes=").split("-")[0])
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self._send(content[start:], headers, with_body, status=206)

        def _send(self, body: bytes, headers: dict[str, str], with_body: bool, *, status: int = 200) -> None:
            cut = hub.break_after if with_body and "ETag" in headers else None
            if hub.silent and with_body and "ETag" in headers:
                self.close_connection = True
                return
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            shown = body if cut is None or not hub.end_early else body[:cut]
            self.send_header("Content-Length", str(len(shown)))
            if cut is not None:
                self.send_header("Connection", "close")
            self.end_headers()
            if not with_body:
                return
            if cut is not None:
                hub.break_after, hub.status = None, hub.status_then
                self.wfile.write(body[:cut])
                self.close_connection = True
                return
            for at in range(0, len(body), 65_536):
                if hub.slow.is_set() and "ETag" in headers:
                    threading.Event().wait(0.05)
                self.wfile.write(body[at : at + 65_536])

        def _refuse(self, status: int, code: str | None = None) -> None:
            self.send_response(status)
            if code is not None:
                self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

    return Handler


@contextmanager
def running_hub() -> Generator[Hub]:
    """A Hub that answers at `hub.url` while the block runs."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
