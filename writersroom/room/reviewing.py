"""The course of a scene's review: takes are judged, one critique is answered by revisions, these are judged.

What comes next is read off the events, like all turns (`room.order`). A revision is a take of its own,
called by its round: `s1.r2b` is the second that answers the critique of round 2 of scene s1. It has the
lines of the take it revises, but for the one that was quoted and the one that answers it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

from writersroom.events import Event, EventId
from writersroom.events.cautioned import Cautioned
from writersroom.events.failed import Failed
from writersroom.events.game_valued import GameValued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.scene_opened import SceneOpened

CRITIC: Final = "the critic"
"""`Failed.where` of what the critic could not judge."""
_REVISION: Final = re.compile(r"\.r(\d{1,3})[a-z]$")

Next: TypeAlias = Literal["weigh", "note", "line", "take", "lock"]


class Step(NamedTuple):
    """What a review comes to next."""

    kind: Next
    takes: tuple[str, ...] = ()
    """The take that is criticised, or the revisions that go on."""


@dataclass
class Review:
    """What a scene has gone through since its takes were written."""

    games: list[GameValued] = field(default_factory=list[GameValued])
    """One for each round that was judged, from round 0, that of the first takes."""
    notes: dict[int, tuple[EventId, NoteGiven]] = field(default_factory=dict[int, tuple[EventId, NoteGiven]])
    """The critique that each round answers, with its event."""
    refused: set[str] = field(default_factory=set[str])
    """Revisions that made something worse."""
    failed: bool = False
    """Whether the critic could not judge this scene; then its takes are criticised by questions alone."""
    since: EventId = 0
    """The event up to which the texts of the session are known to whoever writes now."""

    @property
    def best(self) -> str:
        """The take that leads."""
        return self.games[-1].best if self.games else ""

    @property
    def answered(self) -> tuple[EventId, NoteGiven] | None:
        """The critique that the revisions being written answer."""
        return self.notes.get(len(self.games)) if self.games else None


def reviewed(reviews: dict[str, Review], event: Event) -> None:
    """Take note of an event, whatever it is."""
    body = event.body
    match body:
        case SceneOpened():
            reviews[body.scene] = Review(since=event.id)
        case GameValued() if body.scene in reviews:
            reviews[body.scene].games.append(body)
            reviews[body.scene].since = event.id
        case NoteGiven() if (review := reviews.get(scene_of(body.take))) and review.games:
            if review.games[-1].goes_on and body.take == review.best:
                review.notes.setdefault(len(review.games), (event.id, body))
        case Cautioned(about="refused") if body.scene in reviews:
            reviews[body.scene].refused.add(body.take)
        case Failed() if body.where == CRITIC and event.scene in reviews:
            reviews[event.scene].failed = True
        case _:
            pass


def step(
    review: Review, whole: Mapping[str, bool], lines: Mapping[str, Sequence[object]], *, revisions: int
) -> Step:
    """What comes next in a scene all of whose first takes are written.

    Args:
        review: so far.
        whole: the scene's takes, and whether each is written.
        lines: the lines of each.
        revisions: how many answer a critique.
    """
    if not review.games:
        return Step("weigh")
    if not review.games[-1].goes_on:
        return Step("lock")
    answered = review.answered
    if answered is None:
        return Step("note", (review.best,))
    names = revisions_of(scene_of(review.best), len(review.games), revisions)
    open_ones = [name for name in names if not whole.get(name)]
    if not open_ones:
        return Step("weigh")
    base: Sequence[object] = lines.get(answered[1].take, ())
    at = quoted(base, answered[1])
    unspoken = [name for name in open_ones if next_place(base, at, len(lines.get(name, ()))) is not None]
    if not unspoken:
        return Step("take", tuple(open_ones))
    behind = min(len(lines.get(name, ())) for name in unspoken)
    return Step("line", tuple(name for name in unspoken if len(lines.get(name, ())) == behind))


def next_place(base: Sequence[object], quoted_at: int, spoken: int) -> int | None:
    """The place of the line that a revision needs written next; None where it needs none.

    Args:
        base: the lines of the take it revises.
        quoted_at: which of them was criticised.
        spoken: how many the revision has.
    """
    if spoken <= quoted_at < len(base):
        return quoted_at
    if spoken == quoted_at + 1 < len(base):
        return spoken
    return None


def quoted(lines: Sequence[object], note: NoteGiven) -> int:
    """The place of the line that a note quotes; the first, where none is quoted any more.

    Where the same is said more than once it is the one that the note is about.
    """
    found = [
        at
        for at, line in enumerate(lines)
        if isinstance(line, LineSpoken) and note.quote in (line.line, line.action)
    ]
    return note.place if note.place in found else next(iter(found), 0)


def revisions_of(scene: str, round: int, count: int) -> tuple[str, ...]:
    """What the revisions of a round are called."""
    return tuple(f"{scene}.r{round}{letter}" for letter in "abcdefgh"[:count])


def round_of(take: str) -> int:
    """The round whose critique a take answers; 0 for a first take."""
    found = _REVISION.search(take)
    return int(found[1]) if found else 0


def scene_of(take: str) -> str:
    """The scene of a take, by its name."""
    return take.partition(".")[0]
