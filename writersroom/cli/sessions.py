"""`writersroom sessions`: which sessions there are, and in which of them some words occur."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from writersroom.archive import SessionHits, SessionSummary, list_sessions, search_sessions
from writersroom.cli import parameters
from writersroom.cli.terminal import narrate, write, write_json
from writersroom.resources import find_room
from writersroom.view.printable import one_line


@click.command()
@click.option(
    "--search", metavar="TEXT", help='Show where these words occur together; "quoted" ones as a phrase.'
)
@parameters.room
@parameters.as_json
def sessions(search: str | None, room: Path | None, as_json: bool) -> None:
    """List the sessions there are, or search them.

    They are those of the room, the one that went on last first.
    """
    folder = find_room(room).sessions
    if search is not None:
        _write_hits(search_sessions(folder, search), search, as_json=as_json)
        return
    found = list_sessions(folder)
    if as_json:
        write_json([_summary_json(session) for session in found])
        return
    for session in found:
        _write_summary(session)
    if not found:
        narrate(f"There are no sessions in {folder}.")


def _write_summary(session: SessionSummary) -> None:
    when = session.modified.astimezone().strftime("%Y-%m-%d %H:%M")
    if session.problem:
        write(f"{when}  {one_line(str(session.path))}\n    cannot be read: {one_line(session.problem, 300)}")
        return
    score = "" if session.last_score is None else f", D {session.last_score:.2f}"
    lines = "" if session.branches == 1 else f", {session.branches} branches"
    write(f"{when}  {one_line(str(session.path))}  ({session.turns} turns{lines}{score})")
    for text in (session.title, session.logline):
        if text:
            write(f"    {one_line(text, 100)}")
    if session.last_line:
        speaker = f"{one_line(session.last_speaker, 40)}: " if session.last_speaker else ""
        write(f"    last: {speaker}{one_line(session.last_line, 80)}")


def _summary_json(session: SessionSummary) -> dict[str, object]:
    return {
        "file": str(session.path),
        "problem": session.problem,
        "modified": session.modified.isoformat(),
        "title": session.title,
        "logline": session.logline,
        "turns": session.turns,
        "branches": session.branches,
        "last": {"speaker": session.last_speaker, "line": session.last_line},
        "d": session.last_score,
    }


def _write_hits(found: Sequence[SessionHits], text: str, *, as_json: bool) -> None:
    if as_json:
        write_json(
            [
                {
                    "file": str(session.path),
                    "problem": session.problem,
                    "title": session.title,
                    "logline": session.logline,
                    "hits": [hit.model_dump(mode="json") for hit in session.hits],
                }
                for session in found
            ]
        )
        return
    for session in found:
        name = one_line(str(session.path))
        if session.problem:
            narrate(f"{name} was not searched: {one_line(session.problem, 300)}")
            continue
        title = one_line(session.title or session.logline, 60)
        write(f"{name}{f'  {title}' if title else ''}")
        for hit in session.hits:
            who = f" {one_line(hit.agent, 40)}" if hit.agent else ""
            write(f"    turn {hit.turn}{who}: {one_line(hit.excerpt, 200)}")
    if not any(session.hits for session in found):
        narrate(f"No session has {one_line(text, 80)!r} in it.")
