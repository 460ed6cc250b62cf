"""`writersroom graph`: the plot graph for other programs, or as a picture."""

from __future__ import annotations

import json
from pathlib import Path

import click

from writersroom.archive import Archive
from writersroom.cli import parameters
from writersroom.cli.files import write_file
from writersroom.cli.terminal import narrate, write_json, write_raw
from writersroom.view.graph_formats import dot, graph_json, graphml, mermaid
from writersroom.view.resuming import screen_at
from writersroom.view.screen import Screen
from writersroom.view.svg import svg


@click.command()
@parameters.session_file
@parameters.at_turn("The graph as it stood after this turn; the last if not given.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["graphml", "mermaid", "dot", "svg", "json"]),
    default="mermaid",
    show_default=True,
    help="What to write.",
)
@parameters.output
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def graph(file: Path, at: int | None, form: str, output: Path | None, force: bool, as_json: bool) -> None:
    """Write the plot graph in a format other programs read.

    `svg` is a picture; `json` has each beat's place in the layout.
    """
    with Archive.open(file) as archive:
        if at is not None:
            archive.at_turn(at)
        screen = screen_at(archive, at)
    if not screen.plot.beats:
        narrate(f"There are no beats yet after turn {screen.turn}.")
    form = "json" if as_json else form
    if output is not None:
        write_file(output, _text(screen, form), replace=force)
        beats, links = len(screen.plot.beats), len(screen.plot.links)
        narrate(f"Wrote {output}: {beats} beat{'s' * (beats != 1)}, {links} link{'s' * (links != 1)}.")
    elif form == "json":
        write_json({"turn": screen.turn, **graph_json(screen.plot)})
    else:
        write_raw(_text(screen, form))


def _text(screen: Screen, form: str) -> str:
    match form:
        case "graphml":
            return graphml(screen.plot)
        case "mermaid":
            return mermaid(screen.plot)
        case "dot":
            return dot(screen.plot)
        case "svg":
            return svg(screen.plot, screen.masthead.title or screen.masthead.logline)
        case _:
            return json.dumps({"turn": screen.turn, **graph_json(screen.plot)}, indent=2) + "\n"
