"""`writersroom show`: what a session holds, or how one turn of it came about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from writersroom.archive import Archive
from writersroom.cli import parameters
from writersroom.cli.reading_aloud import Reader
from writersroom.cli.session_page import circumstances, page
from writersroom.cli.terminal import coloured, narrate, write, write_json
from writersroom.view.cast import knowledge
from writersroom.view.resuming import screen_at
from writersroom.view.screen import Screen
from writersroom.view.summary import summary, summary_json

if TYPE_CHECKING:
    from writersroom.story.weakness import Weakness


@click.command()
@parameters.session_file
@click.option("--turn", metavar="N", type=click.IntRange(min=0), help="Show how turn N came about.")
@parameters.as_json
def show(file: Path, turn: int | None, as_json: bool) -> None:
    """Tell what a session holds.

    Logline, model, cast, beats with their links, weaknesses, scenes with their takes and scores, and what it
    took; or, with --turn, who said what in one turn, what they knew, and how the text came about.
    """
    with Archive.open(file) as archive:
        if turn is not None:
            _show_turn(archive, turn, as_json=as_json)
            return
        held = summary(archive.events())
    weaknesses = _weaknesses(held.screen)
    if as_json:
        write_json(summary_json(held, [weakness.model_dump(mode="json") for weakness in weaknesses]))
    else:
        write(page(held, weaknesses))


def _weaknesses(screen: Screen) -> Sequence[Weakness]:
    """What is weak in the plot; nothing, with a word on stderr, where that cannot be told."""
    plot = screen.plot
    if not plot.order:
        return ()
    # networkx takes a third of a second to import; a session without beats need not wait for it.
    from writersroom.story.errors import BrokenGraph  # noqa: PLC0415
    from writersroom.story.graph import GraphSnapshot, PlotGraph  # noqa: PLC0415
    from writersroom.story.structures import STRUCTURES  # noqa: PLC0415
    from writersroom.story.weaknesses import weaknesses  # noqa: PLC0415

    structure = screen.masthead.structure
    if structure not in STRUCTURES:
        narrate(f"Unknown structure {structure!r}: the plot is not held against any.")
        structure = "none"
    everyone = plot.beats | plot.cut
    kept = GraphSnapshot(beats=tuple(everyone[beat] for beat in plot.order), links=plot.links)
    try:
        graph = PlotGraph.of(kept)
    except BrokenGraph as error:
        narrate(f"Its weaknesses cannot be told. {error}")
        return ()
    cast = [member.character for member in screen.cast.values()]
    return weaknesses(graph, cast, structure, screen.intended)


def _show_turn(archive: Archive, turn: int, *, as_json: bool) -> None:
    """The events of a turn, and what was known to whoever spoke."""
    archive.at_turn(turn)
    after = archive.at_turn(turn - 1).id if turn else None
    events = list(archive.events(after=after, upto_turn=turn))
    before = screen_at(archive, turn - 1) if turn else Screen()
    agent = next((event.agent for event in events if event.agent), "")
    known = knowledge(before.cast, before.plot.told).get(agent, frozenset[str]())
    knew = [beat.id for beat in before.plot.told if beat.id in known]
    if as_json:
        told = [event.model_dump(mode="json") for event in events]
        write_json({"turn": turn, "agent": agent, "knew": knew, "events": told})
        return
    reader = Reader(colours=coloured())
    for event in events:
        click.echo(reader.read(event))
        for line in circumstances(event):
            write(f"         {line}")
    if agent in before.cast:
        write(f"       {agent} knew of {', '.join(knew) or 'no beat'}.")
