"""What a session preferred, as data to train a writer on: the JSONL layout that TRL's DPO trainer reads.

One pair a row: `prompt`, `chosen`, `rejected` (the standard preference format of TRL), with what the critic
said of both beside them, which the trainer ignores. There are pairs of takes, the one a scene was locked
with against each other that a person, a note or a head of the critic held less of (the first take is locked
where there is no selection, and selection draws by chance: neither is a preference), and pairs of lines: a
line against its revision, in the form in which the room asks for lines. Rafailov et al. 2023, Direct
Preference Optimization.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from writersroom.events import Event, EventId
from writersroom.events.edits import with_edits
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.scene_locked import SceneLocked
from writersroom.events.scene_opened import SceneOpened
from writersroom.events.scored import Scored
from writersroom.events.seat_taken import SeatTaken
from writersroom.events.session_started import SessionStarted
from writersroom.events.take_written import TakeWritten
from writersroom.frozen import Frozen


class Heads(Frozen):
    """What the critic said of a take; None where it was not asked."""

    d: float | None = None
    c: float | None = None
    j: float | None = None


class Preference(Frozen):
    """One row. Its field names are those of the layout."""

    prompt: str
    chosen: str
    rejected: str
    score_chosen: float | None
    """D of the take that was chosen, or that the chosen line stands in."""
    score_rejected: float | None
    scores: Mapping[str, Heads]
    """D, C and J under `chosen` and `rejected`."""
    of: str
    """`take` or `line`."""
    scene: str


@dataclass
class _Take:
    text: str
    answers: EventId | None = None
    lines: list[LineSpoken] = field(default_factory=list[LineSpoken])
    severities: list[float] = field(default_factory=list[float])
    heads: Heads = field(default_factory=Heads)


@dataclass
class _Scene:
    opened: SceneOpened
    takes: dict[str, _Take] = field(default_factory=dict[str, _Take])
    locked: str = ""
    by_person: bool = False


def preferences(events: Iterable[Event]) -> tuple[Preference, ...]:
    """The pairs of one branch, scene by scene; only locked scenes have any."""
    scenes, notes, logline = _folded(list(events))
    found: list[Preference] = []
    for scene in scenes.values():
        if scene.locked in scene.takes:
            found += _of_takes(scene, notes, logline)
            found += _of_lines(scene, notes)
    return tuple(found)


def to_jsonl(rows: Iterable[Preference]) -> str:
    """One JSON object a line."""
    return "".join(f"{json.dumps(row.model_dump(mode='json'), ensure_ascii=False)}\n" for row in rows)


def _folded(events: list[Event]) -> tuple[dict[str, _Scene], dict[EventId, NoteGiven], str]:
    scenes: dict[str, _Scene] = {}
    notes: dict[EventId, NoteGiven] = {}
    spoken: dict[str, list[LineSpoken]] = {}
    people: dict[str, bool] = {}
    logline = ""
    for event in with_edits(events):
        body = event.body
        match body:
            case SessionStarted():
                logline = body.logline
            case SceneOpened():
                scenes[body.scene] = _Scene(body)
            case LineSpoken():
                spoken.setdefault(body.take, []).append(body)
            case TakeWritten() if body.scene in scenes:
                take = _Take(body.text, body.answers, spoken.get(body.take, []))
                scenes[body.scene].takes[body.take] = take
            case NoteGiven():
                notes[event.id] = body
                if (scene := scenes.get(body.take.partition(".")[0])) and body.take in scene.takes:
                    scene.takes[body.take].severities.append(body.severity)
            case SeatTaken():
                people[body.seat] = body.by == "person"
            case Scored() if (scene := scenes.get(body.take.partition(".")[0])) and body.take in scene.takes:
                scene.takes[body.take].heads = Heads(d=body.d, c=body.c, j=body.j)
            case SceneLocked() if body.scene in scenes:
                scenes[body.scene].locked = body.take
                scenes[body.scene].by_person = people.get(event.agent, False)
            case _:
                pass
    return scenes, notes, logline


def _of_takes(scene: _Scene, notes: Mapping[EventId, NoteGiven], logline: str) -> Iterator[Preference]:
    told = [logline, scene.opened.synopsis or scene.opened.purpose]
    prompt = "".join(f"{text}\n\n" for text in told if text)
    chosen = scene.takes[scene.locked]
    revised = set(_ancestry(scene, scene.locked, notes))
    seen = {chosen.text}
    for name, take in scene.takes.items():
        if take.text in seen:
            continue
        if scene.by_person or name in revised or _less_criticised(chosen, take) or _held_more(chosen, take):
            seen.add(take.text)
            yield _pair(prompt, chosen.text, take.text, chosen, take, of="take", scene=scene)


def _less_criticised(one: _Take, other: _Take) -> bool:
    """Whether the notes on one take are milder than those on another; both must have some."""
    sides = [sum(take.severities) / len(take.severities) for take in (one, other) if take.severities]
    return len(sides) == 2 and sides[0] < sides[1]


def _held_more(one: _Take, other: _Take) -> bool:
    """Whether the critic holds more of one take than of another: D; where D says the same, J, and then C."""
    for head in ("d", "j", "c"):
        sides: tuple[float | None, float | None] = getattr(one.heads, head), getattr(other.heads, head)
        if sides[0] is not None and sides[1] is not None and sides[0] != sides[1]:
            return sides[0] > sides[1]
    return False


def _of_lines(scene: _Scene, notes: Mapping[EventId, NoteGiven]) -> Iterator[Preference]:
    """Lines that were revised: the line of the take that came further is preferred."""
    kept = set(_ancestry(scene, scene.locked, notes))
    for name, take in scene.takes.items():
        note = None if take.answers is None else notes.get(take.answers)
        base = None if note is None else scene.takes.get(note.take)
        if base is None:
            continue
        for at, (old, new) in enumerate(zip(base.lines, take.lines, strict=False)):
            if old.line == new.line or old.character != new.character:
                continue
            prompt = _asked(scene.opened, take.lines[:at], new)
            better, worse = (new, old) if name in kept else (old, new)
            sides = (take, base) if name in kept else (base, take)
            yield _pair(prompt, f'{better.line}"', f'{worse.line}"', *sides, of="line", scene=scene)
            break  # What follows answers the line that was changed, so it had another prompt.


def _ancestry(scene: _Scene, take: str, notes: Mapping[EventId, NoteGiven]) -> Iterator[str]:
    """A take, the one it revises, and so on."""
    seen: set[str] = set()
    while take in scene.takes and take not in seen:
        seen.add(take)
        yield take
        answers = scene.takes[take].answers
        take = notes[answers].take if answers is not None and answers in notes else ""


def _asked(opened: SceneOpened, before: list[LineSpoken], line: LineSpoken) -> str:
    """The page up to where the line begins, as the room's template lays it out."""
    parts = [f"{text}\n" for text in (opened.heading, opened.purpose) if text]
    for one in before:
        parts += [f"{one.character} {one.action}."] if one.action else []
        parts += [f'{one.character}: "{one.line}"'] if one.line else []
    parts += [f"{line.character} {line.action}."] if line.action else []
    return "\n".join([*parts, f'{line.character}: "'])


def _pair(
    prompt: str, chosen: str, rejected: str, better: _Take, worse: _Take, *, of: str, scene: _Scene
) -> Preference:
    return Preference(
        prompt=prompt,
        chosen=chosen,
        rejected=rejected,
        score_chosen=better.heads.d,
        score_rejected=worse.heads.d,
        scores={"chosen": better.heads, "rejected": worse.heads},
        of=of,
        scene=scene.opened.scene,
    )
