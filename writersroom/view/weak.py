"""What is weak in the plot of a screen, found as the room finds it.

Imported when it is first needed: networkx, on which the plot graph stands, takes 0.4 s to load.
"""

from __future__ import annotations

from collections.abc import Collection

from writersroom.story.graph import GraphSnapshot, PlotGraph
from writersroom.story.structures import STRUCTURES
from writersroom.story.weaknesses import Weakness, weaknesses
from writersroom.view.screen import Screen


def weaknesses_of(screen: Screen, intended: Collection[str] = frozenset()) -> tuple[Weakness, ...]:
    """What is weak, the severest first; a plot of an unknown structure is held against none.

    Args:
        screen: a session as it stands.
        intended: keys of weaknesses that are passed over; `screen.intended` has those that are meant.

    Raises:
        BrokenGraph: the plot is none that the story allows; the file was damaged.
    """
    plot = screen.plot
    beats = {**plot.beats, **plot.cut}
    snapshot = GraphSnapshot(beats=tuple(beats[beat] for beat in plot.order), links=tuple(plot.links))
    people = [member.character for member in screen.cast.values()]
    structure = screen.masthead.structure
    return weaknesses(
        PlotGraph.of(snapshot), people, structure if structure in STRUCTURES else "none", intended
    )
