"""A session being played: the floor on which turns are taken, and the file they are kept in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

from writersroom.archive import Archive
from writersroom.cast.cards import cards_of, load_cards
from writersroom.cast.repertoire import load_repertoire, parse_repertoire
from writersroom.cast.said import Said
from writersroom.cast.templates import Templates
from writersroom.engine.interface import Engine
from writersroom.events import Body, Event
from writersroom.events.cued import Cued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.session_started import SessionStarted
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.wrapped import Wrapped
from writersroom.room.ahead import Ahead
from writersroom.room.moment import Moment, Room, moment
from writersroom.room.order import Company, Kind, Turn, next_turns
from writersroom.room.plan import Plan
from writersroom.room.spoken import Entry, Spoken
from writersroom.room.standing import Standing
from writersroom.room.turns.agenda import set_agenda
from writersroom.room.turns.argue import pitch, rule, stance
from writersroom.room.turns.convene import convene
from writersroom.room.turns.write import line, lock, note, open_scene, take
from writersroom.story.text import one_line
from writersroom.view.resuming import NAME as SCREEN
from writersroom.view.resuming import kept_json, screen_at, worth_keeping
from writersroom.view.screen import folded

REPERTOIRE: Final = "repertoire.toml"
LONGEST_LOGLINE: Final = 2000


class BadLogline(ValueError):
    """A logline that no session can be about."""


async def _wrap(at: Moment) -> Spoken:
    return Spoken(entries=(Entry(body=Wrapped(reason="The room is done.")),))


TURNS: Final[Mapping[Kind, Callable[[Moment], Awaitable[Spoken]]]] = {
    "convene": convene,
    "agenda": set_agenda,
    "pitch": pitch,
    "stance": stance,
    "rule": rule,
    "open_scene": open_scene,
    "line": line,
    "take": take,
    "note": note,
    "lock": lock,
    "wrap": _wrap,
}


def checked_logline(logline: str) -> str:
    """A logline on one line.

    Raises:
        BadLogline: it has no words, or too many.
    """
    clean = one_line(logline)
    if not clean:
        raise BadLogline("The logline is empty; say in a sentence what the story is about.")
    if len(clean) > LONGEST_LOGLINE:
        raise BadLogline(f"The logline has {len(clean):,} characters; say it in at most {LONGEST_LOGLINE:,}.")
    return clean


def begin(
    path: Path, room: Path, logline: str, *, plan: Plan, seed: int, structure: str, engine: Engine
) -> Archive:
    """Make the file of a new session, with all of the room that it needs later.

    Raises:
        BadLogline, BadCard, BadCast, BadTemplate: before anything is written.
        ArchiveError: the file cannot be made.
    """
    logline = checked_logline(logline)
    cards = load_cards(room / "agents")
    templates = Templates.load(room / "prompts")
    repertoire = load_repertoire(room / "prompts")
    started = SessionStarted(
        logline=logline,
        seed=seed,
        model=engine.info.model,
        model_sha256=engine.info.sha256,
        structure=structure,
        settings=plan.model_dump(),
        cards={card.name: card.text for card in cards},
        templates={**templates.texts, REPERTOIRE: repertoire.text},
    )
    return Archive.create(path, started)


class Session:
    """The floor of one session file, open for writing."""

    def __init__(
        self, archive: Archive, engine: Engine, *, heard: Callable[[Event], None] = lambda event: None
    ) -> None:
        events = list(archive.events())
        self.standing = Standing(events)
        started = self.standing.started
        assert started is not None  # an archive has no other first event
        self._archive = archive
        self._heard = heard
        self._room = Room(
            company=Company(cards_of(started.cards)),
            templates=Templates.of(started.templates),
            repertoire=parse_repertoire(started.templates[REPERTOIRE], "the session"),
            plan=Plan.of(started),
            engine=engine,
            seed=started.seed,
            structure=started.structure,
        )
        self._said = Said()
        for event in events:
            self._remember(event)
        self._screen = screen_at(archive)
        self._kept = self._screen.turn
        self._ahead = Ahead(self._speak)

    @property
    def event(self) -> int:
        """The last event."""
        return self.standing.event

    @property
    def plan(self) -> Plan:
        """How long it is meant to be."""
        return self._room.plan

    @property
    def names(self) -> tuple[str, ...]:
        """All agents."""
        return tuple(self._room.company.by_name)

    @property
    def said(self) -> Said:
        """What was said, to tell what is said again."""
        return self._said

    def coming(self) -> Turn | None:
        """Whose turn is next; None at the end."""
        return next(iter(self._coming()), None)

    def waits_for_person(self, turn: Turn) -> bool:
        """Whether a person plays the agent whose turn it is."""
        return self.standing.seat(turn.agent) == "person"

    async def speak(self) -> None:
        """Let the model take the next turn, and keep it."""
        self._keep(await self._ahead.next(self._coming()))

    async def hear(self, turn: Turn, answer: Any) -> None:
        """Take a person's words for this turn, and keep them."""
        await self._ahead.forget()
        self._keep(Spoken.model_validate(answer))

    def cue(self, agent: str) -> None:
        """A person wants to hear an agent next."""
        self.note(Cued(to=agent))

    def note(self, body: Body) -> None:
        """Keep something that a person did."""
        self._keep(Spoken(entries=(Entry(body=body, agent="person"),)))

    async def close(self) -> None:
        """Stop what is being written ahead. The archive stays open."""
        await self._ahead.forget()

    def _coming(self) -> tuple[Turn, ...]:
        return next_turns(self.standing, self._room.company, self._room.plan)

    async def _speak(self, turn: Turn) -> Spoken:
        return await TURNS[turn.kind](moment(self._room, turn, self.standing, self._said))

    def _keep(self, spoken: Spoken) -> None:
        """Append a turn as one transaction, then take note of it."""
        with self._archive.at_once():
            events = [
                self._archive.append(entry.body, agent=entry.agent, scene=entry.scene, trace=entry.trace)
                for entry in spoken.entries
            ]
        for event in events:
            self.standing.apply(event)
            self._remember(event)
            self._heard(event)
        self._screen = folded(events, self._screen)
        if worth_keeping(self._screen, self._kept):
            # So that any turn of a long session is reached at once, in replay.
            self._archive.snapshot(self._screen.turn, SCREEN, kept_json(self._screen))
            self._kept = self._screen.turn

    def _remember(self, event: Event) -> None:
        match event.body:
            case Pitched() | StanceTaken() | Ruled():
                self._said.add(event.body.reason)
            case LineSpoken():
                self._said.add(event.body.line)
                self._said.add(event.body.thought)
            case NoteGiven():
                self._said.add(event.body.problem)
            case _:
                pass
