"""Readings without a model: what the eye would have seen, drawn from a text by rules."""

from __future__ import annotations

import zlib

import numpy as np

from writersroom.critic.eye import Reading, measured
from writersroom.critic.features.normal import normal_form
from writersroom.critic.features.windows import windows
from writersroom.critic.rows import Rows, joined, rows_of
from writersroom.engine.interface import Floats, TextScore

WIDTH = 24


def seen(text: str) -> TextScore:
    """A token for each word; rare words surprise more, and a word seen before less."""
    starts: list[int] = []
    logprob: list[float] = []
    entropy: list[float] = []
    at = 0
    met: set[str] = set()
    for word in text.split():
        starts.append(max(at - 1, 0))
        noise = zlib.crc32(word.encode()) % 100 / 100
        logprob.append(-(0.4 if word in met else 1.0) * (0.5 + len(word) * 0.4 + noise))
        entropy.append(2.0 + noise)
        met.add(word)
        at += len(word) + 1
    count = len(starts)
    values = np.array(logprob, np.float32)
    return TextScore(
        starts=np.array(starts, np.int32),
        logprob=values,
        rank=(np.abs(values) ** 3).astype(np.int32),
        entropy=np.array(entropy, np.float32),
        variance=np.full(count, 1.5, np.float32),
        hidden=_state(text),
    )


def _state(text: str) -> Floats:
    state = np.zeros(WIDTH, np.float32)
    for word in text.lower().split():
        state[zlib.crc32(word.encode()) % WIDTH] += 1
    return (state / max(float(state.sum()), 1)).astype(np.float32)


def reading(text: str) -> Reading:
    """A reading of a text of at least one word."""
    form = normal_form(text)
    cut = windows(form.text)
    return measured(form, cut, [seen(window) for window in cut])


def rows(people: list[str], machines: dict[str, list[str]]) -> Rows:
    """Rows of texts by who wrote them."""
    parts = [rows_of([reading(text) for text in people], human=True, source="people")]
    parts += [
        rows_of([reading(text) for text in texts], human=False, source=name)
        for name, texts in machines.items()
    ]
    return joined(parts)
