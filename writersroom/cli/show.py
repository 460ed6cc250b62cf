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
from writersroom.story.knowledge import knowledge
from writersroom.view.resuming import screen_at
from writersroom.view.screen import Screen
from writersroom.view.summary import summary, summary_json

if TYPE_CHECKING:
    from writersroom.room.why import Why
    from writersroom.story.weakness import Weakness


@click.command()
@parameters.session_file
@click.option("--turn", metavar="N", type=click.IntRange(min=0), help="Show how turn N came about.")
@parameters.as_json
def show(file: Path, turn: int | None, as_json: bool) -> None:
    """Tell what a session holds.

    Logline, model, cast, beats with their links, weaknesses, scenes with their takes and scores, and what it
    took; or, with --turn, who said what in one turn, what they knew, and how the text came about: model,
    seed, sampler, tokens, time, and the very prompt, made again from the session and checked by its hash.
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
    if not screen.plot.order:
        return ()
    # networkx takes a third of a second to import; a session without beats need not wait for it.
    from writersroom.story.errors import BrokenGraph  # noqa: PLC0415
    from writersroom.story.structures import STRUCTURES  # noqa: PLC0415
    from writersroom.view.weak import weaknesses_of  # noqa: PLC0415

    if screen.masthead.structure not in STRUCTURES:
        narrate(f"Unknown structure {screen.masthead.structure!r}: the plot is not held against any.")
    try:
        return weaknesses_of(screen, screen.intended)
    except BrokenGraph as error:
        narrate(f"Its weaknesses cannot be told. {error}")
        return ()


def _show_turn(archive: Archive, turn: int, *, as_json: bool) -> None:
    """The events of a turn, what was known to whoever spoke, and the prompts of what was generated."""
    archive.at_turn(turn)
    after = archive.at_turn(turn - 1).id if turn else None
    events = list(archive.events(after=after, upto_turn=turn))
    before = screen_at(archive, turn - 1) if turn else Screen()
    agent = next((event.agent for event in events if event.agent), "")
    beliefs = before.cast[agent].state.beliefs if agent in before.cast else ()
    knew = knowledge(before.plot.told, agent, beliefs=beliefs)
    # The room is what takes long to import, and only texts that were generated need it.
    texts: tuple[Why, ...] = ()
    if any(event.trace is not None for event in events):
        from writersroom.room.layouts import by_model_file  # noqa: PLC0415
        from writersroom.room.why import whys  # noqa: PLC0415

        texts = whys(archive.events(upto_turn=turn), turn, layout=by_model_file)
    if as_json:
        told = [event.model_dump(mode="json") for event in events]
        made = [text.model_dump(mode="json", exclude={"trace", "agent"}) for text in texts]
        write_json({"turn": turn, "agent": agent, "knew": knew, "events": told, "texts": made})
        return
    reader = Reader(colours=coloured())
    for event in events:
        click.echo(reader.read(event))
        for line in circumstances(event):
            write(f"         {line}")
    if agent in before.cast:
        write(f"       {agent} knew of {', '.join(knew) or 'no beat'}.")
    for text in texts:
        _show_prompt(text)


def _show_prompt(text: Why) -> None:
    """The prompt of a generated text, and whether it is the one that the model saw."""
    if text.matches is None:
        said = f"cannot be checked: {text.unchecked}"
    elif text.matches:
        said = "made again from the session; its hash is the one that was kept:"
    else:
        said = "made again from the session, but its hash is NOT the one that was kept:"
    write(f"\n       The prompt of event {text.event} ({text.template}) {said}")
    for line in text.prompt.splitlines():
        write(f"       | {line}")
