"""`writersroom branch`: another way on from an earlier turn."""

from __future__ import annotations

from pathlib import Path

import click

from writersroom.archive import SUFFIX, Archive
from writersroom.cli import parameters
from writersroom.cli.terminal import narrate, write, write_json


@click.command()
@parameters.session_file
@click.option(
    "--at", metavar="TURN", type=click.IntRange(min=0), required=True, help="Go on after this turn."
)
@click.option(
    "--session",
    metavar="NEWFILE",
    type=click.Path(path_type=Path),
    help="Make the branch a session file of its own instead of a line in FILE.",
)
@click.option("--reason", metavar="TEXT", default="", help="Why; it is kept with the branch.")
@parameters.as_json
def branch(file: Path, at: int, session: Path | None, reason: str, as_json: bool) -> None:
    """Go on from an earlier turn, leaving the rest whole.

    The session continues after TURN; what followed it before stays as a line of its own. Writes the file in
    which the new line is.
    """
    if session is None:
        with Archive.open(file, write=True) as archive:
            new = archive.branch(at, reason=reason)
            told = {"file": str(archive.path), "branch": new.id, "fork": new.fork, "turn": at}
    else:
        with Archive.open(file) as archive:
            archive.copy_branch(at, session, reason=reason)
        with Archive.open(session) as archive:
            line = archive.branches()[0]
            told = {"file": str(archive.path), "branch": line.id, "fork": None, "turn": at}
        if session.suffix != SUFFIX:
            narrate(f"`writersroom sessions` lists only files that end in {SUFFIX}.")
    narrate(f"The session goes on after turn {at}, on branch {told['branch']}.")
    if as_json:
        write_json(told)
    else:
        write(str(told["file"]))
