"""The critic as a screen shows it: the rounds of the game as a curve, the last scores and the last notes."""

from __future__ import annotations

from writersroom.events import Event, EventId
from writersroom.events.game_valued import GameValued
from writersroom.events.note_given import NoteGiven
from writersroom.events.scored import Scored
from writersroom.frozen import Frozen


class Round(Frozen):
    """One point of the curve, and where it comes from."""

    event: EventId
    turn: int
    game: GameValued


class Score(Frozen):
    """What the critic measured, and where."""

    event: EventId
    turn: int
    scored: Scored


class Note(Frozen):
    """A note, by whom and where."""

    event: EventId
    turn: int
    agent: str
    note: NoteGiven


class Criticism(Frozen):
    """What critics have said, the newest last; each series keeps a bounded number."""

    rounds: tuple[Round, ...] = ()
    scores: tuple[Score, ...] = ()
    notes: tuple[Note, ...] = ()


def criticised(criticism: Criticism, event: Event, keep: int) -> Criticism:
    """The criticism with one more event in it; at most `keep` of each series stay."""
    body = event.body
    at = {"event": event.id, "turn": event.turn}
    if isinstance(body, GameValued):
        rounds = (*criticism.rounds, Round(game=body, **at))
        return criticism.model_copy(update={"rounds": rounds[-keep:]})
    if isinstance(body, Scored):
        scores = (*criticism.scores, Score(scored=body, **at))
        return criticism.model_copy(update={"scores": scores[-keep:]})
    if isinstance(body, NoteGiven):
        notes = (*criticism.notes, Note(note=body, agent=event.agent, **at))
        return criticism.model_copy(update={"notes": notes[-keep:]})
    return criticism
