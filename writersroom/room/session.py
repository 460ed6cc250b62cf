"""A session being played: the floor on which turns are taken, and the file they are kept in."""

from __future__ import annotations

import asyncio
import functools
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias

from writersroom.archive import Archive
from writersroom.cast.cards import cards_of, load_cards, same_name
from writersroom.cast.errors import CastError
from writersroom.cast.repertoire import Repertoire, load_repertoire, parse_repertoire
from writersroom.cast.said import Said
from writersroom.cast.templates import Templates
from writersroom.critic.game import Game
from writersroom.engine.errors import EngineError, PromptTooLong
from writersroom.engine.interface import Engine
from writersroom.events import Body, Event, EventId
from writersroom.events.cued import Cued
from writersroom.events.failed import Failed
from writersroom.events.seat_taken import SeatTaken
from writersroom.events.session_started import SessionStarted
from writersroom.events.weakness_intended import WeaknessIntended
from writersroom.events.whispered import Whispered
from writersroom.room import condensing, forks
from writersroom.room.ahead import Ahead, Overtaken
from writersroom.room.asking import seed_of
from writersroom.room.forms import BadAnswer, Form
from writersroom.room.listening import Listener
from writersroom.room.moment import Room
from writersroom.room.order import Company, Turn
from writersroom.room.plan import Plan
from writersroom.room.reviewing import round_of
from writersroom.room.seated import Offer, offered
from writersroom.room.speaking import TURNS, approached, coming, remember, traced
from writersroom.room.spoken import Entry, Piece, Spoken
from writersroom.room.standing import Standing
from writersroom.story.text import one_line
from writersroom.view.resuming import NAME as SCREEN
from writersroom.view.resuming import kept_json, screen_at, worth_keeping
from writersroom.view.screen import folded

_Texts: TypeAlias = tuple[tuple[str, str], ...]
"""Texts by name, as they can be told apart."""
REPERTOIRE: Final = "repertoire.toml"
LONGEST_LOGLINE: Final = 2000
LONGEST_NOTE: Final = 400
"""Characters that may be whispered."""
_UNASKED: Final = ("assess", "condense", "weigh")
"""Turns that the model takes whoever has the seat: there is nothing in them to decide."""
_KEPT: Final = ("line", "take")
"""Those of a revision are the model's, too."""


class BadLogline(ValueError):
    """A logline that no session can be about."""


class NoRoom(CastError):
    """A session that no room can go on with."""

    def __init__(self) -> None:
        super().__init__(
            "This session keeps no agents and prompts, as one made from a finished script does not, so no "
            "room can go on with it; begin another with `writersroom run`."
        )


class NoSuchAgent(ValueError):
    """There is no agent of that name in the session."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"There is no agent {name!r} in this session; there are {', '.join(known)}.")


def checked_logline(logline: str) -> str:
    """A logline on one line.

    Raises:
        BadLogline: it has no words, too many, or control characters other than white space.
    """
    for place, character in enumerate(logline[: 2 * LONGEST_LOGLINE]):
        if unicodedata.category(character) == "Cc" and not character.isspace():
            raise BadLogline(
                f"The logline has a control character (U+{ord(character):04X}) at place {place + 1}; "
                "leave it out."
            )
    clean = one_line(logline)
    if not clean:
        raise BadLogline("The logline is empty; say in a sentence what the story is about.")
    if len(clean) > LONGEST_LOGLINE:
        raise BadLogline(f"The logline has {len(clean):,} characters; say it in at most {LONGEST_LOGLINE:,}.")
    return clean


def checked_note(text: str) -> str:
    """A note for one agent, on one line.

    Raises:
        BadAnswer: there are no words, or too many.
    """
    words = one_line(text)
    if not words or len(words) > LONGEST_NOTE:
        wrong = "is empty" if not words else f"has {len(words):,} characters"
        raise BadAnswer("text", f"The note {wrong}; whisper 1 to {LONGEST_NOTE} characters.")
    return words


def check_room(room: Path) -> None:
    """Refuse a room that no session can be begun in, before a model is loaded.

    Raises:
        BadCard, BadCast, BadTemplate: with the file, the line and the reason.
    """
    load_cards(room / "agents")
    Templates.load(room / "prompts")
    load_repertoire(room / "prompts")


def seed_for(logline: str) -> int:
    """The seed of a story for which none was given: the logline's own, and short to write down."""
    return seed_of("story", logline) % 10_000


def begin(
    path: Path, room: Path, logline: str, *, plan: Plan, seed: int | None, structure: str, engine: Engine
) -> Archive:
    """Make the file of a new session, with all of the room that it needs later.

    Args:
        path: of the file.
        room: the folder with the agents and prompts.
        logline: what the story is about.
        plan: how much is written.
        seed: of chance; None: that of the logline. Two stories with one seed are told by the same devices in
            the same order.
        structure: what the story is held against.
        engine: the model that is to play it.

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
        seed=seed_for(logline) if seed is None else seed,
        model=engine.info.model,
        model_address=engine.info.address,
        model_sha256=engine.info.sha256,
        structure=structure,
        settings=plan.model_dump(),
        cards={card.name: card.text for card in cards},
        templates={**templates.texts, REPERTOIRE: repertoire.text},
    )
    seats = [SeatTaken(seat=card.name, by="person") for card in cards if card.seat == "person"]
    # In the file from its first moment: a seat that is not taken there would be the model's for good.
    return Archive.create(path, started, then=[(taken, "person") for taken in seats])


def room_of(started: SessionStarted, engine: Engine) -> Room:
    """The room that a session was begun in, from what the session keeps of it.

    Raises:
        NoRoom: it keeps none.
        BadCard, BadCast, BadTemplate, BadRepertoire: what it keeps cannot be used.
    """
    if not started.cards or REPERTOIRE not in started.templates:
        raise NoRoom
    company, templates, repertoire = _furniture(
        tuple(started.cards.items()), tuple(started.templates.items())
    )
    return Room(
        company=company,
        templates=templates,
        repertoire=repertoire,
        plan=Plan.of(started),
        engine=engine,
        seed=started.seed,
        structure=started.structure,
    )


@functools.lru_cache(maxsize=4)
def _furniture(cards: _Texts, templates: _Texts) -> tuple[Company, Templates, Repertoire]:
    """What nothing changes once it is read: it is read once for each room, for it takes a while to check."""
    texts = dict(templates)
    return (
        Company(cards_of(dict(cards))),
        Templates.of(texts),
        parse_repertoire(texts[REPERTOIRE], "the session"),
    )


class Session:
    """The floor of one session file, open for writing.

    Everything is called on the engine's event loop.

    Attributes:
        standing: the room as it is.
        archive: the file; read it as you like, but let only the session write to it.
        line: counts up whenever the session goes on along another branch, so that what was read before is
            known to be of the old one.
    """

    def __init__(
        self,
        archive: Archive,
        engine: Engine,
        *,
        heard: Callable[[Event], None] = lambda event: None,
        streaming: Callable[[Piece], None] | None = None,
        game: Game | None = None,
    ) -> None:
        """Take up a session where its file is.

        Args:
            archive: open for writing; it stays open after `close`.
            engine: the model.
            heard: called with each event once it is kept.
            streaming: called with the words of turns as they are written.
            game: the critic that judges takes; without one the critics' questions do.
        """
        self.archive = archive
        self.line = 0
        self._heard = heard
        self._streaming = streaming
        self._listeners: dict[Turn, Listener] = {}
        self._ahead = Ahead(self._speak)
        self._speaking = asyncio.Lock()
        self._offer: tuple[EventId, Offer] | None = None
        self._fold()
        started = self.standing.started
        assert started is not None  # an archive has no other first event
        self._room = replace(room_of(started, engine), game=game)

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

    def judge_by(self, game: Game | None) -> None:
        """Let takes be judged by a critic from now on, or by the critics' questions alone."""
        self._room = replace(self._room, game=game)

    def coming(self) -> Turn | None:
        """Whose turn is next; None at the end."""
        return next(iter(self._coming()), None)

    def waits_for_person(self, turn: Turn) -> bool:
        """Whether a person plays the agent whose turn it is."""
        # A revision goes on from the lines of another take, all but two of which it keeps.
        unasked = turn.kind in _UNASKED or (turn.kind in _KEPT and round_of(turn.take) > 0)
        return not unasked and self.standing.seat(turn.agent) == "person"

    async def speak(self) -> None:
        """Let the model take the next turn, and keep it.

        Where a prompt does not fit the context, the oldest of what it shows is condensed instead, which is a
        turn too. Where the person did something that overtakes the turn, nothing is kept.

        Raises:
            EngineError: the model failed; that is kept as an event, and the session can go on.
        """
        async with self._speaking:
            await self._speak_next()

    async def hear(self, turn: Turn, answer: Any) -> None:
        """Take a person's words for this turn, and keep them."""
        await self._ahead.forget()
        self._keep(Spoken.model_validate(answer))

    def form(self) -> Form | None:
        """What the person whose turn is next can do: only what is legal. None where a model is next.

        It may take a second where moves of a long plot are tried; it is made once for each turn.
        """
        turn = self._persons()
        if turn is None:
            return None
        found = self._offered(turn)
        if found is None:
            found = offered(self._room, turn, self.standing.copy())
            self._offer = (self.event, found)
        return found.form

    async def asked(self) -> Form | None:
        """As `form`, but what can be done is tried in a thread, of the room as it is when that begins.

        Where the room goes on meanwhile it is tried again: what comes back is of the room as it is then.
        """
        while (turn := self._persons()) is not None:
            found = self._offered(turn)
            if found is not None:
                return found.form
            event = self.event
            found = await asyncio.to_thread(offered, self._room, turn, self.standing.copy())
            if self.event == event:
                self._offer = (event, found)
        return None

    def filled(self, form: Form, answers: Mapping[str, str]) -> Spoken:
        """A form that was filled in, as the turn it makes. Nothing is kept yet: see `Stepper.answer`.

        Raises:
            BadAnswer: with the field and what is wrong with it.
        """
        if form != self.form() or self._offer is None:
            raise BadAnswer("", "The room has gone on since; look at what can be done now.")
        return self._offer[1].filled(answers)

    def cue(self, agent: str) -> None:
        """A person wants to hear an agent next.

        Raises:
            NoSuchAgent: this and the next three, where there is none of this name.
        """
        self.note(Cued(to=self._agent(agent)))

    def whisper(self, agent: str, text: str) -> None:
        """Give one agent a note that nobody else hears; it heeds it in its next turn.

        Raises:
            NoSuchAgent: there is none of this name.
            BadAnswer: there are no words, or too many.
        """
        words, name = checked_note(text), self._agent(agent)
        # What it is saying now does not know of the note yet: it begins anew.
        self.note(Whispered(to=name, text=words), heeded_by=name)

    def take_seat(self, agent: str) -> None:
        """A person plays an agent from now on."""
        self.note(SeatTaken(seat=self._agent(agent), by="person"))

    def leave_seat(self, agent: str) -> None:
        """The model plays an agent again."""
        self.note(SeatTaken(seat=self._agent(agent), by="model"))

    def intend(self, weakness_key: str, intended: bool) -> None:
        """A weakness of the plot is meant to be there, or no longer."""
        self.note(WeaknessIntended(weakness=weakness_key, intended=intended))

    def note(self, body: Body, *, heeded_by: str = "") -> None:
        """Keep something that a person did; what was written ahead without knowing of it is thrown away.

        Args:
            body: what it was.
            heeded_by: an agent whose turn is thrown away even while it is waited for.
        """
        self._ahead.overtake(heeded_by)
        self._keep(Spoken(entries=(Entry(body=body, agent="person"),)))

    async def edit(self, event: EventId, text: str) -> None:
        """Go on from an event with another text; what came after it stays as a branch of the same file.

        What is edited is the text that `forks.editable` names. Everything that depended on the old one is
        left behind on its branch, and the feelings that a line moved are moved anew.

        Raises:
            NoSuchEvent: there is no such event.
            NothingToDo: it has no text that a person could have written otherwise, or may not read so.
        """
        await self._go_on(lambda: forks.edit(self.archive, event, text))

    async def another_take(self, event: EventId) -> None:
        """Go on from just before the turn of an event, on a new branch: what is spoken next is another take.

        It comes of a new stream of chance; the old one stays as a branch.

        Raises:
            NoSuchEvent: there is no such event.
            NothingToDo: it was no agent who did it.
        """
        await self._go_on(lambda: forks.before(self.archive, event, reason="Another take."))

    async def go_back(self, turn: int) -> None:
        """Go on from after a turn of this line, on a new branch.

        Raises:
            NoSuchTurn: the line has not come so far.
        """
        await self._go_on(lambda: self.archive.branch(turn))

    def break_off(self) -> bool:
        """End the writing of the turn that is waited for; what there is of it becomes the turn.

        Returns:
            False where there are no words yet, so that no turn could be made of them; nothing is ended then.
        """
        turn = self._ahead.awaited
        listener = None if turn is None else self._listeners.get(turn)
        if listener is None or not listener.text.strip():
            return False
        listener.stop.set()
        self._ahead.overtake()
        return True

    async def close(self) -> None:
        """Stop what is being written. The archive stays open."""
        await self._ahead.forget()

    def _persons(self) -> Turn | None:
        """The turn that is next, where it is a person's."""
        turn = self.coming()
        return turn if turn is not None and self.waits_for_person(turn) else None

    def _offered(self, turn: Turn) -> Offer | None:
        """What was found to be possible in a turn, if the room is as it was then."""
        if self._offer is None or self._offer[0] != self.event or self._offer[1].form.turn != turn:
            return None
        return self._offer[1]

    def _coming(self) -> tuple[Turn, ...]:
        return coming(self._room, self.standing)

    async def _speak_next(self) -> None:
        coming, line = self._coming(), self.line
        if not coming:
            return
        # What a person is to say is not written ahead.
        turns = [turn for turn in coming if turn is coming[0] or not self.waits_for_person(turn)]
        try:
            spoken = await self._ahead.next(turns)
        except Overtaken:
            return
        except PromptTooLong as error:
            await self._ahead.forget()
            await self._condense(error)
        except EngineError as error:
            self._fail(turns[0], error)
            raise
        else:
            if line == self.line:  # Else it was written for a line that the session has left.
                self._keep(spoken)

    async def _speak(self, turn: Turn) -> Spoken:
        listener = Listener(None if self._streaming is None else self._ear(turn, self._streaming))
        self._listeners[turn] = listener
        try:
            # Those written at the same time all know the room as it was when they were begun, and what was
            # said in it, however long each takes: so their prompts can be made again, and their texts.
            if self._known is None or self._known.event != self.event:
                self._known = self.standing.copy()
                self._remember()
            at = approached(self._room, turn, self._known, self._said, listener)
            return traced(await TURNS[turn.kind](at), listener)
        finally:
            if self._listeners.get(turn) is listener:
                del self._listeners[turn]

    async def _condense(self, error: PromptTooLong) -> None:
        turn, line = Turn(kind="condense", agent=self._room.company.director), self.line
        self._remember()
        at = approached(self._room, turn, self.standing.copy(), self._said, Listener())
        try:
            spoken = await condensing.shorter(at, error)
        except EngineError as failure:
            self._fail(turn, failure)
            raise
        if line == self.line:
            self._keep(spoken)

    def _ear(self, turn: Turn, streaming: Callable[[Piece], None]) -> Callable[[str], None]:
        return lambda text: streaming(
            Piece(agent=turn.agent, kind=turn.kind, take=turn.take, pitch=turn.pitch, text=text)
        )

    def _fail(self, turn: Turn, error: EngineError) -> None:
        where = f"{turn.agent} ({turn.kind})"
        self._keep(Spoken(entries=(Entry(body=Failed(where=where, message=str(error))),)))

    def _agent(self, name: str) -> str:
        for known in self.names:
            if same_name(known) == same_name(name):
                return known
        raise NoSuchAgent(name, self.names)

    async def _go_on(self, fork: Callable[[], object]) -> None:
        """Leave the line the session is on for a new one."""
        with self.archive.at_once():
            fork()
        self.line += 1
        self._fold()
        for event in self.archive.events(after=self.standing.branched - 1):
            self._heard(event)
        await self._ahead.forget()

    def _fold(self) -> None:
        """Take note of all that happened on the current line."""
        events = list(self.archive.events())
        self.standing = Standing(events)
        self._known: Standing | None = None
        self._said, self._unremembered = Said(), events
        self._screen = screen_at(self.archive)
        self._kept = self._screen.turn

    def _remember(self) -> None:
        """Note what was said since; only where no turn is being written that is held against it."""
        for event in self._unremembered:
            remember(self._said, event)
        self._unremembered.clear()

    def _keep(self, spoken: Spoken) -> None:
        """Append a turn as one transaction, then take note of it."""
        with self.archive.at_once():
            events = [
                self.archive.append(entry.body, agent=entry.agent, scene=entry.scene, trace=entry.trace)
                for entry in spoken.entries
            ]
        for event in events:
            self.standing.apply(event)
            self._unremembered.append(event)
            self._heard(event)
        self._screen = folded(events, self._screen)
        if worth_keeping(self._screen, self._kept):
            # So that any turn of a long session is reached at once, in replay.
            self.archive.snapshot(self._screen.turn, SCREEN, kept_json(self._screen))
            self._kept = self._screen.turn
