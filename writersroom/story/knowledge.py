"""Who knows what: a character from what they have seen or heard, the audience from what it has been shown.

Where the two differ lies dramatic irony (the audience knows, the character doesn't) and mystery (the other
way round); A. Hitchcock's bomb under the table, as told to F. Truffaut (Hitchcock, 1967), is the first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from writersroom.frozen import Frozen
from writersroom.story.beats import Beat, BeatId, Status
from writersroom.story.characters import CharacterState


class Awareness(Frozen):
    """What a character and the audience know at one point of the telling, in the order of telling."""

    character: tuple[BeatId, ...]
    """What the character has witnessed or heard of, whether or not it has been told yet."""
    audience: tuple[BeatId, ...]
    """What has been told."""
    irony: tuple[BeatId, ...]
    """What the audience knows and the character doesn't."""
    mystery: tuple[BeatId, ...]
    """What the character knows and the audience doesn't."""


def knowledge(beats: Iterable[Beat], name: str, *, beliefs: Collection[BeatId] = ()) -> tuple[BeatId, ...]:
    """The beats a character knows of: those they witness, and those they were told of (`beliefs`)."""
    return tuple(
        beat.id
        for beat in beats
        if beat.status != Status.CUT and (name in beat.seen_by or beat.id in beliefs)
    )


def awareness(
    beats: Iterable[Beat], name: str, *, until: BeatId | None = None, beliefs: Collection[BeatId] = ()
) -> Awareness:
    """What a character and the audience know when a beat has just been told.

    Args:
        beats: In the order they are told.
        name: The character.
        until: The beat just told; None: all of them.
        beliefs: Beats the character was told of.

    Raises:
        LookupError: `until` is none of the beats.
    """
    standing = [beat for beat in beats if beat.status != Status.CUT]
    told = len(standing)
    now = float("inf")
    if until is not None:
        told = next((index for index, beat in enumerate(standing, start=1) if beat.id == until), 0)
        if not told:
            raise LookupError(f"There is no beat {until!r} among those told; name one that is, and not cut.")
        now = standing[told - 1].time
    shown = [beat.id for beat in standing[:told]]
    # A character knows what is past in the story's world, told or not; not what is told ahead of its time.
    known = set(knowledge((beat for beat in standing if beat.time <= now), name, beliefs=beliefs))
    return Awareness(
        character=tuple(beat.id for beat in standing if beat.id in known),
        audience=tuple(shown),
        irony=tuple(id for id in shown if id not in known),
        mystery=tuple(beat.id for beat in standing[told:] if beat.id in known),
    )


def told(state: CharacterState, *beats: BeatId) -> CharacterState:
    """The state of a character who has heard of beats they didn't see."""
    return state.model_copy(update={"beliefs": state.beliefs.union(beats)})
