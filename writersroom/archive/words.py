"""Finding events by their words: what is indexed, how a query is read, what of the text is shown."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import cast

from pydantic import JsonValue

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
        self._words = tokens(text)
        self._phrases = [phrase for quoted in _PHRASE.findall(text) if (phrase := tokens(quoted))]
        self.match = " ".join(f'"{word}"*' for word in self._words)

    def hit(self, event: Event) -> Hit | None:
        """What was found in an event that holds all the words; None where it lacks a phrase."""
        texts = list(texts_of(cast(JsonValue, event.body.model_dump(mode="json"))))
        if not self._accepts(texts):
            return None
        return Hit(
            event=event.id,
            turn=event.turn,
            kind=event.body.kind,
            agent=event.agent,
            excerpt=self._excerpt(texts),
        )

    def _accepts(self, texts: Sequence[str]) -> bool:
        if not self._phrases:
            return True
        held = [tokens(text) for text in texts]
        return all(any(_contains(words, phrase) for words in held) for phrase in self._phrases)

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


def tokens(text: str) -> list[str]:
    """The words of a text exactly as the index sees them: SQLite is asked, so that the two cannot differ."""
    with closing(sqlite3.connect(":memory:")) as scratch:
        scratch.execute(f"CREATE VIRTUAL TABLE typed USING fts5(text, tokenize='{TOKENIZER}')")
        scratch.execute("CREATE VIRTUAL TABLE token USING fts5vocab(typed, instance)")
        scratch.execute("INSERT INTO typed (text) VALUES (?)", (text,))
        return [cast(str, row[0]) for row in scratch.execute("SELECT term FROM token ORDER BY offset")]


def _contains(words: list[str], phrase: list[str]) -> bool:
    size = len(phrase)
    return any(words[i : i + size] == phrase for i in range(len(words) - size + 1))


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
