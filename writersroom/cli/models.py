"""`writersroom models`: which models there are, what one is, and how to get another."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Final

import click

from writersroom.cli.engine_options import engine_options, engine_settings
from writersroom.cli.terminal import Refused, narrate, write, write_json
from writersroom.engine.errors import ModelTooLarge
from writersroom.engine.files import default_model
from writersroom.engine.files.catalogue import ServerAddress, Unreadable, list_models, resolve
from writersroom.engine.files.fingerprint import sha256_of
from writersroom.engine.files.model_file import ModelFile
from writersroom.engine.memory import free_memory, memory_needed, sized
from writersroom.engine.opening import require_memory
from writersroom.engine.settings import EngineSettings
from writersroom.exits import Exit
from writersroom.view.printable import one_line

_COLUMNS: Final = ("NAME", "ARCHITECTURE", "PARAMETERS", "SIZE", "QUANTISATION", "CONTEXT", "CHAT", "FROM")


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")
@click.pass_context
def models(ctx: click.Context, as_json: bool) -> None:
    """List the models there are, look at one, or fetch one.

    Models are found in the folders of $WRITERSROOM_MODELS, in Hugging Face's cache, in Ollama's store and in
    LM Studio's folder; `smollm2` is built in.
    """
    if ctx.invoked_subcommand is None:
        _list(as_json=as_json)


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")
def list_(as_json: bool) -> None:
    """List the models that can be called by name."""
    _list(as_json=as_json)


@models.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")
@click.option("--template", is_flag=True, help="Write the chat template and nothing else.")
@engine_options
def show(name: str, as_json: bool, template: bool, **flags: Any) -> None:
    """Show what the model NAME (a name, or a path) is, its SHA-256, and the memory it needs.

    The flags are those of the engine, and count for the memory only.
    """
    settings = engine_settings(flags)
    model = resolve(name)
    if isinstance(model, ServerAddress):
        raise Refused(f"{name} is a server, not a file; ask it what it runs.", Exit.MODEL)
    if template:
        if model.chat_template is None:
            raise Refused(f"{model.name} has no chat template.")
        write(model.chat_template)
        return
    digest = _checked_digest(model)
    if as_json:
        write_json({**_facts(model), "sha256": digest, "memory": _memory(model, settings)})
        return
    for line in _description(model, digest, settings):
        write(line)
    if model.note:
        narrate(model.note)


@models.command()
@click.argument("spec", metavar="REPO[:FILE]")
@click.option("--revision", help="Branch, tag or commit, instead of the main branch.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")
def pull(spec: str, revision: str | None, as_json: bool) -> None:
    """Fetch a model from the Hugging Face Hub, or what is missing of it.

    FILE is a file of the repository or a quantisation, such as Q5_K_M. Without it the only one is taken; or
    Q8_0 if that is at most 1 GiB; or Q4_K_M or what is nearest to it. A fetch that broke off goes on where
    it was.
    """
    # Loaded here: huggingface_hub and rich take 0.7 s, and listing needs neither.
    from huggingface_hub import logging  # noqa: PLC0415

    from writersroom.cli.pulling import FileBars  # noqa: PLC0415
    from writersroom.engine.files.pull import pull as fetch  # noqa: PLC0415

    logging.set_verbosity_error()  # It would tell of each retry, across the progress bar.
    with FileBars() as bars:
        model = fetch(spec, revision=revision, on_progress=bars.show)
    try:
        require_memory(model, EngineSettings())
    except ModelTooLarge as error:
        narrate(f"Note: {error}")
    if as_json:
        write_json(_facts(model))
    else:
        narrate(f"{model.path} is whole; use it as:")
        write(model.name)


def _list(*, as_json: bool) -> None:
    found = list(list_models())
    if as_json:
        write_json([_facts(model) if isinstance(model, ModelFile) else _fault(model) for model in found])
        return
    rows = [_row(model) for model in found if isinstance(model, ModelFile)]
    for line in _aligned([_COLUMNS, *rows]):
        write(line)
    sys.stdout.flush()
    for model in found:
        if isinstance(model, Unreadable):
            narrate(f"Not usable: {one_line(model.name, 80)} ({model.source}): {model.reason}")


def _row(model: ModelFile) -> tuple[str, ...]:
    return (
        one_line(model.name),
        one_line(model.architecture, 24),
        counted(model.parameters),
        sized(model.size),
        model.quantisation,
        "?" if model.context_length is None else f"{model.context_length:,}",
        "no" if model.chat_template is None else "yes",
        model.source,
    )


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _description(model: ModelFile, digest: str, settings: EngineSettings) -> list[str]:
    need, free = memory_needed(model, settings), free_memory()
    unknown = "not stated"

    def number(value: int | None) -> str:
        return unknown if value is None else f"{value:,}"

    heads = sorted(set(model.kv_heads))
    pairs = [
        ("name", model.name),
        ("title", model.title or unknown),
        ("from", model.source),
        ("file", str(model.path) if len(model.parts) == 1 else f"{model.path} ({len(model.parts)} parts)"),
        ("size", f"{sized(model.size)} ({model.size:,} bytes)"),
        ("sha256", digest),
        ("architecture", model.architecture),
        ("parameters", f"{counted(model.parameters)} ({model.parameters:,})"),
        ("quantisation", model.quantisation),
        ("context", f"{number(model.context_length)} tokens"),
        ("layers", number(model.layers)),
        ("embedding", number(model.embedding_length)),
        (
            "heads",
            f"{number(model.heads)}, cached: {' to '.join(map(str, heads[:1] + heads[1:][-1:])) or unknown}",
        ),
        ("vocabulary", number(model.vocabulary)),
        ("chat template", f"{len(model.chat_template):,} characters" if model.chat_template else "none"),
        ("memory", f"{sized(need.total)} ({need.told(settings.n_ctx)}); {sized(free)} is free"),
    ]
    width = max(len(label) for label, _ in pairs)
    return [f"{label:<{width}}  {one_line(value, 400)}" for label, value in pairs]


def _checked_digest(model: ModelFile) -> str:
    """The SHA-256 from the file's bytes; that of the built-in model is compared with its record."""
    digest = sha256_of(*model.parts)
    record = default_model.read_record(model.path)
    if model.source == "built in" and record is not None and record.sha256 != digest:
        default_model.forget(model.path)
        raise Refused(
            f"{model.path} is not as it was made (its SHA-256 is {digest}, was {record.sha256}); it will be "
            "made anew at its next use.",
            Exit.MODEL,
        )
    return digest


def _facts(model: ModelFile) -> dict[str, object]:
    facts = model.model_dump(mode="json", exclude={"chat_template", "kv_heads"})
    return {
        **facts,
        "kv_heads": sorted(set(model.kv_heads)),
        "chat_template": model.chat_template is not None,
    }


def _fault(model: Unreadable) -> dict[str, object]:
    return model.model_dump(mode="json")


def _memory(model: ModelFile, settings: EngineSettings) -> dict[str, object]:
    need = memory_needed(model, settings)
    return {
        "weights": need.weights,
        "cache": need.cache,
        "working": need.working,
        "total": need.total,
        "free": free_memory(),
        "n_ctx": settings.n_ctx,
    }


def counted(number: int) -> str:
    """A number of parameters for a person.

    >>> counted(134_515_008)
    '135 M'
    """
    if number < 999.5e6:
        return f"{number / 1e6:.0f} M" if number >= 1e6 else f"{number:,}"
    return f"{number / 1e9:.1f} B"
