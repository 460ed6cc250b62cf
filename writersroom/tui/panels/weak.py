"""What is weak in the plot of a screen, found as the room finds it.

Imported when it is first needed: networkx, on which the plot graph stands, takes 0.4 s to load.
"""

from __future__ import annotations

from writersroom.story.errors import StoryError
from writersroom.story.graph import GraphSnapshot, PlotGraph
from writersroom.story.weaknesses import Weakness, weaknesses
from writersroom.view.screen import Screen


def weaknesses_of(screen: Screen) -> tuple[Weakness, ...]:
    """All weaknesses, those that are meant to be there too, the severest first.

    Empty where the plot is none that the story allows (a damaged file), or no such structure is known.
    """
    plot = screen.plot
    beats = {**plot.beats, **plot.cut}
    snapshot = GraphSnapshot(
        beats=tuple(beats[beat] for beat in plot.order if beat in beats), links=tuple(plot.links)
    )
    people = [member.character for member in screen.cast.values()]
    try:
        return weaknesses(PlotGraph.of(snapshot), people, screen.masthead.structure or "three_act")
    except (StoryError, ValueError):
        return ()
