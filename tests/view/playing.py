"""Sessions for tests, as a room with no model would play them: every kind of event, all moves legal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from writersroom.events import Body, Event, Trace, opens_turn
from writersroom.events.affect_changed import AffectChanged
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.assessed import Assessed, YesNo
from writersroom.events.branched import Branched
from writersroom.events.cautioned import Cautioned
from writersroom.events.condensed import Condensed
from writersroom.events.convened import Convened
from writersroom.events.cued import Cued
from writersroom.events.edited import Edited
from writersroom.events.failed import Failed
from writersroom.events.game_valued import GameValued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.scored import Scored
from writersroom.events.seat_taken import SeatTaken
from writersroom.events.session_started import SessionStarted
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.status_set import StatusSet
from writersroom.events.take_written import TakeWritten
from writersroom.events.weakness_intended import WeaknessIntended
from writersroom.events.whispered import Whispered
from writersroom.events.wrapped import Wrapped
from writersroom.story.beats import BeatId, LinkKind, Status
from writersroom.story.characters import Character, CharacterState, Feeling, Mood
from writersroom.story.emotions import Emotion
from writersroom.story.graph import PlotGraph
from writersroom.story.moves import (
    AddBeat,
    AddLink,
    BeatChange,
    BeatDraft,
    CutBeat,
    MergeBeats,
    Move,
    PayOffSetup,
    PlantSetup,
    RemoveLink,
    ReorderBeat,
    ReviseBeat,
)

CAST = ("Mara", "Ioan", "Lise")
CRITICS = ("Director", "Sceptic", "Heart")
STARTED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
WORDS: tuple[str, ...] = (
    "radio",
    "storm",
    "keeper",
    "notebook",
    "harbour",
    "lamp",
    "tomorrow",
    "letter",
    "tide",
    "silence",
    "debt",
)
AWKWARD: tuple[str, ...] = (
    "\x1b[31mred",
    "\u202eevil",
    "[bold]x[/bold]",
    "日本語",
    "<b>&amp;",
    "a\tb",
    "\x9bJ",
)


class Room:
    """Plays a session. Iterate over it for its events; it goes on for ever, a scene every few rounds.

    Args:
        random: where all choices come from.
        most_beats: no beat is added to a story of so many.
        most_scenes: no new scene is opened past so many; old ones are drafted again.
        awkward: whether texts hold what a terminal or a markup would obey.
    """

    def __init__(
        self, random: Random, *, most_beats: int = 30, most_scenes: int = 8, awkward: bool = False
    ) -> None:
        self.random = random
        self.most_beats = most_beats
        self.most_scenes = most_scenes
        self.awkward = awkward
        self.graph = PlotGraph()
        self.last: Event | None = None
        self.turn = 0
        self.scenes = 0
        self.takes: dict[str, int] = {}

    def __iter__(self) -> Iterator[Event]:
        """The events, without end."""
        yield self.event(
            SessionStarted(
                logline="A lighthouse keeper's radio receives tomorrow's news.", seed=7, model="tiny"
            )
        )
        cast = tuple(Character(name=name, want=self.text(3)) for name in CAST)
        yield self.event(Convened(title="The Light", premise=self.text(), characters=cast), "Director")
        while True:
            yield from self.round()
            if self.random.random() < 0.4 and self.graph.ids():
                yield from self.scene()
            if self.random.random() < 0.3:
                yield self.event(self.aside(), "person")

    def event(self, body: Body, agent: str = "", scene: str = "") -> Event:
        """The next event, a second or so after the last."""
        if opens_turn(body, agent):
            self.turn += 1
        number = self.last.id + 1 if self.last else 1
        before = self.last.created if self.last else STARTED
        trace = None
        if body.kind in ("pitched", "stance_taken", "ruled", "line_spoken", "note_given"):
            trace = Trace(
                model_sha256=None,
                prompt_sha256="0" * 64,
                template=body.kind,
                sampling={},
                seed=number,
                tokens_in=self.random.randrange(100, 900),
                tokens_reused=self.random.randrange(100),
                tokens_out=self.random.randrange(5, 60),
                milliseconds=self.random.randrange(50, 900),
            )
        self.last = Event(
            id=number,
            parent=self.last.id if self.last else None,
            turn=self.turn,
            agent=agent,
            scene=scene,
            created=before + timedelta(milliseconds=self.random.randrange(100, 3000)),
            body=body,
            trace=trace,
        )
        return self.last

    def text(self, words: int = 8) -> str:
        """Some words, now and then an awkward one."""
        chosen = self.random.choices(WORDS, k=words)
        if self.awkward and self.random.random() < 0.3:
            chosen.append(self.random.choice(AWKWARD))
        return " ".join(chosen)

    def round(self) -> Iterator[Event]:
        """Agenda, pitch, stances, assessment, ruling, and the move where it was adopted."""
        beats = self.graph.ids()
        named = tuple(self.random.sample(beats, min(2, len(beats))))
        yield self.event(AgendaSet(weakness="orphan:b1", question=self.text(), beats=named), "Director")
        move = self.move()
        yield self.event(pitch := Pitched(move=move, reason=self.text()), self.random.choice(CRITICS))
        at = self.last_id
        amendment: Move | None = None
        amending = 0
        for agent in CRITICS[1:]:
            stance = self.random.choice(("support", "object", "amend"))
            other = self.move() if stance == "amend" else None
            yield self.event(StanceTaken(pitch=at, stance=stance, reason=self.text(), amendment=other), agent)
            if other is not None:
                amendment, amending = other, self.last_id
        answers = (YesNo(critic="Heart", question="Does it cost anything?", yes=self.random.random()),)
        yield self.event(Assessed(pitch=at, answers=answers))
        verdicts = ["adopted", "rejected"] + (["amended"] if amendment else [])
        verdict = self.random.choice(verdicts)
        ruled = Ruled.model_validate(
            {
                "pitch": at,
                "verdict": verdict,
                "reason": self.text(),
                "stance": amending if verdict == "amended" else None,
            }
        )
        yield self.event(ruled, "Director")
        chosen = amendment if verdict == "amended" and amendment else pitch.move
        if verdict != "rejected" and not self.graph.check(chosen):
            diff = self.graph.apply(chosen)
            yield self.event(MoveCommitted(move=chosen, diff=diff, ruling=self.last_id))

    @property
    def last_id(self) -> int:
        """Id of the last event."""
        assert self.last is not None
        return self.last.id

    def scene(self) -> Iterator[Event]:
        """A scene opened, or opened again, with two takes, scores, a note, and mostly a lock."""
        number = self.scenes + 1 if self.scenes < self.most_scenes else self.random.randint(1, self.scenes)
        self.scenes = max(self.scenes, number)
        name = f"s{number}"
        beats = tuple(self.random.sample(self.graph.ids(), 1))
        heading = f"INT. {self.random.choice(WORDS).upper()} - NIGHT"
        yield self.event(SceneOpened(scene=name, heading=heading, beats=beats, characters=CAST[:2]))
        for _ in range(2):
            yield from self.take(name, heading)
        yield self.event(Cautioned(scene=name, round=1, about="length", message="They grew."))
        if self.random.random() < 0.7:
            yield self.event(SceneLocked(scene=name, take=f"{name}.t{self.takes[name]}", reason=self.text()))
            diff = self.graph.set_status(beats, Status.DRAFTED)
            if diff.after:
                yield self.event(StatusSet(status=Status.DRAFTED, diff=diff))

    def take(self, scene: str, heading: str) -> Iterator[Event]:
        """Lines, the take made of them, what the critic says of it, and how somebody feels after it."""
        self.takes[scene] = self.takes.get(scene, 0) + 1
        take = f"{scene}.t{self.takes[scene]}"
        lines = [f"{heading}\n"]
        for name in CAST[:2]:
            line = LineSpoken(
                take=take, character=name, line=self.text(), thought=self.text(4), emotion=Emotion.FEAR
            )
            yield self.event(line, name, scene)
            lines.append(f"{name.upper()}\n{line.line}\n")
        yield self.event(TakeWritten(scene=scene, take=take, text="\n".join(lines)), "Director", scene)
        written = self.last_id
        d = self.random.random()
        yield self.event(Scored(take=take, d=d, j=self.random.random(), reasons=(self.text(3),)), "", scene)
        yield self.event(
            GameValued(
                scene=scene,
                round=1,
                d_human=0.9,
                d_take=d,
                value=-0.5,
                loss_d=0.4,
                loss_g=0.8,
                verdict="go on",
            )
        )
        note = NoteGiven(take=take, quote=lines[-1], problem=self.text(), advice=self.text(), adopted=True)
        yield self.event(note, "Sceptic", scene)
        name = self.random.choice(CAST)
        state = CharacterState(
            mood=Mood(pleasure=self.random.uniform(-1, 1)),
            feeling=Feeling(emotion=self.random.choice(list(Emotion)), intensity=0.5),
            beliefs=frozenset(self.random.sample(self.graph.ids(), 1)),
            goal=self.text(3),
        )
        yield self.event(AffectChanged(character=name, state=state, cause=self.text(2)))
        if self.random.random() < 0.3:
            yield self.event(
                Edited(target=written, field="text", text="\n".join([*lines, self.text()])), "person"
            )

    def aside(self) -> Body:
        """Something that a person does, or that goes wrong."""
        return self.random.choice(
            (
                Whispered(to="Mara", text=self.text()),
                Cued(to="Heart"),
                SeatTaken(seat="Mara", by=self.random.choice(("person", "model"))),
                WeaknessIntended(weakness=self.random.choice(WORDS), intended=self.random.random() < 0.7),
                Failed(where="engine", message=self.text()),
                Condensed(first=1, last=self.last_id, text=self.text()),
                Branched(fork=self.last_id, reason=self.text(2)),
                Edited(target=self.random.randint(1, self.last_id), field="reason", text=self.text()),
                Wrapped(reason=self.text(2)),
            )
        )

    def move(self) -> Move:
        """A legal move, of any kind that there is one of."""
        for _ in range(20):
            move = self._any_move(self.graph.ids())
            if move is not None and not self.graph.check(move):
                return move
        return AddBeat(beat=self.draft()) if len(self.graph.ids()) < self.most_beats else self._revision()

    def draft(self) -> BeatDraft:
        """What a new beat says."""
        return BeatDraft(
            summary=self.text(),
            characters=tuple(self.random.sample(CAST, 2)),
            place=self.random.choice(WORDS),
            act=self.random.randint(1, 3),
            tension=self.random.uniform(-1, 1),
            witnesses=None if self.random.random() < 0.7 else CAST[:1],
        )

    def _revision(self) -> Move:
        beat = self.random.choice(self.graph.ids())
        return ReviseBeat(
            beat=beat, change=BeatChange(summary=self.text(), tension=self.random.uniform(-1, 1))
        )

    def _any_move(self, beats: Sequence[BeatId]) -> Move | None:
        pick = self.random.choice
        kinds: list[str] = []
        if len(beats) < self.most_beats:
            kinds += ["add"] * 4 + ["plant", "pay_off"] * bool(beats)
        if len(beats) > 3:
            kinds += ["revise", "link", "link", "unlink", "reorder", "merge", "cut", "act"]
        match pick(kinds) if kinds else "":
            case "add":
                chosen = tuple(self.random.sample(beats, min(len(beats), self.random.randint(0, 2))))
                return AddBeat(
                    beat=self.draft(), after=pick([None, *beats]), caused_by=chosen[:1], causes=chosen[1:]
                )
            case "plant":
                return PlantSetup(beat=self.draft(), payoff=pick(beats))
            case "pay_off":
                return PayOffSetup(beat=self.draft(), setup=pick(beats), after=beats[-1])
            case "revise":
                return self._revision()
            case "act":
                return ReviseBeat(beat=pick(beats), change=BeatChange(act=self.random.randint(1, 3)))
            case "link":
                return AddLink(source=pick(beats), target=pick(beats), link=pick(list(LinkKind)))
            case "unlink" if links := self.graph.links():
                link = pick(links)
                return RemoveLink(source=link.source, target=link.target, link=link.kind)
            case "reorder":
                return ReorderBeat(beat=pick(beats), after=pick(beats))
            case "merge":
                return MergeBeats(beat=pick(beats), absorbed=pick(beats), summary=self.text())
            case "cut":
                return CutBeat(beat=pick(beats))
            case _:
                return None


def session(seed: int, events: int, **settings: int | bool) -> list[Event]:
    """The first events of a session."""
    room = Room(
        Random(seed),
        most_beats=int(settings.get("most_beats", 30)),
        most_scenes=int(settings.get("most_scenes", 8)),
        awkward=bool(settings.get("awkward", False)),
    )
    return [event for event, _ in zip(room, range(events), strict=False)]
