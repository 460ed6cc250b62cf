"""Where each beat stands on the plot graph's map, so that adding one leaves the others where they are.

Layered drawing (Sugiyama, Tagawa & Toda 1981), one map for each act: a beat's *layer* is past those of all
beats of its act that cause, enable, precede or set it up, its *slot* is near those of its neighbours
(barycentre). How acts, layers and slots become screen cells is the drawing's affair.

`settle` is incremental: a beat moves only when a link would otherwise point backwards, or when it changed its
act. `arranged` lays everything out anew and is tidier.
"""

from __future__ import annotations

import bisect
import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from writersroom.story.beats import ORDERING, Beat, BeatId, Link, LinkKind

FORWARD = ORDERING | {LinkKind.SETS_UP}
"""Links that lead to a later layer."""


class Place(NamedTuple):
    """Where a beat stands."""

    act: int
    layer: int
    """0 is the first."""
    slot: int
    """0 is the nearest to the layer's edge; slots may be free in between."""


Places: TypeAlias = Mapping[BeatId, Place]
Links: TypeAlias = Mapping[BeatId, Sequence[Link]]


class Map(NamedTuple):
    """What a layout is made from."""

    beats: Mapping[BeatId, Beat]
    """In any order; cut beats are not among them."""
    order: Sequence[BeatId]
    """Telling order."""
    outgoing: Links
    incoming: Links

    def before(self, beat: BeatId) -> list[BeatId]:
        """Beats of the same act that must stand in an earlier layer."""
        act = self.beats[beat].act
        return [
            link.source
            for link in self.incoming.get(beat, ())
            if link.kind in FORWARD and link.source != beat and self._in_act(link.source, act)
        ]

    def after(self, beat: BeatId) -> list[BeatId]:
        """Beats of the same act that must stand in a later layer."""
        act = self.beats[beat].act
        return [
            link.target
            for link in self.outgoing.get(beat, ())
            if link.kind in FORWARD and link.target != beat and self._in_act(link.target, act)
        ]

    def beside(self, beat: BeatId) -> list[BeatId]:
        """All beats of the same act that share a link with this one."""
        act = self.beats[beat].act
        ends = [link.source for link in self.incoming.get(beat, ())]
        ends += [link.target for link in self.outgoing.get(beat, ())]
        return [end for end in ends if end != beat and self._in_act(end, act)]

    def _in_act(self, beat: BeatId, act: int) -> bool:
        other = self.beats.get(beat)
        return other is not None and other.act == act


def settle(old: Places, graph: Map, changed: Iterable[BeatId]) -> dict[BeatId, Place]:
    """Places after a change: those of `old`, moved only where they must be.

    Args:
        old: places before the change.
        graph: the graph after it.
        changed: beats that appeared, changed or vanished, and the targets of links that were added.
    """
    return _Settling(old, graph).settled(tuple(dict.fromkeys(changed)))


class _Settling:
    """One pass of `settle`: layers first, then slots for the beats whose layer is new."""

    def __init__(self, old: Places, graph: Map) -> None:
        self.graph = graph
        self.places = dict(old)
        self.layers: dict[BeatId, int] = {}
        """New layers."""
        # A damaged file may hold a cycle, whatever the story forbids; past this layer nothing is pushed.
        self.deepest = len(graph.beats) + max((place.layer for place in old.values()), default=0)

    def settled(self, changed: Sequence[BeatId]) -> dict[BeatId, Place]:
        unsettled: list[BeatId] = []
        for beat in changed:
            if beat not in self.graph.beats:
                self.places.pop(beat, None)
            elif beat not in self.places or self.places[beat].act != self.graph.beats[beat].act:
                self.places.pop(beat, None)
                unsettled.append(beat)
        if len(unsettled) > 1:
            told = {beat: index for index, beat in enumerate(self.graph.order)}
            unsettled.sort(key=lambda beat: told.get(beat, -1))
        for beat in unsettled:
            self.layers[beat] = self._first_layer(beat)
        self._push([beat for beat in changed if beat in self.graph.beats])
        self._seat()
        return self.places

    def _layer(self, beat: BeatId) -> int:
        """The beat's layer as it stands; -1 where it has none yet."""
        layer = self.layers.get(beat)
        if layer is None:
            place = self.places.get(beat)
            return -1 if place is None else place.layer
        return layer

    def _first_layer(self, beat: BeatId) -> int:
        """The layer for a beat that has none: past what leads to it, or else just before what it leads to.

        A beat that no link orders stands with the beat told before it.
        """
        if before := max(map(self._layer, self.graph.before(beat)), default=-1) + 1:
            return before
        if after := [layer for b in self.graph.after(beat) if (layer := self._layer(b)) >= 0]:
            return max(0, min(after) - 1)
        index = self.graph.order.index(beat) if beat in self.graph.order else 0
        act = self.graph.beats[beat].act
        for other in reversed(self.graph.order[:index]):
            if other in self.graph.beats and self.graph.beats[other].act == act:
                return max(0, self._layer(other))
        return 0

    def _push(self, beats: Iterable[BeatId]) -> None:
        """Move what a link would point back to past where the link starts, and so on down the links."""
        waiting = [(self._layer(beat), beat) for beat in beats]
        heapq.heapify(waiting)
        while waiting:
            _, beat = heapq.heappop(waiting)
            need = max(map(self._layer, self.graph.before(beat)), default=-1) + 1
            if self._layer(beat) < need <= self.deepest:
                self.layers[beat] = need
            layer = self._layer(beat)
            for after in self.graph.after(beat):
                if self._layer(after) <= layer < self.deepest:
                    heapq.heappush(waiting, (self._layer(after), after))

    def _seat(self) -> None:
        """Give each beat with a new layer the free slot nearest to its own, or else to its neighbours'."""
        former = {beat: self.places.pop(beat).slot for beat in self.layers if beat in self.places}
        taken: dict[tuple[int, int], set[int]] = {
            (self.graph.beats[beat].act, layer): set() for beat, layer in self.layers.items()
        }
        for act, layer, slot in self.places.values():
            if (act, layer) in taken:
                taken[act, layer].add(slot)
        for beat in sorted(self.layers, key=lambda b: (self.layers[b], former.get(b, 0))):
            act, layer = self.graph.beats[beat].act, self.layers[beat]
            beside = [self.places[b].slot for b in self.graph.beside(beat) if b in self.places]
            goal = former.get(beat, sum(beside) / len(beside) if beside else 0)
            slot = _nearest_free(goal, taken[act, layer])
            taken[act, layer].add(slot)
            self.places[beat] = Place(act, layer, slot)


def _nearest_free(goal: float, taken: set[int]) -> int:
    """The free slot nearest to `goal`, the lower of equals."""
    past = max(taken, default=-1) + int(goal) + 2
    return min((slot for slot in range(past) if slot not in taken), key=lambda slot: (abs(slot - goal), slot))


SWEEPS = 8
"""Passes of the barycentre method; drawings of up to some hundred beats stop improving before."""


def arranged(graph: Map) -> dict[BeatId, Place]:
    """Lay everything out anew: layers by topological generation, order within one by barycentre sweeps."""
    layers = _generations(graph)
    rows: dict[tuple[int, int], list[BeatId]] = {}
    for beat in graph.order:
        if beat in layers:
            rows.setdefault((graph.beats[beat].act, layers[beat]), []).append(beat)
    keys = sorted(rows)
    best = {beat: slot for row in rows.values() for slot, beat in enumerate(row)}
    fewest = crossings(graph, layers, best)
    slots = dict(best)
    for sweep in range(SWEEPS):
        if fewest == 0:
            break
        for key in keys if sweep % 2 == 0 else reversed(keys):
            _order_by_neighbours(rows[key], graph, slots)
        count = crossings(graph, layers, slots)
        if count < fewest:
            best, fewest = dict(slots), count
    return {beat: Place(graph.beats[beat].act, layers[beat], slot) for beat, slot in best.items()}


def _generations(graph: Map) -> dict[BeatId, int]:
    """The topological generation of each beat in the graph of its act (Kahn 1962).

    What a cycle keeps from being reached stands past everything else, one layer each, in telling order.
    """
    waits = {beat: len(graph.before(beat)) for beat in graph.order if beat in graph.beats}
    generation = [beat for beat, count in waits.items() if count == 0]
    layers: dict[BeatId, int] = {}
    depth = 0
    while generation:
        following: list[BeatId] = []
        for beat in generation:
            layers[beat] = depth
            for after in graph.after(beat):
                waits[after] -= 1
                if waits[after] == 0:
                    following.append(after)
        generation, depth = following, depth + 1
    for beat in waits:
        if beat not in layers:
            layers[beat], depth = depth, depth + 1
    return layers


def _order_by_neighbours(row: list[BeatId], graph: Map, slots: dict[BeatId, int]) -> None:
    """Sort one layer by the mean slot of each beat's neighbours; those without keep their slot."""
    means: dict[BeatId, float] = {}
    for beat in row:
        beside = [slots[b] for b in graph.beside(beat)]
        means[beat] = sum(beside) / len(beside) if beside else slots[beat]
    row.sort(key=lambda beat: (means[beat], slots[beat]))
    for slot, beat in enumerate(row):
        slots[beat] = slot


def crossings(graph: Map, layers: Mapping[BeatId, int], slots: Mapping[BeatId, int]) -> int:
    """Pairs of links that cross between the same two layers of an act."""
    between: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    for beat in layers:
        for after in graph.after(beat):
            key = (graph.beats[beat].act, layers[beat], layers[after])
            between.setdefault(key, []).append((slots[beat], slots[after]))
    count = 0
    for ends in between.values():
        ends.sort()
        seen: list[int] = []
        for _, target in ends:
            count += len(seen) - bisect.bisect_right(seen, target)
            bisect.insort(seen, target)
    return count
