"""What a remedy is: a move that could be made now, what it is called, and what it would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

from writersroom.frozen import Frozen
from writersroom.story.moves import (
    AddBeat,
    BeatChange,
    BeatDraft,
    MergeBeats,
    Move,
    PayOffSetup,
    PlantSetup,
    ReviseBeat,
)
from writersroom.story.text import as_phrase
from writersroom.story.weakness import Weakness


class Remedy(Frozen):
    """A legal move offered for a weakness, or to carry a story on, and what it did when it was tried."""

    move: Move
    """Complete and legal on the graph it was found for. Where it adds a beat or merges two, its sentence is a
    placeholder until `with_summary` puts the writer's there; nothing else of the move depends on it."""
    label: str
    """A few words that tell it from the others offered with it: `add a beat before b3 that causes it`."""
    brief: str
    """What the sentence must bring about (or what the move does, where it needs none): for a prompt."""
    needs_sentence: bool = False
    """Whether the move still holds a placeholder."""
    mends: bool = False
    """Whether the weakness is gone after it, and has not just moved to a neighbouring beat."""
    relief: float = 0.0
    """By how much the severity of the weakness falls; all of it where it `mends`, below zero if it grows."""
    mended: tuple[str, ...] = ()
    """The keys of all weaknesses that are gone after it, whichever it was offered for."""
    new_weaknesses: tuple[Weakness, ...] = ()
    """What is weak after it and was not before, the severest first."""
    reveals: tuple[Weakness, ...] = ()
    """What was weak before too, but unsaid, because a weakness that it mends stood for it."""

    @property
    def harm(self) -> int:
        """How many weaknesses it brings."""
        return len(self.new_weaknesses)


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """A move somebody thought of, not yet tried nor known to be legal."""

    move: Move
    label: str
    brief: str
    needs_sentence: bool = False


@overload
def with_summary(said: Remedy, text: str) -> Remedy: ...
@overload
def with_summary(said: Move, text: str) -> Move: ...
def with_summary(said: Remedy | Move, text: str) -> Remedy | Move:
    """The same remedy or move with the writer's sentence in it; all else stays, so it stays legal.

    A beat that plants its own sentence plants the new one. A revision, which keeps the old sentence unless
    told otherwise, gets the new one too.

    Raises:
        ValueError: the text has no words or is longer than a summary may be, or the move holds no sentence.
    """
    if isinstance(said, Remedy):
        return said.model_copy(update={"move": with_summary(said.move, text), "needs_sentence": False})
    match said:
        case AddBeat() | PlantSetup() | PayOffSetup():
            return said.model_copy(update={"beat": _told(said.beat, text)})
        case ReviseBeat():
            change = BeatChange.model_validate({**said.change.said, "summary": text})
            return said.model_copy(update={"change": change})
        case MergeBeats():
            return MergeBeats(beat=said.beat, absorbed=said.absorbed, summary=text)
        case _:
            raise ValueError(f"A move of the kind “{said.kind}” holds no sentence; make it as it is.")


def _told(draft: BeatDraft, text: str) -> BeatDraft:
    fields: dict[str, object] = {field: getattr(draft, field) for field in BeatDraft.model_fields}
    # What a draft plants where nothing else says so is what it tells.
    if draft.plants and draft.plants == as_phrase(draft.summary):
        fields["plants"] = as_phrase(text)
    return BeatDraft.model_validate({**fields, "summary": text})
