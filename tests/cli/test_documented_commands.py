"""Every command that the documentation shows exists, and has the options that it is shown with."""

from __future__ import annotations

import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from writersroom.cli import COMMANDS, program
from writersroom.cli.manual import PAGE

ROOT = Path(__file__).parents[2]
MADE = ROOT / PAGE
"""Made of what the commands say of themselves, in the notation of usage lines."""
PAGES = sorted({ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "agents").glob("*.md")} - {MADE})
BENCHMARKS = sorted((ROOT / "benchmarks").glob("*.py"))

_BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+(?:\n[^`\n]+)?)`")
_ENDS = {"&&", "||", "|", ">", ";"}


class Shown(NamedTuple):
    """A command line of the documentation."""

    words: tuple[str, ...]
    whole: bool
    """Whether it stands in a block, to be typed as it is; in a sentence its arguments may be left out."""


def shown(text: str) -> Iterator[Shown]:
    """The command lines of a page."""
    for block in _BLOCK.findall(text):
        for line in block.splitlines():
            for words in _simple(line):
                yield Shown(words, whole=True)
    for code in _INLINE.findall(_BLOCK.sub("", text)):
        for words in _simple(code):
            yield Shown(words, whole=False)


def _simple(line: str) -> Iterator[tuple[str, ...]]:
    """A line of a shell as its single commands."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:  # A quotation mark in a sentence.
        words = line.split()
    command: list[str] = []
    for word in [*words, ";"]:
        if word in _ENDS:
            yield tuple(command)
            command = []
        else:
            command.append(word)


def arguments(command: Shown) -> list[str] | None:
    """What follows the program's name; None where the command is not of this program."""
    words = list(command.words)
    if words[:2] == ["uv", "run"]:
        del words[:2]
    if words and Path(words[0]).name == "writersroom":
        return words[1:]
    return words if not command.whole and len(words) > 1 and words[0] in COMMANDS else None


def wrong(command: Shown, given: list[str]) -> str:
    """What the program would say against a command line; empty where nothing."""
    inner: click.Command = program
    context = program.make_context("writersroom", list(given))
    rest = ["1" if word == "N" else word for word in given]  # N is any number.
    try:
        while rest and isinstance(inner, click.Group) and not rest[0].startswith("-"):
            name, found, rest = inner.resolve_command(context, rest)
            assert found is not None
            inner = found
            if isinstance(found, click.Group):
                context = click.Context(found, info_name=name, parent=context)
        inner.make_context(inner.name, rest, parent=context)
    except click.exceptions.NoArgsIsHelpError:
        return ""
    except (click.MissingParameter, click.BadOptionUsage) as error:  # Something is not given.
        return error.format_message() if command.whole else ""
    except click.UsageError as error:
        return error.format_message()
    return ""


def _options(command: click.Command) -> Iterator[str]:
    for parameter in command.params:
        yield from (*parameter.opts, *parameter.secondary_opts)
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _options(inner)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_of_a_page_exist(page: Path) -> None:
    lines = [(one, arguments(one)) for one in shown(page.read_text(encoding="utf-8"))]
    said = {" ".join(given): wrong(one, given) for one, given in lines if given is not None}
    assert {given: why for given, why in said.items() if why} == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_options_that_a_page_names_exist(page: Path) -> None:
    known = {*_options(program), "--help"}
    named = {one.words[0] for one in shown(page.read_text(encoding="utf-8")) if one.words}
    assert {word for word in named if word.startswith("--")} <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_modules_that_a_page_runs_exist(page: Path) -> None:
    for one in shown(page.read_text(encoding="utf-8")):
        for flag, module in zip(one.words, one.words[1:], strict=False):
            if flag == "-m" and module.startswith("writersroom"):
                assert importlib.util.find_spec(module) is not None, module


def test_a_command_that_is_not_there_is_seen() -> None:
    """The reading above finds what it is for."""
    text = """
```
python3 -m pip install uv && uv run writersroom rum "A boat." | less   # a comment
writersroom show a.room --turns 3
writersroom graph a.room --format gif
writersroom show
```
In a sentence `writersroom show`, `show --at 3` and `branch --at N`.
"""
    lines = [(one, arguments(one)) for one in shown(text)]
    faults = [" ".join(given) for one, given in lines if given is not None and wrong(one, given)]
    assert faults == [
        "rum A boat.",
        "show a.room --turns 3",
        "graph a.room --format gif",
        "show",
        "show --at 3",
    ]


@pytest.mark.parametrize("script", BENCHMARKS, ids=lambda script: script.name)
def test_a_benchmark_says_how_it_is_run(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    shared = (ROOT / "benchmarks" / "critic_data.py").read_text(encoding="utf-8")
    known = text + shared if "from benchmarks.critic_data import" in text else text
    runs = re.findall(r"python benchmarks/(\w+\.py)([^`]*)", text.partition('"""\n\n')[0])
    for name, options in runs:
        assert name == script.name
        assert {f'"{option}"' for option in re.findall(r"--[a-z-]+", options)} <= set(
            re.findall(r'"--[a-z-]+"', known)
        )


def test_the_benchmarks_that_a_page_names_exist() -> None:
    for page in PAGES:
        for path in re.findall(r"benchmarks/[\w/-]+(?:\.\w+)+", page.read_text(encoding="utf-8")):
            assert (ROOT / path).is_file(), f"{page.name}: {path}"
