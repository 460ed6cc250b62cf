"""The critic as a screen shows it: the rounds of the game as a curve, the last scores and the last notes."""

from __future__ import annotations

from writersroom.events import Event, EventId
from writersroom.events.edited import Edited, with_text
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
    """What critics have said, the newest last. Each series is bounded; its older points are bare numbers."""

    rounds: tuple[Round, ...] = ()
    scores: tuple[Score, ...] = ()
    notes: tuple[Note, ...] = ()


def criticised(criticism: Criticism, event: Event, *, keep: int, details: int) -> Criticism:
    """The criticism with one more event in it.

    Args:
        criticism: before the event.
        event: any event; those of no critic leave it as it is.
        keep: how many of each series stay.
        details: how many of these keep their words (verdicts, reasons, sentences); of older ones the numbers
            stay, and the event that has the words.
    """
    body = event.body
    at = {"event": event.id, "turn": event.turn}
    match body:
        case GameValued():
            rounds = (*criticism.rounds, Round(game=body, **at))[-keep:]
            if len(rounds) > details and (old := rounds[-details - 1]).game.verdict:
                bare = old.model_copy(
                    update={"game": old.game.model_copy(update={"verdict": "", "narrative": {}})}
                )
                rounds = (*rounds[: -details - 1], bare, *rounds[-details:])
            return criticism.model_copy(update={"rounds": rounds})
        case Scored():
            scores = (*criticism.scores, Score(scored=body, **at))[-keep:]
            if len(scores) > details and (
                (old := scores[-details - 1]).scored.sentences or old.scored.reasons
            ):
                numbers = old.scored.model_copy(update={"sentences": (), "reasons": ()})
                bare = old.model_copy(update={"scored": numbers})
                scores = (*scores[: -details - 1], bare, *scores[-details:])
            return criticism.model_copy(update={"scores": scores})
        case NoteGiven():
            notes = (*criticism.notes, Note(note=body, agent=event.agent, **at))[-details:]
            return criticism.model_copy(update={"notes": notes})
        case Edited() if any(note.event == body.target for note in criticism.notes):
            notes = tuple(
                _edited(note, body) if note.event == body.target else note for note in criticism.notes
            )
            return criticism.model_copy(update={"notes": notes})
        case _:
            return criticism


def _edited(note: Note, edit: Edited) -> Note:
    return note.model_copy(update={"note": with_text(note.note, edit.field, edit.text)})
