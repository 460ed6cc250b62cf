"""`writersroom doctor`: the real thing on this machine, and each fault with the command that mends it."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.engine.files.hub import running_hub
from tests.engine.files.making import write_model
from writersroom.cli import execute, mending, surroundings
from writersroom.cli.checkup import on_gpu, on_library, on_server, on_trial
from writersroom.cli.findings import Finding, Terminal
from writersroom.cli.mending import UnusedGpu
from writersroom.cli.surroundings import (
    cannot_write,
    look_at_terminal,
    on_cache,
    on_packages,
    on_sessions,
    on_terminal,
)
from writersroom.engine import trial as trials
from writersroom.engine.files.catalogue import ServerAddress
from writersroom.engine.settings import EngineSettings
from writersroom.engine.trial import Library, TriedDevice, try_model
from writersroom.exits import Exit

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "doctor.md"
CRASH = (sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGILL)")


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A room to be in."""
    for name in ("agents", "prompts"):
        (tmp_path / "room" / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "room")
    return tmp_path / "room"


def findings(report: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {finding["about"]: finding for finding in report["findings"]}


def test_everything_essential_works_here(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["doctor", "--threads", "1"]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "Everything essential works."
    assert not [line for line in lines if line.startswith("PROBLEM")]
    (decoding,) = [line for line in lines if " decoding " in line]
    assert re.search(r"\d+ tokens in \d+\.\d\d s .* layers on a GPU: '.+'", decoding)
    (memory,) = [line for line in lines if " memory " in line]
    assert "weights" in memory
    assert "is free" in memory


def test_the_report_for_programs_is_as_documented(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["doctor", "--json", "--threads", "1", "--n-ctx", "1024"]) == Exit.OK
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    documented = set(re.findall(r"^\| `(\w+)` \|", DOCUMENTATION.read_text("utf-8"), re.MULTILINE))
    assert set(report) == documented
    assert report["ok"] is True
    assert report["settings"]["n_ctx"] == report["memory"]["n_ctx"] == 1024
    assert report["trial"]["decoded"]["tokens"] > 8
    assert report["model"]["name"] == "smollm2"
    assert report["model"]["chat_template"] is True
    assert set(findings(report)) == {
        "packages",
        "llama.cpp",
        "GPU",
        "model",
        "memory",
        "decoding",
        "terminal",
        "cache",
        "sessions",
        "SQLite",
    }


def test_a_crash_is_reported_and_not_suffered(
    room: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(trials, "PROGRAM", CRASH)
    assert execute(["doctor"]) == Exit.FAILED
    out = capsys.readouterr().out
    (problem,) = [line for line in out.splitlines() if line.startswith("PROBLEM")]
    assert "llama.cpp crashed while loading its library (SIGILL: it was built for instructions" in problem
    assert "mend: uv cache clean llama-cpp-python && uv sync --reinstall-package llama-cpp-python" in out
    assert out.splitlines()[-1] == "1 problem to mend."


def test_a_crash_while_decoding_is_told_apart_from_one_while_loading(
    room: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The library loads; the model makes the child touch memory that is not its own, for real."""
    code = (
        "import ctypes, json, sys\n"
        'print(json.dumps({"step": "library", "version": "1", "features": [], "can_offload": False, '
        '"devices": []}), flush=True)\n'
        'if sys.argv[1]:\n    print(json.dumps({"step": "loaded", "seconds": 1, "layers": 2, '
        '"gpu_layers": 0}), flush=True)\n    ctypes.string_at(0)'
    )
    monkeypatch.setattr(trials, "PROGRAM", (sys.executable, "-c", code))
    assert execute(["doctor", "--json"]) == Exit.FAILED
    report = json.loads(capsys.readouterr().out)
    assert report["trial"]["outcome"] == "crashed"
    assert "crashed while decoding tokens (SIG" in findings(report)["decoding"]["says"]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--lora", "nofile.gguf"), "nofile.gguf"),
        (("--flash-attention", "off", "--kv-value-type", "q8_0"), "flash_attn"),
    ],
)
def test_the_trial_is_run_as_the_flags_say(
    room: Path, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...], said: str
) -> None:
    assert execute(["doctor", "--threads", "1", *flags]) == Exit.FAILED
    decoding = next(line for line in capsys.readouterr().out.splitlines() if "decoding" in line)
    assert decoding.startswith("PROBLEM")
    assert said in decoding


def test_a_trial_that_hangs_is_ended(
    room: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(trials, "PROGRAM", (sys.executable, "-c", "import time; time.sleep(600)"))
    assert execute(["doctor", "--timeout", "1"]) == Exit.FAILED
    out = capsys.readouterr().out
    assert "had not finished while loading its library after 1 seconds" in out
    assert "mend: writersroom doctor --timeout 900" in out


def test_a_model_that_is_not_there_leaves_the_rest_looked_at(
    room: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["doctor", "--model", "no-such-model", "--json"]) == Exit.FAILED
    report = json.loads(capsys.readouterr().out)
    assert report["model"] is None
    assert report["library"]["version"]
    assert findings(report)["model"]["mend"] == "writersroom models"
    assert findings(report)["llama.cpp"]["status"] != "problem"


def test_a_model_without_chat_template_is_a_problem(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_model(room / "base.gguf", template=None)
    assert execute(["doctor", "--model", str(path), "--json"]) == Exit.FAILED
    report = json.loads(capsys.readouterr().out)
    assert "no chat template" in findings(report)["model"]["says"]
    assert findings(report)["decoding"]["status"] == "problem"  # It has no weights to speak of either.


def test_a_model_that_does_not_fit_is_not_loaded(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["doctor", "--n-ctx", "900000000", "--json"]) == Exit.FAILED
    report = json.loads(capsys.readouterr().out)
    assert "but" in findings(report)["memory"]["says"]
    assert report["trial"] is None
    assert "decoding" not in findings(report)


def test_a_cache_that_cannot_be_written_is_a_note(
    room: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (room / "file").write_text("")
    monkeypatch.setenv("WRITERSROOM_CACHE", str(room / "file"))
    monkeypatch.setattr(trials, "PROGRAM", (sys.executable, "-c", "pass"))
    execute(["doctor", "--json"])
    report = json.loads(capsys.readouterr().out)
    for about in ("model", "cache"):
        assert findings(report)[about]["status"] == "note"
        assert "WRITERSROOM_CACHE=" in findings(report)[about]["mend"]
    assert report["model"]["quantisation"] == "Q4_1"


def test_a_room_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running_hub() as server:  # Quick: nothing is loaded for a server.
        assert execute(["doctor", "--model", server.url, "--room", str(tmp_path), "--json"]) == Exit.FAILED
    report = json.loads(capsys.readouterr().out)
    assert findings(report)["sessions"]["mend"] == f"writersroom new {tmp_path}"


class TestServer:
    """Servers are asked what they have; `running_hub` stands in for one that answers something else."""

    def test_one_that_is_not_there(self) -> None:
        with running_hub() as hub:
            url = f"{hub.url}/v1"
        finding = on_server(ServerAddress(url=url, model=None))
        assert finding.status == "problem"
        assert hub.url in finding.says

    def test_one_that_is_no_server_of_models(self) -> None:
        with running_hub() as hub:
            assert on_server(ServerAddress(url=f"{hub.url}/v1", model=None)).status == "problem"
            hub.html = True
            assert on_server(ServerAddress(url=f"{hub.url}/v1", model=None)).status == "problem"

    @pytest.mark.parametrize("status", [401, 403])
    def test_one_that_wants_a_key(self, status: int) -> None:
        with running_hub() as hub:
            hub.status = status
            finding = on_server(ServerAddress(url=f"{hub.url}/v1", model=None))
        assert str(status) in finding.says
        assert finding.mend == mending.set_variable("WRITERSROOM_API_KEY", "KEY")

    def test_one_that_has_the_model_and_one_that_has_not(self) -> None:
        with running_hub() as hub:
            hub.served = {"data": [{"id": "one"}, {"id": "two"}]}
            assert on_server(ServerAddress(url=f"{hub.url}/v1", model="two")).status == "ok"
            missing = on_server(ServerAddress(url=f"{hub.url}/v1", model="three"))
            assert "it has one, two" in missing.says
            assert missing.mend == f"writersroom doctor --model {hub.url}/v1"
            hub.served = {"data": [{"id": "one:latest"}, {"id": "/models/two.gguf"}]}
            for name in ("one", "two.gguf"):
                assert on_server(ServerAddress(url=f"{hub.url}/v1", model=name)).status == "ok"
            hub.served = []
            assert on_server(ServerAddress(url=f"{hub.url}/v1", model="x")).status == "problem"

    def test_the_report_holds_no_password(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        with running_hub() as hub:
            hub.served = {"data": [{"id": "one"}]}
            address = hub.url.replace("//", "//ann:secret@")
            for form in ([], ["--json"]):
                execute(["doctor", "--model", address, "--room", str(tmp_path), *form])
                shown = capsys.readouterr()
                assert f"{hub.url}/v1" in shown.out
                assert "secret" not in shown.out + shown.err

    def test_it_is_asked_as_a_session_asks_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("WRITERSROOM_API_KEY", "a-key")
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        with running_hub() as hub:
            hub.served = {"data": [{"id": "one"}]}
            assert on_server(ServerAddress(url=f"{hub.url}/v1", model="one")).status == "ok"
            assert hub.tokens == {"127.0.0.1": "Bearer a-key"}


@pytest.mark.parametrize(
    ("environ", "colours"),
    [
        ({}, 0),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, 0),
        ({"TERM": "xterm"}, 16),
        ({"TERM": "xterm-256color"}, 256),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 16_777_216),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, 0),
    ],
)
def test_colours_are_told_by_the_environment(environ: dict[str, str], colours: int) -> None:
    latin = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    terminal = look_at_terminal(environ, latin)
    assert (terminal.colours, terminal.unicode, terminal.interactive) == (colours, False, False)


GOOD = Terminal(interactive=True, colours=256, unicode=True, columns=100, lines=40, mouse=None)


@pytest.mark.parametrize(
    ("change", "status", "mend"),
    [
        ({}, "ok", None),
        ({"interactive": False}, "ok", None),
        ({"unicode": False}, "note", "export PYTHONUTF8=1"),
        ({"colours": 0}, "note", "export TERM=xterm-256color"),
        ({"columns": 60}, "note", "printf '\\033[8;24;80t'"),
        ({"lines": 10}, "note", "printf '\\033[8;24;80t'"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="the commands are those of a Unix shell")
def test_terminals_that_lack_something(change: dict[str, object], status: str, mend: str | None) -> None:
    finding = on_terminal(GOOD.model_copy(update=change), {})
    assert (finding.status, finding.mend) == (status, mend)


def test_no_colours_by_wish_is_no_fault() -> None:
    assert on_terminal(GOOD.model_copy(update={"colours": 0}), {"NO_COLOR": "1"}).status == "ok"


def test_folders_are_tried_by_writing(tmp_path: Path) -> None:
    assert cannot_write(tmp_path) is None
    assert cannot_write(tmp_path / "not" / "yet") is None
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    assert cannot_write(tmp_path / "file" / "folder") == f"{tmp_path / 'file'} is a file"
    assert cannot_write(Path("/proc/self")) is not None
    finding = on_cache(tmp_path / "file")
    assert finding.status == "note"
    assert finding.mend is not None
    assert "WRITERSROOM_CACHE=" in finding.mend


def test_sessions_that_cannot_be_kept(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert on_sessions().status == "ok"
    (room / "sessions").write_text("a file, where the folder should be")
    finding = on_sessions()
    assert (finding.status, finding.mend) == ("problem", "writersroom new writersroom-room")
    monkeypatch.chdir(room / "agents")
    monkeypatch.setenv("WRITERSROOM_SESSIONS", str(room / "sessions"))
    outside = on_sessions()
    assert outside.status == "problem"
    assert outside.mend is not None
    assert "WRITERSROOM_SESSIONS=" in outside.mend


def test_packages_that_are_missing() -> None:
    assert on_packages({"a": "1", "b": "2"}).status == "ok"
    finding = on_packages({"a": "1", "b": None})
    assert (finding.status, finding.mend) == ("problem", "uv sync")
    assert "b is not installed" in finding.says


def test_versions_of_what_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "PACKAGES", ("click", "no-such-package-anywhere"))
    found = surroundings.versions()
    assert found["click"]
    assert found["no-such-package-anywhere"] is None


def library(*devices: TriedDevice, can_offload: bool) -> Library:
    return Library(version="1", features=(), can_offload=can_offload, devices=devices)


CPU = TriedDevice(name="CPU", description="a CPU", kind="CPU", free=1, total=1)
GPU = TriedDevice(name="CUDA0", description="A Fast One", kind="GPU", free=8 * 10**9, total=10**10)


def test_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    used = on_gpu(library(CPU, GPU, can_offload=True))
    assert used == Finding(about="GPU", status="ok", says="A Fast One (8.0 GB of 10.0 GB free)")
    monkeypatch.setattr("writersroom.cli.checkup.unused_gpu", lambda: None)
    assert on_gpu(library(CPU, can_offload=False)).status == "ok"
    monkeypatch.setattr("writersroom.cli.checkup.unused_gpu", lambda: UnusedGpu("a GPU", "GGML_CUDA"))
    unused = on_gpu(library(CPU, can_offload=False))
    assert unused.status == "note"
    assert unused.mend is not None
    assert 'CMAKE_ARGS="-DGGML_CUDA=ON -DCMAKE_UNITY_BUILD=OFF" uv sync --reinstall-package' in unused.mend


def test_a_processor_that_could_do_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = tmp_path / "cpuinfo"
    listing.write_text("processor : 0\nflags\t\t: fpu avx2 avx512_vnni\nprocessor : 1\n", encoding="utf-8")
    assert mending.processor_flags(listing) == {"fpu", "avx2", "avx512_vnni"}
    assert mending.processor_flags(tmp_path / "none") == frozenset()
    monkeypatch.setattr("writersroom.cli.checkup.processor_flags", lambda: frozenset(("avx512_vnni",)))
    monkeypatch.setattr("writersroom.cli.checkup.unused_gpu", lambda: None)
    built = library(CPU, can_offload=False)
    told = on_library(built, EngineSettings())
    assert (told.status, told.mend) == ("note", mending.rebuild_for_vnni())
    assert 'CMAKE_ARGS="-DGGML_AVX512=ON -DGGML_AVX512_VNNI=ON" uv sync --reinstall-package' in (
        told.mend or ""
    )
    assert on_library(library(CPU, GPU, can_offload=True), EngineSettings()).status == "ok"
    able = built.model_copy(update={"features": (*built.features, "AVX512_VNNI = 1")})
    assert on_library(able, EngineSettings()).status == "ok"
    monkeypatch.setattr("writersroom.cli.checkup.processor_flags", frozenset)
    assert on_library(built, EngineSettings()).status == "ok"


def test_outside_a_checkout_pip_mends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mending, "repository", lambda: tmp_path)
    assert "-m pip install --upgrade writersroom-sim" in mending.install_again()
    assert mending.rebuild_portable().startswith('CMAKE_ARGS="-DGGML_NATIVE=OFF" ')
    assert mending.rebuild_portable().endswith(f" llama-cpp-python=={version('llama-cpp-python')}")
    assert "-DGGML_NATIVE=OFF -DGGML_HIP=ON" in mending.rebuild_for_gpu(UnusedGpu("x", "GGML_HIP"))
    assert mending.set_variable("A", "b c") == "export A='b c'"


@pytest.mark.parametrize(
    ("code", "mend"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "writersroom doctor --model smollm2"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", mending.rebuild_portable()),
        ("raise SystemExit(9)", mending.rebuild_portable()),
    ],
)
def test_each_end_of_a_trial_has_its_command(code: str, mend: str) -> None:
    finding = on_trial(try_model(None, EngineSettings(), program=(sys.executable, "-c", code)))
    assert (finding.status, finding.mend) == ("problem", mend)
