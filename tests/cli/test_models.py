"""`writersroom models`: list, show and pull, as a person or a program calls them."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants
from rich.console import Console

from tests.engine.files.hub import Hub, running_hub
from tests.engine.files.making import TEMPLATE, write_model
from writersroom.cli import execute
from writersroom.cli.models import counted
from writersroom.cli.pulling import FileBars
from writersroom.engine import memory
from writersroom.engine.files.fingerprint import sha256_of
from writersroom.engine.files.pull import Progress
from writersroom.exits import Exit

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "models.md"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder with models, apart from the built-in one."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv("WRITERSROOM_MODELS", str(folder))
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "no-ollama"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    write_model(folder / "tiny-Q8_0.gguf")
    return folder


def keys_documented(heading: str) -> set[str]:
    """Keys that the documentation's table under a heading names."""
    section = DOCUMENTATION.read_text("utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))


@pytest.mark.parametrize("command", [["models"], ["models", "list"]])
def test_the_list_has_a_line_for_each_model(
    command: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "broken.gguf").write_bytes(b"GGUF")
    assert execute(command) == Exit.OK
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0].split()[:3] == ["NAME", "ARCHITECTURE", "PARAMETERS"]
    assert [line.split()[0] for line in lines[1:3]] == ["smollm2", "tiny-Q8_0"]
    assert len({line.index("llama") for line in lines[1:3]}) == 1  # In columns.
    assert "Not usable: broken (folder):" in err
    assert "cut short or damaged" in err


def test_the_list_for_programs_is_as_documented(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "broken.gguf").write_bytes(b"GGUF")
    assert execute(["models", "--json"]) == Exit.OK
    listed: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    by_name = {model["name"]: model for model in listed}
    assert by_name["tiny-Q8_0"]["path"] == str(folder / "tiny-Q8_0.gguf")
    assert by_name["tiny-Q8_0"]["kv_heads"] == [2]
    assert by_name["tiny-Q8_0"]["chat_template"] is True
    assert set(by_name["smollm2"]) == keys_documented("As JSON") - {"sha256", "memory", "reason"}
    assert set(by_name["broken"]) == {"name", "source", "path", "reason"}


def test_show_tells_the_facts_and_the_hash(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert execute(["models", "show", "tiny-q8_0"]) == Exit.OK
    out = capsys.readouterr().out
    assert sha256_of(folder / "tiny-Q8_0.gguf") in out
    assert "A Tiny Model" in out
    assert execute(["models", "show", "tiny-Q8_0", "--json", "--n-ctx", "512"]) == Exit.OK
    facts: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert set(facts) == keys_documented("As JSON") - {"reason"}
    assert facts["memory"]["n_ctx"] == 512
    assert facts["memory"]["total"] == sum(facts["memory"][part] for part in ("weights", "cache", "working"))


def test_show_can_write_the_template_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["models", "show", "tiny-Q8_0", "--template"]) == Exit.OK
    assert capsys.readouterr().out == f"{TEMPLATE}\n"
    write_model(folder / "base.gguf", template=None)
    assert execute(["models", "show", "base", "--template"]) == Exit.FAILED
    assert "base has no chat template" in capsys.readouterr().err


def test_show_refuses_what_is_no_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["models", "show", "http://localhost:1/v1"]) == Exit.MODEL
    assert execute(["models", "show", "tinny-Q8_0"]) == Exit.MODEL
    assert "near it are tiny-Q8_0" in capsys.readouterr().err
    assert execute(["models", "show", "no\x1b[2Jsuch"]) == Exit.MODEL
    assert "\x1b" not in capsys.readouterr().err


def test_show_finds_a_built_in_model_that_rotted(
    tmp_path: Path, model_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(model_path.parent, tmp_path / "models")
    monkeypatch.setenv("WRITERSROOM_CACHE", str(tmp_path))
    assert execute(["models", "show", "smollm2"]) == Exit.OK
    copy = tmp_path / "models" / model_path.name
    time = copy.stat().st_mtime_ns
    with copy.open("r+b") as file:
        file.seek(-9, os.SEEK_END)
        file.write(b"rot")
    os.utime(copy, ns=(time, time))
    capsys.readouterr()
    assert execute(["models", "show", "smollm2"]) == Exit.MODEL
    assert "is not as it was made" in capsys.readouterr().err
    assert execute(["models", "show", "smollm2"]) == Exit.OK  # Made anew.


@pytest.mark.parametrize(
    ("number", "shown"),
    [(999, "999"), (134_515_008, "135 M"), (999_400_000, "999 M"), (999_600_000, "1.0 B"), (7.24e9, "7.2 B")],
)
def test_parameters_are_for_people(number: float, shown: str) -> None:
    assert counted(int(number)) == shown


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with running_hub() as hub:
        hub.files["tiny-Q8_0.gguf"] = write_model(tmp_path / "source.gguf").read_bytes()
        yield hub


@pytest.fixture
def beside(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """The Hub that this process fetches from: its variables were read when it began."""
    template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, hub.url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "ENDPOINT", hub.url)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return hub


def test_pull_fetches_and_the_list_shows_it(hub: Hub, tmp_path: Path) -> None:
    """The program itself, with the environment variables a person would set."""
    environ = {**os.environ, "HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(tmp_path / "hub")}

    def program(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "writersroom", "models", *arguments]
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)

    done = program("pull", "owner/tiny-GGUF")
    assert (done.returncode, done.stdout) == (0, "owner/tiny-GGUF:tiny-Q8_0.gguf\n"), done.stderr
    assert "fetching tiny-Q8_0.gguf" in done.stderr
    assert "checking tiny-Q8_0.gguf" in done.stderr
    assert "owner/tiny-GGUF:tiny-Q8_0.gguf" in program("list").stdout


def test_pull_for_people_says_the_name_to_use(
    beside: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["models", "pull", "owner/tiny-GGUF:q8_0"]) == Exit.OK
    out, err = capsys.readouterr()
    assert out == "owner/tiny-GGUF:tiny-Q8_0.gguf\n"
    assert str(tmp_path / "hub") in err


def test_pull_for_programs(beside: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["models", "pull", "owner/tiny-GGUF:q8_0", "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["name"] == "owner/tiny-GGUF:tiny-Q8_0.gguf"


def test_pull_notes_what_will_not_fit(
    beside: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 1000)
    assert execute(["models", "pull", "owner/tiny-GGUF"]) == Exit.OK
    assert "Note: owner/tiny-GGUF:tiny-Q8_0.gguf needs" in capsys.readouterr().err


def test_pull_that_fails_says_one_sentence(beside: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    beside.stated_sha256["tiny-Q8_0.gguf"] = "0" * 64
    assert execute(["models", "pull", "owner/tiny-GGUF"]) == Exit.MODEL
    out, err = capsys.readouterr()
    assert out == ""
    (error,) = [line for line in err.splitlines() if line.startswith("Error:")]
    assert "SHA-256" in error


def test_a_bar_in_a_terminal_and_a_line_elsewhere() -> None:
    for terminal in (True, False):
        console = Console(force_terminal=terminal, width=120, record=True, file=io.StringIO())
        with FileBars(console) as bars:
            bars.show(Progress("[bold]odd\x1b.gguf", "fetching", 500, 2_000))
            bars.show(Progress("[bold]odd\x1b.gguf", "fetching", 2_000, 2_000))
        told = console.export_text()
        assert "fetching [bold]odd␛.gguf" in told
        assert ("2.0/2.0 kB" in told) == terminal
        assert ("from 500 bytes on" in told) != terminal
