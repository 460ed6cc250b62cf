"""What a screen shows, folded from events: live and in replay the same.

`fold` is pure. A `Screen` is a value: keep an older one and stepping back costs nothing; write one as JSON
and the fold goes on from there as if it had never stopped. What would grow with the length of a session is
kept as a window over its end (`Window`); the rest is fetched from the file again when someone scrolls to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from typing import Literal

from pydantic import Field

from writersroom.events import Event, EventId
from writersroom.events.affect_changed import AffectChanged
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.convened import Convened
from writersroom.events.edited import Edited, with_text
from writersroom.events.failed import Failed
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.pitched import Pitched
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.seat_taken import SeatTaken
from writersroom.events.session_started import SessionStarted
from writersroom.events.status_set import StatusSet
from writersroom.events.weakness_intended import WeaknessIntended
from writersroom.events.wrapped import Wrapped
from writersroom.frozen import Frozen
from writersroom.story.beats import BeatId
from writersroom.view.cast import Cast, affected, convened
from writersroom.view.criticism import Criticism, criticised
from writersroom.view.debate import Debate, heard
from writersroom.view.pages import Script, paged
from writersroom.view.plot import Plot, replotted
from writersroom.view.wording import beats_of


class Window(Frozen):
    """How much of what grows is kept in memory."""

    debate: int = Field(default=400, ge=1)
    """Items of the debate."""
    series: int = Field(default=240, ge=1)
    """Points of each of the critic's series."""
    details: int = Field(default=24, ge=1)
    """Points of each series that keep their words, and notes."""
    takes: int = Field(default=16, ge=2)
    """Takes listed for each scene."""
    texts: int = Field(default=48, ge=1)
    """Takes whose text is held."""


class Masthead(Frozen):
    """What the session is: the head of every screen."""

    logline: str = ""
    title: str = ""
    premise: str = ""
    theme: str = ""
    convened: EventId = 0
    """The event that has premise and theme; 0 while there are none."""
    seed: int = 0
    model: str = ""
    model_sha256: str | None = None
    structure: str = ""
    settings: Mapping[str, int | float | str | bool] = Field(default_factory=dict)
    """What the session was started with."""
    agents: tuple[str, ...] = ()
    """Whose cards it was started with, in their order."""


class Spent(Frozen):
    """What the generated texts have cost so far."""

    tokens_in: int = 0
    tokens_reused: int = 0
    tokens_out: int = 0
    milliseconds: float = 0.0


class Screen(Frozen):
    """Everything a screen shows after some event."""

    window: Window = Window()
    event: EventId = 0
    """The last event folded; 0 before the first."""
    turn: int = 0
    time: datetime | None = None
    """When that event happened."""
    speaker: str = ""
    """Who spoke last."""
    masthead: Masthead = Masthead()
    agenda: AgendaSet | None = None
    """What the room is turned to."""
    agenda_from: EventId = 0
    """The event that set it."""
    at_issue: tuple[BeatId, ...] = ()
    """Beats under discussion."""
    debate: Debate = ()
    unseen: int = 0
    """Items of the debate before the first that is held."""
    plot: Plot = Plot()
    cast: Cast = Field(default_factory=dict)
    criticism: Criticism = Criticism()
    script: Script = Script()
    scene: str = ""
    """The scene that was opened last."""
    seats: dict[str, Literal["person", "model"]] = Field(default_factory=dict)
    intended: frozenset[str] = frozenset()
    """Keys of the weaknesses that are meant to be there."""
    spent: Spent = Spent()
    failure: Failed | None = None
    """The last thing that went wrong, until the next turn is spoken."""
    wrapped: str = ""
    """Why the session ended; empty while it goes on."""


def fold(screen: Screen, event: Event) -> Screen:
    """The screen after one more event of the same branch."""
    debate = heard(screen.debate, event)
    excess = max(0, len(debate) - screen.window.debate)
    window = screen.window
    changes: dict[str, object] = {
        "event": event.id,
        "turn": max(screen.turn, event.turn),
        "time": event.created,
        "speaker": event.agent or screen.speaker,
        "debate": debate[excess:],
        "unseen": screen.unseen + excess,
        "criticism": criticised(screen.criticism, event, keep=window.series, details=window.details),
        "script": paged(screen.script, event, takes=window.takes, texts=window.texts),
        "spent": _spent(screen.spent, event),
    }
    if event.turn > screen.turn:
        changes |= {"failure": None, "wrapped": ""}
    return screen.model_copy(update=changes | _particular(screen, event))


def folded(events: Iterable[Event], screen: Screen | None = None) -> Screen:
    """The screen after a run of events, from its beginning or on from an earlier screen."""
    return reduce(fold, events, screen or Screen())


def _particular(screen: Screen, event: Event) -> dict[str, object]:
    """What an event of this kind changes besides."""
    body = event.body
    match body:
        case SessionStarted():
            masthead = {name: getattr(body, name) for name in type(body).model_fields if name in _MASTHEAD}
            masthead["agents"] = tuple(body.cards)
            return {"masthead": screen.masthead.model_copy(update=masthead), "wrapped": ""}
        case Convened():
            masthead = _with_bible(screen.masthead, body).model_copy(update={"convened": event.id})
            return {"masthead": masthead, "cast": convened(screen.cast, body)}
        case AgendaSet():
            return {"agenda": body, "agenda_from": event.id, "at_issue": body.beats}
        case Edited():
            return _edited(screen, body)
        case Pitched():
            return {"at_issue": beats_of(body.move)}
        case MoveCommitted() | StatusSet():
            return {"plot": replotted(screen.plot, body.diff, event.turn)}
        case AffectChanged():
            return {"cast": affected(screen.cast, body)}
        case SceneOpened():
            return {"scene": body.scene, "at_issue": body.beats}
        case SeatTaken():
            return {"seats": screen.seats | {body.seat: body.by}}
        case WeaknessIntended():
            key = frozenset({body.weakness})
            return {"intended": screen.intended | key if body.intended else screen.intended - key}
        case Failed():
            return {"failure": body}
        case Wrapped():
            return {"wrapped": body.reason or "done"}
        case _:
            return {}


_MASTHEAD = frozenset(Masthead.model_fields)


def _with_bible(masthead: Masthead, body: Convened) -> Masthead:
    title = body.title or masthead.title
    return masthead.model_copy(update={"premise": body.premise, "theme": body.theme, "title": title})


def _edited(screen: Screen, edit: Edited) -> dict[str, object]:
    """What an edit changes in the bible or the question; debate, pages and criticism see to theirs."""
    if edit.target == screen.masthead.convened:
        head = screen.masthead
        bible = Convened(title=head.title, premise=head.premise, theme=head.theme)
        return {"masthead": _with_bible(head, with_text(bible, edit.field, edit.text))}
    if edit.target == screen.agenda_from and screen.agenda is not None:
        return {"agenda": with_text(screen.agenda, edit.field, edit.text)}
    return {}


def _spent(spent: Spent, event: Event) -> Spent:
    for trace in event.trace.texts if event.trace is not None else ():
        spent = Spent(
            tokens_in=spent.tokens_in + trace.tokens_in,
            tokens_reused=spent.tokens_reused + trace.tokens_reused,
            tokens_out=spent.tokens_out + trace.tokens_out,
            milliseconds=spent.milliseconds + trace.milliseconds,
        )
    return spent
