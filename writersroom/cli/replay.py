"""`writersroom replay`: a session once more, as it happened, with no model."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from writersroom.archive import Archive
from writersroom.cli import parameters
from writersroom.cli.reading_aloud import Reader
from writersroom.cli.screens import open_replay, screen_wanted
from writersroom.cli.terminal import coloured, narrate, write_json_line
from writersroom.events import Event, event_to_json
from writersroom.view.pacing import Pace, WallClock, paced


@click.command()
@parameters.session_file
@parameters.at_turn("Begin with this turn.")
@click.option(
    "--speed",
    metavar="X",
    type=click.FloatRange(min=0, min_open=True),
    callback=parameters.finite,
    help="Play X times as fast as it was recorded; without it, nothing is waited for.",
)
@click.option("--headless", is_flag=True, help="Print to the terminal rather than opening the screen.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs: one event a line.")
def replay(file: Path, at: int | None, speed: float | None, headless: bool, as_json: bool) -> None:
    """Play a session again, without a model.

    What the room said and did is read from FILE, along its current line, and shown turn by turn: on a screen,
    or printed where there is none.
    """
    if screen_wanted(headless=headless, as_json=as_json):
        open_replay(file, at=at, speed=speed)
    else:
        read_aloud(file, at=at, speed=speed, as_json=as_json)


def read_aloud(file: Path, *, at: int | None, speed: float | None, as_json: bool) -> None:
    """Print a session turn by turn.

    Args:
        file: the session.
        at: the turn to begin with; None is the first.
        speed: how many times faster than it happened; None waits for nothing.
        as_json: one event a line, as JSON.
    """
    with Archive.open(file) as archive:
        after = None
        if at is not None:
            archive.at_turn(at)
            after = archive.at_turn(at - 1).id if at > 0 else None
        events: Iterable[Event] = archive.events(after=after)
        if speed is not None:
            clock = WallClock()
            events = paced(events, Pace(clock, speed), clock.sleep)
        count, turn = 0, 0
        reader = Reader(colours=coloured())
        for event in events:
            if as_json:
                write_json_line(event_to_json(event))
            else:
                click.echo(reader.read(event))
            count, turn = count + 1, event.turn
            if speed is not None:
                sys.stdout.flush()
    narrate(f"{count} events, up to turn {turn}.")
