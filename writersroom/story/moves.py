"""A move is one typed change of the plot graph. These are the words; `graph.PlotGraph.apply` does the deed."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from writersroom.frozen import Frozen
from writersroom.story.beats import Beat, BeatId, Link, LinkKind
from writersroom.story.emotions import Emotion


class BeatDraft(Frozen):
    """The content of a beat that has no id yet. Fields as in `Beat`."""

    summary: str = Field(min_length=1)
    characters: tuple[str, ...] = ()
    place: str = ""
    act: int = Field(default=1, ge=1)
    time: float = 0.0
    stakes: str = ""
    value_before: float = Field(default=0.0, ge=-1, le=1)
    value_after: float = Field(default=0.0, ge=-1, le=1)
    tension: float = Field(default=0.0, ge=-1, le=1)
    emotions: dict[str, Emotion] = Field(default_factory=dict)
    witnesses: tuple[str, ...] | None = None


class BeatChange(Frozen):
    """New values for some fields of a beat; None leaves a field as it is."""

    summary: str | None = Field(default=None, min_length=1)
    characters: tuple[str, ...] | None = None
    place: str | None = None
    act: int | None = Field(default=None, ge=1)
    time: float | None = None
    stakes: str | None = None
    value_before: float | None = Field(default=None, ge=-1, le=1)
    value_after: float | None = Field(default=None, ge=-1, le=1)
    tension: float | None = Field(default=None, ge=-1, le=1)
    emotions: dict[str, Emotion] | None = None
    witnesses: tuple[str, ...] | None = None


class AddBeat(Frozen):
    """Add a beat after `after` in telling order (None: at the beginning), with links to beats that exist."""

    kind: Literal["add"] = "add"
    beat: BeatDraft
    after: BeatId | None = None
    caused_by: tuple[BeatId, ...] = ()
    causes: tuple[BeatId, ...] = ()


class ReviseBeat(Frozen):
    """Change what a beat says."""

    kind: Literal["revise"] = "revise"
    beat: BeatId
    change: BeatChange


class AddLink(Frozen):
    """Join two beats."""

    kind: Literal["link"] = "link"
    source: BeatId
    target: BeatId
    link: LinkKind


class RemoveLink(Frozen):
    """Part two beats."""

    kind: Literal["unlink"] = "unlink"
    source: BeatId
    target: BeatId
    link: LinkKind


class ReorderBeat(Frozen):
    """Tell a beat after another (None: first)."""

    kind: Literal["reorder"] = "reorder"
    beat: BeatId
    after: BeatId | None


class MergeBeats(Frozen):
    """Make two beats one: `absorbed` is cut, its links and characters pass to `beat`."""

    kind: Literal["merge"] = "merge"
    beat: BeatId
    absorbed: BeatId
    summary: str = Field(min_length=1)


class CutBeat(Frozen):
    """Take a beat out of the story. Its causes are joined to its effects, so the chain holds."""

    kind: Literal["cut"] = "cut"
    beat: BeatId


class PlantSetup(Frozen):
    """Add a beat, told after `after`, that sets up `payoff`."""

    kind: Literal["plant"] = "plant"
    beat: BeatDraft
    payoff: BeatId
    after: BeatId | None = None


class PayOffSetup(Frozen):
    """Add a beat, told after `after`, that pays off `setup`."""

    kind: Literal["pay_off"] = "pay_off"
    beat: BeatDraft
    setup: BeatId
    after: BeatId


Move: TypeAlias = Annotated[
    AddBeat
    | ReviseBeat
    | AddLink
    | RemoveLink
    | ReorderBeat
    | MergeBeats
    | CutBeat
    | PlantSetup
    | PayOffSetup,
    Field(discriminator="kind"),
]


class BeatPlaced(Frozen):
    """A beat as it stands at an index of the telling order."""

    beat: Beat
    index: int


class GraphDiff(Frozen):
    """What a move did, exactly enough to undo it and to be read.

    A beat that changed is in `before` and in `after`; one that appeared only in `after`. Cut beats stay in
    the graph with status `cut`, so nothing is ever only in `before` except through undo.
    """

    before: tuple[BeatPlaced, ...] = ()
    after: tuple[BeatPlaced, ...] = ()
    links_added: tuple[Link, ...] = ()
    links_removed: tuple[Link, ...] = ()
