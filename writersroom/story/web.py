"""The web: beats in telling order and the links between them, as they stand; no rules of what may change.

`graph.PlotGraph` is what others use; the rules are in `legality`, the effects of moves in `effects`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import networkx as nx

from writersroom.story.beats import ORDERING, Beat, BeatId, Link, LinkKind, Status
from writersroom.story.errors import UnknownBeat
from writersroom.story.moves import BeatPlaced
from writersroom.story.precedence import Precedence
from writersroom.story.telling import Telling

_ID = re.compile(r"b([1-9][0-9]{0,17})")


def number(id: BeatId) -> int:
    """The number in a beat's id; 0 where it is no id of the form `b1`, `b2`, …."""
    match = _ID.fullmatch(id)
    return int(match[1]) if match else 0


class Web:
    """Beats, links, and two orders: how beats are told, and what precedes what in the story's world.

    Links lie in a networkx MultiDiGraph, their kind as the key; it never leaves this class.
    """

    def __init__(self) -> None:
        self.telling = Telling()
        self.order = Precedence()
        self._beats: dict[BeatId, Beat] = {}
        self._net: nx.MultiDiGraph[BeatId] = nx.MultiDiGraph()
        self._links: tuple[Link, ...] | None = ()
        self._last = 0

    @classmethod
    def of(cls, beats: Iterable[Beat], links: Iterable[Link]) -> Web:
        """Build from beats in telling order, in one pass."""
        web = cls()
        web._beats = {beat.id: beat for beat in beats}
        web.telling = Telling(web._beats)
        web._links = None
        web._net.add_nodes_from(web._beats)
        links = list(links)
        for link in links:
            web._net.add_edge(link.source, link.target, link.kind, link=link)
        web.order = Precedence.of(
            web._beats, ((link.source, link.target) for link in links if link.kind in ORDERING)
        )
        web._last = max(map(number, web._beats), default=0)
        return web

    def copy(self) -> Web:
        """An independent copy."""
        twin = Web()
        twin.telling = Telling(self.telling)
        twin.order = self.order.copy()
        twin._beats = dict(self._beats)
        twin._net.add_nodes_from(self._beats)
        for link in self.links():
            twin._net.add_edge(link.source, link.target, link.kind, link=link)
        twin._links, twin._last = self.links(), self._last
        return twin

    @property
    def last(self) -> int:
        """The highest number in an id there is, cut beats counted; 0 where there is no beat."""
        return self._last

    @property
    def next_id(self) -> BeatId:
        """The id of the next new beat: one above the highest there is, cut beats counted."""
        return f"b{self._last + 1}"

    def __contains__(self, id: BeatId) -> bool:
        return id in self._beats

    def __len__(self) -> int:
        return len(self._beats)

    def get(self, id: BeatId) -> Beat | None:
        """The beat of an id, cut or not."""
        return self._beats.get(id)

    def beat(self, id: BeatId) -> Beat:
        """The beat of an id, cut or not.

        Raises:
            UnknownBeat: there is none.
        """
        try:
            return self._beats[id]
        except KeyError:
            raise UnknownBeat(id) from None

    def told(self) -> Iterator[Beat]:
        """All beats in telling order, cut ones included."""
        return (self._beats[id] for id in self.telling)

    def placed(self, id: BeatId) -> BeatPlaced:
        """The beat with its place in the telling."""
        return BeatPlaced(beat=self.beat(id), index=self.telling.index(id))

    def live_before(self, index: int) -> BeatId | None:
        """The nearest beat that is not cut and is told before a place."""
        for id in self.telling.backward_from(index):
            if self._beats[id].status is not Status.CUT:
                return id
        return None

    def live_from(self, index: int) -> BeatId | None:
        """The nearest beat that is not cut and is told at a place or after it."""
        for id in self.telling.forward_from(index):
            if self._beats[id].status is not Status.CUT:
                return id
        return None

    def add(self, placed: BeatPlaced) -> None:
        """Put in a new beat."""
        id = placed.beat.id
        self.telling.insert(placed.index, id)
        self._beats[id] = placed.beat
        self._net.add_node(id)
        self.order.add_beat(id)
        self._last = max(self._last, number(id))

    def remove(self, id: BeatId) -> None:
        """Take out a beat that has no links, as if it never had been (a cut leaves the beat in)."""
        self.telling.remove(id)
        del self._beats[id]
        self._net.remove_node(id)
        self.order.remove_beat(id)
        while self._last and f"b{self._last}" not in self._beats:
            self._last -= 1

    def replace(self, beat: Beat) -> None:
        """Put new content under an id there is."""
        self._beats[beat.id] = beat

    def has(self, link: Link) -> bool:
        """Whether the link is there."""
        return self._net.has_edge(link.source, link.target, link.kind)

    def kinds(self, source: BeatId, target: BeatId) -> frozenset[LinkKind]:
        """What one beat is to another."""
        return frozenset(
            data["link"].kind for data in self._net.get_edge_data(source, target, default={}).values()
        )

    def link(self, links: Iterable[Link]) -> None:
        """Put in links that are not there."""
        links = tuple(links)
        self.order.add(*((link.source, link.target) for link in links if link.kind in ORDERING))
        for link in links:
            self._net.add_edge(link.source, link.target, link.kind, link=link)
        self._links = None

    def unlink(self, link: Link) -> None:
        """Take out a link that is there."""
        self._net.remove_edge(link.source, link.target, link.kind)
        self._links = None
        if link.kind in ORDERING:
            self.order.remove(link.source, link.target)

    def links(self) -> tuple[Link, ...]:
        """All links, in `canonical` order."""
        if self._links is None:
            self._links = canonical(_links(self._net.edges(data=True)))
        return self._links

    def incoming(self, id: BeatId) -> list[Link]:
        """The links whose target a beat is."""
        return _links(self._net.in_edges(id, data=True))

    def outgoing(self, id: BeatId) -> list[Link]:
        """The links whose source a beat is."""
        return _links(self._net.out_edges(id, data=True))

    def setups(self, id: BeatId) -> list[BeatId]:
        """The beats that set this one up."""
        return [link.source for link in self.incoming(id) if link.kind is LinkKind.SETS_UP]

    def payoffs(self, id: BeatId) -> list[BeatId]:
        """The beats that this one sets up."""
        return [link.target for link in self.outgoing(id) if link.kind is LinkKind.SETS_UP]


def _links(edges: Iterable[tuple[BeatId, BeatId, dict[str, Link]]]) -> list[Link]:
    return [data["link"] for _, _, data in edges]


def canonical(links: Iterable[Link]) -> tuple[Link, ...]:
    """Links by the numbers of source and target, then by kind, each once."""
    return tuple(sorted(set(links), key=lambda link: (int(link.source[1:]), int(link.target[1:]), link.kind)))
