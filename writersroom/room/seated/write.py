"""A person opens a scene, speaks a character's line, puts a take together, criticises it, chooses one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from writersroom.cast.words import FEELING
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.status_set import StatusSet
from writersroom.events.take_written import TakeWritten
from writersroom.events.wrapped import Wrapped
from writersroom.room.forms import BadAnswer, Field, Option
from writersroom.room.moment import Room
from writersroom.room.order import Turn, playing, scene_runs
from writersroom.room.pages import page_of
from writersroom.room.seated.offer import Offer, named, offer, options, said
from writersroom.room.spoken import Entry, Spoken
from writersroom.room.standing import Scene, Standing
from writersroom.room.turns.feeling import felt
from writersroom.script.errors import ScriptError
from writersroom.script.reading import from_fountain
from writersroom.story.beats import Status
from writersroom.story.emotions import Emotion
from writersroom.story.occurrences import of_line
from writersroom.story.text import short

_SEVERITY: Final = {"0.3": "A matter of taste", "0.6": "It weakens the scene", "0.9": "The scene fails by it"}
_FEWEST_PEOPLE: Final = 2


def open_scene(room: Room, turn: Turn, standing: Standing) -> Offer:
    """Where and when it plays, and what it is for."""
    beats = scene_runs(standing, room.plan.scenes)[len(standing.scenes)]
    cast = [one.name for one in standing.characters]
    acting = [name for beat in beats for name in beat.characters if name in cast]
    people = list(dict.fromkeys(acting))
    people += [name for name in cast if name not in people][: max(0, _FEWEST_PEOPLE - len(people))]
    scene = f"s{len(standing.scenes) + 1}"

    def spoken(answers: Mapping[str, str]) -> Spoken:
        body = SceneOpened(
            scene=scene,
            heading=answers["heading"].upper(),
            beats=tuple(beat.id for beat in beats),
            characters=tuple(people),
            purpose=answers["purpose"],
        )
        return said(turn, body, scene=scene)

    place = next((beat.place for beat in beats if beat.place), "A room")
    fields = (
        Field(name="heading", label="Where and when", value=f"INT. {place.upper()} - NIGHT"),
        Field(name="purpose", label="What the scene is for", value=beats[-1].summary),
    )
    return offer(turn, f"Open scene {scene}", fields, spoken)


def line(room: Room, turn: Turn, standing: Standing) -> Offer:
    """What a character feels, does, says and does not say."""
    scene = _scene(standing)
    draft = standing.draft(turn.take)
    others = [name for name in scene.opened.characters if name != turn.agent]
    last = next((one.character for _, one in reversed(draft.lines) if one.character in others), "")
    beat = playing(standing, scene.opened, len(draft.lines), room.plan.lines)

    def spoken(answers: Mapping[str, str]) -> Spoken:
        if not answers["line"] and not answers["action"]:
            raise BadAnswer("line", f"{turn.agent} neither says nor does anything; give a line or an action.")
        emotion = Emotion(answers["emotion"])
        body = LineSpoken(
            take=draft.id,
            character=turn.agent,
            line=answers["line"],
            emotion=emotion,
            action=answers["action"].rstrip("."),
            thought=answers["thought"],
            to=answers["to"],
            beat=beat.id if beat is not None else "",
        )
        where = scene.opened.scene
        heard = of_line(turn.agent, emotion, body.line, to=body.to, hearers=scene.opened.characters)
        return said(turn, body, *felt(standing, heard, scene=where), scene=where)

    feelings = tuple(Option(key=emotion.value, label=FEELING[emotion]) for emotion in Emotion)
    fields = (
        Field(name="line", label=f"What {turn.agent} says", required=False),
        Field(name="action", label="What the others see", required=False),
        Field(name="emotion", label="What it feels like", options=feelings, value=Emotion.CALM.value),
        Field(name="thought", label="What nobody hears", required=False),
        Field(name="to", label="To whom", options=named(others), value=last, required=False),
    )
    return offer(turn, f"{turn.agent} in {scene.opened.heading}", fields, spoken)


def take(room: Room, turn: Turn, standing: Standing) -> Offer:
    """The lines of a take as a page, to be changed or left as they are."""
    del room
    scene = _scene(standing)
    draft = standing.draft(turn.take)
    page = page_of(standing, scene, draft)

    def spoken(answers: Mapping[str, str]) -> Spoken:
        text = answers["text"] + "\n"
        try:
            from_fountain(text)
        except ScriptError as error:
            raise BadAnswer("text", str(error)) from error
        body = TakeWritten(scene=scene.opened.scene, take=draft.id, text=text)
        return said(turn, body, scene=scene.opened.scene)

    fields = (Field(name="text", label="The page, in Fountain", value=page, multiline=True),)
    return offer(turn, f"Put take {draft.id} together", fields, spoken)


def note(room: Room, turn: Turn, standing: Standing) -> Offer:
    """What is wrong with which line, and what to do about it."""
    del room
    scene = _scene(standing)
    draft = scene.takes[turn.take]
    review = standing.reviews.get(scene.opened.scene)
    lines = [one for _, one in draft.lines]
    # Where nobody says a word, what they do is all there is to quote.
    said_lines = {place: one.line for place, one in enumerate(lines) if one.line}
    said_lines = said_lines or {place: one.action for place, one in enumerate(lines)}
    places = list(said_lines)

    def spoken(answers: Mapping[str, str]) -> Spoken:
        place = places[int(answers["quote"]) - 1]
        body = NoteGiven(
            take=draft.id,
            quote=said_lines[place],
            place=place,
            problem=answers["problem"],
            advice=answers["advice"],
            severity=float(answers["severity"]),
            adopted=review is not None and bool(review.games),
        )
        return said(turn, body, scene=scene.opened.scene)

    severities = tuple(Option(key=key, label=label) for key, label in _SEVERITY.items())
    fields = (
        Field(
            name="quote",
            label="Which line",
            options=options(
                f"{lines[place].character}: {short(words, 100)}" for place, words in said_lines.items()
            ),
        ),
        Field(name="problem", label="What is wrong with it"),
        Field(name="advice", label="What to do", required=False),
        Field(name="severity", label="How bad it is", options=severities, value="0.6"),
    )
    return offer(turn, f"Criticise take {draft.id}", fields, spoken)


def lock(room: Room, turn: Turn, standing: Standing) -> Offer:
    """Which take is kept."""
    del room
    scene = _scene(standing)
    review = standing.reviews.get(scene.opened.scene)
    refused = review.refused if review is not None else set[str]()
    takes = [take for take in scene.takes if take not in refused]
    leading = review.best if review is not None and review.best in takes else takes[0]

    def spoken(answers: Mapping[str, str]) -> Spoken:
        where = scene.opened.scene
        locked = SceneLocked(scene=where, take=answers["take"], reason=answers["reason"])
        diff = standing.graph.copy().set_status(scene.opened.beats, Status.LOCKED)
        return said(
            turn, locked, Entry(body=StatusSet(status=Status.LOCKED, diff=diff), scene=where), scene=where
        )

    fields = (
        Field(name="take", label="Which take is kept", options=named(takes), value=leading),
        Field(name="reason", label="Why", required=False),
    )
    return offer(turn, f"Lock scene {scene.opened.scene}", fields, spoken)


def wrap(room: Room, turn: Turn, standing: Standing) -> Offer:
    """The end of the session."""
    del room, standing

    def spoken(answers: Mapping[str, str]) -> Spoken:
        return Spoken(entries=(Entry(body=Wrapped(reason=answers["reason"])),))

    fields = (Field(name="reason", label="How it ends", value="The room is done."),)
    return offer(turn, "End the session", fields, spoken)


def _scene(standing: Standing) -> Scene:
    scene = standing.scene
    assert scene is not None  # only then are there such turns
    return scene
