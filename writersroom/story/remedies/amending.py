"""What another agent may propose in place of a pitch: the same move told, peopled or joined otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from writersroom.story.beats import BeatId, LinkKind
from writersroom.story.moves import (
    AddBeat,
    AddLink,
    BeatChange,
    BeatDraft,
    CutBeat,
    MergeBeats,
    Move,
    NewBeat,
    PayOffSetup,
    PlantSetup,
    RemoveLink,
    ReorderBeat,
    ReviseBeat,
)
from writersroom.story.remedies.drafting import TURN, bounded, redrafted, time_at
from writersroom.story.remedies.options import add, by_turns, called, link, merge, reorder, revise
from writersroom.story.remedies.remedy import Option
from writersroom.story.remedies.situation import Situation

_TIGHTER = 0.3


def variations(situation: Situation, move: Move) -> Iterator[Option]:
    """Other ways to make a move; none for one that names a beat that is not there."""
    if not _named(move) <= situation.reading.at.keys():
        return
    match move:
        case AddBeat() | PlantSetup() | PayOffSetup():
            yield from by_turns(
                _otherwise_joined(situation, move),
                _otherwise_peopled(situation, move),
                _elsewhere(situation, move),
                _otherwise_told(situation, move),
                _higher(move),
            )
        case ReviseBeat():
            yield from _revised_more(situation, move)
        case AddLink():
            yield from _otherwise_linked(situation, move)
        case RemoveLink():
            yield from _linked_instead(situation, move)
        case ReorderBeat():
            yield from _told_nearby(situation, move)
        case MergeBeats():
            yield from _merged_otherwise(situation, move)
        case CutBeat():
            yield from _spared(situation, move)


def _varied(move: NewBeat, label: str, brief: str, **draft: object) -> Option:
    """The same move with other values in its draft; its sentence stays."""
    return Option(move=redrafted(move, **draft), label=label, brief=brief)


def _with(move: NewBeat, label: str, brief: str, **change: object) -> Option:
    return Option(move=move.model_copy(update=change), label=label, brief=brief)


def _otherwise_joined(situation: Situation, move: NewBeat) -> Iterator[Option]:
    """A new beat that comes of an earlier one too, or leads to a later one too."""
    if not isinstance(move, AddBeat):
        return
    at = _place(situation, move.after)
    for id in _related(situation, move.beat, range(at), move.caused_by):
        yield _with(
            move,
            f"yes, and let {id} cause it",
            f"It also comes of {situation.quote(id)}.",
            caused_by=(*move.caused_by, id),
        )
    for id in _related(situation, move.beat, range(at, len(situation)), move.causes):
        yield _with(
            move,
            f"yes, and let it cause {id}",
            f"It also leads to {situation.quote(id)}.",
            causes=(*move.causes, id),
        )


def _otherwise_peopled(situation: Situation, move: NewBeat) -> Iterator[Option]:
    """Someone else is there, or sees it, or is spared it."""
    beat, at = move.beat, _place(situation, move.after)
    there = {*beat.characters, *(beat.witnesses or ())}
    others = [name for name in situation.longest_absent(at) if name not in there]
    for name in others[:2]:
        yield _varied(
            move,
            f"yes, and {called([name])} takes part",
            f"{name} takes part in it.",
            characters=(*beat.characters, name),
            witnesses=None if beat.witnesses is None else (*beat.witnesses, name),
        )
    seen_by = beat.characters if beat.witnesses is None else beat.witnesses
    for name in others[:2]:
        yield _varied(
            move, f"yes, and {called([name])} sees it", f"{name} sees it.", witnesses=(*seen_by, name)
        )
    if len(beat.characters) > 1:
        name = beat.characters[-1]
        yield _varied(
            move,
            f"yes, but without {called([name])}",
            f"{name} is not there.",
            characters=beat.characters[:-1],
            witnesses=None if beat.witnesses is None else tuple(n for n in beat.witnesses if n != name),
            emotions={who: emotion for who, emotion in beat.emotions.items() if who != name},
        )


def _higher(move: NewBeat) -> Iterator[Option]:
    """More is at stake, or it goes the other way."""
    beat = move.beat
    if beat.tension < 1:
        yield _varied(
            move,
            "yes, but with more to fear",
            "There is more to fear in it.",
            tension=bounded(beat.tension + _TIGHTER),
        )
    turn = beat.value_after - beat.value_before
    for sign, way in ((-1, "worse"), (1, "better")):
        after = bounded(beat.value_before + sign * max(TURN, abs(turn) + 0.2))
        if after != beat.value_after and after != beat.value_before:
            yield _varied(
                move,
                f"yes, but it turns things for the {way}",
                f"In it things turn for the {way}.",
                value_after=after,
            )


def _otherwise_told(situation: Situation, move: NewBeat) -> Iterator[Option]:
    """Told sooner or later."""
    at = _place(situation, move.after)
    for place in (at - 1, at + 1, len(situation), 0):
        if not 0 <= place <= len(situation) or place == at:
            continue
        after = situation.after(place)
        if after is None and isinstance(move, PayOffSetup):
            continue
        caused_by = move.caused_by if isinstance(move, AddBeat) else ()
        causes = move.causes if isinstance(move, AddBeat) else ()
        draft = move.beat.model_copy(update={"time": time_at(situation, place, caused_by, causes)})
        where = f"after {after}" if after else "first"
        told = f"after {situation.quote(after)}" if after else "first of all"
        yield _with(move, f"yes, but told {where}", f"It is told {told}.", after=after, beat=draft)


def _elsewhere(situation: Situation, move: NewBeat) -> Iterator[Option]:
    for where in situation.elsewhere(_place(situation, move.after)):
        if where != move.beat.place:
            yield _varied(
                move, f"yes, but elsewhere: {where}", f"It happens elsewhere: {where}.", place=where
            )


def _revised_more(situation: Situation, move: ReviseBeat) -> Iterator[Option]:
    """The same revision with one change more."""
    beat, change = situation.graph.beat(move.beat), move.change
    now = beat.model_copy(update=change.said)

    def also(label: str, brief: str, **more: object) -> Option:
        both = BeatChange.model_validate({**change.said, **more})
        return revise(move.beat, both, label, f"{situation.quote(move.beat)}: {brief}")

    if now.tension < 1:
        tension = bounded(now.tension + _TIGHTER)
        yield also(f"yes, and raise the tension of {beat.id}", "there is more to fear.", tension=tension)
    for sign, way in ((-1, "worse"), (1, "better")):
        after = bounded(now.value_before + sign * max(TURN, abs(now.turn) + 0.2))
        if after != now.value_after and after != now.value_before:
            yield also(
                f"yes, and let {beat.id} turn things for the {way}",
                f"things turn for the {way}.",
                value_after=after,
            )
    place = situation.place(beat.id)
    for name in [
        n for n in situation.longest_absent(place) if n not in now.characters and n not in now.seen_by
    ][:2]:
        yield also(
            f"yes, and let {called([name])} see {beat.id}", f"{name} sees it.", witnesses=(*now.seen_by, name)
        )
        yield also(
            f"yes, and let {called([name])} take part in {beat.id}",
            f"{name} takes part in it.",
            characters=(*now.characters, name),
            **({} if now.witnesses is None else {"witnesses": (*now.witnesses, name)}),
        )
    for where in situation.elsewhere(place):
        if where != now.place:
            yield also(
                f"yes, and set {beat.id} elsewhere: {where}", f"it happens elsewhere: {where}.", place=where
            )


def _otherwise_linked(situation: Situation, move: AddLink) -> Iterator[Option]:
    """Another word for the link, another end of it, or a beat in between."""
    kinds = (LinkKind.CAUSES, LinkKind.MOTIVATES, LinkKind.ENABLES, LinkKind.SETS_UP)
    for kind in kinds:
        if kind is not move.link:
            yield link(situation, move.source, move.target, kind)
    for id in situation.causes_for(situation.place(move.target), most=2):
        if id != move.source:
            yield link(situation, id, move.target, move.link)
    for id in situation.effects_of(situation.place(move.source), most=2):
        if id != move.target:
            yield link(situation, move.source, id, move.link)
    yield from _in_between(situation, move.source, move.target)


def _linked_instead(situation: Situation, move: RemoveLink) -> Iterator[Option]:
    """Keep the two joined, by a beat in between or by another word as well."""
    yield from _in_between(situation, move.source, move.target)
    for kind in (LinkKind.ENABLES, LinkKind.MOTIVATES, LinkKind.CAUSES):
        if kind is not move.link:
            yield link(situation, move.source, move.target, kind)


def _in_between(situation: Situation, source: BeatId, target: BeatId) -> Iterator[Option]:
    first, place = situation.place(source), situation.place(target)
    if first < place:
        concerned = (*situation.beats[first].characters[:1], *situation.beats[place].characters)
        yield add(
            situation,
            place,
            f"{situation.quote(source)} leads, by way of something else, to {situation.quote(target)}",
            f"add a beat that leads from {source} to {target}",
            who=situation.people(concerned, place),
            caused_by=(source,),
            causes=(target,),
        )


def _told_nearby(situation: Situation, move: ReorderBeat) -> Iterator[Option]:
    at = _place(situation, move.after)
    for place in (at - 1, at + 1, 0, len(situation)):
        if 0 <= place <= len(situation) and situation.after(place) not in (move.after, move.beat):
            yield reorder(situation, move.beat, place)


def _merged_otherwise(situation: Situation, move: MergeBeats) -> Iterator[Option]:
    """The other of the two is kept, with the same sentence; or one is kept and tied to the other."""
    other = merge(situation, move.absorbed, move.beat)
    swapped = MergeBeats(beat=move.absorbed, absorbed=move.beat, summary=move.summary)
    yield Option(move=swapped, label=other.label, brief=other.brief)
    first, last = sorted((move.beat, move.absorbed), key=situation.place)
    for kind in (LinkKind.CAUSES, LinkKind.MOTIVATES):
        yield link(situation, first, last, kind)


def _spared(situation: Situation, move: CutBeat) -> Iterator[Option]:
    """Not cut, but made part of a neighbour, tied to another, or told elsewhere."""
    place = situation.place(move.beat)
    for id in situation.effects_of(place, most=2):
        yield link(situation, move.beat, id, LinkKind.CAUSES)
    for id in situation.causes_for(place, most=1):
        yield link(situation, id, move.beat, LinkKind.CAUSES)
    for neighbour in (place - 1, place + 1):
        if 0 <= neighbour < len(situation):
            yield merge(situation, situation.beats[neighbour].id, move.beat)
    for at in (0, len(situation)):
        yield reorder(situation, move.beat, at)


def _place(situation: Situation, after: BeatId | None) -> int:
    """The place of what is told right after a beat."""
    return 0 if after is None else situation.place(after) + 1


def _related(
    situation: Situation, draft: BeatDraft, places: range, taken: Sequence[BeatId], most: int = 2
) -> list[BeatId]:
    """Beats among some places to join a new beat to: those with the same people, then the nearest."""
    who = set(draft.characters)
    near = reversed(places) if places.start == 0 else places
    found = [situation.beats[place] for place in near if situation.beats[place].id not in taken]
    return [beat.id for beat in sorted(found, key=lambda beat: not who & {*beat.characters})][:most]


def _named(move: Move) -> set[BeatId]:
    """The ids of the beats that a move is about."""
    match move:
        case AddBeat():
            ids = (move.after, *move.caused_by, *move.causes)
        case PlantSetup():
            ids = (move.after, move.payoff)
        case PayOffSetup():
            ids = (move.after, move.setup)
        case AddLink() | RemoveLink():
            ids = (move.source, move.target)
        case ReorderBeat():
            ids = (move.beat, move.after)
        case MergeBeats():
            ids = (move.beat, move.absorbed)
        case ReviseBeat() | CutBeat():
            ids = (move.beat,)
    return {id for id in ids if id is not None}
