"""What follows a turn while it is written: hears its words, notes what was drawn, may break it off."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import takewhile
from typing import Final

from writersroom.cast.neutral import neutral
from writersroom.cast.replies import whole
from writersroom.cast.requests import Asked
from writersroom.cast.tidy import tidy
from writersroom.engine.interface import OnToken, Take, TokenEvent
from writersroom.events import Trace, Weighed
from writersroom.story.text import one_line

_UNHEARD: Final = ("thought", "character_")
"""Beginnings of the names of templates whose texts nobody hears as they come."""

_QUOTES: Final = ' "\u201c\u201d'
_ENDS: Final = (".", "!", "?", "\u2026")
_LOOSE: Final = " ,;:-\u2013\u2014"


class Listener:
    """The ear and the hand of whoever watches a turn being written.

    Attributes:
        stop: set it to end the writing within a token; what there is then makes the turn's text.

    Args:
        heard: called with all of the turn's text so far whenever it changes.
    """

    def __init__(self, heard: Callable[[str], None] | None = None) -> None:
        self.stop = threading.Event()
        self._heard = heard
        self._texts: dict[tuple[str, int], str] = {}
        self._choices: list[Weighed | None] = []
        self._traces: list[Trace] = []

    @property
    def text(self) -> str:
        """All that was heard, a text a line, in the order in which they were begun."""
        return "\n".join(filter(None, self._texts.values()))

    @property
    def choices(self) -> tuple[Weighed, ...]:
        """What the model was made to choose so far, in the order in which it was asked."""
        return tuple(one for one in takewhile(lambda one: one is not None, self._choices) if one)

    def begins(self, asked: Asked, stream: int) -> OnToken | None:
        """A text is asked for; what was heard of it before is thrown away.

        Args:
            asked: the request.
            stream: tells it from others that are asked for by the same template in this turn.

        Returns:
            What its tokens are to be given to; None where nobody listens.
        """
        if self._heard is None or asked.request.reply_schema or asked.template.startswith(_UNHEARD):
            return None
        key, written = (asked.template, stream), ""
        again = key in self._texts
        self._texts[key] = ""
        if again:
            self._heard(self.text)

        def add(token: TokenEvent) -> None:
            nonlocal written
            if token.take == 0 and self._heard is not None:
                written += token.text
                self._texts[key] = _audible(asked, written)
                self._heard(self.text)

        return add

    def keeps(self, asked: Asked, stream: int, written: str) -> None:
        """Another reply than the one that was heard is kept, and now heard instead; as for `begins`."""
        key = (asked.template, stream)
        if self._heard is not None and key in self._texts:
            self._texts[key] = _audible(asked, written)
            self._heard(self.text)

    def wrote(self, trace: Trace) -> None:
        """A text is done, whether it is kept or not."""
        self._traces.append(trace)

    def followed(self, trace: Trace) -> Trace:
        """The trace of the turn's own text, with all that else was written and chosen in the turn.

        Both by template and seed: what is written side by side is asked for, and ends, in an order that is
        left to how fast each was.
        """
        others = (
            one.model_copy(update={"choices": ()})
            for one in self._traces
            if (one.template, one.seed) != (trace.template, trace.seed)
        )
        besides = tuple(sorted(others, key=_stream))
        return trace.model_copy(
            update={"besides": besides, "choices": tuple(sorted(self.choices, key=_stream))}
        )

    def chooses(self) -> int:
        """A choice is put to the model: the place at which `chose` notes it."""
        self._choices.append(None)
        return len(self._choices) - 1

    def chose(self, place: int, weighed: Weighed) -> None:
        """What came of it."""
        self._choices[place] = weighed


def _stream(one: Trace | Weighed) -> tuple[str, int]:
    return one.template, one.seed


def _audible(asked: Asked, written: str) -> str:
    """A reply as far as it goes, as somebody hears it."""
    return neutral(one_line(whole(asked, written))).strip(_QUOTES)


def broken_off(asked: Asked, take: Take) -> str:
    """A reply that somebody stopped: its words so far with a dash, or nothing where it has none yet."""
    if take.finish != "cancelled":
        return tidy(whole(asked, take.text), asked.kind, sentences=asked.sentences, ended=True)
    if not take.text.strip():
        return ""
    text = _audible(asked, take.text)
    return text if text[-1:] in _ENDS else f"{text.rstrip(_LOOSE)}\u2014"
