"""Scenes: opened by the director, voiced line by line by their characters, read by critics, locked."""

from __future__ import annotations

import asyncio
import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final, TypeVar

from writersroom.cast.cards import Question
from writersroom.cast.repertoire import Tactic
from writersroom.cast.sheets import SceneSheet, Speech, StageSheet
from writersroom.cast.words import FEELING
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.status_set import StatusSet
from writersroom.events.take_written import TakeWritten
from writersroom.room.asking import LEANING, Asker, seed_of
from writersroom.room.moment import Moment, speeches, stage
from writersroom.room.order import scene_runs
from writersroom.room.pages import page_of
from writersroom.room.spoken import Entry, Spoken
from writersroom.room.standing import Draft, Scene
from writersroom.room.turns.agenda import places
from writersroom.room.turns.feeling import felt
from writersroom.story.affect import PAD, axes
from writersroom.story.beats import Beat, Status
from writersroom.story.characters import CharacterState
from writersroom.story.emotions import Emotion
from writersroom.story.occurrences import of_line

T = TypeVar("T")

_OPTIONS: Final = 4
"""Actions or tactics a character chooses among."""
_SHOWN: Final = 8
"""Lines of a scene, at least, that its next speaker is shown."""
_FAR: Final = 0.4
"""How far from a mood, in its space, an emotion lies that half as much speaks for."""
_LASTING: Final = 4.0
"""How much more a feeling is weighed that the character has, or that what happens gives it."""
_PLACES: Final = 12
"""Places a scene is weighed for."""
_WHERE: Final = r"\b(?:in|at|on|to|for|into|from|inside|outside|behind) (?:the|a|an|his|her|their|its) "
"""What stands before the name of a place where something happens."""
_TIMES: Final = ("DAY", "NIGHT", "EVENING", "MORNING")


async def open_scene(at: Moment) -> Spoken:
    """A run of beats becomes a scene: where and when, who is there, what it is for."""
    standing, repertoire = at.standing, at.room.repertoire
    beats = scene_runs(standing, at.room.plan.scenes)[len(standing.scenes)]
    counted = Counter(name for beat in beats for name in beat.characters)
    cast = [one.name for one in standing.characters]
    people = [name for name, _ in counted.most_common() if name in cast][:3]
    people += [name for name in cast if name not in people][: max(0, 2 - len(people))]
    names = _places(at, beats)
    place = names[0] if names else ""
    if len(names) > 1:
        place = names[await at.asker.pick(lambda turn: turn.choose_place(beats=beats, options=names))]
    where = "INT." if repertoire.is_inside(place) else "EXT."
    time = _TIMES[seed_of(at.room.seed, "time of day", len(standing.scenes)) % len(_TIMES)]
    body = SceneOpened(
        scene=f"s{len(standing.scenes) + 1}",
        heading=f"{where} {place.upper() or 'A ROOM'} - {time}",
        beats=tuple(beat.id for beat in beats),
        characters=tuple(people),
        purpose=beats[-1].summary,
    )
    return Spoken(entries=(Entry(body=body, agent=at.card.name, scene=body.scene),))


def _places(at: Moment, beats: Sequence[Beat]) -> tuple[str, ...]:
    """Where a scene may play: where its beats are, or say they are, else some places, the story's own first.

    Where nothing played yet comes before what was seen, so that not all is at one place.
    """
    names = at.room.repertoire.place_names
    told = " ".join(beat.summary for beat in beats)
    home = f"{at.shared.logline} {at.shared.premise}"
    stated = [place for place, _ in Counter(beat.place for beat in beats if beat.place).most_common(1)]
    there = [name for name in names if _named(name, told, before=_WHERE)]
    used = {_place_of(scene.opened.heading) for scene in at.standing.scenes.values()}
    for known in (there, stated):
        if fresh := [name for name in known if name.casefold() not in used]:
            return tuple(fresh)
    at_home = [name for name in names if _named(name, home)]
    free = [name for name in dict.fromkeys((*at_home, *places(at.room))) if name.casefold() not in used]
    return tuple(free[:_PLACES] or stated or there)


def _named(place: str, text: str, *, before: str = "") -> bool:
    return re.search(rf"{before}\b{re.escape(place)}\b", text, re.IGNORECASE) is not None


def _place_of(heading: str) -> str:
    """Of "INT. TOWER - NIGHT", "tower"."""
    return heading.partition(" - ")[0].partition(" ")[2].casefold()


async def line(at: Moment) -> Spoken:
    """What a character feels, does, says and does not say."""
    scene, draft = scene_of(at), draft_of(at)
    number = len(draft.lines)
    stands = stage(at, scene.opened, number)
    asker = at.asker.knowing(stands.shared)
    spoken = speeches(one for _, one in draft.lines)
    # Shown from every fourth line on, so that what is shown mostly grows and its beginning is read once.
    said = spoken[max(0, number - _SHOWN) // 4 * 4 :]
    sheet = stands.sheet(scene.opened.heading, said)
    emotion = await _emotion(at, asker, sheet, stands.beat)
    # People do not move at each word.
    action = await _action(at, asker, sheet, emotion) if number % 2 == 0 else ""
    tactic = await _tactic(at, asker, sheet, emotion)
    to = next((one.character for _, one in reversed(draft.lines) if one.character != at.card.name), "")
    opens = tactic.opens if tactic is not None else ()
    written, thought = await asyncio.gather(
        asker.write(
            lambda turn: turn.line(
                sheet,
                emotion=FEELING[emotion],
                action=action,
                tactic=tactic.name if tactic is not None else "",
                opening=opens[turn.number % len(opens)] if opens else "",
                to=to,
            )
        ),
        asker.write(lambda turn: turn.thought(sheet, emotion=FEELING[emotion])),
    )
    body = LineSpoken(
        take=draft.id,
        character=at.card.name,
        # Silence is better than a line that breaks the scene; there is an action or a thought beside it.
        line=written.text if written.fit else "…",
        emotion=emotion,
        action=action,
        thought=thought.text if thought.fit else "",
        to=to,
        beat=stands.beat.id if stands.beat is not None else "",
    )
    heard = of_line(at.card.name, emotion, body.line, to=to, hearers=scene.opened.characters)
    return Spoken(
        entries=(
            Entry(body=body, agent=at.card.name, scene=scene.opened.scene, trace=written.trace),
            *felt(at.standing, heard, scene=scene.opened.scene),
        )
    )


async def _emotion(at: Moment, asker: Asker, sheet: StageSheet, beat: Beat | None) -> Emotion:
    """What the character feels: what the model makes of the scene, held near the mood it is in.

    What it felt at its last line, and what happens now makes it feel, weigh more.
    """
    state = at.standing.states.get(at.card.name, CharacterState())
    emotions, mood = tuple(PAD), axes(state.mood)
    near = [0.5 ** (math.dist(mood, axes(PAD[emotion])) / _FAR) for emotion in emotions]
    own = next(
        (one.emotion for _, one in reversed(draft_of(at).lines) if one.character == at.card.name), None
    )
    lasts = 1.0 if own is not None else state.feeling.intensity
    near[emotions.index(own or state.feeling.emotion)] *= 1 + (_LASTING - 1) * lasts
    if beat is not None and at.card.name in beat.emotions:
        near[emotions.index(beat.emotions[at.card.name])] *= _LASTING
    return emotions[
        await asker.pick(
            lambda turn: turn.choose_emotion(sheet, options=[FEELING[emotion] for emotion in emotions]),
            temperature=1.0,
            earlier=at.standing.leanings.get("choose_emotion", [])[-LEANING:],
            favour=near,
        )
    ]


async def _action(at: Moment, asker: Asker, sheet: StageSheet, emotion: Emotion) -> str:
    """What the others see."""
    actions = _some(at.room.repertoire.actions_for(emotion), _OPTIONS * at.number)
    if len(actions) < 2:
        return next(iter(actions), "")
    place = await asker.pick(
        lambda turn: turn.choose_action(sheet, emotion=FEELING[emotion], options=actions)
    )
    return actions[place]


async def _tactic(at: Moment, asker: Asker, sheet: StageSheet, emotion: Emotion) -> Tactic | None:
    """What the character does by speaking."""
    tactics = _some(at.room.repertoire.tactics_for(emotion), _OPTIONS * at.number)
    if len(tactics) < 2:
        return next(iter(tactics), None)
    place = await asker.pick(lambda turn: turn.choose_tactic(sheet, options=[one.name for one in tactics]))
    return tactics[place]


def _some(options: Sequence[T], start: int) -> tuple[T, ...]:
    """A few of the options, others each time."""
    start %= max(1, len(options))
    return (*options[start:], *options[:start])[:_OPTIONS]


async def take(at: Moment) -> Spoken:
    """The lines of a take as a page of Fountain."""
    scene, draft = scene_of(at), draft_of(at)
    text = page_of(at.standing, scene, draft)
    body = TakeWritten(scene=scene.opened.scene, take=draft.id, text=text)
    return Spoken(entries=(Entry(body=body, agent=at.card.name, scene=scene.opened.scene),))


async def note(at: Moment) -> Spoken:
    """A critic quotes the line that fares worst by its question, and says what is wrong."""
    scene, draft = scene_of(at), draft_of(at)
    sheet = SceneSheet(heading=scene.opened.heading, purpose=scene.opened.purpose)
    said = speeches(one for _, one in draft.lines)
    asked = next(iter((*at.card.asks("take"), *at.card.asks("pitch"))))
    worst, severity = await _worst_by(at, asked, said)
    quote = said[worst]
    written = None
    if at.card.inventive or not asked.fault:
        written = await at.asker.write(
            lambda turn: turn.note(scene=sheet, lines=said[: worst + 1], quote=quote.words, fault=asked.fault)
        )
    problem = written.text if written and written.fit else asked.fault or asked.ask
    advice = await at.asker.about("advice").write(
        lambda turn: turn.advice(quote=quote.words, problem=problem, who=quote.who)
    )
    body = NoteGiven(
        take=draft.id,
        quote=quote.words,
        place=worst,
        problem=problem[:1].upper() + problem[1:],
        advice=advice.text if advice.fit else "",
        severity=severity,
    )
    return Spoken(
        entries=(
            Entry(
                body=body,
                agent=at.card.name,
                scene=scene.opened.scene,
                trace=(written or advice).trace,
            ),
        )
    )


async def _worst_by(at: Moment, asked: Question, said: Sequence[Speech]) -> tuple[int, float]:
    """The place of the line that fares worst by a critic's question, and how likely the bad answer is.

    No line alone answers a question about a take. The take is asked about whole and then without each line:
    the worst is the line without which it fares best.
    """
    subjects = [one.words for one in said]
    if asked.of == "take":
        left_out = [[*said[:place], *said[place + 1 :]] for place in range(len(said))]
        subjects = [" ".join(f'{one.who}: "{one.words}"' for one in lines) for lines in (*left_out, said)]
    weights = await asyncio.gather(
        *(
            at.asker.about(place).weigh(
                lambda turn, subject=subject: turn.yes_no(subject=subject or "…", question=asked.ask)
            )
            for place, subject in enumerate(subjects)
        )
    )
    bad = [weight[1] if asked.good == "yes" else weight[0] for weight in weights]
    if asked.of == "take":
        return min(range(len(said)), key=bad.__getitem__), bad[-1]
    return max(range(len(said)), key=bad.__getitem__), max(bad)


async def lock(at: Moment) -> Spoken:
    """The take with the least severe criticism is kept, and its beats with it."""
    scene = scene_of(at)
    takes = list(scene.takes.values())

    def fault(draft: Draft) -> float:
        silent = sum(one.line == "…" for _, one in draft.lines) / max(1, len(draft.lines))
        return silent + sum(one.severity for one in draft.notes) / max(1, len(draft.notes))

    chosen = min(takes, key=fault)
    number = takes.index(chosen) + 1
    reason = (
        f"Take {number} of {len(takes)} was least criticised." if len(takes) > 1 else "It is the only take."
    )
    diff = at.standing.graph.copy().set_status(scene.opened.beats, Status.LOCKED)
    return Spoken(
        entries=(
            Entry(
                body=SceneLocked(scene=scene.opened.scene, take=chosen.id, reason=reason),
                agent=at.card.name,
                scene=scene.opened.scene,
            ),
            Entry(body=StatusSet(status=Status.LOCKED, diff=diff), scene=scene.opened.scene),
        )
    )


def scene_of(at: Moment) -> Scene:
    """The scene that is being written."""
    scene = at.standing.scene
    assert scene is not None  # only then are there such turns
    return scene


def draft_of(at: Moment) -> Draft:
    """The take that this turn belongs to; an empty one where it is begun by it."""
    return at.standing.draft(at.turn.take)
