"""`writersroom doctor`: what would run where, and the command that mends each thing that does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from writersroom.cli import parameters
from writersroom.cli.checkup import examine
from writersroom.cli.engine_options import engine_options, engine_settings
from writersroom.cli.findings import Finding, Report
from writersroom.cli.terminal import write, write_json
from writersroom.engine.files import default_model
from writersroom.exits import Exit
from writersroom.view.printable import one_line

_MARKS = {"ok": "ok     ", "note": "note   ", "problem": "PROBLEM"}


@click.command()
@click.option("--model", default=default_model.NAME, show_default=True, help="Model, or server, to try.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")
@click.option(
    "--room",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Room whose sessions are to be kept; default: the current folder, or the program's own.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=1.0),
    callback=parameters.finite,
    default=180.0,
    show_default=True,
    metavar="SECONDS",
    help="How long the trial may take.",
)
@engine_options
@click.pass_context
def doctor(
    ctx: click.Context, model: str, as_json: bool, room: Path | None, timeout: float, **flags: Any
) -> None:
    """Check what runs here, and how to mend what does not.

    A few tokens are decoded in a process of their own, so that a crash of native code is reported and not
    suffered. Leaves with 0 if everything essential works, and with 1 otherwise.
    """
    report = examine(model, engine_settings(flags), room=room, seconds=timeout)
    if as_json:
        write_json(facts(report))
    else:
        for line in lines(report):
            write(line)
    ctx.exit(Exit.OK if report.ok else Exit.FAILED)


def facts(report: Report) -> dict[str, object]:
    """The report as JSON; docs/doctor.md describes it."""
    document = report.model_dump(mode="json")
    if report.model is not None:
        document["model"]["chat_template"] = report.model.chat_template is not None
        document["model"]["kv_heads"] = sorted(set(report.model.kv_heads))
    return document


def lines(report: Report) -> list[str]:
    """The report for a person."""
    width = max(len(finding.about) for finding in report.findings)
    told = [line for finding in report.findings for line in _told(finding, width)]
    problems = sum(finding.status == "problem" for finding in report.findings)
    if problems == 0:
        return [*told, "Everything essential works."]
    return [*told, f"{problems} problem{'s' if problems > 1 else ''} to mend."]


def _told(finding: Finding, width: int) -> list[str]:
    told = [f"{_MARKS[finding.status]}  {finding.about:<{width}}  {one_line(finding.says, 500)}"]
    if finding.mend is not None:
        told.append(f"{'':9}{'':<{width}}  mend: {finding.mend}")
    return told
