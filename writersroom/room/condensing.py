"""Old parts of a session in few words: what prompts no longer show is told in short, never just left out.

Three occasions. A scene is locked and another is to be written: what was said in it becomes a sentence. Much
was said in the argument that no prompt shows any more: so does that. A prompt does not fit the model's
context (`PromptTooLong`): the oldest of what it shows, things said, beats and earlier condensed texts alike,
becomes a sentence, as much of it as is needed, and the turn is tried again. Each is an event, a turn of the
director's, and can be read and edited like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from writersroom.cast.filters import FaultKind
from writersroom.cast.sheets import Shared, Speech
from writersroom.engine.errors import EngineError, PromptTooLong
from writersroom.events import EventId, Trace
from writersroom.events.condensed import Condensed
from writersroom.room.listening import Listener
from writersroom.room.moment import HEARD, Moment
from writersroom.room.order import Turn
from writersroom.room.spoken import Entry, Spoken
from writersroom.room.standing import Scene, Standing
from writersroom.story.beats import BeatId, Status
from writersroom.story.text import short

ENOUGH: Final = 160
"""Things said that no prompt shows any more, from which on they are condensed."""
_CHARACTERS: Final = 3
"""Of a token, at the least: so that rather too much is condensed than too little."""
_MARGIN: Final = 96
"""Tokens made free beyond what was needed, the condensed text's own among them."""
_SPARED: Final = (2, 1, 0)
"""How many of the last beats, and of the last things said, are left as they are: fewer where that must be."""
_LONGEST: Final = 480
"""Characters of a condensed text."""
_BEFORE: Final = "Before"
"""Who says what was condensed earlier."""
_QUOTED: Final = 90
"""Characters of each thing said where the model's own sentence is not fit to keep."""


class ContextTooSmall(EngineError):
    """Not even what cannot be condensed fits the context."""

    def __init__(self, *, needed: int, available: int) -> None:
        super().__init__(
            f"A prompt needs {needed} tokens even with all that is old condensed, but the context holds "
            f"{available}; go on with a larger one, for instance `--n-ctx {-(-needed // 1024) * 1024}`."
        )


class Stretch(NamedTuple):
    """A run of events to be told in short."""

    first: EventId
    last: EventId
    lines: tuple[Speech, ...]
    """What they said, oldest first."""
    beats: tuple[BeatId, ...] = ()
    scene: str = ""


def due(standing: Standing, coming: Sequence[Turn]) -> bool:
    """Whether something is to be condensed before the next turn."""
    if not coming or coming[0].kind not in ("agenda", "open_scene"):
        return False
    return _due(standing) is not None


async def condense(at: Moment) -> Spoken:
    """Tell in short what is due."""
    stretch = _due(at.standing)
    assert stretch is not None  # only then is there such a turn
    return await _told(at, stretch)


async def shorter(at: Moment, error: PromptTooLong) -> Spoken:
    """Tell in short as much as must go for a prompt to fit.

    Raises:
        ContextTooSmall: there is nothing left to condense.
    """
    stretch = _oldest(at.standing, _CHARACTERS * (error.needed - error.available + _MARGIN))
    if stretch is None:
        raise ContextTooSmall(needed=error.needed, available=error.available) from error
    return await _told(at, stretch)


async def again(at: Moment, body: Condensed) -> None:
    """Ask for the same text once more, from the standing before it was told, and as it may have been asked.

    For going through what is on record (`room.why`); where all of it did not fit, its first half was asked
    about, or a quarter.
    """
    if body.scene:
        lines = _scene(at.standing, at.standing.scenes[body.scene]).lines
    else:
        lines = tuple(
            one.speech
            for one in _shown(at.standing)
            if (one.beat in body.beats if one.beat else body.first <= one.event <= body.last)
        )
    while lines:
        await _in_few_words(at, lines)
        lines = lines[: len(lines) // 2]


def _due(standing: Standing) -> Stretch | None:
    for scene in standing.scenes.values():
        if scene.locked is not None and not scene.condensed:
            return _scene(standing, scene)
    told = max((number for number, one in enumerate(standing.said, start=1) if not one[1]), default=0)
    unseen = standing.said[told:-HEARD]
    if len(unseen) < ENOUGH:
        return None
    lines = tuple(Speech(who=agent, words=words) for _, agent, words in unseen)
    return Stretch(unseen[0][0], unseen[-1][0], lines)


def _scene(standing: Standing, scene: Scene) -> Stretch:
    first, last = scene.events
    chosen = scene.takes.get(scene.locked.take) if scene.locked is not None else None
    lines = tuple(
        Speech(who=line.character, words=line.line)
        for _, line in (chosen.lines if chosen else ())
        if line.line.strip("\u2026 ")
    )
    beats = {beat.id: beat for beat in standing.graph.beats()}
    told = tuple(
        Speech(who=id, words=beats[id].summary) for id in scene.opened.beats if id in beats and not lines
    )
    return Stretch(first, last, lines or told, scene=scene.opened.scene)


class _Shown(NamedTuple):
    """Something that prompts show."""

    event: EventId
    speech: Speech
    beat: BeatId = ""


def _shown(standing: Standing) -> list[_Shown]:
    """All that prompts show or have shown and that was not condensed, oldest first."""
    beats = [
        _Shown(standing.added.get(beat.id, 1), Speech(who=beat.id, words=beat.summary), beat.id)
        for beat in standing.graph.beats()
        if beat.status is not Status.PITCHED and beat.id not in standing.in_short
    ]
    said = [_Shown(id, Speech(who=agent or _BEFORE, words=words)) for id, agent, words in standing.said]
    return sorted((*beats, *said), key=lambda one: one.event)


def _oldest(standing: Standing, characters: int) -> Stretch | None:
    """The oldest of what prompts show, as much as has so many characters; the newest of it only at need."""
    return next(filter(None, (_oldest_but(standing, characters, newest) for newest in _SPARED)), None)


def _oldest_but(standing: Standing, characters: int, newest: int) -> Stretch | None:
    shown = _shown(standing)
    beats, said = [one for one in shown if one.beat], [one for one in shown if not one.beat]
    spared = {*beats[len(beats) - newest :], *said[len(said) - newest :]} if newest else set[_Shown]()
    unseen = {id for id, agent, _ in standing.said[:-HEARD] if agent}
    size, taken = 0, list[_Shown]()
    for one in shown:
        if size >= characters:
            break
        if one not in spared:
            taken.append(one)
            if one.beat or one.event not in unseen:
                size += len(one.speech.words) + len(one.speech.who)
    # A text that was condensed alone would only be put in other words.
    if size == 0 or [one.speech.who for one in taken] == [_BEFORE]:
        return None
    return _stretch(taken)


def _stretch(taken: Sequence[_Shown]) -> Stretch:
    """A run of what was said, which is one of events, and beats, which are named one by one."""
    said = [one.event for one in taken if not one.beat] or [taken[-1].event]
    return Stretch(
        said[0],
        said[-1],
        tuple(one.speech for one in taken),
        beats=tuple(one.beat for one in taken if one.beat),
    )


async def _told(at: Moment, stretch: Stretch) -> Spoken:
    text, trace = await _in_few_words(at, stretch.lines)
    body = Condensed(
        first=stretch.first,
        last=stretch.last,
        text=short(text, _LONGEST),
        scene=stretch.scene,
        # Where the model's sentence was not fit, only some are quoted; the others go on being listed.
        beats=tuple(beat for beat in stretch.beats if trace is not None or f"{beat}: " in text),
    )
    return Spoken(entries=(Entry(body=body, agent=at.card.name, scene=stretch.scene, trace=trace),))


async def _in_few_words(at: Moment, lines: Sequence[Speech]) -> tuple[str, Trace | None]:
    """A sentence of the model's; where all of it does not fit, one for each half."""
    bare = Shared(
        logline=at.shared.logline,
        title=at.shared.title,
        premise=at.shared.premise,
        theme=at.shared.theme,
        characters=at.shared.characters,
    )
    asker = at.asker.heard_by(Listener(), card=at.card, shared=bare).about(len(lines), lines[0].words)
    lead = bare.characters[0].name if bare.characters else "The room"
    try:
        # What tells something in short says again what was said, some of it word for word.
        written = await asker.write(
            lambda turn: turn.condensed(lines=lines, lead=lead),
            forgiven=(FaultKind.REPEATS, FaultKind.COPIES),
        )
    except PromptTooLong:
        if len(lines) < 2:
            return _begun(lines), None
        middle = len(lines) // 2
        one, trace = await _in_few_words(at, lines[:middle])
        other, _ = await _in_few_words(at, lines[middle:])
        return f"{short(one, _LONGEST // 2)} {short(other, _LONGEST // 2)}", trace
    return (written.text, written.trace) if written.fit else (_begun(lines), None)


def _begun(lines: Sequence[Speech]) -> str:
    """What was said, cut short: the first, the middle and the last of it."""
    some = dict.fromkeys((0, len(lines) // 2, len(lines) - 1))
    return " ".join(f"{lines[at].who}: {short(lines[at].words, _QUOTED)}" for at in some)
