"""How the room's panels share a terminal: pure geometry, in cells.

A plan is a tree of splits down to tiles; a tile shows one of its panels. Between two halves lies a seam: side
by side it is a column of its own, one above the other it is the lower half's head. Every tile has a head, one
line with the names of its panels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal, TypeAlias

from textual.geometry import Region

from writersroom.frozen import Frozen

PANELS: Final = ("debate", "plot", "script", "takes", "cast", "critic")
"""Every panel, in the order in which Tab goes through them."""

LEAST_WIDTH: Final = 18
LEAST_HEIGHT: Final = 4
"""Smallest tile that a seam can be drawn to, its head included."""


class Tile(Frozen):
    """A place where one of some panels is seen."""

    panels: tuple[str, ...]


class Split(Frozen):
    """A place cut in two."""

    seam: str
    """Name of the seam: how far along it lies is remembered by it."""
    way: Literal["across", "down"]
    """`across`: the halves lie side by side; `down`: one above the other."""
    share: float
    """Of the first half, 0..1, until somebody moves the seam."""
    first: Plan
    second: Plan


Plan: TypeAlias = Tile | Split
Split.model_rebuild()


class Head(Frozen):
    """The line above a tile."""

    region: Region
    panels: tuple[str, ...]
    seam: str = ""
    """The seam that this line is, too; empty where there is none above."""


class Seam(Frozen):
    """What lies between two halves, and can be dragged."""

    name: str
    way: Literal["across", "down"]
    line: Region
    """Where it is drawn, and can be taken hold of."""
    whole: Region
    """What is shared out by it."""
    share: float


class Laid(Frozen):
    """Where everything is."""

    panels: Mapping[str, Region]
    """The panels that are seen; none overlaps another, nor a head or an upright seam."""
    heads: tuple[Head, ...]
    seams: tuple[Seam, ...]


def plan_for(width: int, height: int) -> Plan:
    """How to share a terminal of this size."""
    if width >= 150 and height >= 30:
        middle = Split(
            seam="middle",
            way="down",
            share=0.56,
            first=Tile(panels=("plot",)),
            second=Tile(panels=("script", "takes")),
        )
        side = Split(
            seam="side", way="down", share=0.56, first=Tile(panels=("cast",)), second=Tile(panels=("critic",))
        )
        right = Split(seam="right", way="across", share=0.56, first=middle, second=side)
        return Split(seam="debate", way="across", share=0.36, first=Tile(panels=("debate",)), second=right)
    if width >= 100 and height >= 34:
        upper, lower = Tile(panels=("plot", "cast")), Tile(panels=("script", "takes", "critic"))
        right = Split(seam="halves", way="down", share=0.5, first=upper, second=lower)
        return Split(seam="pair", way="across", share=0.5, first=Tile(panels=("debate",)), second=right)
    if width >= 76:
        rest = Tile(panels=PANELS[1:])
        return Split(seam="pair", way="across", share=0.54, first=Tile(panels=("debate",)), second=rest)
    return Tile(panels=PANELS)


def tiles_of(plan: Plan) -> Iterator[Tile]:
    """The tiles of a plan, from the left and from above."""
    if isinstance(plan, Tile):
        yield plan
    else:
        yield from tiles_of(plan.first)
        yield from tiles_of(plan.second)


def laid(plan: Plan, region: Region, shares: Mapping[str, float], seen: Mapping[str, str]) -> Laid:
    """Lay a plan out.

    Args:
        plan: what to share out.
        region: where.
        shares: how far along the seams lie that somebody moved, by name.
        seen: of each tile with several panels, by its first, which one is seen.
    """
    panels: dict[str, Region] = {}
    heads: list[Head] = []
    seams: list[Seam] = []

    def put(plan: Plan, region: Region, above: str) -> None:
        if isinstance(plan, Tile):
            heads.append(
                Head(
                    region=Region(region.x, region.y, region.width, 1),
                    panels=plan.panels,
                    seam=above,
                )
            )
            panels[seen.get(plan.panels[0], plan.panels[0])] = Region(
                region.x, region.y + 1, region.width, max(0, region.height - 1)
            )
            return
        across = plan.way == "across"
        whole = region.width - 1 if across else region.height
        least = LEAST_WIDTH if across else LEAST_HEIGHT
        share = shares.get(plan.seam, plan.share)
        size = min(max(round(whole * share), min(least, whole // 2)), max(whole - least, whole // 2))
        if across:
            first, rest = region.split_vertical(size)
            line, second = rest.split_vertical(1)
        else:
            first, second = region.split_horizontal(size)
            line = Region(second.x, second.y, second.width, 1)
        seams.append(Seam(name=plan.seam, way=plan.way, line=line, whole=region, share=share))
        put(plan.first, first, above)
        put(plan.second, second, above if across else plan.seam)

    put(plan, region, "")
    return Laid(panels=panels, heads=tuple(heads), seams=tuple(seams))


def share_at(seam: Seam, x: int, y: int) -> float:
    """How far along a seam lies that is dragged to a cell."""
    if seam.way == "across":
        share = (x - seam.whole.x) / max(1, seam.whole.width - 1)
    else:
        share = (y - seam.whole.y) / max(1, seam.whole.height)
    return min(0.95, max(0.05, share))


def seam_beside(plan: Plan, panel: str) -> tuple[Split, bool] | None:
    """The nearest split round a panel, and whether the panel is in its first half."""
    if isinstance(plan, Tile):
        return None
    for half, first in ((plan.first, True), (plan.second, False)):
        if any(panel in tile.panels for tile in tiles_of(half)):
            return seam_beside(half, panel) or (plan, first)
    return None
