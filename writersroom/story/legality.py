"""Why a move is not allowed: the rules of the plot graph, each problem a sentence for its proposer.

What `graph.PlotGraph` promises (see there) is kept by these rules; no move that passes them can break it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from writersroom.story.beats import LINK_WORDS, ORDERING, Beat, BeatId, Link, LinkKind, Status
from writersroom.story.moves import (
    AddBeat,
    AddLink,
    BeatDraft,
    CutBeat,
    MergeBeats,
    Move,
    PayOffSetup,
    PlantSetup,
    RemoveLink,
    ReorderBeat,
    ReviseBeat,
)
from writersroom.story.precedence import ELLIPSIS
from writersroom.story.text import short
from writersroom.story.web import Web


def problems(web: Web, move: Move) -> tuple[str, ...]:
    """What stands against a move; empty where it is legal."""
    return tuple(_problems(web, move))


def strangers(move: Move, cast: Collection[str]) -> tuple[str, ...]:
    """A sentence for each name in a move that nobody in the cast has.

    The graph knows no cast, so this stands apart from `problems`.
    """
    match move:
        case AddBeat() | PlantSetup() | PayOffSetup():
            said = [*move.beat.characters, *(move.beat.witnesses or ()), *move.beat.emotions]
        case ReviseBeat():
            change = move.change
            said = [*(change.characters or ()), *(change.witnesses or ()), *(change.emotions or ())]
        case _:
            return ()
    known = ", ".join(sorted(cast)) or "empty"
    return tuple(
        f"Nobody in the cast is called {name}; the cast is {known}."
        for name in dict.fromkeys(said)
        if name not in cast
    )


def absent(web: Web, ids: Sequence[BeatId], verb: str) -> tuple[str, ...]:
    """A sentence for each id that no live beat has, so that it cannot `verb`."""
    return tuple(_absent(web, ids, verb))


def quoted(beat: Beat) -> str:
    """A beat as problems and evidence name it: `b3 "Anna finds the letter"`."""
    return f'{beat.id} "{short(beat.summary)}"'


def _problems(web: Web, move: Move) -> Iterator[str]:
    match move:
        case AddBeat():
            yield from _add(web, move)
        case ReviseBeat():
            yield from _revise(web, move)
        case AddLink():
            yield from _link(web, move)
        case RemoveLink():
            yield from _unlink(web, move)
        case ReorderBeat():
            yield from _reorder(web, move)
        case MergeBeats():
            yield from _merge(web, move)
        case CutBeat():
            beat = web.get(move.beat)
            again = beat is not None and beat.status is Status.CUT
            yield from _closed(web, move.beat, "cut again" if again else "cut")
        case PlantSetup():
            yield from _plant(web, move)
        case PayOffSetup():
            yield from _pay_off(web, move)


def _add(web: Web, move: AddBeat) -> Iterator[str]:
    found = [*_absent(web, move.caused_by, "be a cause"), *_absent(web, move.causes, "be an effect")]
    yield from found
    yield from _untellable(web, move.after)
    yield from _uninvited(move.beat)
    if not found:
        path = web.order.path(dict.fromkeys(move.causes), dict.fromkeys(move.caused_by))
        if path is not None:
            yield (
                f"The new beat would close a circle: it would cause {path[0]} and be caused by {path[-1]}, "
                f"but {_leads(path)}."
            )


def _revise(web: Web, move: ReviseBeat) -> Iterator[str]:
    found = list(_closed(web, move.beat, "revised"))
    yield from found
    if found:
        return
    beat = web.beat(move.beat)
    change = move.change.said
    if all(getattr(beat, field) == value for field, value in change.items()):
        yield f"The revision leaves {quoted(beat)} as it is; change at least one thing."
        return
    yield from _uninvited(beat.model_copy(update=change))


def _link(web: Web, move: AddLink) -> Iterator[str]:
    found = list(_absent(web, (move.source, move.target), "be linked"))
    yield from found
    if found:
        return
    source, target, verb = move.source, move.target, LINK_WORDS[move.link]
    if source == target:
        yield f"A beat cannot be linked to itself; {source} needs another beat."
    elif web.has(Link(source=source, target=target, kind=move.link)):
        yield f"{source} already {verb} {target}."
    elif move.link is LinkKind.SETS_UP:
        if not web.telling.before(source, target):
            yield f"A payoff is told after its setup, but {target} comes before {source}; reorder one first."
    elif move.link in ORDERING:
        path = web.order.path((target,), (source,))
        if path is not None:
            yield f"That {source} {verb} {target} would close a circle: {_leads(path)}."


def _unlink(web: Web, move: RemoveLink) -> Iterator[str]:
    if not web.has(Link(source=move.source, target=move.target, kind=move.link)):
        yield f"There is no link that says {move.source} {LINK_WORDS[move.link]} {move.target}."
    elif all(web.beat(id).status is Status.LOCKED for id in (move.source, move.target)):
        yield (
            f"{move.source} and {move.target} are both locked, so what joins them stays; unlock one first."
        )


def _reorder(web: Web, move: ReorderBeat) -> Iterator[str]:
    found = [*_closed(web, move.beat, "reordered"), *_untellable(web, move.after)]
    yield from found
    if found:
        return
    if move.after == move.beat:
        yield f"{move.beat} cannot be told after itself."
    elif web.live_before(web.telling.index(move.beat)) == move.after:
        yield f"{move.beat} is already told {_place(move.after)}."
    else:
        for setup in web.setups(move.beat):
            if move.after is None or web.telling.before(move.after, setup):
                yield f"{move.beat} pays off {setup} and must be told after it, not {_place(move.after)}."
        for payoff in web.payoffs(move.beat):
            if move.after is not None and not web.telling.before(move.after, payoff):
                yield f"{move.beat} sets up {payoff} and must be told before it, not {_place(move.after)}."


def _merge(web: Web, move: MergeBeats) -> Iterator[str]:
    found = [*_closed(web, move.beat, "merged"), *_closed(web, move.absorbed, "merged")]
    yield from found
    if found:
        return
    kept, gone = move.beat, move.absorbed
    if kept == gone:
        yield f"{kept} cannot be merged with itself."
        return
    for one, other in ((kept, gone), (gone, kept)):
        starts, goals = web.order.successors(one) - {other}, web.order.predecessors(other) - {one}
        path = web.order.path(sorted(starts), sorted(goals)) if starts and goals else None
        if path is not None:
            leads = _leads((one, *path, other))
            yield f"{kept} and {gone} cannot be one beat, because others lie between: {leads}."
    for setup in web.setups(gone):
        if setup != kept and not web.telling.before(setup, kept):
            yield f"{gone} pays off {setup}, which is told after {kept}; merge {kept} into {gone} instead."
    for payoff in web.payoffs(gone):
        if payoff != kept and not web.telling.before(kept, payoff):
            yield f"{gone} sets up {payoff}, which is told before {kept}; merge {kept} into {gone} instead."


def _plant(web: Web, move: PlantSetup) -> Iterator[str]:
    found = [*_absent(web, (move.payoff,), "be a payoff"), *_untellable(web, move.after)]
    yield from found
    yield from _uninvited(move.beat)
    if not found and move.after is not None and not web.telling.before(move.after, move.payoff):
        yield (
            f"A setup is told before its payoff, but {move.payoff} is told before what follows {move.after}; "
            "plant it earlier."
        )


def _pay_off(web: Web, move: PayOffSetup) -> Iterator[str]:
    found = [*_absent(web, (move.setup,), "be a setup"), *_untellable(web, move.after)]
    yield from found
    yield from _uninvited(move.beat)
    if not found and web.telling.before(move.after, move.setup):
        yield f"A payoff is told after its setup, but {move.after} comes before {move.setup}; pay off later."


def _absent(web: Web, ids: Sequence[BeatId], verb: str) -> Iterator[str]:
    for id in dict.fromkeys(ids):
        beat = web.get(id)
        if beat is None:
            yield f"There is no beat {short(id, 20)!r}; the story has {_range(web)}."
        elif beat.status is Status.CUT:
            yield f"{id} was cut and cannot {verb}."


def _closed(web: Web, id: BeatId, done: str) -> Iterator[str]:
    beat = web.get(id)
    if beat is not None and beat.status is Status.LOCKED:
        yield f"{quoted(beat)} is locked and cannot be {done}; unlock it first."
    else:
        yield from _absent(web, (id,), f"be {done}")


def _untellable(web: Web, after: BeatId | None) -> Iterator[str]:
    if after is not None:
        yield from _absent(web, (after,), "be told before anything")


def _uninvited(beat: Beat | BeatDraft) -> Iterator[str]:
    """Those who feel something without being there."""
    there = {*beat.characters, *(beat.witnesses or ())}
    for name in beat.emotions:
        if name not in there:
            yield f"{name} feels {beat.emotions[name].value} but is not present in the beat; add the name."


def _place(after: BeatId | None) -> str:
    return "first" if after is None else f"after {after}"


def _leads(path: Sequence[BeatId]) -> str:
    if len(path) == 1:
        return f"both are {path[0]}"
    way = [id for id in path[1:-1] if id != ELLIPSIS]
    by = f", by way of {', '.join(way)}" if way else ""
    return f"{path[0]} already leads to {path[-1]}{by}"


def _range(web: Web) -> str:
    return f"b1 to b{web.last}" if web.last else "none yet"
