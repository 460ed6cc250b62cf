"""The program as a whole: its table of commands, and every error one sentence and a code."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from tests.cli.conftest import Writersroom
from writersroom.cli import COMMANDS, Entry, execute, main, program
from writersroom.cli.files import write_file
from writersroom.cli.manual import PAGE, manual
from writersroom.cli.terminal import Refused, coloured, narrate, write_json, write_raw
from writersroom.engine.errors import ModelNotFound
from writersroom.exits import MEANING, Exit, exit_of

PROGRAM = [sys.executable, "-m", "writersroom"]


def test_help_lists_every_command_with_what_it_says_of_itself(writersroom: Writersroom) -> None:
    shown = writersroom("--help")
    assert shown.code == Exit.OK
    for name, entry in COMMANDS.items():
        assert f"  {name} " in shown.out
        assert entry.help in " ".join(shown.out.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_the_command_says(name: str) -> None:
    command = program.get_command(click.Context(program), name)
    assert command is not None
    assert command.get_short_help_str(limit=200) == COMMANDS[name].help


def test_every_exit_code_is_explained() -> None:
    assert set(MEANING) == set(Exit)


def test_the_manual_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / PAGE
    assert page.read_text(encoding="utf-8") == manual(), "run `python -m writersroom.cli.manual`"


def test_a_misspelt_command_is_told_what_is_near(writersroom: Writersroom) -> None:
    ran = writersroom("sohw")
    assert ran.code == Exit.USAGE
    assert "show" in ran.err
    assert ran.out == ""


def test_an_unknown_option_is_a_matter_of_usage(writersroom: Writersroom) -> None:
    assert writersroom("--nonsense").code == Exit.USAGE
    assert writersroom("show").code == Exit.USAGE
    assert writersroom().code == Exit.USAGE


def a_command_that_raises(error: BaseException) -> click.Command:
    @click.command()
    def failing() -> None:
        raise error

    return failing


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Refused("No.\x07\x9b", Exit.BUSY), Exit.BUSY, "Error: No.␇<U+009B>\n"),
        (ModelNotFound("No model is called x."), Exit.MODEL, "Error: No model is called x.\n"),
        (
            FileNotFoundError(2, "No such file or directory", "a\x1bb"),
            Exit.INPUT,
            "a␛b: No such file or directory.\n",
        ),
        (FileNotFoundError("This is no room."), Exit.INPUT, "Error: This is no room.\n"),
        (OSError(28, "No space left on device"), Exit.FAILED, "Error: No space left on device.\n"),
        (KeyboardInterrupt(), Exit.INTERRUPTED, "Interrupted.\n"),
        (click.Abort(), Exit.INTERRUPTED, "Interrupted.\n"),
        (ZeroDivisionError("a\nb"), Exit.UNEXPECTED, "(ZeroDivisionError: a b)"),
        (BrokenPipeError(32, "Broken pipe"), Exit.PIPE_CLOSED, ""),
    ],
)
def test_errors_end_in_one_sentence_and_a_code(
    writersroom: Writersroom, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: Exit, said: str
) -> None:
    monkeypatch.setitem(COMMANDS, "fail", Entry("tests.cli.test_program:failing", "Fail."))
    monkeypatch.setattr(sys.modules[__name__], "failing", a_command_that_raises(error), raising=False)
    ran = writersroom("fail")
    assert ran.code == code
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert ran.err.count("\n") <= 2


def test_who_mends_the_program_gets_the_traceback(
    writersroom: Writersroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COMMANDS, "fail", Entry("tests.cli.test_program:failing", "Fail."))
    monkeypatch.setattr(
        sys.modules[__name__], "failing", a_command_that_raises(ZeroDivisionError()), raising=False
    )
    monkeypatch.setenv("WRITERSROOM_DEBUG", "1")
    assert "Traceback" in writersroom("fail").err


def test_a_code_is_that_of_the_nearest_base_that_has_one() -> None:
    class Odd(ModelNotFound):
        pass

    assert exit_of(Odd("x")) is Exit.MODEL
    assert exit_of(ValueError("x")) is None


def test_narration_goes_to_stderr_and_is_neutralised(capsys: pytest.CaptureFixture[str]) -> None:
    narrate("a\x1b]0;x\x07b")
    write_json({"text": "\x9b\u202e"}, line=True)
    write_raw("raw\n")
    captured = capsys.readouterr()
    assert captured.err == "a␛]0;x␇b\n"
    assert captured.out == '{"text":"\\u009b\\u202e"}\nraw\n'


@pytest.mark.parametrize("variable", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_are_a_matter_of_the_terminal(
    monkeypatch: pytest.MonkeyPatch, variable: dict[str, str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert coloured()
    for name, value in variable.items():
        monkeypatch.setenv(name, value)
    assert not coloured()


def test_the_module_runs_as_the_program_does() -> None:
    ran = subprocess.run([*PROGRAM, "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("writersroom, version ")


def test_a_reader_that_goes_away_ends_it_quietly(played: Path) -> None:
    # More than a pipe holds, so that writing fails while there is still something to write.
    loop = 'for i in 1 2 3; do "$@"; echo $? >&2; done | head -n 1'
    process = subprocess.Popen(
        ["bash", "-c", loop, "bash", *PROGRAM, "replay", "--json", str(played)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    out, err = process.communicate()
    assert out.count("\n") == 1
    assert "Traceback" not in err
    assert "Exception" not in err
    assert str(Exit.PIPE_CLOSED.value) in err.split()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is no signal of this kind there")
def test_ctrl_c_ends_it_with_130(played: Path) -> None:
    process = subprocess.Popen(
        [*PROGRAM, "replay", "--speed", "0.0001", str(played)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        # A process that runs tests for others ignores the signal, and hands that down.
        preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == Exit.INTERRUPTED
    assert err.decode().strip() == "Interrupted."


def test_main_leaves_with_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["writersroom", "nonsense"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == Exit.USAGE
    assert "nonsense" in capsys.readouterr().err


def test_a_shell_is_told_the_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_WRITERSROOM_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "writersroom ")
    monkeypatch.setenv("COMP_CWORD", "1")
    with pytest.raises(SystemExit):
        execute([])
    assert {line.partition(",")[2] for line in capsys.readouterr().out.splitlines()} == set(COMMANDS)


def test_an_output_whose_writing_fails_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.write_text("old")

    def full(source: str, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(Refused, match="No space left") as refused:
        write_file(out, "new", replace=True)
    assert refused.value.exit_code == Exit.OUTPUT
    assert out.read_text() == "old"
    assert os.listdir(tmp_path) == ["out"]
