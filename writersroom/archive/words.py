"""Finding events by their words: what is indexed, how a query is read, what of the text is shown."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import cast

from pydantic import JsonValue

from writersroom.archive.rows import storable
from writersroom.archive.schema import TOKENIZER
from writersroom.events import Event, EventId
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.scored import Scored
from writersroom.events.take_written import TakeWritten
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


def _texts_in(event: Event) -> Iterator[str]:
    return texts_of(cast(JsonValue, event.body.model_dump(mode="json")))


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

    def held_by(self, texts: Sequence[str]) -> list[str]:
        """Those of the texts that hold all the words, and every phrase."""
        wanted = f"{self.match} {self._phrases}"
        return [texts[i] for i in sorted(_matching(texts, wanted))]

    def hits(self, events: Sequence[Event]) -> list[Hit]:
        """What was found in events that hold all the words; those that lack a phrase are left out."""
        texts = [list(_texts_in(event)) for event in events]
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
        return _matching(["\n".join(lines) for lines in texts], self._phrases)

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


class Spoken:
    """The lines of one scene in which the words of a query stand, to tell what merely repeats one of them."""

    def __init__(self, query: Query, events: Sequence[Event]) -> None:
        """Of lines in the order in which they were spoken."""
        lines = [(event.id, event.body) for event in events if isinstance(event.body, LineSpoken)]
        self._first: dict[LineSpoken, EventId] = {}
        for number, line in lines:
            self._first.setdefault(_words_of(line), number)
        self._said = query.held_by([text for _, line in lines for text in (line.line, line.action) if text])

    def repeated_in(self, event: Event) -> bool:
        """Whether an event that may repeat a line does."""
        if isinstance(event.body, LineSpoken):
            return self._first.get(_words_of(event.body), event.id) != event.id
        text = "\n".join(_texts_in(event))
        return any(said in text for said in self._said)


def may_repeat(event: Event) -> bool:
    """Whether it can have its words from a line: so a line that a revision keeps, a take, and a score."""
    return isinstance(event.body, TakeWritten | Scored) or (
        isinstance(event.body, LineSpoken) and not event.agent
    )


def repeats(event: Event, spoken: Mapping[str, Spoken]) -> bool:
    """Whether an event was found only for what it repeats of a line of its scene.

    Args:
        event: one that holds the words.
        spoken: by scene, of all scenes in which something may repeat.
    """
    return may_repeat(event) and spoken[event.scene].repeated_in(event)


def _words_of(line: LineSpoken) -> LineSpoken:
    """The line as it is the same in every take."""
    return line.model_copy(update={"take": ""})


def _scratch() -> sqlite3.Connection:
    """An index in memory that cuts texts into words exactly as that of a session file does."""
    scratch = sqlite3.connect(":memory:")
    scratch.execute(f"CREATE VIRTUAL TABLE typed USING fts5(text, tokenize='{TOKENIZER}')")
    scratch.execute("CREATE VIRTUAL TABLE token USING fts5vocab(typed, instance)")
    return scratch


def _matching(texts: Sequence[str], match: str) -> set[int]:
    """Which of the texts an FTS5 query finds."""
    with closing(_scratch()) as scratch:
        scratch.executemany("INSERT INTO typed (rowid, text) VALUES (?, ?)", enumerate(texts))
        found = scratch.execute("SELECT rowid FROM typed WHERE typed MATCH ?", (match,))
        return {cast(int, row[0]) for row in found}


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
