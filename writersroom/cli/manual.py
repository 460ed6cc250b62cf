"""The page `docs/commands.md`, made of what the commands say of themselves.

`python -m writersroom.cli.manual` writes it; a test fails while it is out of date.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from writersroom.cli import COMMANDS, program
from writersroom.exits import MEANING

PAGE = Path("docs") / "commands.md"
"""Relative to the repository."""

_HEAD = """\
# Commands

Made by `python -m writersroom.cli.manual` from what each command says with `--help`.

Data goes to stdout, narration to stderr. With `--json` stdout holds JSON and nothing else.
"""


def manual() -> str:
    """The whole page."""
    context = click.Context(program, info_name="writersroom")
    parts = [_HEAD]
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        parts += _sections(command, click.Context(command, info_name=name, parent=context), level=2)
    codes = "\n".join(f"| {code.value} | {meaning} |" for code, meaning in MEANING.items())
    parts.append(f"## Exit codes\n\n| code | meaning |\n|---|---|\n{codes}\n")
    return "\n".join(parts)


def _sections(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    text = inspect.cleandoc(command.help or "").partition("\f")[0].strip()
    yield f"{'#' * level} {context.command_path}\n\n```\n{usage}\n```\n\n{text}\n"
    records = (parameter.get_help_record(context) for parameter in command.params)
    rows = [record for record in records if record and record[1]]
    if rows:
        lines = "\n".join(f"| `{_cell(name)}` | {_cell(told)} |" for name, told in rows)
        yield f"| option | what it does |\n|---|---|\n{lines}\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from _sections(inner, click.Context(inner, info_name=name, parent=context), level + 1)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(manual(), encoding="utf-8")
