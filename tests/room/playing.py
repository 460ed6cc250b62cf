"""A room without a model: every turn is answered by the plainest event of its kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from writersroom.cast.cards import Card, Question
from writersroom.events import Body, Event
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.convened import Convened
from writersroom.events.event import opens_turn
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.session_started import SessionStarted
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.take_written import TakeWritten
from writersroom.events.wrapped import Wrapped
from writersroom.room.order import Company, Turn, next_turns, pitchers, scene_runs
from writersroom.room.plan import Plan
from writersroom.room.standing import Standing
from writersroom.story.characters import Character
from writersroom.story.moves import AddBeat, BeatDraft

PEOPLE = ("Mara", "Tobias", "Iris")


def company() -> Company:
    """A director, two critics, continuity and three characters."""
    asks = (Question(ask="Does it cost somebody something?"),)
    return Company(
        [
            Card(name="Ada", role="director", mandate="You want an end."),
            Card(name="Vera", role="critic", mandate="You want a cost.", questions=asks),
            Card(name="Otto", role="critic", mandate="You want subtext.", questions=asks),
            Card(name="Nell", role="continuity", mandate="You want it to hold."),
            *(
                Card(
                    name=name,
                    role="character",
                    mandate="You want your way.",
                    character=Character(name=name, want="the radio"),
                )
                for name in PEOPLE
            ),
        ]
    )


class Player:
    """Plays a session turn by turn."""

    def __init__(self, plan: Plan) -> None:
        self.company, self.plan, self.standing = company(), plan, Standing()
        self.events: list[Event] = []
        self.keep(SessionStarted(logline="A radio tells tomorrow's news.", settings=plan.model_dump()))

    def keep(self, body: Body, agent: str = "") -> None:
        """Append an event, as the archive would."""
        turn = self.standing.turn + (1 if opens_turn(body, agent) else 0)
        number = len(self.events) + 1
        event = Event(
            id=number,
            parent=number - 1 or None,
            turn=turn,
            agent=agent,
            created=datetime(2026, 1, 1, tzinfo=UTC),
            body=body,
        )
        self.events.append(event)
        self.standing.apply(event)

    def coming(self) -> tuple[Turn, ...]:
        """The turns that may be written now."""
        return next_turns(self.standing, self.company, self.plan)

    def play(self) -> Iterator[Turn]:
        """Play to the end."""
        while turns := self.coming():
            self.answer(turns[0])
            yield turns[0]

    def answer(self, turn: Turn) -> None:
        """Say the plainest thing that this turn can be."""
        for body in self._bodies(turn):
            self.keep(body, "" if isinstance(body, MoveCommitted | SceneLocked | Wrapped) else turn.agent)

    def _bodies(self, turn: Turn) -> Iterator[Body]:
        standing = self.standing
        match turn.kind:
            case "convene":
                yield Convened(characters=tuple(Character(name=name) for name in PEOPLE))
            case "agenda":
                agents = pitchers(standing, self.company, None, self.plan.pitches)
                yield AgendaSet(weakness="", question="What happens next?", agents=agents)
            case "pitch":
                beats = standing.graph.beats()
                draft = BeatDraft(summary=f"{turn.agent} acts.", characters=PEOPLE[:2])
                move = AddBeat(beat=draft, after=beats[-1].id if beats else None)
                yield Pitched(move=move, reason="Because Iris would.")
            case "stance":
                yield StanceTaken(pitch=turn.pitch, stance="object", reason="No.")
            case "rule":
                chosen = standing.proposals[0]
                yield Ruled(pitch=chosen.id, verdict="adopted", reason="Yes.")
                diff = standing.graph.copy().apply(chosen.body.move)
                yield MoveCommitted(move=chosen.body.move, diff=diff)
            case "open_scene":
                run = scene_runs(standing, self.plan.scenes)[len(standing.scenes)]
                yield SceneOpened(
                    scene=f"s{len(standing.scenes) + 1}",
                    heading="INT. LIGHTHOUSE - NIGHT",
                    beats=tuple(beat.id for beat in run),
                    characters=PEOPLE[:2],
                )
            case "line":
                yield LineSpoken(take=turn.take, character=turn.agent, line="No.")
            case "take":
                yield TakeWritten(scene=turn.take.partition(".")[0], take=turn.take, text="INT. A - DAY")
            case "note":
                yield NoteGiven(take=turn.take, quote="No.", problem="It says nothing.")
            case "lock":
                scene = standing.scene
                assert scene is not None
                yield SceneLocked(scene=scene.opened.scene, take=next(iter(scene.takes)))
            case "wrap":
                yield Wrapped(reason="done")
            case "assess" | "condense" | "weigh":
                raise AssertionError("Nobody here condenses or judges.")
