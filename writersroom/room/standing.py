"""What the room knows at a moment: everything folded from the events of one branch, and nothing else.

A session is taken up again by folding its file; there is no other state to lose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from writersroom.cast.choices import Stance
from writersroom.events import Body, Event, EventId, opens_turn
from writersroom.events.affect_changed import AffectChanged
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.assessed import Assessed
from writersroom.events.branched import Branched
from writersroom.events.condensed import Condensed
from writersroom.events.convened import Convened
from writersroom.events.cued import Cued
from writersroom.events.edited import Edited
from writersroom.events.edits import with_edits
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.seat_taken import SeatTaken
from writersroom.events.session_started import SessionStarted
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.status_set import StatusSet
from writersroom.events.take_written import TakeWritten
from writersroom.events.weakness_intended import WeaknessIntended
from writersroom.events.whispered import Whispered
from writersroom.events.wrapped import Wrapped
from writersroom.room.reviewing import Review, reviewed, round_of, scene_of
from writersroom.story.beats import BeatId
from writersroom.story.characters import Character, CharacterState
from writersroom.story.graph import PlotGraph

_TURN: Final[Mapping[type[Body], str]] = {
    AgendaSet: "agenda",
    Pitched: "pitch",
    StanceTaken: "stance",
    Ruled: "rule",
    NoteGiven: "note",
}
"""The kind of turn that an event comes of, where agents take several of it."""
_ANSWERS: Final[Mapping[Stance, str]] = {"support": "Yes.", "object": "No.", "amend": "Yes, but."}
"""How a stance begins where others read it: its reason alone does not always say which it is."""
_HEEDS: Final = (Convened, Pitched, StanceTaken, Ruled, LineSpoken, NoteGiven)
"""Turns in whose prompts a whispered note stands; after any other it is still to be heeded."""


@dataclass
class Proposal:
    """A pitch and what was said of it."""

    id: EventId
    agent: str
    body: Pitched
    stances: list[tuple[EventId, str, StanceTaken]] = field(
        default_factory=list[tuple[EventId, str, StanceTaken]]
    )
    """Event, agent, stance."""
    assessed: Assessed | None = None


@dataclass
class Draft:
    """A take, while it is spoken and when it is whole."""

    id: str
    lines: list[tuple[EventId, LineSpoken]] = field(default_factory=list[tuple[EventId, LineSpoken]])
    written: TakeWritten | None = None
    whole: EventId = 0
    """The event that wrote it."""
    by_person: bool = False
    """Whether some of its words are a person's, spoken from a seat or put in the place of others."""
    notes: list[NoteGiven] = field(default_factory=list[NoteGiven])


@dataclass
class Scene:
    """A scene on its way."""

    opened: SceneOpened
    takes: dict[str, Draft] = field(default_factory=dict[str, Draft])
    locked: SceneLocked | None = None
    events: tuple[EventId, EventId] = (0, 0)
    """Its first event, and that which locked it."""
    condensed: bool = False
    """Whether it was told in short."""


class Standing:
    """The room as it stands after some event."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.event: EventId = 0
        self.turn = 0
        self.started: SessionStarted | None = None
        self.bible: Convened | None = None
        self.graph = PlotGraph()
        self.states: dict[str, CharacterState] = {}
        self.agenda: AgendaSet | None = None
        self.rounds = 0
        """Rounds that were ruled on."""
        self.proposals: list[Proposal] = []
        """Of this round. Once it is ruled on: those that may be taken too, for the room only goes on telling;
        a weakness is mended once."""
        self.tried: dict[str, int] = {}
        """How often each weakness was on the agenda."""
        self.scenes: dict[str, Scene] = {}
        self.reviews: dict[str, Review] = {}
        """By scene."""
        self.intended: set[str] = set()
        self.seats: dict[str, Literal["person", "model"]] = {}
        self.whispers: dict[str, list[str]] = {}
        """Notes given to one agent, not yet acted on."""
        self.cue = ""
        """Who a person wants to hear next."""
        self.spoke: dict[str, int] = {}
        """The turn at which each agent spoke last."""
        self.spoke_before: dict[str, int] = {}
        """The same when this round began: who is heard in a round does not depend on its own turns."""
        self.turns_of: Counter[tuple[str, str]] = Counter()
        """How often each agent has taken each kind of turn (`order.Kind`)."""
        self.said: list[tuple[EventId, str, str]] = []
        """The transcript: event, agent, words; what was condensed has no agent."""
        self.added: dict[BeatId, EventId] = {}
        """The event that brought each beat."""
        self.short_of: dict[EventId, str] = {}
        """Of the condensed texts in `said`, by event, those that tell of a scene."""
        self.in_short: set[BeatId] = set()
        """Beats that prompts need not list, because a condensed text tells of them."""
        self.branched: EventId = 0
        """The last event at which this line of the session left another; 0 on the first."""
        self.devices: list[str] = []
        """Dramatic devices that were pitched, oldest first."""
        self.round_began: EventId = 0
        """When the question of this round was put."""
        self.leanings: dict[str, list[tuple[float, ...]]] = {}
        """Probabilities that each question had so far, unbalanced, by template; a critic's by its words."""
        self.wrapped: Wrapped | None = None
        for event in with_edits(events):
            self.apply(event)

    @property
    def characters(self) -> tuple[Character, ...]:
        """The cast of the bible."""
        return self.bible.characters if self.bible is not None else ()

    @property
    def scene(self) -> Scene | None:
        """The scene that is being written."""
        return next((scene for scene in self.scenes.values() if scene.locked is None), None)

    def draft(self, take: str) -> Draft:
        """A take as far as it is spoken; an empty one where it is not begun."""
        scene = self.scenes.get(scene_of(take))
        return (scene.takes.get(take) if scene is not None else None) or Draft(take)

    def copy(self) -> Standing:
        """The same, which stays as it is while this one goes on."""
        other = Standing()
        other.__dict__.update(self.__dict__)
        other.graph = self.graph.copy()
        other.states, other.tried, other.seats = dict(self.states), dict(self.tried), dict(self.seats)
        other.intended, other.in_short = set(self.intended), set(self.in_short)
        other.whispers = {name: list(notes) for name, notes in self.whispers.items()}
        other.spoke, other.spoke_before = dict(self.spoke), dict(self.spoke_before)
        other.said, other.added = list(self.said), dict(self.added)
        other.turns_of, other.short_of = self.turns_of.copy(), dict(self.short_of)
        other.devices = list(self.devices)
        other.leanings = {question: list(answers) for question, answers in self.leanings.items()}
        other.reviews = {
            scene: replace(
                review, games=list(review.games), notes=dict(review.notes), refused=set(review.refused)
            )
            for scene, review in self.reviews.items()
        }
        other.proposals = [replace(one, stances=list(one.stances)) for one in self.proposals]
        other.scenes = {
            id: replace(
                scene,
                takes={
                    name: replace(draft, lines=list(draft.lines), notes=list(draft.notes))
                    for name, draft in scene.takes.items()
                },
            )
            for id, scene in self.scenes.items()
        }
        return other

    def seat(self, agent: str) -> Literal["person", "model"]:
        """Who plays an agent."""
        return self.seats.get(agent, "model")

    def apply(self, event: Event) -> None:
        """Take note of one more event of the same branch."""
        self.event, self.turn = event.id, max(self.turn, event.turn)
        reviewed(self.reviews, event)
        body = event.body
        match body:
            case SessionStarted():
                self.started = body
            case Convened():
                self.bible = body
                self.states |= {
                    character.name: CharacterState(mood=character.temperament)
                    for character in body.characters
                    if character.name not in self.states
                }
            case MoveCommitted() | StatusSet():
                self.graph.redo(body.diff)
                if isinstance(body, MoveCommitted):
                    changed = [placed.beat.id for placed in body.diff.after]
                    self.added |= {beat: event.id for beat in changed if beat not in self.added}
                    self.in_short.difference_update(changed)
            case AffectChanged():
                self.states[body.character] = body.state
            case WeaknessIntended():
                (self.intended.add if body.intended else self.intended.discard)(body.weakness)
            case SeatTaken():
                self.seats[body.seat] = body.by
            case Whispered():
                self.whispers.setdefault(body.to, []).append(body.text)
            case Cued():
                self.cue = body.to
            case Wrapped():
                self.wrapped = body
            case AgendaSet() | Pitched() | StanceTaken() | Assessed() | Ruled():
                self._argue(event, body)
            case SceneOpened() | LineSpoken() | TakeWritten() | NoteGiven() | SceneLocked():
                self._write(event, body)
            case Condensed():
                self._condense(body)
            case Branched():
                self.branched = event.id
            case Edited():
                self._edit(body)
            case _:
                pass
        for one in event.trace.choices if event.trace is not None else ():
            self.leanings.setdefault(one.template, []).append(one.unbalanced or one.probabilities)
        if event.agent and event.turn:
            self.spoke[event.agent] = event.turn
            self.turns_of[event.agent, _TURN.get(type(body), "")] += 1
            if self.cue == event.agent:
                self.cue = ""
            if isinstance(body, _HEEDS):
                self.whispers.pop(event.agent, None)
        if opens_turn(body, event.agent) and not isinstance(body, Wrapped):
            self.wrapped = None

    def _argue(self, event: Event, body: AgendaSet | Pitched | StanceTaken | Assessed | Ruled) -> None:
        match body:
            case AgendaSet():
                self.agenda, self.proposals, self.spoke_before = body, [], dict(self.spoke)
                self.round_began = event.id
                if body.weakness:
                    self.tried[body.weakness] = self.tried.get(body.weakness, 0) + 1
                self._say(event, body.question)
            case Pitched():
                self.proposals.append(Proposal(event.id, event.agent, body))
                if body.device:
                    self.devices.append(body.device)
                self._say(event, body.reason)
            case StanceTaken():
                for proposal in self.proposals:
                    if proposal.id == body.pitch:
                        proposal.stances.append((event.id, event.agent, body))
                self._say(event, f"{_ANSWERS[body.stance]} {body.reason}")
            case Assessed():
                for proposal in self.proposals:
                    if proposal.id == body.pitch:
                        proposal.assessed = body
                for one in body.answers:
                    yes = one.yes if one.unbalanced is None else one.unbalanced
                    self.leanings.setdefault(one.question, []).append((yes, 1 - yes))
            case Ruled():
                self._rule(body)
                self._say(event, body.reason)

    def _rule(self, body: Ruled) -> None:
        goes_on = self.agenda is not None and not self.agenda.weakness and body.verdict != "rejected"
        self.proposals = [one for one in self.proposals if goes_on and one.id != body.pitch]
        self.rounds += self.agenda is not None
        self.agenda = None

    def _write(
        self, event: Event, body: SceneOpened | LineSpoken | TakeWritten | NoteGiven | SceneLocked
    ) -> None:
        match body:
            case SceneOpened():
                self.scenes[body.scene] = Scene(body, events=(event.id, event.id))
            case LineSpoken():
                draft = self._draft(body.take)
                draft.lines.append((event.id, body))
                draft.by_person |= self.seats.get(event.agent) == "person"
            case TakeWritten():
                draft = self._draft(body.take)
                draft.written, draft.whole = body, event.id
                draft.by_person |= self.seats.get(event.agent) == "person"
            case NoteGiven():
                self._draft(body.take).notes.append(body)
                self._say(event, body.problem)
            case SceneLocked():
                scene = self.scenes[body.scene]
                scene.locked, scene.events = body, (scene.events[0], event.id)

    def _edit(self, body: Edited) -> None:
        for scene in self.scenes.values():
            for draft in scene.takes.values():
                draft.by_person |= body.target in (draft.whole, *(id for id, _ in draft.lines))

    def has_words_of_a_person(self, take: str) -> bool:
        """Whether a person wrote some of a take, or of what it revises: a revision keeps most lines."""
        scene = scene_of(take)
        notes = self.reviews[scene].notes if scene in self.reviews else {}
        while not self.draft(take).by_person:
            answered = notes.get(round_of(take))
            if answered is None:
                return False
            take = answered[1].take
        return True

    def _draft(self, take: str) -> Draft:
        scene = self.scenes[scene_of(take)]
        return scene.takes.setdefault(take, Draft(take))

    def _say(self, event: Event, words: str) -> None:
        if event.agent and words:
            self.said.append((event.id, event.agent, words))

    def _condense(self, body: Condensed) -> None:
        kept = [one for one in self.said if not body.first <= one[0] <= body.last]
        at = sum(one[0] < body.first for one in kept)
        self.said = [*kept[:at], (body.last, "", body.text), *kept[at:]]
        self.in_short.update(body.beats)
        if body.scene:
            self.short_of[body.last] = body.scene
        if body.scene in self.scenes:
            self.scenes[body.scene].condensed = True
