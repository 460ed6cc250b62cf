"""What commands say and where: data on stdout, narration on stderr, both safe to show in a terminal."""

from __future__ import annotations

import json
import os
import sys

import click

from writersroom.exits import Exit
from writersroom.view.printable import json_safe, printable


class Refused(click.ClickException):
    """A command cannot do what it was asked: one sentence for a person, and the code to leave with."""

    def __init__(self, message: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.code = code

    @property
    def exit_code(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]  # click: per class
        """The code to leave with."""
        return self.code


def narrate(text: str) -> None:
    """Tell the person something that is no data: one line on stderr."""
    click.echo(printable(text), err=True)


def write(text: str) -> None:
    """Write text on stdout, neutralised, and end the line."""
    click.echo(printable(text))


def write_raw(text: str) -> None:
    """Write a document on stdout exactly as it is, for another program; a terminal gets it neutralised."""
    click.echo(printable(text) if sys.stdout.isatty() else text, nl=not text.endswith("\n"))


def write_json(value: object, *, line: bool = False) -> None:
    """Write a value that JSON can hold on stdout: on one line, or indented for a person to read."""
    ascii_only = not _is_utf()
    separators = (",", ":") if line else None
    document = json.dumps(value, ensure_ascii=ascii_only, indent=None if line else 2, separators=separators)
    click.echo(json_safe(document))


def write_json_line(document: str) -> None:
    """Write a JSON document of one line on stdout, in whatever encoding stdout has."""
    click.echo(json_safe(document if _is_utf() else _in_ascii(document)))


def write_json_lines(documents: str) -> None:
    """Write JSON documents, each of one line, on stdout as they are, where its encoding can hold them."""
    write_raw(
        documents if _is_utf() else "".join(f"{_in_ascii(line)}\n" for line in documents.split("\n") if line)
    )


def _in_ascii(document: str) -> str:
    return json.dumps(json.loads(document), separators=(",", ":"))


def _is_utf() -> bool:
    return "utf" in (getattr(sys.stdout, "encoding", None) or "utf-8").lower()


def coloured() -> bool:
    """Whether stdout takes colours: a terminal, unless NO_COLOR (no-color.org) or TERM=dumb is set."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stdout.isatty()
