"""A whole session in one value, as `show --json` gives it. Its keys are an interface that others read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from writersroom.cast.said import Said as Words
from writersroom.events import Event
from writersroom.events.line_spoken import LineSpoken
from writersroom.events.note_given import NoteGiven
from writersroom.events.pitched import Pitched
from writersroom.events.ruled import Ruled
from writersroom.events.stance_taken import StanceTaken
from writersroom.events.take_written import TakeWritten
from writersroom.frozen import Frozen
from writersroom.story.moves import summary_in
from writersroom.view.debate import Said, debate_of
from writersroom.view.graph_formats import beat_json, links_json
from writersroom.view.pages import Page
from writersroom.view.screen import Screen, Window, folded
from writersroom.view.wording import move_words


class Summary(Frozen):
    """What a session holds, and what it took."""

    screen: Screen
    """After the last event, with nothing left out."""
    pitches: tuple[Said, ...]
    objections: int
    amended: int
    repeated_4gram_share: float
    """Share of the runs of four words, in what agents said, that had been said before in the session."""
    seconds: float
    """Time in which at least one text was being generated."""


def summary(events: Iterable[Event]) -> Summary:
    """Sum up the events of one branch."""
    events = tuple(events)
    everything = Window(debate=1, series=1, takes=len(events) + 2, texts=len(events) + 1)
    debate = debate_of(events)
    pitches = tuple(said for said in debate if isinstance(said.event.body, Pitched))
    return Summary(
        screen=folded(events, Screen(window=everything)),
        pitches=pitches,
        objections=sum(stance.stance == "object" for said in pitches for stance in said.stances),
        amended=sum(said.ruling is not None and said.ruling.verdict == "amended" for said in pitches),
        repeated_4gram_share=repeated_share(spoken(events)),
        seconds=busy_seconds(events),
    )


def summary_json(held: Summary, weaknesses: Sequence[object] = ()) -> dict[str, object]:
    """The summary under the keys that `show --json` documents.

    Args:
        held: the summary.
        weaknesses: those of the plot graph, as JSON values.
    """
    screen = held.screen
    masthead, plot, spent = screen.masthead, screen.plot, screen.spent
    everyone = plot.beats | plot.cut
    return {
        "logline": masthead.logline,
        "title": masthead.title,
        "premise": masthead.premise,
        "theme": masthead.theme,
        "structure": masthead.structure,
        "seed": masthead.seed,
        "model": {"name": masthead.model, "sha256": masthead.model_sha256},
        "turns": screen.turn,
        "wrapped": screen.wrapped,
        "characters": [member.character.model_dump(mode="json") for member in screen.cast.values()],
        "beats": [beat_json(everyone[beat]) for beat in plot.order],
        "links": links_json(plot),
        "pitches": [_pitch_json(said) for said in held.pitches],
        "weaknesses": list(weaknesses),
        "scenes": [_scene_json(page) for page in screen.script.pages.values()],
        "stats": {
            "objections": held.objections,
            "amended": held.amended,
            "repeated_4gram_share": round(held.repeated_4gram_share, 4),
            "tokens_in": spent.tokens_in,
            "tokens_reused": spent.tokens_reused,
            "tokens_out": spent.tokens_out,
            "seconds": round(held.seconds, 3),
        },
    }


def _pitch_json(said: Said) -> dict[str, object]:
    body = said.event.body
    assert isinstance(body, Pitched)
    ruling = said.ruling
    return {
        "id": said.event.id,
        "turn": said.event.turn,
        "agent": said.event.agent,
        "move": body.move.model_dump(mode="json"),
        "text": move_words(body.move),
        "reason": body.reason,
        "stances": [
            {"agent": answer.agent, "stance": answer.body.stance, "reason": answer.body.reason}
            for answer in said.answers
            if isinstance(answer.body, StanceTaken)
        ],
        "ruling": None if ruling is None else ruling.verdict,
        "ruling_reason": None if ruling is None else ruling.reason,
    }


def _scene_json(page: Page) -> dict[str, object]:
    return {
        "id": page.scene,
        "heading": page.heading,
        "beats": list(page.beats),
        "takes": [
            {
                "id": draft.take,
                "text": draft.text,
                "d": draft.d,
                "j": draft.j,
                "c": draft.c,
                "round": draft.round,
                "chosen": draft.take == page.chosen,
            }
            for draft in page.drafts
        ],
    }


def spoken(events: Iterable[Event]) -> Iterator[str]:
    """What agents said in their own words: reasons, beats, lines, notes, each text for itself.

    A take that was voiced line by line is not counted again as a whole. What an amendment keeps of a pitch,
    and what the room repeats by committing a move, is nobody's words.
    """
    voiced: set[str] = set()
    for event in events:
        body = event.body
        match body:
            case Pitched():
                texts = (summary_in(body.move), body.reason)
            case StanceTaken() | Ruled():
                texts = (body.reason,)
            case LineSpoken():
                voiced.add(body.take)
                # What a revision keeps of its take nobody says again.
                texts = (body.action, body.line, body.thought) if event.agent else ()
            case NoteGiven():
                texts = (body.problem, body.advice)
            case TakeWritten() if body.take not in voiced:
                texts = (body.text,)
            case _:
                texts = ()
        yield from texts


def repeated_share(texts: Iterable[str]) -> float:
    """Share of runs of four words that occur in an earlier place; 0 where there is no such run.

    Runs do not reach from one text into the next. Case and punctuation do not count.
    """
    return Words(texts).share


def busy_seconds(events: Iterable[Event]) -> float:
    """Length of the union of the spans in which turns were written, each ending when its event was made.

    A turn is taken to last as long as its texts one after the other. Turns written at once are not counted
    twice, and a person's pauses not at all.
    """
    spans = sorted(
        (
            _seconds(event.created) - sum(text.milliseconds for text in event.trace.texts) / 1000,
            _seconds(event.created),
        )
        for event in events
        if event.trace is not None
    )
    busy, until = 0.0, float("-inf")
    for start, end in spans:
        busy += max(0.0, end - max(start, until))
        until = max(until, end)
    return busy


def _seconds(moment: datetime) -> float:
    return moment.timestamp()
