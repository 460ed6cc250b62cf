"""Session files: everything that happened, kept in one SQLite file that survives any stop.

Only this package knows SQLite. `Archive` is one session; `list_sessions` and `search_sessions` look at a
folder of them.
"""

from writersroom.archive.archive import Archive
from writersroom.archive.branches import Branch, current
from writersroom.archive.errors import ArchiveError
from writersroom.archive.listing import (
    SessionHits,
    SessionSummary,
    list_sessions,
    search_sessions,
    summary,
)
from writersroom.archive.naming import free_name, stem_of
from writersroom.archive.reading import Snapshot
from writersroom.archive.schema import SUFFIX
from writersroom.archive.words import Hit

__all__ = [
    "SUFFIX",
    "Archive",
    "ArchiveError",
    "Branch",
    "Hit",
    "SessionHits",
    "SessionSummary",
    "Snapshot",
    "current",
    "free_name",
    "list_sessions",
    "search_sessions",
    "stem_of",
    "summary",
]
