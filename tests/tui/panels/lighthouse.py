"""A short session that a person might have had, for looking at: every panel has something to show."""

from __future__ import annotations

from random import Random

from tests.view.playing import Room
from writersroom.events import Event
from writersroom.events.affect_changed import AffectChanged
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.assessed import Assessed, YesNo
from writersroom.events.convened import Convened
from writersroom.events.game_valued import GameValued
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.move_committed import MoveCommitted
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.scored import Scored
from writersroom.events.session_started import SessionStarted
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.take_written import TakeWritten
from writersroom.story.beats import LinkKind
from writersroom.story.characters import Character, CharacterState, Feeling, Mood
from writersroom.story.emotions import Emotion
from writersroom.story.moves import AddBeat, AddLink, BeatDraft, Move, PlantSetup

LOGLINE = "A lighthouse keeper's radio receives tomorrow's news."

FIRST = """INT. LIGHTHOUSE - NIGHT

Rain on the lantern glass. MARA turns the dial of a valve radio with two fingers, as one turns a key.

MARA
(to herself)
Not the weather. Anything but the weather.

A voice comes up out of the noise, thin and calm.

RADIO (V.O.)
...recovered this morning from the harbour mouth. The keeper's brother was thirty-one.

She does not move. Below, a door.

IOAN (O.S.)
Mara? You're talking to yourself again.

MARA
I was talking to the radio.

IOAN
And what does it say?

MARA
(after a moment)
Rain.
"""

SECOND = """INT. LIGHTHOUSE - NIGHT

Rain on the lantern glass. MARA turns the dial of a valve radio with two fingers, as one picks a lock.

MARA
(to herself)
Anything but the weather.

A voice comes up out of the noise, thin and calm.

RADIO (V.O.)
...found this morning at the harbour mouth. The keeper's brother was thirty-one.

She switches it off. It goes on for a word longer than it should. Below, a door.

IOAN (O.S.)
You're talking to yourself again.

MARA
To the radio.

IOAN
What does it say?

MARA
Rain.

He looks at the window. There has been no rain since noon.
"""


class Lighthouse(Room):
    """Plays the session."""

    def __init__(self) -> None:
        super().__init__(Random(4))
        self.events: list[Event] = []

    def say(self, body: object, agent: str = "", scene: str = "") -> int:
        """Append an event; its id."""
        event = self.event(body, agent, scene)  # type: ignore[arg-type]  # any body will do
        self.events.append(event)
        return event.id

    def argue(
        self, agent: str, question: str, move: Move, reason: str, *answers: tuple[str, str, str]
    ) -> None:
        """A question, a pitch, stances, a ruling for it, and the move."""
        named = tuple(self.graph.ids()[-2:])
        self.say(AgendaSet(weakness="", question=question, beats=named), "Ada")
        pitch = self.say(Pitched(move=move, reason=reason), agent)
        for who, stance, why in answers:
            amendment = move if stance == "amend" else None
            body = StanceTaken.model_validate(
                {"pitch": pitch, "stance": stance, "reason": why, "amendment": amendment}
            )
            self.say(body, who)
        asked = YesNo(critic="Vera", question="Does it cost somebody something?", yes=0.71)
        self.say(Assessed(pitch=pitch, answers=(asked,)))
        self.say(Ruled(pitch=pitch, verdict="adopted", reason="It closes a door behind her."), "Ada")
        diff = self.graph.apply(move)
        self.say(MoveCommitted(move=move, diff=diff, ruling=self.last_id))

    def rejected(self, agent: str, move: Move, reason: str) -> None:
        """A pitch that nobody wants."""
        pitch = self.say(Pitched(move=move, reason=reason, device="reversal"), agent)
        self.say(StanceTaken(pitch=pitch, stance="object", reason="We have had that storm before."), "Vera")
        self.say(Ruled(pitch=pitch, verdict="rejected", reason="It is weather, not a decision."), "Ada")


def _beat(summary: str, act: int, tension: float, *who: str, **more: object) -> BeatDraft:
    return BeatDraft.model_validate(
        {"summary": summary, "act": act, "tension": tension, "characters": who, "place": "lighthouse", **more}
    )


def lighthouse() -> list[Event]:
    """The events of the session."""
    room = Lighthouse()
    names: tuple[str, ...] = ("Ada", "Vera", "Otto", "Mara", "Ioan", "Lise")
    room.say(
        SessionStarted(
            logline=LOGLINE, title="The Light", seed=7, model="SmolLM2-135M", cards=dict.fromkeys(names, "")
        ),
    )
    people = (
        Character(name="Mara", want="to keep the light burning until the relief boat comes"),
        Character(name="Ioan", want="to leave the island with his sister"),
        Character(name="Lise", want="the truth about the wreck"),
    )
    room.say(
        Convened(title="The Light", premise=LOGLINE, theme="What we do with a warning", characters=people),
        "Ada",
    )
    _acts(room)
    _scene(room)
    return room.events


def _acts(room: Lighthouse) -> None:
    room.argue(
        "Mara",
        "What wakes her?",
        AddBeat(beat=_beat("Mara hears the radio name her brother among the drowned", 1, 0.2, "Mara")),
        "She has to hear it alone, or she would have to say it.",
        ("Ioan", "support", "I am not in the room, and that is the point."),
        ("Otto", "object", "Nothing has happened yet; a voice is not an event."),
    )
    room.argue(
        "Ioan",
        "What does she do with it?",
        AddBeat(
            beat=_beat(
                "Mara lies to Ioan about what the radio said", 1, 0.35, "Mara", "Ioan", witnesses=("Mara",)
            ),
            after="b1",
            caused_by=("b1",),
        ),
        "A lie now is a debt later.",
        ("Mara", "amend", "I would not lie. I would say the half that is true."),
        ("Vera", "support", "It costs her the only person who would believe her."),
    )
    room.rejected(
        "Otto",
        AddBeat(beat=_beat("A storm breaks the lamp", 1, 0.8, "Mara"), after="b2"),
        "We need something loud before the end of the act.",
    )
    room.argue(
        "Lise",
        "Who else could know?",
        AddBeat(
            beat=_beat("Lise finds tomorrow's date on the keeper's notebook", 1, 0.3, "Lise"), after="b2"
        ),
        "I keep the books; I would see it.",
        ("Vera", "support", "Now two people hold half of it each."),
    )
    room.argue(
        "Ioan",
        "What forces the island?",
        AddBeat(
            beat=_beat("Ioan takes the boat out although she begs him not to", 2, 0.6, "Ioan", "Mara"),
            after="b3",
            caused_by=("b2",),
        ),
        "If she told me the truth I would stay.",
        ("Mara", "support", "Then it is my lie that drowns him."),
    )
    room.argue(
        "Lise",
        "What does the notebook do?",
        AddBeat(
            beat=_beat("Lise reads the notebook aloud in the harbour office", 2, 0.5, "Lise", "Ioan"),
            after="b4",
            caused_by=("b3",),
        ),
        "I would rather be wrong in front of people than right alone.",
        ("Otto", "object", "She would never say it aloud."),
        ("Vera", "amend", "Let her read one line and stop."),
    )
    room.argue(
        "Mara",
        "How does it end?",
        AddBeat(
            beat=_beat("Mara puts out the light to make the boats turn back", 3, 0.95, "Mara", "Lise"),
            after="b5",
            caused_by=("b4", "b5"),
        ),
        "It is the one thing a keeper must not do.",
        ("Ioan", "support", "And I would see it from the water."),
    )
    room.argue(
        "Vera",
        "Is the dark prepared?",
        PlantSetup(
            beat=_beat("The relief lamp has no oil, and she writes that down", 1, 0.1, "Mara"), payoff="b6"
        ),
        "If the light goes out we must know there is no second one.",
        ("Mara", "support", "I wrote it down. Nobody reads what I write."),
    )
    room.argue(
        "Otto",
        "Why her?",
        AddLink(source="b3", target="b6", link=LinkKind.MOTIVATES),
        "The notebook is why Lise stands beside her.",
        ("Lise", "support", "I would not stand there otherwise."),
    )


def _scene(room: Lighthouse) -> None:
    heading = "INT. LIGHTHOUSE - NIGHT"
    room.say(
        SceneOpened(
            scene="s1",
            heading=heading,
            beats=("b1", "b2"),
            characters=("Mara", "Ioan"),
            purpose="She hears it, and says half.",
        ),
        "",
        "s1",
    )
    for take, text, d, c, j in (("s1.t1", FIRST, 0.41, 0.62, 0.5), ("s1.t2", SECOND, 0.63, 0.7, 0.58)):
        room.say(
            LineSpoken(
                take=take,
                character="Mara",
                line="Anything but the weather.",
                emotion=Emotion.FEAR,
                action="She turns the dial with two fingers.",
                thought="If it says his name again I will break it.",
                to="Ioan",
            ),
            "Mara",
            "s1",
        )
        room.say(LineSpoken(take=take, character="Ioan", line="What does it say?", to="Mara"), "Ioan", "s1")
        number = int(take[-1]) - 1
        room.say(TakeWritten(scene="s1", take=take, text=text, round=number), "Ada", "s1")
        room.say(
            Scored(
                take=take, d=d, d_low=d - 0.12, d_high=d + 0.1, c=c, j=j, reasons=("sentences of one length",)
            ),
            "",
            "s1",
        )
        room.say(
            GameValued(
                scene="s1",
                round=number,
                d_human=0.88 - 0.03 * number,
                d_take=d,
                value=-0.6,
                loss_d=0.42 + 0.1 * number,
                loss_g=0.9 - 0.3 * number,
                verdict="The critic still tells them apart." if number == 0 else "Nothing got better.",
                goes_on=number == 0,
            )
        )
        room.say(
            NoteGiven(
                take=take,
                quote="as one turns a key" if number == 0 else "There has been no rain since noon.",
                problem="The image says what she is about to do; let her do it first.",
                advice="Cut the simile or give it to somebody who would say it.",
                severity=0.4,
                adopted=number == 0,
            ),
            "Otto",
            "s1",
        )
    for name, emotion, strength, cause, mood, goal in (
        (
            "Mara",
            Emotion.FEAR,
            0.8,
            "b1",
            Mood(pleasure=-0.5, arousal=0.5, dominance=-0.3),
            "to keep Ioan ashore",
        ),
        ("Ioan", Emotion.REPROACH, 0.4, "b2", Mood(pleasure=-0.2, arousal=0.1, dominance=0.4), ""),
        ("Lise", Emotion.HOPE, 0.5, "b3", Mood(pleasure=0.3, arousal=0.2, dominance=0.1), "to be believed"),
    ):
        state = CharacterState(
            mood=mood,
            feeling=Feeling(emotion=emotion, intensity=strength, cause=cause),
            beliefs=frozenset({"b3"} if name == "Mara" else ()),
            goal=goal,
        )
        room.say(AffectChanged(character=name, state=state, cause=cause))
    room.say(SceneLocked(scene="s1", take="s1.t2", reason="It trusts the silence."))
