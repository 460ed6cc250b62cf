"""What marks a file as a session, and which versions of it this program knows.

Apart from `migrations`, so that opening a current file needs no sqlite-utils (half a second to import).
"""

from __future__ import annotations

SUFFIX = ".room"
"""Of session files; `list_sessions` looks at no others."""

APPLICATION_ID = 0x57524D31
"""`PRAGMA application_id` of a session file: "WRM1" in ASCII, at byte 68."""

FORMAT = 4
"""`PRAGMA user_version` of a current session file: the number of its last migration."""

PAGE_SIZE = 8192
"""Bytes. Texts of about a kilobyte waste less of a page of 8 KiB than of one of 4 (10 % of the file), and an
append writes less than with 16."""

TOKENIZER = "unicode61 remove_diacritics 2"
"""Of the full-text index."""
