"""Two branches of a session beside each other: scores, plot and text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, Literal, TypeAlias

from writersroom.frozen import Frozen
from writersroom.view.screen import Screen
from writersroom.view.wording import words_of

LONGEST: Final = 4000
"""Words of each side that are compared; difflib takes time with the square of it."""

Side: TypeAlias = Literal["both", "one", "other"]

_PIECES: Final = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")


class Run(Frozen):
    """A run of text that stands on both branches, or on one."""

    side: Side
    text: str


class Compared(Frozen):
    """How two branches differ."""

    scores: tuple[tuple[str, float | None, float | None], ...]
    """Of each scene the D of the take that would be read, on the one and on the other."""
    beats: tuple[Run, ...]
    """Beats in words; those on both are left out."""
    shared: int
    """Beats that are on both alike."""
    links: tuple[int, int]
    """How many links either plot has."""
    text: tuple[Run, ...]
    """The scenes' texts; where neither has any, what was said since they parted."""


def compared(one: Screen, other: Screen, parting: int) -> Compared:
    """Compare two branches of a session.

    Args:
        one: at its end.
        other: at its end.
        parting: the turn after which they go apart.
    """
    mine = {beat.id: beat.summary for beat in one.plot.told}
    theirs = {beat.id: beat.summary for beat in other.plot.told}
    beats: list[Run] = []
    for beat in dict.fromkeys([*mine, *theirs]):
        if mine.get(beat) != theirs.get(beat):
            if beat in mine:
                beats.append(Run(side="one", text=f"{beat} {mine[beat]}"))
            if beat in theirs:
                beats.append(Run(side="other", text=f"{beat} {theirs[beat]}"))
    texts = (_script(one), _script(other))
    if not any(texts):
        texts = (_said(one, parting), _said(other, parting))
    return Compared(
        scores=tuple(_scores(one, other)),
        beats=tuple(beats),
        shared=sum(mine.get(beat) == summary for beat, summary in theirs.items()),
        links=(len(one.plot.links), len(other.plot.links)),
        text=word_runs(*texts),
    )


def word_runs(one: str, other: str) -> tuple[Run, ...]:
    """Two texts woven into one, word by word."""
    mine, theirs = (_PIECES.findall(text)[: 2 * LONGEST] for text in (one, other))
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    runs: list[Run] = []
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag == "equal":
            runs.append(Run(side="both", text="".join(mine[start:end])))
            continue
        if end > start:
            runs.append(Run(side="one", text="".join(mine[start:end])))
        if last > first:
            runs.append(Run(side="other", text="".join(theirs[first:last])))
    return tuple(runs)


def _scores(one: Screen, other: Screen) -> Iterator[tuple[str, float | None, float | None]]:
    for scene in dict.fromkeys([*one.script.pages, *other.script.pages]):
        found: list[float | None] = []
        for screen in (one, other):
            page = screen.script.pages.get(scene)
            found.append(page.best.d if page is not None and page.best is not None else None)
        yield scene, found[0], found[1]


def _script(screen: Screen) -> str:
    best = [page.best for page in screen.script.pages.values()]
    return "\n\n".join(draft.text for draft in best if draft is not None and draft.text)


def _said(screen: Screen, after: int) -> str:
    events: Sequence[str] = [
        f"{said.event.agent}: {words_of(said.event.body)}"
        for said in screen.debate
        if said.event.turn > after and said.event.agent
    ]
    return "\n".join(events)
