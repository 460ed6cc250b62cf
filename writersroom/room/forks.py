"""Other ways on from something that happened: a text edited, a turn spoken again.

Nothing is overwritten. A new branch of the same file leaves the old line just before or after what is
changed; whatever came later stays on the old one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from writersroom.archive import Archive
from writersroom.events import Body, Event, EventId
from writersroom.events.assessed import Assessed
from writersroom.events.edited import Edited, text_at, with_text
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.take_written import TakeWritten
from writersroom.room.stale import depending, runs
from writersroom.room.standing import Standing
from writersroom.room.turns.feeling import felt
from writersroom.script.errors import ScriptError
from writersroom.script.reading import from_fountain
from writersroom.script.text import clean
from writersroom.story.occurrences import of_line
from writersroom.story.text import one_line

PERSON: Final = "person"
_FIELDS: Final = (
    "line",
    "text",
    "move.beat.summary",
    "move.change.summary",
    "move.summary",
    "reason",
    "problem",
    "question",
    "heading",
    "premise",
)
"""Texts that a person can write otherwise, those first that an event is most about."""
_UNSAID: Final = frozenset(
    {"edited", "branched", "session_started", "wrapped", "failed", "cued", "seat_taken", "whispered"}
)
LONGEST: Final = 2_000
LONGEST_TAKE: Final = 60_000


class NothingToDo(ValueError):
    """What a person asked for cannot be done to this event."""


def editable(body: Body) -> tuple[str, str] | None:
    """The field of an event that a person may write otherwise, and how it reads; None where there is none."""
    if body.kind in _UNSAID:
        return None
    for field in _FIELDS:
        text = text_at(body, field)
        if text is not None:
            return field, text
    return None


def edit(archive: Archive, event: EventId, text: str) -> None:
    """Start a branch in which an event reads otherwise.

    Raises:
        NoSuchEvent: there is no such event.
        NothingToDo: it has no text, or this cannot be its text.
    """
    line = _line_with(archive, event)
    at = next(number for number, one in enumerate(line) if one.id == event)
    target = line[at]
    field, text = rewritten(target, text)
    # What a line makes the others feel is found anew; a committed move does not hang on the words round it.
    moved = isinstance(target.body, LineSpoken)
    fork = target if moved else _end_of(line, at)
    archive.branch_after(fork.id, reason=f"Event {event} was edited.")
    stale = runs(depending(line, event), [one.id for one in line])
    edited = Edited(target=event, field=field, text=text, stale=stale)
    archive.append(edited, agent=PERSON, scene=target.scene)
    if moved:
        _feel(archive, target, field, text)


def rewritten(event: Event, text: str) -> tuple[str, str]:
    """The field of an event that a new text is for, and the text as it would be kept.

    Raises:
        NothingToDo: the event has no text, this cannot be its text, or it reads so already.
    """
    found = editable(event.body)
    if found is None or not event.agent:
        raise NothingToDo(f"Event {event.id} ({event.body.kind}) has no text that can be edited.")
    field, before = found
    text = _fit(event.body, field, text)
    if text == before:
        raise NothingToDo("That is how it reads already; nothing was changed.")
    return field, text


def before(archive: Archive, event: EventId, *, reason: str) -> None:
    """Start a branch just before what an agent did in an event, with all that followed from it.

    Raises:
        NoSuchEvent: there is no such event.
        NothingToDo: no agent did it.
    """
    archive.branch_after(last_before(archive, event), reason=reason)


def last_before(archive: Archive, event: EventId) -> EventId:
    """The last event before what an agent did in an event, and before all that belongs to it.

    Raises:
        NoSuchEvent: there is no such event.
        NothingToDo: no agent did it.
    """
    line = _line_with(archive, event)
    at = next(number for number, one in enumerate(line) if one.id == event)
    start = start_of(line, at)
    if start is None:
        raise NothingToDo(
            f"Event {event} ({line[at].body.kind}) is no turn of an agent's; choose one that is."
        )
    return line[start - 1].id


def _line_with(archive: Archive, event: EventId) -> Sequence[Event]:
    """The events of the current line, or else of the first branch that has this event."""
    archive.event(event)
    line = list(archive.events())
    if any(one.id == event for one in line):
        return line
    lines = (list(archive.events(head=branch.head)) for branch in archive.branches())
    return next(line for line in lines if any(one.id == event for one in line))


def start_of(line: Sequence[Event], at: int) -> int | None:
    """Where the turn begins that an event belongs to, as it was kept: its assessments come first."""
    # From what followed back to what the agent said; from an assessment on to the ruling it was made for.
    while at < len(line) and isinstance(line[at].body, Assessed):
        at += 1
    while at < len(line) and not line[at].agent and line[at].body.kind not in _UNSAID and at > 0:
        at -= 1
    if at in (0, len(line)) or line[at].agent in ("", PERSON):
        return None
    while isinstance(line[at - 1].body, Assessed):
        at -= 1
    return at


def _end_of(line: Sequence[Event], at: int) -> Event:
    """The last event of what was kept together with one, as far as the room itself reports it."""
    follows = takewhile(
        lambda one: not one.agent and not isinstance(one.body, Assessed) and one.body.kind not in _UNSAID,
        line[at + 1 :],
    )
    return [line[at], *follows][-1]


def _fit(body: Body, field: str, text: str) -> str:
    """The text as it can be kept."""
    if isinstance(body, TakeWritten):
        # As it stands but for what nobody sees: blanks and guards say in Fountain what a line is.
        text = clean(text, keep_guard=True).strip("\n") + "\n"
        try:
            from_fountain(text)
        except ScriptError as error:
            raise NothingToDo(str(error)) from error
    else:
        text = one_line(text)
    most = LONGEST_TAKE if isinstance(body, TakeWritten) else LONGEST
    if not text.strip() or len(text) > most:
        wrong = "is empty" if not text.strip() else f"has {len(text):,} characters"
        raise NothingToDo(f"The new text {wrong}; write 1 to {most:,} characters.")
    if with_text(body, field, text) is body:
        raise NothingToDo(f"Event's {field} cannot read so; shorten it.")
    return text


def _feel(archive: Archive, spoken: Event, field: str, text: str) -> None:
    """The feelings that an edited line moves, as those of the line before it was."""
    line = with_text(spoken.body, field, text)
    assert isinstance(line, LineSpoken)
    standing = Standing(archive.events())
    scene = standing.scenes.get(spoken.scene)
    hearers = scene.opened.characters if scene is not None else ()
    heard = of_line(line.character, line.emotion, line.line, to=line.to, hearers=hearers)
    for entry in felt(standing, heard, scene=spoken.scene):
        archive.append(entry.body, agent=entry.agent, scene=entry.scene)
