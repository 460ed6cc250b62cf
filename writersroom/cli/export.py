"""`writersroom export`: the screenplay as it stands, or the record of how it came about."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, cast

import click

from writersroom.archive import Archive
from writersroom.cli import parameters
from writersroom.cli.files import write_file
from writersroom.cli.terminal import Refused, narrate, write_json, write_json_lines, write_raw
from writersroom.events import Event, event_to_json
from writersroom.exits import Exit

WRITERS: Final = {
    "fountain": "writersroom.script.fountain:to_fountain",
    "markdown": "writersroom.script.markdown:to_markdown",
    "fdx": "writersroom.script.fdx:to_fdx",
    "html": "writersroom.script.html:to_html",
    "pdf": "writersroom.script.pdf:to_pdf",
}
"""What writes a screenplay in each format; imported when asked for, since a PDF needs another library."""
_JSON_LINES: Final = ("jsonl", "preferences")


@click.command()
@parameters.session_file
@click.option(
    "--format",
    "form",
    type=click.Choice([*WRITERS, *_JSON_LINES]),
    default="fountain",
    show_default=True,
    help="What to write.",
)
@parameters.at_turn("As it stood after this turn; the last if not given.")
@parameters.output
@parameters.as_json
def export(file: Path, form: str, at: int | None, output: Path | None, force: bool, as_json: bool) -> None:
    """Write the screenplay, or the record, to a file.

    The screenplay has each scene once, with the take that was chosen or else the last one. `jsonl` is the
    record: one event a line, as `replay --json` writes it. `preferences` is what the room preferred to what,
    a pair a line, in the layout that TRL's DPO trainer reads.
    """
    with Archive.open(file) as archive:
        if at is not None:
            archive.at_turn(at)
        events = archive.events(upto_turn=at)
        content = _content(events, file, form)
    if output is not None:
        write_file(output, content, replace=force)
        narrate(f"Wrote {output}.")
    elif isinstance(content, bytes):
        _refuse_bytes(form, as_json=as_json)
        sys.stdout.buffer.write(content)
        return
    if as_json:
        text = None if output is not None else content
        write_json({"format": form, "file": None if output is None else str(output), "text": text})
    elif output is None and isinstance(content, str):
        (write_json_lines if form in _JSON_LINES else write_raw)(content)


def _content(events: Iterable[Event], file: Path, form: str) -> str | bytes:
    match form:
        case "jsonl":
            return _record(events)
        case "preferences":
            return _preferences(events, file)
        case _:
            return _screenplay(events, file, form)


def _preferences(events: Iterable[Event], file: Path) -> str:
    # Reading takes needs the screenplay's package, which the record does not.
    from writersroom.critic.preferences import preferences, to_jsonl  # noqa: PLC0415

    rows = preferences(events)
    if not rows:
        raise Refused(f"{file} has no locked scene with more than one take, so nothing was preferred yet.")
    return to_jsonl(rows)


def _record(events: Iterable[Event]) -> str:
    return "".join(f"{event_to_json(event)}\n" for event in events)


def _screenplay(events: Iterable[Event], file: Path, form: str) -> str | bytes:
    # The reader of Fountain and the rest of the script package are not needed for the record.
    from writersroom.cli.session_script import screenplay_of  # noqa: PLC0415
    from writersroom.script.model import Screenplay  # noqa: PLC0415

    screenplay = screenplay_of(events)
    if not screenplay.scenes:
        raise Refused(
            f"{file} has no scene yet at this turn, and so no screenplay; `--format jsonl` has the record."
        )
    module, _, name = WRITERS[form].partition(":")
    try:
        writer = getattr(importlib.import_module(module), name)
    except ImportError as missing:
        raise Refused(str(missing)) from missing
    return cast("Callable[[Screenplay], str | bytes]", writer)(screenplay)


def _refuse_bytes(form: str, *, as_json: bool) -> None:
    if as_json or sys.stdout.isatty():
        where = "JSON" if as_json else "a terminal"
        raise Refused(f"{form} is no text and cannot go to {where}; name a file with -o.", Exit.USAGE)
