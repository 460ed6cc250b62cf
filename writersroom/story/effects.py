"""What a legal move does, as a diff: nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from writersroom.story.beats import ORDERING, Beat, BeatId, Link, LinkKind, Status
from writersroom.story.moves import (
    AddBeat,
    AddLink,
    BeatDraft,
    BeatPlaced,
    CutBeat,
    GraphDiff,
    MergeBeats,
    Move,
    PayOffSetup,
    PlantSetup,
    RemoveLink,
    ReorderBeat,
    ReviseBeat,
)
from writersroom.story.text import as_phrase
from writersroom.story.web import Web, canonical

_WEAKEST_LAST = (LinkKind.CAUSES, LinkKind.ENABLES, LinkKind.PRECEDES)


def effect(web: Web, move: Move) -> GraphDiff:
    """The diff of a move that `legality.problems` finds nothing against."""
    match move:
        case AddBeat():
            new = web.next_id
            links = [Link(source=id, target=new, kind=LinkKind.CAUSES) for id in move.caused_by]
            links += [Link(source=new, target=id, kind=LinkKind.CAUSES) for id in move.causes]
            return _added(web, move.beat, move.after, links)
        case PlantSetup():
            link = Link(source=web.next_id, target=move.payoff, kind=LinkKind.SETS_UP)
            plants = move.beat.plants or as_phrase(move.beat.summary)
            return _added(web, move.beat.model_copy(update={"plants": plants}), move.after, [link])
        case PayOffSetup():
            link = Link(source=move.setup, target=web.next_id, kind=LinkKind.SETS_UP)
            return _added(web, move.beat, move.after, [link])
        case ReviseBeat():
            before = web.placed(move.beat)
            return _changed([before], [_with(before, move.change.said)])
        case AddLink():
            return GraphDiff(links_added=(Link(source=move.source, target=move.target, kind=move.link),))
        case RemoveLink():
            return GraphDiff(links_removed=(Link(source=move.source, target=move.target, kind=move.link),))
        case ReorderBeat():
            before = web.placed(move.beat)
            index = 0 if move.after is None else web.telling.index(move.after) + 1
            # Taking the beat out first moves what was told after it one place up.
            after = BeatPlaced(beat=before.beat, index=index - (before.index < index))
            return _changed([before], [after])
        case MergeBeats():
            return _merged(web, move)
        case CutBeat():
            return _cut(web, move.beat)


def with_status(web: Web, ids: Iterable[BeatId], status: Status) -> GraphDiff:
    """The diff of giving beats a status; those that have it already are left out."""
    before = [web.placed(id) for id in dict.fromkeys(ids) if web.beat(id).status is not status]
    return _changed(before, [_with(placed, {"status": status}) for placed in before])


def _with(placed: BeatPlaced, change: Mapping[str, object]) -> BeatPlaced:
    return BeatPlaced(beat=placed.beat.model_copy(update=dict(change)), index=placed.index)


def _changed(
    before: Sequence[BeatPlaced],
    after: Sequence[BeatPlaced],
    added: Iterable[Link] = (),
    removed: Iterable[Link] = (),
) -> GraphDiff:
    return GraphDiff(
        before=tuple(sorted(before, key=lambda placed: placed.index)),
        after=tuple(sorted(after, key=lambda placed: placed.index)),
        links_added=canonical(added),
        links_removed=canonical(removed),
    )


def _added(web: Web, draft: BeatDraft, after: BeatId | None, links: Iterable[Link]) -> GraphDiff:
    index = 0 if after is None else web.telling.index(after) + 1
    content = {field: getattr(draft, field) for field in type(draft).model_fields}
    if draft.time is None:
        neighbour = after or web.live_from(0)
        content["time"] = web.beat(neighbour).time if neighbour else 0.0
    beat = Beat(id=web.next_id, **content)
    return _changed([], [BeatPlaced(beat=beat, index=index)], added=links)


def _cut(web: Web, id: BeatId) -> GraphDiff:
    before = web.placed(id)
    incoming, outgoing = web.incoming(id), web.outgoing(id)
    kinds: dict[tuple[BeatId, BeatId], set[LinkKind]] = {}
    for one in incoming:
        for other in outgoing:
            kind = _bridge(one.kind, other.kind)
            if kind is not None and one.source != other.target:
                kinds.setdefault((one.source, other.target), set()).add(kind)
    bridges = [
        Link(source=source, target=target, kind=kind)
        for (source, target), found in kinds.items()
        for kind in _needed(frozenset(found), web.kinds(source, target))
    ]
    return _changed(
        [before], [_with(before, {"status": Status.CUT})], added=bridges, removed=[*incoming, *outgoing]
    )


@cache
def _needed(found: frozenset[LinkKind], there: frozenset[LinkKind]) -> frozenset[LinkKind]:
    """Of the kinds of ways through a cut beat, those that neither a stronger kind nor a link there says."""
    said = found | there
    weaker = {LinkKind.MOTIVATES} if LinkKind.CAUSES in said else set[LinkKind]()
    strongest = next((kind for kind in _WEAKEST_LAST if kind in said), None)
    return found - there - weaker - (ORDERING - {strongest})


@cache
def _bridge(one: LinkKind, other: LinkKind) -> LinkKind | None:
    """What the source of `one` is to the target of `other` once the beat between them is gone."""
    if one in ORDERING and other in ORDERING:
        return max(one, other, key=_WEAKEST_LAST.index)
    # A motive is not bound to an order, so it may not turn into a link that is: that could close a circle.
    if {one, other} <= {LinkKind.CAUSES, LinkKind.MOTIVATES}:
        return LinkKind.MOTIVATES
    return None


def _merged(web: Web, move: MergeBeats) -> GraphDiff:
    kept, gone = web.placed(move.beat), web.placed(move.absorbed)
    first, last = sorted((kept, gone), key=lambda placed: placed.index)
    one, other = kept.beat, gone.beat
    witnesses = None
    if one.witnesses is not None or other.witnesses is not None:
        witnesses = tuple(dict.fromkeys((*one.seen_by, *other.seen_by)))
    union = {
        "summary": move.summary,
        "characters": tuple(dict.fromkeys((*one.characters, *other.characters))),
        "place": one.place or other.place,
        "stakes": one.stakes or other.stakes,
        "value_before": first.beat.value_before,
        "value_after": last.beat.value_after,
        "tension": max(one.tension, other.tension),
        "emotions": {**other.emotions, **one.emotions},
        "witnesses": witnesses,
        "plants": one.plants or other.plants,
    }
    removed = [*web.incoming(other.id), *web.outgoing(other.id)]
    inherited = {
        Link(
            source=one.id if link.source == other.id else link.source,
            target=one.id if link.target == other.id else link.target,
            kind=link.kind,
        )
        for link in removed
        if one.id not in (link.source, link.target)
    }
    return _changed(
        [kept, gone],
        [_with(kept, union), _with(gone, {"status": Status.CUT})],
        added=(link for link in inherited if not web.has(link)),
        removed=removed,
    )
