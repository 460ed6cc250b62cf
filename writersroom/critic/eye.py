"""The eye: one fixed small model that reads every text, whichever model wrote it.

One pass over a window gives what it found likely and the mean of its last states; nothing is decoded. What
has been read is kept, so that a take that comes up again in a later round costs nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import numpy as np

from writersroom.critic.features.coherence import COHERENCE, coherence
from writersroom.critic.features.legibility import legibility
from writersroom.critic.features.normal import NormalForm, normal_form, sentences_of
from writersroom.critic.features.parts import parts
from writersroom.critic.features.style import STYLE, style
from writersroom.critic.features.surprise import SURPRISE, surprise
from writersroom.critic.features.vector import Numbers, Vector
from writersroom.critic.features.windows import MOST, windows
from writersroom.critic.heads.sentences import sentence_values
from writersroom.engine.interface import Engine, TextScore
from writersroom.frozen import Frozen

_KEPT: Final = 512
"""Readings kept."""
_LENGTHS: Final = 24
"""Windows sent to the engine at once: enough to fill its batches, few enough to be stopped soon."""


class Reading(Frozen):
    """What was measured in one text: means over its windows, weighted by their words."""

    plain: NormalForm
    words: int
    windows: int
    surprise: Numbers
    """Shape (len(SURPRISE),)."""
    style: Numbers
    """Shape (len(STYLE),)."""
    embedding: Numbers
    """The eye's mean state over all tokens, shape (embedding size,)."""
    coherence: Numbers
    """Shape (len(COHERENCE),)."""
    legibility: Numbers
    """Shape (len(LEGIBILITY),)."""
    parts: tuple[Numbers, ...]
    """Of each window its thirds, shape (parts, WIDTH of `features.parts`)."""
    sentences: tuple[str, ...]
    """The sentences of the windows, in order."""
    sentence_values: Numbers
    """Shape (len(sentences), len(SENTENCE))."""

    @property
    def edits(self) -> Numbers:
        """What the heads of edits look at, shape (WIDTH of `heads.edits`,)."""
        return np.concatenate([self.legibility, self.coherence, self.surprise])

    @property
    def vector(self) -> Vector:
        """All that has a name: surprise, style and coherence."""
        return Vector(
            measures=(*SURPRISE, *STYLE, *COHERENCE),
            values=np.concatenate([self.surprise, self.style, self.coherence]),
        )


class Eye:
    """Reads texts with an engine, and remembers the last few hundred readings."""

    def __init__(self, engine: Engine, *, most: int = MOST) -> None:
        self._engine = engine
        self._most = most
        self._known: OrderedDict[str, Reading] = OrderedDict()

    @property
    def model_sha256(self) -> str | None:
        """Of the model file that reads; None where a server does not tell."""
        return self._engine.info.sha256

    async def read(self, texts: Sequence[str]) -> tuple[Reading | None, ...]:
        """Measure texts, in order; None for one in which there is nothing to read.

        Raises:
            Unsupported, EngineClosed, EngineFailed: see `Engine.score`.
        """
        keys = [hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        found = dict(zip(new, await self._read(list(new.values())), strict=True))
        readings = [self._known[key] if key in self._known else found[key] for key in keys]
        for key, reading in zip(keys, readings, strict=True):
            if reading is not None:
                self._known[key] = reading
                self._known.move_to_end(key)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return tuple(readings)

    async def _read(self, texts: Sequence[str]) -> list[Reading | None]:
        forms = [normal_form(text) for text in texts]
        cuts = [windows(form.text, most=self._most) for form in forms]
        flat = [window for cut in cuts for window in cut]
        scores: list[TextScore] = []
        for at in range(0, len(flat), _LENGTHS):
            scores += await self._engine.score("", flat[at : at + _LENGTHS], hidden=True)
        given, readings = iter(scores), list[Reading | None]()
        for form, cut in zip(forms, cuts, strict=True):
            readings.append(measured(form, cut, [next(given) for _ in cut]) if cut else None)
            # A folder of texts takes seconds, in which the screen answers keys. A thread would not do: when
            # it is done, and so whose call comes next, would be left to chance.
            await asyncio.sleep(0)
        return readings


def measured(form: NormalForm, cut: Sequence[str], scores: Sequence[TextScore]) -> Reading:
    """A reading from what the eye saw.

    Args:
        form: the text.
        cut: its windows, at least one.
        scores: of each window, with `hidden`.
    """
    weights = np.array([len(window.split()) for window in cut], np.float64)
    sentences = [sentences_of(window) for window in cut]
    starts = [np.cumsum([0.0, *(len(one) + 1 for one in part[:-1])]) for part in sentences]

    def over(rows: Sequence[Numbers]) -> Numbers:
        return np.average(np.stack(rows), axis=0, weights=weights)

    return Reading(
        plain=form,
        words=len(form.text.split()),
        windows=len(cut),
        surprise=over([surprise(score, start) for score, start in zip(scores, starts, strict=True)]),
        style=over([style(window) for window in cut]),
        embedding=over([_state(score) for score in scores]),
        coherence=over([coherence(window, score) for window, score in zip(cut, scores, strict=True)]),
        legibility=over([legibility(window, score) for window, score in zip(cut, scores, strict=True)]),
        parts=tuple(parts(window, score) for window, score in zip(cut, scores, strict=True)),
        sentences=tuple(one for part in sentences for one in part),
        sentence_values=np.concatenate(
            [
                sentence_values(part, start, score)
                for part, start, score in zip(sentences, starts, scores, strict=True)
            ]
        ),
    )


def _state(score: TextScore) -> Numbers:
    if score.hidden is None:
        raise ValueError("the eye needs the states: score with hidden=True")
    return score.hidden.astype(np.float64)
