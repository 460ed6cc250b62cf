"""The command `writersroom`. Each subcommand is imported when it is called, and only then.

Importing langgraph takes two seconds and textual half a one, so the table below holds all that `--help`
needs. Data goes to stdout, narration to stderr; exit codes are in `writersroom.exits`.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import io
import os
import sys
import traceback
from typing import NamedTuple, NoReturn

import click

from writersroom.exits import Exit, exit_of
from writersroom.view.printable import one_line, printable


class Entry(NamedTuple):
    """Where a command is found, and what `--help` says of it."""

    target: str
    """`module:attribute`."""
    help: str


COMMANDS: dict[str, Entry] = {
    "new": Entry("writersroom.cli.new:new", "Make a room to edit."),
    "run": Entry("writersroom.cli.run:run", "Let the room argue over LOGLINE and write the scenes."),
    "step": Entry("writersroom.cli.resume:step", "Take a number of turns more, and stop."),
    "resume": Entry("writersroom.cli.resume:resume", "Go on with a session where it stopped, to its end."),
    "replay": Entry("writersroom.cli.replay:replay", "Play a session again, without a model."),
    "demo": Entry(
        "writersroom.cli.screens:demo", "Play the session that comes with the program, with no model."
    ),
    "serve": Entry("writersroom.cli.screens:serve", "Show the same screens in a browser."),
    "branch": Entry("writersroom.cli.branch:branch", "Go on from an earlier turn, leaving the rest whole."),
    "sessions": Entry("writersroom.cli.sessions:sessions", "List the sessions there are, or search them."),
    "show": Entry("writersroom.cli.show:show", "Tell what a session holds."),
    "graph": Entry("writersroom.cli.graph:graph", "Write the plot graph in a format other programs read."),
    "export": Entry("writersroom.cli.export:export", "Write the screenplay, or the record, to a file."),
    "import": Entry("writersroom.cli.import_script:import_script", "Make a session of a finished script."),
    "score": Entry("writersroom.cli.score:score", "Tell how texts read beside human writing."),
    "critic": Entry("writersroom.cli.critic:critic", "Train the critic, test it, or tell what it is."),
    "models": Entry("writersroom.cli.models:models", "List the models there are, look at one, or fetch one."),
    "doctor": Entry("writersroom.cli.doctor:doctor", "Check what runs here, and how to mend what does not."),
    "bench": Entry("writersroom.cli.bench:bench", "Measure the engine on this machine."),
}
"""Every command, in the order in which `--help` lists them."""


class Program(click.Group):
    """Imports a command of the table when it is called, and lists all of them without importing any."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry.target.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command), entry.target
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As in click, but the names that are near to a wrong one are looked up in the table."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.exceptions.NoSuchCommand(args[0], possibilities=list(COMMANDS), ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


@click.group(
    cls=Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="writersroom-sim", prog_name="writersroom")
@click.pass_context
def program(context: click.Context) -> None:
    """A room of agents that argues over a plot graph and writes the screenplay.

    Without a command it opens on the screen: the list of sessions.
    """
    if context.invoked_subcommand is not None:
        return
    # Imported here, for no command but this one opens the list; the table above serves the others.
    screens = importlib.import_module("writersroom.cli.screens")
    resources = importlib.import_module("writersroom.resources")
    if not screens.screen_wanted(headless=False, as_json=False):
        raise click.exceptions.NoArgsIsHelpError(context)
    screens.open_home(resources.find_room(None))


def main() -> NoReturn:
    """Run the program on the command line's arguments and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(execute(sys.argv[1:]))


def execute(arguments: list[str]) -> int:
    """Run one command line; every error ends as one sentence on stderr and an exit code.

    Args:
        arguments: what follows the program's name.

    Returns:
        The exit code, one of `Exit` unless a command chose its own.
    """
    if "_WRITERSROOM_COMPLETE" in os.environ:
        program.main(arguments, prog_name="writersroom")  # A shell asks for completions; click answers it.
    try:
        with program.make_context("writersroom", arguments) as context:
            program.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as left:
        return left.exit_code
    except click.ClickException as error:
        message = io.StringIO()
        error.show(message)
        click.echo(printable(message.getvalue()), err=True, nl=False)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt, EOFError):
        click.echo("Interrupted.", err=True)
        return Exit.INTERRUPTED
    except OSError as error:
        if error.errno == errno.EPIPE:
            _give_up_stdout()
            return Exit.PIPE_CLOSED
        return _report(error)
    except Exception as error:  # noqa: BLE001  # the top level: no traceback reaches a user
        return _report(error)
    return Exit.OK


def _give_up_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush does not complain of the closed pipe."""
    with contextlib.suppress(OSError, ValueError):  # Where stdout is no file there is nothing to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report(error: Exception) -> int:
    """Say what went wrong in one sentence; `WRITERSROOM_DEBUG=1` adds the traceback."""
    if os.environ.get("WRITERSROOM_DEBUG"):
        traceback.print_exception(error)
    code = exit_of(error)
    if code is None:
        click.echo(
            f"Error: A fault of writersroom itself ({type(error).__name__}: {one_line(str(error), 300)}); "
            "set WRITERSROOM_DEBUG=1 to see where.",
            err=True,
        )
        return Exit.UNEXPECTED
    if isinstance(error, OSError) and error.strerror:
        name = f"{one_line(os.fsdecode(error.filename), 300)}: " if error.filename is not None else ""
        click.echo(f"Error: {name}{error.strerror}.", err=True)
    else:
        click.echo(f"Error: {one_line(str(error), 600)}", err=True)
    return code
