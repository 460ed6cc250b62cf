"""Two branches of a session beside each other: scores, plot and text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, Literal, NamedTuple, TypeAlias

from writersroom.events import opens_turn
from writersroom.frozen import Frozen
from writersroom.view.screen import Screen
from writersroom.view.wording import words_of

LONGEST: Final = 4000
"""Words of a turn that are compared; difflib takes time with the square of it."""
MOST: Final = 200
"""Turns of either side, between two that both have, among which those that belong together are sought."""
ALIKE: Final = 0.4
"""Share of their words that two turns have in common at least, to be taken for two forms of one."""

Side: TypeAlias = Literal["both", "one", "other"]

_WORD: Final = re.compile(r"\w+")
_PIECES: Final = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")


class Turn(NamedTuple):
    """A turn that was said, or a paragraph of a scene."""

    by: str
    """Who said what kind of thing, or in which scene it stands: in two forms of one it is the same."""
    text: str


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
    """The scenes' texts, paragraph by paragraph; where neither has any, the turns since they parted."""


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
        text=tuple(turn_runs(*texts)),
    )


def turn_runs(one: Sequence[Turn], other: Sequence[Turn]) -> Iterator[Run]:
    """Turns of two branches in order, each pair of two forms of one word by word, the others whole."""
    for at, (mine, theirs) in enumerate(aligned(one, other)):
        if at:
            yield Run(side="both", text="\n")
        if mine is not None and theirs is not None:
            yield from word_runs(mine.text, theirs.text)
        elif mine is not None:
            yield Run(side="one", text=mine.text)
        elif theirs is not None:
            yield Run(side="other", text=theirs.text)


def aligned(one: Sequence[Turn], other: Sequence[Turn]) -> Iterator[tuple[Turn | None, Turn | None]]:
    """Which turns of two branches are two forms of one; None where one has no such turn."""
    for tag, start, end, first, last in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        mine, theirs = one[start:end], other[first:last]
        if tag == "equal":
            yield from zip(mine, theirs, strict=True)
        else:
            yield from _paired(mine, theirs)


def _paired(one: Sequence[Turn], other: Sequence[Turn]) -> Iterator[tuple[Turn | None, Turn | None]]:
    """The pairs that together have most words in common, in order (Needleman & Wunsch 1970)."""
    mine, theirs = one[:MOST], other[:MOST]
    counted = [[Counter(_WORD.findall(turn.text.lower())) for turn in turns] for turns in (mine, theirs)]

    def alike(at: int, to: int) -> float:
        if mine[at].by != theirs[to].by:
            return 0.0
        left, right = counted[0][at], counted[1][to]
        share = 2 * (left & right).total() / max(1, left.total() + right.total())
        return share if share >= ALIKE else 0.0

    # best[at][to]: what the turns from there on can have in common.
    shares = [[alike(at, to) for to in range(len(theirs))] for at in range(len(mine))]
    best = [[0.0] * (len(theirs) + 1) for _ in range(len(mine) + 1)]
    for at in reversed(range(len(mine))):
        for to in reversed(range(len(theirs))):
            pair = shares[at][to] + best[at + 1][to + 1] if shares[at][to] else 0.0
            best[at][to] = max(pair, best[at + 1][to], best[at][to + 1])
    at = to = 0
    while at < len(mine) and to < len(theirs):
        if shares[at][to] and best[at][to] == shares[at][to] + best[at + 1][to + 1]:
            yield mine[at], theirs[to]
            at, to = at + 1, to + 1
        elif best[at][to] == best[at + 1][to]:
            yield mine[at], None
            at += 1
        else:
            yield None, theirs[to]
            to += 1
    yield from ((turn, None) for turn in one[at:])
    yield from ((None, turn) for turn in other[to:])


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


def _script(screen: Screen) -> list[Turn]:
    best = [(scene, page.best) for scene, page in screen.script.pages.items()]
    return [
        Turn(scene, f"{paragraph}\n")
        for scene, draft in best
        if draft is not None
        for paragraph in re.split(r"\n\s*\n", (draft.text or "").strip())
        if paragraph
    ]


def _said(screen: Screen, after: int) -> list[Turn]:
    return [
        Turn(f"{event.agent} {event.body.kind}", f"{event.agent}: {words_of(event.body)}")
        for said in screen.debate
        for event in (said.event, *said.answers)
        if event.turn > after and opens_turn(event.body, event.agent)
    ]
