"""`writersroom bench`: what the engine does on this machine, beside what others do with the same model."""

from __future__ import annotations

import json
from typing import Any

import click

from writersroom.cli.engine_options import engine_options, engine_settings
from writersroom.engine.bench.report import BenchReport, run_bench
from writersroom.engine.bench.serial import not_taken
from writersroom.engine.errors import ModelError
from writersroom.engine.files.catalogue import ServerAddress, resolve
from writersroom.engine.files.default_model import NAME
from writersroom.engine.files.model_file import require_chat_template
from writersroom.engine.opening import require_memory


@click.command()
@click.option("--model", default=NAME, show_default=True, help="Name or path of a model file.")
@click.option("--json", "as_json", is_flag=True, help="Write the figures to stdout as JSON.")
@engine_options
def bench(model: str, as_json: bool, **values: Any) -> None:
    """Measure the engine on this machine.

    The standard room (five agents, three rounds, 64 tokens a turn) is played three ways with the same model,
    threads, sampler and number of tokens: as stock programs do, as careful ones do, and by this engine; once
    with free text and once with schema-bound replies. Then batches of 1 to 16 sequences are written by the
    engine and by a bare loop. It takes a few minutes; keep the machine quiet meanwhile.
    """
    settings = engine_settings(values)
    refusal = not_taken(settings)
    if refusal is not None:
        raise click.UsageError(refusal)
    found = resolve(model)
    if isinstance(found, ServerAddress):
        raise ModelError(f"bench measures model files; {model} is a server.")
    require_chat_template(found)  # All sides lay out chats, and find that out minutes later.
    require_memory(found, settings)
    click.echo(f"{found.name} ({found.quantisation}), {settings.threads} threads", err=True)
    report = run_bench(found.path, found.name, settings, lambda line: click.echo(line, err=True))
    if as_json:
        click.echo(json.dumps(report.document(), indent=2))
    else:
        _print(report)


def _print(report: BenchReport) -> None:
    room = report.document()["room"]
    click.echo(
        f"free text:    {room['vs_stock']:.2f} times faster than stock, {room['vs_careful']:.2f} than careful"
    )
    click.echo(
        f"with schemas: {room['vs_stock_schema']:.2f} times faster than stock, "
        f"{room['vs_careful_schema']:.2f} than careful"
    )
    click.echo(f"{room['prefill_reused']:.0%} of prompt tokens came from the cache")
    for result in report.batches:
        click.echo(
            f"{result.sequences:>2} sequences: {result.tok_s:.0f} tok/s ({result.share:.0%} of a bare loop)"
        )
