"""A model is tried out in a child; whatever that child does is a finding and no more."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest

from tests.engine.files.making import write_model
from writersroom.engine import trial_run
from writersroom.engine.devices import devices, gpu_memory
from writersroom.engine.settings import EngineSettings
from writersroom.engine.trial import try_model

ONE = EngineSettings(threads=1)
LIBRARY = {"step": "library", "version": "0", "features": ["AVX = 1"], "can_offload": False, "devices": []}
LOADED = {"step": "loaded", "seconds": 1.0, "layers": 3, "gpu_layers": 0}


def child(code: str, *steps: object) -> tuple[str, ...]:
    """A program that tells some steps and then does something."""
    tell = "".join(f"print({json.dumps(step)!r}, flush=True)\n" for step in steps)
    return (sys.executable, "-c", f"import ctypes, os, signal, sys, time\n{tell}{code}")


def test_the_built_in_model_decodes(model_path: Path) -> None:
    trial = try_model(model_path, ONE)
    assert trial.outcome == "ran", trial
    assert trial.reason is None
    assert trial.library is not None
    assert any("AVX" in feature or "NEON" in feature for feature in trial.library.features)
    assert trial.library.devices[0].total > 0
    assert trial.loaded is not None
    assert trial.loaded.layers == 31
    assert trial.decoded is not None
    assert trial.decoded.tokens > trial_run.TOKENS
    assert len(trial.decoded.text.split()) >= 3


def test_the_library_can_be_looked_at_alone() -> None:
    trial = try_model(None, ONE)
    assert trial.outcome == "ran"
    assert trial.library is not None
    assert (trial.loaded, trial.decoded) == (None, None)


def test_a_real_crash_of_native_code_is_told_in_words(tmp_path: Path) -> None:
    trial = try_model(tmp_path, ONE, program=child("ctypes.string_at(0)", LIBRARY, LOADED))
    assert trial.outcome == "crashed"
    assert trial.signal in ("SIGSEGV", "SIGBUS")
    assert trial.reason is not None
    assert "crashed while decoding tokens" in trial.reason
    assert "memory that is not" in trial.reason


@pytest.mark.parametrize(
    ("steps", "where"),
    [
        ((), "while loading its library"),
        ((LIBRARY,), "while loading the model"),
        ((LIBRARY, LOADED), "while decoding tokens"),
    ],
)
@pytest.mark.parametrize("name", ["SIGILL", "SIGABRT", "SIGKILL"])
def test_every_signal_is_named_and_placed(
    name: str, steps: tuple[object, ...], where: str, tmp_path: Path
) -> None:
    trial = try_model(tmp_path, ONE, program=child(f"os.kill(os.getpid(), signal.{name})", *steps))
    assert (trial.outcome, trial.signal) == ("crashed", name)
    assert trial.reason is not None
    assert where in trial.reason
    assert name in trial.reason


def test_a_signal_without_a_name_is_told_by_number(tmp_path: Path) -> None:
    trial = try_model(tmp_path, ONE, program=child(f"os.kill(os.getpid(), {signal.SIGRTMIN + 5})"))
    assert trial.signal == f"signal {signal.SIGRTMIN + 5}"


def test_a_child_that_never_ends_is_stopped(tmp_path: Path) -> None:
    trial = try_model(tmp_path, ONE, seconds=2.0, program=child("time.sleep(600)", LIBRARY))
    assert trial.outcome == "hung"
    assert trial.library is not None
    assert trial.reason is not None
    assert "while loading the model after 2 seconds" in trial.reason


@pytest.mark.parametrize(
    "content", [b"", b"no model", b"GGUF\x03\0\0\0", None], ids=["empty", "text", "cut", "odd"]
)
def test_what_llama_cpp_refuses_is_told_with_its_reason(content: bytes | None, tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.gguf", architecture="nobody-knows")
    if content is not None:
        path.write_bytes(content)
    trial = try_model(path, ONE)
    assert trial.outcome == "failed"
    assert trial.library is not None
    assert trial.loaded is None
    assert trial.reason is not None
    assert "failed while loading the model" in trial.reason
    assert trial.said


def test_a_child_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    trial = try_model(tmp_path, ONE, program=(str(tmp_path / "no-such-program"),))
    assert trial.outcome == "failed"
    assert trial.reason is not None
    assert "could not be started" in trial.reason


@pytest.mark.parametrize(
    "code",
    [
        "print('not JSON'); print('[1]'); print('[' * 100000)",
        'print(\'{"step": "decoded", "tokens": "many"}\')',
        "sys.stdout.buffer.write(bytes(range(256)))",
        "pass",
    ],
)
def test_a_child_that_tells_nonsense_has_failed(code: str, tmp_path: Path) -> None:
    trial = try_model(tmp_path, ONE, program=child(code))
    assert trial.outcome == "failed"
    assert trial.decoded is None
    assert trial.reason is not None


def test_a_traceback_is_kept_to_its_end(tmp_path: Path) -> None:
    trial = try_model(tmp_path, ONE, program=child("import no_such_module"))
    assert trial.outcome == "failed"
    assert trial.reason is not None
    assert "No module named 'no_such_module'" in trial.reason
    assert len(trial.said) <= 12


def test_the_childs_stdout_holds_its_steps_alone(model_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    trial_run.main([str(model_path), ONE.model_dump_json()])
    steps = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [step["step"] for step in steps] == ["library", "loaded", "decoded"]
    assert steps[1]["layers"] == 31
    trial_run.main(["", ONE.model_dump_json()])
    assert [json.loads(line)["step"] for line in capfd.readouterr().out.splitlines()] == ["library"]


def test_the_child_leaves_where_a_model_does_not_load(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        trial_run.try_out(tmp_path / "none.gguf", ONE)
    assert caught.value.code == 3


def test_devices_begin_with_the_processor() -> None:
    found = devices()
    assert "CPU" in {device.kind for device in found}
    assert all(device.name for device in found)
    assert len(gpu_memory()) == sum("GPU" in device.kind for device in found)
