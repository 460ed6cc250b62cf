"""What a plot graph is made of: beats and the links between them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from pydantic import Field

from writersroom.frozen import Frozen
from writersroom.story.emotions import Emotion
from writersroom.story.text import Name, Names, Phrase, Summary

BeatId: TypeAlias = str
"""`b1`, `b2`, …: given once, never reused."""


class Status(StrEnum):
    """How far a beat has come."""

    PITCHED = "pitched"
    ADOPTED = "adopted"
    DRAFTED = "drafted"
    LOCKED = "locked"
    CUT = "cut"


class LinkKind(StrEnum):
    """What one beat is to another."""

    CAUSES = "causes"
    ENABLES = "enables"
    MOTIVATES = "motivates"
    PRECEDES = "precedes"
    SETS_UP = "sets_up"
    """From a setup to its payoff."""


LINK_WORDS: Mapping[LinkKind, str] = MappingProxyType(
    {
        LinkKind.CAUSES: "causes",
        LinkKind.ENABLES: "enables",
        LinkKind.MOTIVATES: "motivates",
        LinkKind.PRECEDES: "precedes",
        LinkKind.SETS_UP: "sets up",
    }
)
"""How a link is read aloud: `b1 causes b2`."""

ORDERING = frozenset({LinkKind.CAUSES, LinkKind.ENABLES, LinkKind.PRECEDES})
"""Together these stay acyclic. They order the story's world, not its telling: see `graph.PlotGraph`."""

CAUSAL = frozenset({LinkKind.CAUSES, LinkKind.ENABLES, LinkKind.MOTIVATES})
"""Why something happens: the relations of a causal network (Trabasso & van den Broek 1985)."""


class Beat(Frozen):
    """Something that happens, to whom, where, at what cost."""

    id: BeatId
    summary: Summary
    characters: Names = ()
    """Names of those who act or are acted on."""
    place: Phrase = ""
    act: int = Field(default=1, ge=1)
    time: float = Field(default=0.0, allow_inf_nan=False)
    """When it happens in the story's world; any unit, only the order counts. Telling order is the graph's."""
    stakes: Phrase = ""
    value_before: float = Field(default=0.0, ge=-1, le=1)
    """The value at stake for the protagonist as the beat begins: -1 all is lost, 1 all is won."""
    value_after: float = Field(default=0.0, ge=-1, le=1)
    tension: float = Field(default=0.0, ge=-1, le=1)
    """How much an audience fears for the outcome: -1 at rest, 1 unbearable."""
    emotions: Mapping[Name, Emotion] = Field(default_factory=dict[str, Emotion])
    """What each character present feels."""
    witnesses: Names | None = None
    """Who sees it happen; None means exactly its characters."""
    plants: Phrase = ""
    """What is shown here so that it can matter later (a gun, a promise); empty: nothing is planted."""
    status: Status = Status.ADOPTED

    @property
    def seen_by(self) -> tuple[str, ...]:
        """Who knows of this beat at first hand."""
        return self.characters if self.witnesses is None else self.witnesses

    @property
    def turn(self) -> float:
        """How far the beat moves the value at stake: -2..2, 0 where nothing turns."""
        # Rounded, so that 0.4 to 0.7 is 0.3 and not a little less.
        return round(self.value_after - self.value_before, 6)


class Link(Frozen):
    """One typed edge. At most one of a kind between two beats."""

    source: BeatId
    target: BeatId
    kind: LinkKind

    def __hash__(self) -> int:
        return hash((self.source, self.target, self.kind))
