"""The plot graph: beats in telling order, typed links between them, and the moves that change it."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field, ValidationError

from writersroom.frozen import Frozen
from writersroom.story import effects, legality
from writersroom.story.beats import LINK_WORDS, ORDERING, Beat, BeatId, Link, LinkKind, Status
from writersroom.story.errors import BrokenGraph, DiffMismatch, IllegalMove
from writersroom.story.moves import GraphDiff, Move
from writersroom.story.web import Web, canonical, number


class GraphSnapshot(Frozen):
    """A plot graph as it stands; two graphs are equal when their snapshots are."""

    beats: tuple[Beat, ...] = ()
    """In telling order, cut ones included."""
    links: tuple[Link, ...] = Field(default=())
    """By the numbers of source and target, then by kind."""


class PlotGraph:
    """Beats, how they are told, and what they are to one another. It changes by moves alone.

    **What always holds**

    1. `causes`, `enables` and `precedes` links together are acyclic. They speak of the story's world, not of
       its telling: an effect may be told before its cause (a flashback). Where the *times* of the beats
       contradict such a link, that is no illegal state but a weakness (`effect_before_cause`), because a
       sequence of moves must be able to pass through it.
    2. A payoff is told after its setup (`sets_up`): that is a promise to an audience, so its telling counts.
    3. A locked beat keeps what it says, its status, its order among the other locked beats, and its links to
       other locked beats. It can gain links (a new setup, a new effect), and lose those to beats that are
       not locked, because that is how the story round it goes on; other beats may be told in between.
    4. A cut beat stays, with its place, but has no links and cannot be linked, told after, or brought back
       except by undo.
    5. Ids are numbered on from the highest there is, cut beats counted, so none is given twice along a
       session. Undo makes a beat never to have been: its id is free again.
    6. No beat is linked to itself, and at most one link of a kind leads from one beat to another.

    `motivates` links may form circles (two characters who goad each other).

    **Cost** at 10,000 beats: a move with its validation takes about a tenth of a millisecond, at worst one
    (see `benchmarks/plot_graph.py`). Cutting or merging a beat costs as much again for each hundred links it
    writes.

    Not safe for use from several threads at once.
    """

    def __init__(self) -> None:
        self._web = Web()

    # -- reading ------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        """How many beats there are, cut ones included."""
        return len(self._web)

    def __contains__(self, id: object) -> bool:
        """Whether there is a beat with this id, cut or not."""
        return isinstance(id, str) and id in self._web

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PlotGraph):
            return NotImplemented
        return self.snapshot() == other.snapshot()

    def beat(self, id: BeatId) -> Beat:
        """The beat with this id, cut or not.

        Raises:
            UnknownBeat: there is none.
        """
        return self._web.beat(id)

    def beats(self, *, include_cut: bool = False) -> tuple[Beat, ...]:
        """The beats in telling order."""
        return tuple(beat for beat in self._web.told() if include_cut or beat.status is not Status.CUT)

    def ids(self, *, include_cut: bool = False, include_locked: bool = True) -> tuple[BeatId, ...]:
        """The ids in telling order. Without cut and locked ones: those whose content a move may change."""
        return tuple(
            beat.id
            for beat in self.beats(include_cut=include_cut)
            if include_locked or beat.status is not Status.LOCKED
        )

    def links(self) -> tuple[Link, ...]:
        """All links, by the numbers of source and target, then by kind."""
        return self._web.links()

    def incoming(self, id: BeatId) -> tuple[Link, ...]:
        """The links whose target this beat is.

        Raises:
            UnknownBeat: there is none.
        """
        return canonical(self._web.incoming(self.beat(id).id))

    def outgoing(self, id: BeatId) -> tuple[Link, ...]:
        """The links whose source this beat is.

        Raises:
            UnknownBeat: there is none.
        """
        return canonical(self._web.outgoing(self.beat(id).id))

    def index(self, id: BeatId) -> int:
        """The place of a beat in the telling, from 0, cut beats counted.

        Raises:
            UnknownBeat: there is none.
        """
        return self._web.telling.index(self.beat(id).id)

    # -- changing -----------------------------------------------------------------------------------------

    def check(self, move: Move) -> tuple[str, ...]:
        """What stands against a move, each a sentence; empty where it is legal. Nothing is changed.

        Names are not compared with a cast, which the graph does not know: see `legality.strangers`.
        """
        return legality.problems(self._web, move)

    def apply(self, move: Move) -> GraphDiff:
        """Make a move, wholly or not at all.

        Raises:
            IllegalMove: with what `check` finds.
        """
        problems = self.check(move)
        if problems:
            raise IllegalMove(problems)
        diff = effects.effect(self._web, move)
        _commit(self._web, diff)
        return diff

    def set_status(self, ids: Iterable[BeatId], status: Status) -> GraphDiff:
        """Note how far beats have come: the way to lock, and to unlock.

        Raises:
            IllegalMove: an id is unknown or cut, or the status is `cut` (that is a move).
        """
        ids = tuple(ids)
        if status is Status.CUT:
            raise IllegalMove(("A beat is cut by the move `cut`, not by its status.",))
        problems = legality.absent(self._web, ids, f"become {status.value}")
        if problems:
            raise IllegalMove(problems)
        diff = effects.with_status(self._web, ids, status)
        _commit(self._web, diff)
        return diff

    def redo(self, diff: GraphDiff) -> None:
        """Apply a recorded diff, wholly or not at all.

        Raises:
            DiffMismatch: it was recorded on another state of the graph, or leads to one that cannot be.
        """
        problems = _mismatches(self._web, diff)
        if problems:
            raise DiffMismatch(problems)
        _commit(self._web, diff)
        problems = _broken(self._web, _touched(diff))
        ordering = [(link.source, link.target) for link in diff.links_added if link.kind in ORDERING]
        if self._web.order.closed_by(ordering):
            problems = (*problems, *_circular(self._web))
        if any(self._web.placed(placed.beat.id) != placed for placed in diff.after):
            problems = (*problems, "Its places contradict each other.")
        if problems:
            _commit(self._web, diff.inverse)
            raise DiffMismatch(problems)

    def undo(self, diff: GraphDiff) -> None:
        """Take a diff back: the exact inverse of `apply`, `set_status` and `redo`.

        Raises:
            DiffMismatch: the graph is not as the diff left it.
        """
        self.redo(diff.inverse)

    def copy(self) -> PlotGraph:
        """An independent copy. To try a move, `apply` and `undo` are much cheaper."""
        twin = PlotGraph()
        twin._web = self._web.copy()
        return twin

    # -- keeping ------------------------------------------------------------------------------------------

    def snapshot(self) -> GraphSnapshot:
        """The graph as a value."""
        return GraphSnapshot(beats=self.beats(include_cut=True), links=self.links())

    @classmethod
    def of(cls, snapshot: GraphSnapshot) -> PlotGraph:
        """The graph that a snapshot was taken of.

        Raises:
            BrokenGraph: the snapshot breaks one of the rules.
        """
        problems = _malformed(snapshot)
        if problems:
            raise BrokenGraph(problems)
        graph = cls()
        graph._web = Web.of(snapshot.beats, snapshot.links)
        problems = _circular(graph._web)
        if problems:
            raise BrokenGraph(problems)
        return graph

    def to_json(self) -> str:
        """The snapshot as JSON."""
        return self.snapshot().model_dump_json()

    @classmethod
    def from_json(cls, text: str | bytes) -> PlotGraph:
        """Read what `to_json` wrote.

        Raises:
            BrokenGraph: it is no snapshot, or breaks one of the rules.
        """
        try:
            snapshot = GraphSnapshot.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the top"
            raise BrokenGraph((f"At {where}: {first['msg']}.",)) from None
        return cls.of(snapshot)


def _commit(web: Web, diff: GraphDiff) -> None:
    """Carry out a diff that fits."""
    for link in diff.links_removed:
        web.unlink(link)
    was = {placed.beat.id: placed.index for placed in diff.before}
    becomes = {placed.beat.id: placed for placed in diff.after}
    # What changes its place is taken out and put back from the front, which makes every index the final one.
    moved = [placed for id, placed in becomes.items() if id in was and was[id] != placed.index]
    for id in was:
        if id not in becomes:
            web.remove(id)
    for placed in moved:
        web.telling.remove(placed.beat.id)
    for placed in sorted(diff.after, key=lambda placed: placed.index):
        if placed.beat.id not in was:
            web.add(placed)
            continue
        web.replace(placed.beat)
        if was[placed.beat.id] != placed.index:
            web.telling.insert(placed.index, placed.beat.id)
    web.link(diff.links_added)


def _touched(diff: GraphDiff) -> set[BeatId]:
    ends = {id for link in (*diff.links_added, *diff.links_removed) for id in (link.source, link.target)}
    return ends.union(placed.beat.id for placed in diff.after)


def _mismatches(web: Web, diff: GraphDiff) -> tuple[str, ...]:
    """Why a diff was not recorded on this graph."""
    found: list[str] = []
    was = {placed.beat.id: placed for placed in diff.before}
    becomes = {placed.beat.id: placed for placed in diff.after}
    if len(was) < len(diff.before) or len(becomes) < len(diff.after):
        found.append("It names a beat twice.")
    for id, placed in was.items():
        if id not in web:
            found.append(f"There is no {id} to change.")
        elif web.placed(id) != placed:
            found.append(f"{id} is not as it was when the change was recorded.")
    gone = was.keys() - becomes.keys()
    size = len(web) - len(gone) + len(becomes.keys() - was.keys())
    if len({placed.index for placed in diff.after}) < len(diff.after):
        found.append("It puts two beats in one place.")
    if len({*diff.links_added, *diff.links_removed}) < len(diff.links_added) + len(diff.links_removed):
        found.append("It names a link twice.")
    for id, placed in becomes.items():
        if id not in was and id in web:
            found.append(f"{id} is there already.")
        if not number(id):
            found.append(f"{id!r} is no id of a beat.")
        if placed.index >= size:
            found.append(f"{id} would be told past the end.")
    for link in diff.links_removed:
        if not web.has(link):
            found.append(f"There is no link {_named(link)}.")
    for link in diff.links_added:
        ends = {link.source, link.target}
        if web.has(link):
            found.append(f"There is a link {_named(link)} already.")
        elif link.source == link.target or not all(
            id in becomes or (id in web and id not in gone) for id in ends
        ):
            found.append(f"A link {_named(link)} cannot be.")
    removed = set(diff.links_removed)
    for id in gone & {id for id in was if id in web}:
        if not removed.issuperset((*web.incoming(id), *web.outgoing(id))):
            found.append(f"{id} has links by now.")
    return tuple(found)


def _broken(web: Web, ids: Iterable[BeatId]) -> tuple[str, ...]:
    """Which rules the beats with these ids break, acyclicity apart."""
    found: list[str] = []
    for id in ids:
        if id not in web:
            continue
        if web.beat(id).status is Status.CUT and (web.incoming(id) or web.outgoing(id)):
            found.append(f"{id} is cut but has links.")
        found += [
            f"{id} is told before {setup}, which sets it up."
            for setup in web.setups(id)
            if not web.telling.before(setup, id)
        ]
        found += [
            f"{payoff} is told before {id}, which sets it up."
            for payoff in web.payoffs(id)
            if not web.telling.before(id, payoff)
        ]
    return tuple(found)


def _circular(web: Web) -> tuple[str, ...]:
    """Whether the links that order the story's world are not acyclic."""
    circle = web.order.circle()
    return (f"Its links close a circle: {' → '.join(circle)}.",) if circle else ()


def _malformed(snapshot: GraphSnapshot) -> tuple[str, ...]:
    """Which rules a snapshot breaks, acyclicity apart."""
    told = {beat.id: place for place, beat in enumerate(snapshot.beats)}
    found = [f"{beat.id!r} is no id of a beat." for beat in snapshot.beats if not number(beat.id)]
    if len(told) < len(snapshot.beats):
        found.append("Two beats have the same id.")
    if len(set(snapshot.links)) < len(snapshot.links):
        found.append("A link is there twice.")
    found += [
        f"A link {_named(link)} cannot be."
        for link in snapshot.links
        if link.source == link.target or link.source not in told or link.target not in told
    ]
    if found:
        return tuple(found)
    for link in snapshot.links:
        source, target = told[link.source], told[link.target]
        found += [
            f"{snapshot.beats[end].id} is cut but has links."
            for end in (source, target)
            if snapshot.beats[end].status is Status.CUT
        ]
        if link.kind is LinkKind.SETS_UP and target < source:
            found.append(f"{link.target} is told before {link.source}, which sets it up.")
    return tuple(found)


def _named(link: Link) -> str:
    return f"{link.source} {LINK_WORDS[link.kind]} {link.target}"
