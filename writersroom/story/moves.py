"""A move is one typed change of the plot graph. The words are here; `graph.PlotGraph.apply` does the deed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from writersroom.frozen import Frozen
from writersroom.story.beats import Beat, BeatId, Link, LinkKind
from writersroom.story.emotions import Emotion
from writersroom.story.text import Name, Names, Phrase, Summary


class BeatDraft(Frozen):
    """The content of a beat that has no id yet. Fields as in `Beat`."""

    summary: Summary = Field(min_length=1)
    characters: Names = ()
    place: Phrase = ""
    act: int = Field(default=1, ge=1)
    time: float | None = Field(default=None, allow_inf_nan=False)
    """None: the time of the beat it is told after (where it is told first, of the one told next)."""
    stakes: Phrase = ""
    value_before: float = Field(default=0.0, ge=-1, le=1)
    value_after: float = Field(default=0.0, ge=-1, le=1)
    tension: float = Field(default=0.0, ge=-1, le=1)
    emotions: Mapping[Name, Emotion] = Field(default_factory=dict[str, Emotion])
    witnesses: Names | None = None
    plants: Phrase = ""


class BeatChange(Frozen):
    """New values for some fields of a beat; None leaves a field as it is."""

    summary: Summary | None = Field(default=None, min_length=1)
    characters: Names | None = None
    place: Phrase | None = None
    act: int | None = Field(default=None, ge=1)
    time: float | None = Field(default=None, allow_inf_nan=False)
    stakes: Phrase | None = None
    value_before: float | None = Field(default=None, ge=-1, le=1)
    value_after: float | None = Field(default=None, ge=-1, le=1)
    tension: float | None = Field(default=None, ge=-1, le=1)
    emotions: Mapping[Name, Emotion] | None = None
    witnesses: Names | None = None
    plants: Phrase | None = None

    @property
    def said(self) -> dict[str, object]:
        """The new values by field."""
        return {
            field: getattr(self, field)
            for field in type(self).model_fields
            if getattr(self, field) is not None
        }


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
    """Make two beats one: `absorbed` is cut, its links and characters pass to `beat`.

    Emotions, witnesses and plants are joined (`beat` wins where both say something), place and stakes filled
    where `beat` has none; the value before is that of the one told first, the value after that of the one
    told last, the tension the higher.
    """

    kind: Literal["merge"] = "merge"
    beat: BeatId
    absorbed: BeatId
    summary: Summary = Field(min_length=1)


class CutBeat(Frozen):
    """Take a beat out of the story. Its causes are joined to its effects, so the chain holds.

    A joined link says the weaker of the two it replaces (`causes` > `enables` > `precedes`); one that leads
    through a motive says `motivates`. Setups and payoffs are not joined.
    """

    kind: Literal["cut"] = "cut"
    beat: BeatId


class PlantSetup(Frozen):
    """Add a beat, told after `after` (None: at the beginning), that sets up `payoff`.

    Where the draft does not say what it plants, its summary is taken for that.
    """

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

NewBeat: TypeAlias = AddBeat | PlantSetup | PayOffSetup
"""A move that adds a beat."""


def summary_in(move: Move) -> str:
    """The words of a beat that a move brings with it; empty where it brings none."""
    match move:
        case AddBeat() | PlantSetup() | PayOffSetup():
            return move.beat.summary
        case MergeBeats():
            return move.summary
        case ReviseBeat():
            return move.change.summary or ""
        case _:
            return ""


MoveKind: TypeAlias = Literal[
    "add", "revise", "link", "unlink", "reorder", "merge", "cut", "plant", "pay_off"
]


class BeatPlaced(Frozen):
    """A beat as it stands at an index of the telling order, cut beats counted."""

    beat: Beat
    index: int = Field(ge=0)


class GraphDiff(Frozen):
    """What a move did, exactly enough to undo it and to be read.

    A beat that changed is in `before` and in `after`; one that appeared only in `after`. Cut beats stay in
    the graph with status `cut`, so nothing is ever only in `before` except in an inverse. Indices are those
    before and after the whole move; a beat that only shifts because another was put before it is not listed.
    """

    before: tuple[BeatPlaced, ...] = ()
    after: tuple[BeatPlaced, ...] = ()
    links_added: tuple[Link, ...] = ()
    links_removed: tuple[Link, ...] = ()

    @property
    def inverse(self) -> GraphDiff:
        """The diff that takes back this one."""
        return GraphDiff(
            before=self.after,
            after=self.before,
            links_added=self.links_removed,
            links_removed=self.links_added,
        )
