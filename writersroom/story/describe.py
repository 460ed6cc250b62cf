"""A diff in words, each change a clause, as the debate and the log of a session tell it."""

from __future__ import annotations

from collections.abc import Iterator

from writersroom.story.beats import LINK_WORDS, Beat
from writersroom.story.moves import BeatDraft, BeatPlaced, GraphDiff
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


def differences(draft: BeatDraft, other: BeatDraft) -> tuple[str, ...]:
    """What the other draft of the same beat has otherwise, each a clause that goes on after "but"."""
    return tuple(_differing(draft, other))


def _differing(draft: BeatDraft, other: BeatDraft) -> Iterator[str]:
    (was, saw), (becomes, sees) = ((set(one.characters), _seeing(one)) for one in (draft, other))
    yield from (f"{name} takes part" for name in other.characters if name not in was)
    for name in draft.characters:
        if name not in becomes:
            yield f"{name} only sees it" if name in sees else f"without {name}"
    yield from (f"{name} sees it" for name in sorted(sees - saw - becomes))
    yield from (f"{name} does not see it" for name in sorted(saw - sees - (was - becomes)))
    if other.place != draft.place:
        yield f"it happens elsewhere: {other.place}" if other.place else "it happens anywhere"
    if other.tension != draft.tension:
        more = "more" if other.tension > draft.tension else "less"
        yield f"there is {more} to fear ({_from_to(draft, other, 'tension')})"
    if other.value_after != draft.value_after:
        way = "better" if other.value_after > draft.value_after else "worse"
        yield f"things turn for the {way} ({_from_to(draft, other, 'value_after')})"
    told = {"characters", "witnesses", "place", "tension", "value_after"}
    for field, called in _SAID.items():
        if field not in told and getattr(draft, field) != getattr(other, field):
            yield f"{called} {_from_to(draft, other, field)}"


def _seeing(draft: BeatDraft) -> set[str]:
    return set(draft.characters if draft.witnesses is None else draft.witnesses)


def _from_to(one: Beat | BeatDraft, other: Beat | BeatDraft, field: str) -> str:
    return f"{_value(one, field)} → {_value(other, field)}"


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
            yield f"{one.id} {called}: {_from_to(one, other, field)}"
    if before.index != after.index:
        yield f"{one.id} is told {_ordinal(after.index + 1)}, not {_ordinal(before.index + 1)}"


def _links(diff: GraphDiff) -> Iterator[str]:
    for says, links in (("", diff.links_added), ("no longer ", diff.links_removed)):
        for link in links:
            yield f"{link.source} {says}{LINK_WORDS[link.kind]} {link.target}"


def _value(beat: Beat | BeatDraft, field: str) -> str:
    match field:
        case "emotions":
            said = ", ".join(f"{name} {emotion.value}" for name, emotion in beat.emotions.items())
        case "characters":
            said = ", ".join(beat.characters)
        case "witnesses":
            said = "its characters" if beat.witnesses is None else ", ".join(beat.witnesses)
        case "act" | "time" | "value_before" | "value_after" | "tension":
            figure = getattr(beat, field)
            said = "" if figure is None else f"{figure:g}"
        case _:
            said = short(str(getattr(beat, field)))
    return said or "none"


def _ordinal(place: int) -> str:
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"
