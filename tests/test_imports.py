"""What each command really imports when it runs: help and reading wait for nothing they don't use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import record
from tests.view.playing import session

HEAVY = (
    "langgraph",
    "langchain_core",
    "textual",
    "llama_cpp",
    "sklearn",
    "numpy",
    "sqlite_utils",
    "httpx",
    "networkx",
)

REPORT = """
import sys
from writersroom.cli import execute
code = execute(sys.argv[2:])
loaded = [name for name in sys.argv[1].split() if name in sys.modules]
print("LOADED", code, *loaded, file=sys.stderr)
"""


def loaded_by(*arguments: str | Path) -> set[str]:
    """Which heavy libraries are in memory after a command line, which must succeed."""
    ran = subprocess.run(
        [sys.executable, "-c", REPORT, " ".join(HEAVY), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    _, code, *loaded = ran.stderr.strip().splitlines()[-1].split()
    assert code == "0", ran.stderr
    return set(loaded)


@pytest.fixture
def played(tmp_path: Path) -> Path:
    return record(tmp_path / "played.room", session(2, 60))


def test_help_imports_none_of_them() -> None:
    assert loaded_by("--help") == set()


@pytest.mark.parametrize(
    "command",
    [
        ["replay", "FILE", "--headless"],
        ["replay", "FILE", "--headless", "--json", "--at", "3"],
        ["show", "FILE", "--turn", "0"],
        ["graph", "FILE", "--format", "svg"],
        ["graph", "FILE", "--format", "graphml"],
        ["branch", "FILE", "--at", "2"],
        ["sessions"],
        ["sessions", "--search", "radio"],
        ["export", "FILE", "--format", "jsonl"],
        ["export", "FILE", "--format", "fountain"],
    ],
    ids=" ".join,
)
def test_reading_a_session_imports_none_of_them(
    played: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRITERSROOM_SESSIONS", str(played.parent))
    monkeypatch.chdir(played.parent)
    assert loaded_by(*(str(played) if word == "FILE" else word for word in command)) == set()


def test_show_imports_the_graph_library_alone_for_its_weaknesses(played: Path) -> None:
    assert loaded_by("show", played, "--json") <= {"networkx", "numpy"}
