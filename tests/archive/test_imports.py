"""Reading a session stays quick to start: what only writing a new one needs is not imported for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from writersroom.archive import Archive

READ = """
import sys
from writersroom.archive import Archive, list_sessions
with Archive.open(sys.argv[1]) as archive:
    assert archive.turn == 0
    assert list(archive.events())
with Archive.open(sys.argv[1], write=True):
    pass
slow = {"sqlite_utils", "networkx", "langgraph", "textual", "llama_cpp", "numpy"}
print(*sorted(slow & sys.modules.keys()))
"""


def test_opening_a_session_imports_neither_sqlite_utils_nor_networkx(session: Archive, path: Path) -> None:
    session.close()
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
