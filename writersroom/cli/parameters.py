"""What several commands take, said once."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

P = ParamSpec("P")
R = TypeVar("R")


def session_file(command: Callable[P, R]) -> Callable[P, R]:
    """The argument FILE, a session. Whether it is one, the archive says better than click would."""
    return click.argument("file", metavar="FILE", type=click.Path(path_type=Path))(command)


def as_json(command: Callable[P, R]) -> Callable[P, R]:
    """The option `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")(command)


def at_turn(text: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The option `--at TURN`, with its help."""
    return click.option("--at", metavar="TURN", type=click.IntRange(min=0), default=None, help=text)


def finite(context: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    """Callback of an option that takes a number: `nan` and `inf` are read as such, and of no use."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is no number to reckon with.", context, parameter)
    return value


def room(command: Callable[P, R]) -> Callable[P, R]:
    """The option `--room DIR`."""
    return click.option(
        "--room",
        metavar="DIR",
        type=click.Path(path_type=Path),
        default=None,
        help="The room to look in; the current folder if it is one, else your own.",
    )(command)


def _no_dash(_context: click.Context, _parameter: click.Parameter, path: Path | None) -> Path | None:
    """A dash stands for stdout, as nothing does."""
    return None if path == Path("-") else path


def force(command: Callable[P, R]) -> Callable[P, R]:
    """The option `--force`, of commands that write a file which is named."""
    return click.option("--force", is_flag=True, help="Replace the file if there is one already.")(command)


def output(command: Callable[P, R]) -> Callable[P, R]:
    """The options `-o OUT` and `--force`."""
    return click.option(
        "-o",
        "--output",
        metavar="OUT",
        type=click.Path(path_type=Path, allow_dash=True),
        default=None,
        callback=_no_dash,
        help="Write to this file instead of the terminal.",
    )(force(command))
