"""A diff in words, one line a change, for logs, the debate and the graph view's history."""

from __future__ import annotations

from collections.abc import Iterator

from writersroom.story.beats import LINK_WORDS, Beat, Link, Status
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
    "status": "status",
}
"""How each field is called, the summary apart."""


def describe(diff: GraphDiff) -> tuple[str, ...]:
    """What a diff did, beats first, then links. Plain text; places are counted from 1."""
    return (*_beats(diff), *_links(diff))


def _beats(diff: GraphDiff) -> Iterator[str]:
    was = {placed.beat.id: placed for placed in diff.before}
    becomes = {placed.beat.id for placed in diff.after}
    for placed in diff.before:
        if placed.beat.id not in becomes:
            yield f'- {placed.beat.id} "{short(placed.beat.summary)}", as if it never had been'
    for placed in diff.after:
        before = was.get(placed.beat.id)
        yield from _new(placed) if before is None else _changed(before, placed)


def _new(placed: BeatPlaced) -> Iterator[str]:
    beat = placed.beat
    where = f" at {beat.place}" if beat.place else ""
    who = f" with {', '.join(beat.characters)}" if beat.characters else ""
    told = _ordinal(placed.index + 1)
    yield f'+ {beat.id} "{short(beat.summary)}"{who}{where}, told {told}, act {beat.act}'


def _changed(before: BeatPlaced, after: BeatPlaced) -> Iterator[str]:
    one, other = before.beat, after.beat
    if other.status is Status.CUT and one.status is not Status.CUT:
        yield f'{one.id} "{short(one.summary)}" is cut'
        return
    if one.summary != other.summary:
        yield f'{one.id} now reads "{short(other.summary)}", not "{short(one.summary)}"'
    for field, called in _SAID.items():
        if getattr(one, field) != getattr(other, field):
            yield f"{one.id} {called}: {_value(one, field)} → {_value(other, field)}"
    if before.index != after.index:
        yield f"{one.id} is told {_ordinal(after.index + 1)}, not {_ordinal(before.index + 1)}"


def _links(diff: GraphDiff) -> Iterator[str]:
    for sign, links in (("-", diff.links_removed), ("+", diff.links_added)):
        for link in links:
            yield f"{sign} {_read(link)}"


def _read(link: Link) -> str:
    return f"{link.source} {LINK_WORDS[link.kind]} {link.target}"


def _value(beat: Beat, field: str) -> str:
    match field:
        case "emotions":
            said = ", ".join(f"{name} {emotion.value}" for name, emotion in beat.emotions.items())
        case "characters":
            said = ", ".join(beat.characters)
        case "witnesses":
            said = "its characters" if beat.witnesses is None else ", ".join(beat.witnesses)
        case "status":
            said = beat.status.value
        case "act" | "time" | "value_before" | "value_after" | "tension":
            said = f"{getattr(beat, field):g}"
        case _:
            said = short(str(getattr(beat, field)))
    return said or "none"


def _ordinal(place: int) -> str:
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"
