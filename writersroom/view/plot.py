"""The plot graph as a screen shows it: the beats that stand, their links, and where each has its place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from pydantic import Field, model_validator

from writersroom.frozen import Frozen
from writersroom.story.beats import Beat, BeatId, Link, Status
from writersroom.story.moves import GraphDiff
from writersroom.view.layout import FORWARD, Map, Place, arranged, settle


class Plot(Frozen):
    """Beats and links, folded from the diffs of committed moves."""

    beats: dict[BeatId, Beat] = Field(default_factory=dict)
    """Those that stand."""
    cut: dict[BeatId, Beat] = Field(default_factory=dict)
    """Those that were cut."""
    order: tuple[BeatId, ...] = ()
    """Every beat, cut ones too, as they are told: the indexes of diffs count in it."""
    outgoing: dict[BeatId, tuple[Link, ...]] = Field(default_factory=dict)
    incoming: dict[BeatId, tuple[Link, ...]] = Field(default_factory=dict, exclude=True)
    """The same links, by target."""
    places: dict[BeatId, Place] = Field(default_factory=dict)
    made: dict[BeatId, int] = Field(default_factory=dict)
    """The turn that made each beat, cut ones too."""

    @model_validator(mode="after")
    def _index(self) -> Self:
        """Links are written once; the index by target is made again when a plot is read back."""
        if not self.incoming:
            for links in self.outgoing.values():
                for link in links:
                    _put(self.incoming, link.target, link)
        return self

    @property
    def told(self) -> tuple[Beat, ...]:
        """The beats that stand, in telling order."""
        return tuple(self.beats[beat] for beat in self.order if beat in self.beats)

    @property
    def links(self) -> tuple[Link, ...]:
        """All links, by source in telling order."""
        return tuple(link for beat in self.order for link in self.outgoing.get(beat, ()))

    @property
    def map(self) -> Map:
        """What the layout reads."""
        return Map(self.beats, self.order, self.outgoing, self.incoming)


def replotted(plot: Plot, diff: GraphDiff, turn: int = 0) -> Plot:
    """The plot after a move of a turn; who stood stays in place, unless a link would point backwards."""
    beats, cut = dict(plot.beats), dict(plot.cut)
    changed = dict.fromkeys(placed.beat.id for placed in (*diff.before, *diff.after))
    for beat in changed:
        beats.pop(beat, None)
        cut.pop(beat, None)
    order = [beat for beat in plot.order if beat not in changed] if changed else list(plot.order)
    for placed in sorted(diff.after, key=lambda placed: placed.index):
        order.insert(placed.index, placed.beat.id)
        kept = cut if placed.beat.status is Status.CUT else beats
        kept[placed.beat.id] = placed.beat
    outgoing, incoming = dict(plot.outgoing), dict(plot.incoming)
    for link in diff.links_removed:
        _take(outgoing, link.source, link)
        _take(incoming, link.target, link)
    for link in diff.links_added:
        _put(outgoing, link.source, link)
        _put(incoming, link.target, link)
    after = Plot.model_construct(
        beats=beats,
        cut=cut,
        order=tuple(order),
        outgoing=outgoing,
        incoming=incoming,
        places=plot.places,
        made={**{placed.beat.id: turn for placed in diff.after}, **plot.made},
    )
    pushed = [link.target for link in diff.links_added if link.kind in FORWARD]
    return after.model_copy(update={"places": settle(plot.places, after.map, (*changed, *pushed))})


def tidied(plot: Plot) -> Plot:
    """The plot with every beat given a new place, for a picture that need not resemble the last one."""
    return plot.model_copy(update={"places": arranged(plot.map)})


def _put(index: dict[BeatId, tuple[Link, ...]], beat: BeatId, link: Link) -> None:
    links = index.get(beat, ())
    if link not in links:
        index[beat] = _sorted((*links, link))


def _take(index: dict[BeatId, tuple[Link, ...]], beat: BeatId, link: Link) -> None:
    links = tuple(other for other in index.get(beat, ()) if other != link)
    if links:
        index[beat] = links
    else:
        index.pop(beat, None)


def _sorted(links: Iterable[Link]) -> tuple[Link, ...]:
    return tuple(sorted(links, key=lambda link: (link.source, link.target, link.kind)))
