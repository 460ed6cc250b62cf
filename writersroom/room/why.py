"""Why an agent said what it said: its prompt made again from the log, and what it knew.

A session keeps no prompts. It keeps its cards and templates, all that happened, and in each trace what was
chosen by token probability before the text was written. So the turn is gone through once more, with the
record in the place of the model: every choice falls as it fell then, and the request for the traced text,
known by its template and seed, is the prompt. Its hash says whether it is the one that the model saw. Nothing
here loads a model, writes, or takes longer than the turn's own thinking about the plot.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final, TypeAlias

from writersroom.cast import requests
from writersroom.cast.choices import Choosing
from writersroom.cast.errors import CastError
from writersroom.cast.filters import FaultKind
from writersroom.cast.requests import Asked
from writersroom.cast.said import Said
from writersroom.engine.interface import Part, Prompt
from writersroom.engine.server.prompts import prompt_hash
from writersroom.events import Event, EventId, Trace, Weighed
from writersroom.events.condensed import Condensed
from writersroom.events.edits import with_edits
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.session_started import SessionStarted
from writersroom.frozen import Frozen
from writersroom.room.asking import ATTEMPTS, Asker, Leaning, Written
from writersroom.room.condensing import again
from writersroom.room.forks import PERSON, start_of
from writersroom.room.listening import Listener
from writersroom.room.moment import Moment, Room
from writersroom.room.nobody import Nobody
from writersroom.room.order import Turn
from writersroom.room.session import room_of
from writersroom.room.speaking import TURNS, approached, coming
from writersroom.room.standing import Standing
from writersroom.story.beats import BeatId
from writersroom.story.errors import StoryError
from writersroom.story.knowledge import knowledge

Layout: TypeAlias = Callable[[str, str, tuple[Part, ...]], str]
"""Lays chat parts out as a model file would: its address, its hash and the parts. Raises `Unchecked`."""

_FURTHEST: Final = 32
"""Turns before this one that may have been written together with it."""


class Unchecked(Exception):
    """The prompt cannot be compared with what the model saw; the message says why."""


class Why(Frozen):
    """How one text came about."""

    event: EventId = 0
    agent: str
    template: str = ""
    """Name of the prompt template; empty where no text was generated."""
    prompt: str = ""
    """The prompt as the model saw it, as far as that could be made again."""
    matches: bool | None = None
    """Whether its hash is the one that was kept; None: that cannot be checked."""
    unchecked: str = ""
    """Why it cannot be checked, in a sentence."""
    knows: tuple[str, ...] = ()
    """The beats that the agent knew of when it began, each `b1. What happens.`"""
    trace: Trace | None = None


def why(
    events: Iterable[Event], turn: int, *, event: EventId | None = None, layout: Layout | None = None
) -> Why:
    """How the text of a turn came about.

    Args:
        events: of the branch, from its first, at least up to that turn.
        turn: its number.
        event: which event of the turn, where it has several that were generated; None: the first of them,
            or else what was done first.
        layout: lays chat parts out by the model's template, where a card asks for that.

    Raises:
        ValueError: there is no such turn, or no such event in it.
    """
    line = [one for one in events if one.turn <= turn]
    own = [one for one in line if one.turn == turn and (event is None or one.id == event)]
    if not own:
        raise ValueError(
            f"Turn {turn} holds no {'event' if event is None else f'event {event}'} of this line."
        )
    traced = [one for one in own if one.trace is not None]
    spoken = [one for one in own if one.agent]
    target = [*traced, *spoken, *own][0]
    return _of(line, target, layout, () if target.trace is None else (target.trace,))[0]


def whys(
    events: Iterable[Event], turn: int, *, event: EventId | None = None, layout: Layout | None = None
) -> tuple[Why, ...]:
    """The same for every text that was generated in a turn, or for one event of it; none where nothing was.

    What an event is about comes before what else was written for it.
    """
    line = [one for one in events if one.turn <= turn]
    return tuple(
        told
        for one in line
        if one.turn == turn and one.trace is not None and event in {None, one.id}
        for told in _of(line, one, layout, one.trace.texts)
    )


def _of(
    line: Sequence[Event], target: Event, layout: Layout | None, texts: Sequence[Trace]
) -> tuple[Why, ...]:
    """One for each of these texts of an event; of an event without any, what its agent knew."""
    told = tuple(
        Why(event=target.id, agent=target.agent, template=text.template, trace=text) for text in texts
    ) or (Why(event=target.id, agent=target.agent),)
    try:
        return _explained(line, target, layout, told)
    except (StoryError, LookupError) as error:  # No room has played this: an imported or a damaged record.
        return _unchecked(told, f"What happened before does not hold together ({type(error).__name__}).")


def _unchecked(told: Iterable[Why], why: str) -> tuple[Why, ...]:
    return tuple(one.model_copy(update={"unchecked": why}) for one in told)


def _explained(
    line: Sequence[Event], target: Event, layout: Layout | None, told: tuple[Why, ...]
) -> tuple[Why, ...]:
    at = next(number for number, one in enumerate(line) if one.id == target.id)
    start = start_of(line, at)
    before = list(with_edits(line[: at if start is None else start]))
    now = target.body.beat if isinstance(target.body, LineSpoken) else ""
    knows = _known(Standing(before), target.agent, now)
    told = tuple(one.model_copy(update={"knows": knows}) for one in told)
    if target.trace is None:
        return told
    first = line[0].body
    if not isinstance(first, SessionStarted) or not first.cards:
        return _unchecked(told, "The session keeps no cards and templates.")
    try:
        # A thread of its own, because whoever asks may be on an event loop already.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, _all_rendered(told, first, before, target, layout)).result()
    except CastError as error:
        return _unchecked(told, f"The session's own room cannot be read: {error}")


async def _all_rendered(
    told: Iterable[Why],
    started: SessionStarted,
    before: Sequence[Event],
    target: Event,
    layout: Layout | None,
) -> tuple[Why, ...]:
    """The explanations with their prompts; the room, and how it may have stood, are the same for all."""
    room = room_of(started, Nobody())
    moments = [
        (standing, turn) for standing in _moments(before, target) for turn in _turns(room, standing, target)
    ]
    return tuple([await _rendered(one, started, room, moments, target, layout) for one in told])


async def _rendered(
    told: Why,
    started: SessionStarted,
    room: Room,
    moments: Sequence[tuple[Standing, Turn]],
    target: Event,
    layout: Layout | None,
) -> Why:
    """The explanation with the prompt; that of the likeliest moment where none has the right hash."""
    assert told.trace is not None  # only a text that was generated has a prompt
    closest: Why | None = None
    for standing, turn in moments:
        asked = await _asked(room, turn, standing, target, told.trace)
        if asked is None:
            continue
        found = _compared(told, asked.request.prompt, started, layout)
        if found.matches or found.matches is None:
            return found
        closest = closest or found
    if closest is not None:
        return closest
    return told.model_copy(
        update={"unchecked": "The turn cannot be gone through again from what the session keeps of it."}
    )


def _moments(before: Sequence[Event], target: Event) -> Iterator[Standing]:
    """The room as it may have been when the turn was begun, the latest moment first.

    That is just before it, or before one of those that may have been written together with it.
    """
    bounds, at = [len(before)], len(before)
    while at > 1 and len(bounds) < _FURTHEST:
        at -= 1
        if before[at].agent and before[at].agent != PERSON:
            if before[at].body.kind != target.body.kind:
                break
            bounds.append(at)
        elif before[at].agent:
            bounds.append(at)
    standing, done = Standing(before[: bounds[-1]]), bounds[-1]
    moments: list[Standing] = []
    for bound in reversed(bounds):
        for event in before[done:bound]:
            standing.apply(event)
        done = bound
        moments.append(standing.copy())
    yield from reversed(moments)


def _turns(room: Room, standing: Standing, target: Event) -> Iterator[Turn]:
    """The turns of this agent that might have come then, and been the one in question."""
    body = target.body
    if isinstance(body, Condensed):
        yield Turn(kind="condense", agent=target.agent)
        return
    for turn in coming(room, standing):
        named = getattr(body, "take", turn.take) == turn.take if turn.take else True
        answered = getattr(body, "pitch", turn.pitch) == turn.pitch if turn.pitch else True
        if turn.agent == target.agent and named and answered:
            yield turn


class _Found(Exception):
    """The request for the traced text was come to."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self.asked = asked


class _Recalled:
    """What is known of a turn that was taken."""

    def __init__(self, event: Event, sought: Trace) -> None:
        assert event.trace is not None  # only such turns are gone through again
        self.sought = sought
        self._texts = {(one.template, one.seed): one for one in event.trace.texts}
        self._choices = list(event.trace.choices)

    def choice(self, template: str, seed: int) -> Weighed:
        """How a choice fell: that of whom it was put to, the first that is not accounted for."""
        for place, one in enumerate(self._choices):
            if (one.template, one.seed) == (template, seed):
                return self._choices.pop(place)
        raise _Lost

    def text(self, asked: Asked) -> Trace | None:
        """What a request came to, if it was the one whose reply was kept."""
        return self._texts.get((asked.template, asked.request.sampling.seed))


class _Lost(Exception):
    """The turn went another way than the one on record."""


class _Recalling(Asker):
    """An agent that chooses and says again what it chose and said."""

    def __init__(self, page: requests.Turn, recalled: _Recalled) -> None:
        super().__init__(Nobody(), page, said=Said(), others=())
        self._recalled = recalled

    async def write(
        self, asked: Callable[[requests.Turn], Asked], *, forgiven: Collection[FaultKind] = ()
    ) -> Written:
        for attempt in range(ATTEMPTS):
            request = asked(self._turn.model_copy(update={"attempt": attempt, "n": 2**attempt}))
            trace = self._recalled.text(request)
            if trace is None:
                continue
            if trace == self._recalled.sought:
                raise _Found(request)
            return Written(text=trace.text, trace=trace, fit=bool(trace.text) and not trace.faults)
        # Asked otherwise than it was then: what was too long for the model was asked about in parts.
        return Written(text="", trace=self._recalled.sought, fit=False)

    async def _weighed(
        self,
        asked: Choosing,
        earlier: Leaning,
        temperature: float | None = None,
        favour: Sequence[float] = (),
    ) -> Weighed:
        return self._recalled.choice(asked.template, self._turn.seed)

    def steered(self, biases: Mapping[int, float]) -> Asker:
        return self  # A lean towards some tokens changes no prompt.

    def _with(self, turn: requests.Turn, listener: Listener) -> Asker:
        return _Recalling(turn, self._recalled)

    @classmethod
    def of(cls, at: Moment, recalled: _Recalled) -> Asker:
        """The one to be asked in a moment."""
        return cls(at.asker._turn, recalled)


async def _asked(room: Room, turn: Turn, standing: Standing, target: Event, sought: Trace) -> Asked | None:
    """The request for the traced text, if the turn is come to it by what is on record."""
    at = approached(room, turn, standing, Said(), Listener())
    at = replace(at, asker=_Recalling.of(at, _Recalled(target, sought)))
    body = target.body
    try:
        await (again(at, body) if isinstance(body, Condensed) else TURNS[turn.kind](at))
    except _Found as found:
        return found.asked
    except (_Lost, StoryError, LookupError, ValueError, AssertionError):
        return None  # What is on record is no turn that this room could take: it was another moment.
    return None


def _compared(told: Why, prompt: Prompt, started: SessionStarted, layout: Layout | None) -> Why:
    """The explanation with a prompt, its hash held against the one that was kept."""
    trace = told.trace
    assert trace is not None  # only such are compared
    if isinstance(prompt, str):
        found = told.model_copy(update={"prompt": prompt})
        return found.model_copy(update={"matches": _sha256(prompt) == trace.prompt_sha256})
    plain = "\n\n".join(f"=== {part.role} ===\n{part.text}" for part in prompt)
    found = told.model_copy(update={"prompt": plain})
    if (
        trace.model_sha256 is None
    ):  # A server lays prompts out itself; what was sent to it is what was hashed.
        return found.model_copy(update={"matches": prompt_hash(prompt) == trace.prompt_sha256})
    if layout is None:
        return found.model_copy(
            update={"unchecked": "Its layout is the model's, whose file was not looked for."}
        )
    try:
        laid_out = layout(started.opened_by, trace.model_sha256, prompt)
    except Unchecked as error:
        return found.model_copy(update={"unchecked": str(error)})
    return found.model_copy(update={"prompt": laid_out, "matches": _sha256(laid_out) == trace.prompt_sha256})


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _known(standing: Standing, agent: str, now: BeatId) -> tuple[str, ...]:
    """The beats an agent knew of: a character those it saw or was told of, everybody else all.

    On stage nobody knows what is told after the beat that is playing.
    """
    beats = standing.graph.beats()
    ids = [beat.id for beat in beats]
    if now in ids:
        beats = beats[: ids.index(now) + 1]
    state = standing.states.get(agent)
    known = (
        {beat.id for beat in beats} if state is None else set(knowledge(beats, agent, beliefs=state.beliefs))
    )
    return tuple(f"{beat.id}. {beat.summary}" for beat in beats if beat.id in known)
