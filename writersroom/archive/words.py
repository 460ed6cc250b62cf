"""Finding events by their words: what is indexed, how a query is read, what of the text is shown."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import cast

from pydantic import JsonValue

from writersroom.archive.rows import storable
from writersroom.archive.schema import TOKENIZER
from writersroom.events import Event, EventId
from writersroom.frozen import Frozen

_NOT_WORDS = frozenset({"kind", "cards", "templates", "settings", "structure", "model_sha256", "before"})
"""Fields that nobody searches. `before` of a diff repeats what an earlier event said."""

_BEFORE, _AFTER = 50, 110
"""Characters of an excerpt round the place that matched."""

_PHRASE = re.compile(r'"([^"]+)"')


class Hit(Frozen):
    """An event in which words were found."""

    event: EventId
    turn: int
    kind: str
    agent: str
    excerpt: str
    """The text round the first word found, on one line; an ellipsis marks where it was cut."""


def texts_of(body: JsonValue) -> Iterator[str]:
    """The texts of a body that a person may look for, in order."""
    if isinstance(body, str):
        if body:
            yield body
    elif isinstance(body, dict):
        for name, value in body.items():
            if name not in _NOT_WORDS:
                yield from texts_of(value)
    elif isinstance(body, list):
        for value in body:
            yield from texts_of(value)


def index(connection: sqlite3.Connection, event: EventId, body: JsonValue) -> None:
    """Add an event to the full-text index of a session file."""
    connection.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (event, "\n".join(texts_of(body))))


class Query:
    """What a person typed: words that must all occur, in any order, as beginnings of words of the text.

    Words between double quotes must stand together. Case and accents do not matter. Nothing in the text has
    any other meaning, so that no input is a syntax error.

    Attributes:
        match: the argument of an FTS5 MATCH; empty where no word was given, which finds nothing.
    """

    def __init__(self, text: str) -> None:
        with closing(_scratch()) as scratch:
            self._words = _tokens(scratch, text)
            quoted = [_tokens(scratch, phrase) for phrase in _PHRASE.findall(text)]
        self.match = " ".join(f'"{word}"*' for word in self._words)
        self._phrases = " ".join(f'"{" ".join(phrase)}"' for phrase in quoted if len(phrase) > 1)

    def hits(self, events: Sequence[Event]) -> list[Hit]:
        """What was found in events that hold all the words; those that lack a phrase are left out."""
        texts = [list(texts_of(cast(JsonValue, event.body.model_dump(mode="json")))) for event in events]
        held = self._with_phrases(texts)
        return [
            Hit(
                event=event.id,
                turn=event.turn,
                kind=event.body.kind,
                agent=event.agent,
                excerpt=self._excerpt(texts[i]),
            )
            for i, event in enumerate(events)
            if i in held
        ]

    def _with_phrases(self, texts: Sequence[Sequence[str]]) -> set[int]:
        """Which of the texts hold every phrase."""
        if not self._phrases:
            return set(range(len(texts)))
        with closing(_scratch()) as scratch:
            scratch.executemany(
                "INSERT INTO typed (rowid, text) VALUES (?, ?)",
                ((i, "\n".join(lines)) for i, lines in enumerate(texts)),
            )
            found = scratch.execute("SELECT rowid FROM typed WHERE typed MATCH ?", (self._phrases,))
            return {cast(int, row[0]) for row in found}

    def _excerpt(self, texts: Sequence[str]) -> str:
        for text in texts:
            folded, places = _folded(text)
            starts = [
                found.start()
                for word in self._words
                if (found := re.search(rf"(?<!\w){re.escape(word)}", folded))
            ]
            if starts:
                return _cut(text, places[min(starts)])
        return _cut(texts[0], 0) if texts else ""


def _scratch() -> sqlite3.Connection:
    """An index in memory that cuts texts into words exactly as that of a session file does."""
    scratch = sqlite3.connect(":memory:")
    scratch.execute(f"CREATE VIRTUAL TABLE typed USING fts5(text, tokenize='{TOKENIZER}')")
    scratch.execute("CREATE VIRTUAL TABLE token USING fts5vocab(typed, instance)")
    return scratch


def _tokens(scratch: sqlite3.Connection, text: str) -> list[str]:
    scratch.execute("DELETE FROM typed")
    scratch.execute("INSERT INTO typed (text) VALUES (?)", (storable(text),))
    return [cast(str, row[0]) for row in scratch.execute("SELECT term FROM token ORDER BY offset")]


def _folded(text: str) -> tuple[str, list[int]]:
    """The text without case and accents, and the place in `text` of each of its characters."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character).casefold():
            if not unicodedata.combining(part):
                characters.append(part)
                places.append(place)
    return "".join(characters), places


def _cut(text: str, place: int) -> str:
    start, end = max(0, place - _BEFORE), min(len(text), place + _AFTER)
    line = " ".join(text[start:end].split())
    return ("…" if start else "") + line + ("…" if end < len(text) else "")
