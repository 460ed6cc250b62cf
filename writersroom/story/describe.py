"""A diff in words, each change a clause, as the debate and the log of a session tell it."""

from __future__ import annotations

from collections.abc import Iterator

from writersroom.story.beats import LINK_WORDS, Beat
from writersroom.story.moves import BeatPlaced, GraphDiff
from writersroom.story.text import short

_SAID = {
    "characters": "characters",
    "place": "place",
    "act": "act",
    "time": "time",
    "stakes": "stakes",
    "value_before": "value before",
    "value_after": "value after",
    "tension": "tension",
    "emotions": "emotions",
    "witnesses": "witnesses",
    "plants": "plants",
}
"""How each field is called, summary and status apart."""


def describe(diff: GraphDiff) -> tuple[str, ...]:
    """What a diff did, beats first, then links. Plain text; places are counted from 1."""
    return (*_beats(diff), *_links(diff))


def _beats(diff: GraphDiff) -> Iterator[str]:
    was = {placed.beat.id: placed for placed in diff.before}
    becomes = {placed.beat.id for placed in diff.after}
    for placed in diff.before:
        if placed.beat.id not in becomes:
            yield f"{placed.beat.id} “{short(placed.beat.summary)}” taken back, as if it never had been"
    for placed in diff.after:
        before = was.get(placed.beat.id)
        if before is None:
            yield f"{placed.beat.id} added: “{placed.beat.summary}”"
        else:
            yield from _changed(before, placed)


def _changed(before: BeatPlaced, after: BeatPlaced) -> Iterator[str]:
    one, other = before.beat, after.beat
    if one.status is not other.status:
        yield f"{one.id} {other.status.value}"
    if one.summary != other.summary:
        yield f"{one.id} now reads “{short(other.summary)}”, not “{short(one.summary)}”"
    for field, called in _SAID.items():
        if getattr(one, field) != getattr(other, field):
            yield f"{one.id} {called}: {_value(one, field)} → {_value(other, field)}"
    if before.index != after.index:
        yield f"{one.id} is told {_ordinal(after.index + 1)}, not {_ordinal(before.index + 1)}"


def _links(diff: GraphDiff) -> Iterator[str]:
    for says, links in (("", diff.links_added), ("no longer ", diff.links_removed)):
        for link in links:
            yield f"{link.source} {says}{LINK_WORDS[link.kind]} {link.target}"


def _value(beat: Beat, field: str) -> str:
    match field:
        case "emotions":
            said = ", ".join(f"{name} {emotion.value}" for name, emotion in beat.emotions.items())
        case "characters":
            said = ", ".join(beat.characters)
        case "witnesses":
            said = "its characters" if beat.witnesses is None else ", ".join(beat.witnesses)
        case "act" | "time" | "value_before" | "value_after" | "tension":
            said = f"{getattr(beat, field):g}"
        case _:
            said = short(str(getattr(beat, field)))
    return said or "none"


def _ordinal(place: int) -> str:
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"
