"""What happens moves those who see it: appraisal, as events."""

from __future__ import annotations

from writersroom.events.affect_changed import AffectChanged
from writersroom.room.spoken import Entry
from writersroom.room.standing import Standing
from writersroom.story.appraisal import update
from writersroom.story.characters import CharacterState
from writersroom.story.moves import GraphDiff
from writersroom.story.occurrences import Occurrence, of_beat


def felt(standing: Standing, what: Occurrence, *, scene: str = "") -> tuple[Entry, ...]:
    """The new state of every character that witnesses an occurrence."""
    entries: list[Entry] = []
    for character in standing.characters:
        if character.name in what.witnesses:
            before = standing.states.get(character.name, CharacterState(mood=character.temperament))
            state = update(before, character, what)
            body = AffectChanged(character=character.name, state=state, cause=what.cause)
            entries.append(Entry(body=body, scene=scene))
    return tuple(entries)


def felt_of(standing: Standing, diff: GraphDiff) -> tuple[Entry, ...]:
    """What the beats that a move added do to those who are in them."""
    if not standing.characters:
        return ()
    protagonist = standing.characters[0].name
    old = {placed.beat.id for placed in diff.before}
    return tuple(
        entry
        for placed in diff.after
        if placed.beat.id not in old
        for entry in felt(standing, of_beat(placed.beat, protagonist=protagonist))
    )
