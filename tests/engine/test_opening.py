"""A model opens by what a person calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.files.making import write_model
from writersroom.engine.errors import ModelTooLarge, NoChatTemplate, ServerError
from writersroom.engine.files.catalogue import resolve
from writersroom.engine.files.default_model import NAME
from writersroom.engine.files.model_file import ModelFile
from writersroom.engine.interface import Request
from writersroom.engine.opening import open_engine
from writersroom.engine.settings import EngineSettings


async def test_the_built_in_model_opens_by_its_name_and_knows_its_hash() -> None:
    async with await open_engine("smollm2", EngineSettings(n_ctx=256, sequences=1)) as engine:
        assert engine.info.model == "smollm2"
        assert engine.info.sha256 is not None
        assert engine.info.context == 256
        assert (await engine.generate(Request(prompt="The lamp", max_tokens=2))).takes[0].text


async def test_what_was_opened_is_found_again_from_any_folder(
    model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "mine.gguf").symlink_to(model_path)
    monkeypatch.chdir(tmp_path)
    small = EngineSettings(n_ctx=256, sequences=1)
    async with await open_engine("models/mine.gguf", small) as opened:
        there = opened.info.address
    monkeypatch.setenv("WRITERSROOM_MODELS", str(tmp_path / "models"))
    async with await open_engine("mine", small) as named:
        assert named.info.address == "mine"
    monkeypatch.chdir("/")
    async with await open_engine(there, small) as again:
        assert again.info == opened.info
    # A session is given away, and who reads it learns no name of this machine's people.
    monkeypatch.setenv("HOME", str(tmp_path))
    found = resolve(there)
    assert isinstance(found, ModelFile)
    assert found.address == "~/models/mine.gguf"
    assert resolve(found.address) == found
    async with await open_engine(settings=small) as built_in:
        assert built_in.info.address == NAME


async def test_an_address_where_nothing_answers_is_named() -> None:
    with pytest.raises(ServerError, match=r"127\.0\.0\.1:9"):
        await open_engine("http://127.0.0.1:9/v1")


async def test_a_file_without_a_chat_template_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoChatTemplate, match="base has no chat template"):
        await open_engine(str(write_model(tmp_path / "base.gguf", template=None)))


async def test_a_context_that_does_not_fit_is_refused_before_anything_is_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("writersroom.engine.llama.engine.LlamaEngine.open", None)
    with pytest.raises(ModelTooLarge, match="900,000,000 tokens"):
        await open_engine("smollm2", EngineSettings(n_ctx=900_000_000))


def told_by_a_child(program: str, **environment: str) -> str:
    """What a program prints in a process that has loaded nothing yet and where no waiting policy is set."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=clean | environment,
        stdout=subprocess.PIPE,
        check=True,
        timeout=60,
        text=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    "module", ["writersroom.engine.opening", "writersroom.cli.playing", "writersroom.critic.opening"]
)
def test_what_opens_engines_loads_no_llama_cpp_before_one_is_opened(module: str) -> None:
    program = f"import sys, {module}; print('llama_cpp' in sys.modules)"
    assert told_by_a_child(program) == "False"


WHEN_LOADED = """
import builtins, os
usual = builtins.__import__
def watched(name, *more):
    if name.partition(".")[0] == "llama_cpp":
        print(os.environ.get("GOMP_SPINCOUNT"))
        raise SystemExit
    return usual(name, *more)
builtins.__import__ = watched
import {module}
"""


@pytest.mark.parametrize("module", ["writersroom.engine.llama.engine", "writersroom.engine.devices"])
@pytest.mark.parametrize(
    ("environment", "count"),
    [({}, "1000"), ({"GOMP_SPINCOUNT": "7"}, "7"), ({"OMP_WAIT_POLICY": "ACTIVE"}, "None")],
    ids=["ours", "a count of the user's", "a policy of the user's"],
)
def test_the_policy_of_waiting_is_set_before_llama_cpp_loads(
    module: str, environment: dict[str, str], count: str
) -> None:
    """Its library reads it once, while it is loaded."""
    assert told_by_a_child(WHEN_LOADED.format(module=module), **environment) == count
