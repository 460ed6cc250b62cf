"""Moves and events in words, for a person. What comes out is not yet neutralised: see `printable`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from writersroom.events import Body
from writersroom.events.affect_changed import AffectChanged
from writersroom.events.agenda_set import AgendaSet
from writersroom.events.assessed import Assessed
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
from writersroom.story.beats import LINK_WORDS, BeatId
from writersroom.story.describe import describe, differences
from writersroom.story.moves import (
    AddBeat,
    AddLink,
    CutBeat,
    GraphDiff,
    MergeBeats,
    Move,
    NewBeat,
    PayOffSetup,
    PlantSetup,
    RemoveLink,
    ReorderBeat,
    ReviseBeat,
)


def beats_of(move: Move) -> tuple[BeatId, ...]:
    """The beats that a move names, the one it is mostly about first."""
    match move:
        case AddBeat():
            named = (*move.caused_by, *move.causes, *([] if move.after is None else [move.after]))
        case ReviseBeat() | CutBeat():
            named = (move.beat,)
        case AddLink() | RemoveLink():
            named = (move.source, move.target)
        case ReorderBeat():
            named = (move.beat,) if move.after is None else (move.beat, move.after)
        case MergeBeats():
            named = (move.beat, move.absorbed)
        case PlantSetup():
            named = (move.payoff,)
        case PayOffSetup():
            named = (move.setup,)
    return tuple(dict.fromkeys(named))


def move_words(move: Move) -> str:
    """What a move would do."""
    match move:
        case AddBeat():
            causes = f", because of {_listed(move.caused_by)}" if move.caused_by else ""
            effects = f", leading to {_listed(move.causes)}" if move.causes else ""
            return f"Add {_where(move.after)}: {_quoted(move.beat.summary)}{causes}{effects}"
        case ReviseBeat():
            changed = move.change.model_dump(exclude_none=True)
            summary = changed.pop("summary", None)
            words = [_quoted(str(summary))] if summary is not None else []
            words += [f"{name.replace('_', ' ')} {_value(value)}" for name, value in changed.items()]
            return f"Revise {move.beat}: {', '.join(words) or 'nothing'}"
        case AddLink():
            return f"Link: {move.source} {LINK_WORDS[move.link]} {move.target}"
        case RemoveLink():
            return f"Unlink: {move.source} no longer {LINK_WORDS[move.link]} {move.target}"
        case ReorderBeat():
            return f"Tell {move.beat} {_where(move.after)}"
        case MergeBeats():
            return f"Merge {move.absorbed} into {move.beat}: {_quoted(move.summary)}"
        case CutBeat():
            return f"Cut {move.beat}"
        case PlantSetup():
            return (
                f"Plant {_where(move.after)}, to be paid off by {move.payoff}: {_quoted(move.beat.summary)}"
            )
        case PayOffSetup():
            return f"Pay off {move.setup} {_where(move.after)}: {_quoted(move.beat.summary)}"


def amendment_words(amendment: Move, pitched: Move) -> str:
    """What a move has other than the pitched one that it is to take the place of."""
    words = move_words(amendment)
    if words != move_words(pitched):
        return words
    if not (isinstance(amendment, NewBeat) and isinstance(pitched, NewBeat)):
        return words
    other = differences(pitched.beat, amendment.beat)
    return f"The same, but {', and '.join(other)}" if other else words


def diff_words(diff: GraphDiff) -> str:
    """What a committed move did, in short."""
    return "; ".join(describe(diff)) or "nothing changed"


def words_of(body: Body) -> str:
    """What happened, in a sentence or two; several lines where a text has them."""
    match body:
        case Pitched():
            device = f" [{body.device}]" if body.device else ""
            return f"{move_words(body.move)}{device} - {body.reason}"
        case StanceTaken():
            amendment = f"{move_words(body.amendment)} - " if body.amendment else ""
            return f"{amendment}{body.reason}"
        case Assessed():
            answers = [f"{a.question} {a.critic} says yes at {a.yes:.0%}" for a in body.answers]
            problems = [f"not possible: {problem}" for problem in body.problems]
            return "; ".join(problems + answers) or "nothing speaks against it"
        case Ruled():
            return f"{body.verdict.capitalize()}: {body.reason}"
        case MoveCommitted():
            return diff_words(body.diff)
        case LineSpoken():
            return _line_words(body)
        case NoteGiven():
            advice = f" {body.advice}" if body.advice else ""
            answered = " [the next takes answer this]" if body.adopted else ""
            return (
                f"{_quoted(body.quote)} {body.problem}{advice} ({body.take}, {body.severity:.0%}){answered}"
            )
        case _:
            return _course_words(body)


def _course_words(body: Body) -> str:
    """The events that are not said by anyone, but tell the course of the session."""
    match body:
        case SessionStarted():
            model = f", with {body.model}" if body.model else ""
            return f"A session begins{model}: {body.logline or body.title}"
        case Convened():
            cast = ", ".join(character.name for character in body.characters)
            told = [text for text in (body.title, body.premise, body.theme) if text]
            return "\n".join([*told, *([f"Cast: {cast}"] if cast else [])]) or "The room convenes"
        case AgendaSet():
            return f"{body.question}{f' ({_listed(body.beats)})' if body.beats else ''}"
        case WeaknessIntended():
            return f"{body.weakness} is {'meant to be so' if body.intended else 'no longer meant to be so'}"
        case StatusSet():
            return f"{diff_words(body.diff)}{f': {body.reason}' if body.reason else ''}"
        case SceneOpened():
            beats = f" ({_listed(body.beats)})" if body.beats else ""
            return f"Scene {body.scene}: {body.heading}{beats}{f' {body.purpose}' if body.purpose else ''}"
        case TakeWritten():
            return f"Take {body.take}, round {body.round}:\n{body.text}"
        case Scored():
            heads = [
                f"{name[0].upper()} {value:.2f}"
                for name in ("d", "c", "j", "rubric")
                if (value := getattr(body, name)) is not None
            ]
            return f"{body.take}: {', '.join(heads) or 'not measured'}{_reasons(body.reasons)}"
        case GameValued():
            means = f"D {body.d_human:.2f} for human passages, {body.d_take:.2f} for the takes"
            losses = f"loss of the critic {body.loss_d:.2f}, of the room {body.loss_g:.2f}"
            verdict = f". {body.verdict}" if body.verdict else ""
            return f"{_criticism(body)}: {means}; {losses}{verdict}"
        case Cautioned():
            return f"{_criticism(body)}, {body.about}: {body.message}"
        case SceneLocked():
            return f"Scene {body.scene} locked with {body.take}{f': {body.reason}' if body.reason else ''}"
        case AffectChanged():
            feeling = body.state.feeling
            because = f" ({body.cause})" if body.cause else ""
            return f"{body.character} feels {feeling.emotion.value.replace('_', ' ')}{because}"
        case Condensed():
            return f"In short, what was said before: {body.text}"
        case Edited():
            return f"The {body.field.rpartition('.')[2]} of an earlier turn now reads: {body.text}"
        case Branched():
            source = f", of {body.source}" if body.source else ""
            return f"A new branch begins here{source}{f': {body.reason}' if body.reason else ''}"
        case Whispered():
            return f"Whispered to {body.to}: {body.text}"
        case Cued():
            return f"{body.to} is asked to speak next"
        case SeatTaken():
            return f"{body.seat} is now played by {'a person' if body.by == 'person' else 'the model'}"
        case Failed():
            return f"{body.where} failed: {body.message}"
        case _:
            return f"The session ends: {getattr(body, 'reason', '') or 'done'}"


def _criticism(body: GameValued | Cautioned) -> str:
    return f"Scene {body.scene}, round {body.round} of criticism"


def _line_words(body: LineSpoken) -> str:
    parts = [f"({body.action})"] if body.action else []
    aside = f" ({body.parenthetical})" if body.parenthetical else ""
    if body.line:
        parts.append(f"{body.character.upper()}{aside}: {body.line}")
    if body.thought:
        parts.append(f"[thinks: {body.thought}]")
    return " ".join(parts) or f"{body.character} is silent"


def _where(after: BeatId | None) -> str:
    return "at the beginning" if after is None else f"after {after}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _quoted(text: str) -> str:
    return f"“{' '.join(text.split())}”"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value)
        return ", ".join(f"{key}: {inner}" for key, inner in pairs.items()) or "none"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, cast("Sequence[object]", value))) or "none"
    return str(value)


def _reasons(reasons: tuple[str, ...]) -> str:
    return f" - {'; '.join(reasons)}" if reasons else ""
